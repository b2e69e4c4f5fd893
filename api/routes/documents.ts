import { z } from 'zod';

import { getCustomer } from '../../db/customers';
import { getDocument } from '../../db/documents';
import type { Tx } from '../../db/transaction';
import { DOCUMENT_KINDS } from '../../domain/customer';
import { toDocumentView } from '../../operations/document-views';
import { offeredKinds } from '../../operations/document-kinds';
import {
  addDocument,
  attestOriginal,
  openDocument,
  openDocumentPreview,
  withdrawDocument,
} from '../../operations/documents';
import { openCustomerKey } from '../../operations/record-envelope';
import { day, text } from '../../operations/record-shape';
import { PDF_PAGES_MAX } from '../../stores/pdf-inspection';
import { openPreview, PREVIEW_SIZES } from '../../stores/previews';
import { present } from '../query';
import { actRoute, downloadRoute, readRoute, uploadRoute, type Route } from '../route';
import { Document, Id } from '../schemas';

const tag = 'Documents';
const params = z.strictObject({ id: Id, documentId: Id });

const DocumentFields = z.strictObject({
  kind: z.enum(DOCUMENT_KINDS),
  number: text().optional(),
  issuedOn: day().optional(),
  expiresOn: day().optional(),
  originalSeen: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({ description: '"Aslı görüldü": the clerk has seen the original' }),
  masked: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional()
    .meta({
      description:
        'The clerk attests that religion and blood group are covered; an `old_identity_card` is taken only so',
    }),
  replaces: Id.optional().meta({ description: 'A document that this one takes the place of' }),
  reason: text(300, 1).optional(),
});

const Preview = z.strictObject({
  page: z.coerce.number().int().min(1).max(PDF_PAGES_MAX).default(1),
  size: z.enum(PREVIEW_SIZES).default('page'),
});

const OfferedKind = z
  .strictObject({
    kind: z.enum(DOCUMENT_KINDS),
    asked: z.boolean().meta({ description: 'A requirement in force asks for it' }),
    maxAge: z
      .string()
      .nullable()
      .meta({ description: 'From its issue to the day on which it is taken, as P3M', example: 'P3M' }),
    originalSeen: z.boolean().meta({ description: '"Aslı görüldü" is asked for' }),
    requirements: z.array(z.string()),
  })
  .meta({ id: 'OfferedDocumentKind' });

export const documentRoutes: Route[] = [
  uploadRoute(
    {
      id: 'uploadDocument',
      path: '/customers/{id}/documents',
      tag,
      summary:
        'PDF, JPEG or PNG up to 15 MB; the content decides the type, and a name must not claim another. ' +
        'Images (up to 36 megapixels) are written anew without what the camera added; PDFs (up to 200 pages) must be ' +
        'plain paper: no encryption, scripts, attachments or dynamic forms',
      params: z.strictObject({ id: Id }),
      body: DocumentFields,
      answer: Document,
    },
    {
      keyFor: async (tx, { params: { id } }) => openCustomerKey(tx, await getCustomer(tx, id)),
      act: async (tx, { params: { id }, body }, stored) =>
        (await addDocument(tx, id, { stored, ...present(body) })).id,
      render: (tx, documentId, { params: { id } }) => documentView(tx, id, documentId),
      location: (documentId, { params: { id } }) => `/api/v1/customers/${id}/documents/${documentId}`,
    },
  ),
  readRoute(
    {
      id: 'listDocumentKinds',
      path: '/customers/{id}/document-kinds',
      tag,
      summary: "Kinds of documents for this customer's type and trigger, those asked for first",
      params: z.strictObject({ id: Id }),
      answer: z.strictObject({ data: z.array(OfferedKind) }),
    },
    async (tx, { params: { id } }) => ({ data: await offeredKinds(tx, id) }),
  ),
  readRoute(
    {
      id: 'readDocument',
      path: '/customers/{id}/documents/{documentId}',
      tag,
      summary: 'A document without its content',
      params,
      answer: Document,
    },
    (tx, { params: { id, documentId } }) => documentView(tx, id, documentId),
  ),
  downloadRoute(
    {
      id: 'downloadDocument',
      path: '/customers/{id}/documents/{documentId}/content',
      tag,
      summary: 'The file itself; the view is logged',
      params,
    },
    async (tx, { params: { id, documentId } }, { deps }) => {
      const { view, address, key } = await openDocument(tx, id, documentId);
      return {
        mediaType: view.mediaType,
        fileName: view.fileName,
        open: () => deps.files.open(key, address),
      };
    },
  ),
  downloadRoute(
    {
      id: 'previewDocument',
      path: '/customers/{id}/documents/{documentId}/preview',
      tag,
      summary:
        'A JPEG of one page, made here: `page` up to 1600 pixels (the view is logged), `thumb` up to 240 pixels',
      params,
      query: Preview,
    },
    async (tx, { params: { id, documentId }, query }, { deps }) => {
      const { key, ...file } = await openDocumentPreview(tx, id, documentId, query.size);
      return {
        mediaType: 'image/jpeg',
        fileName: `${documentId}-${query.page}.jpg`,
        inline: true,
        open: () => openPreview(deps.files, key, file, query),
      };
    },
  ),
  actRoute(
    {
      id: 'attestOriginal',
      method: 'post',
      path: '/customers/{id}/documents/{documentId}/original-seen',
      tag,
      summary: 'A clerk attests that the original was shown',
      params,
      body: z.strictObject({}),
      answer: Document,
    },
    {
      act: async (tx, { params: { id, documentId } }) => (await attestOriginal(tx, id, documentId)).id,
      render: (tx, _id, { params: { id, documentId } }) => documentView(tx, id, documentId),
    },
  ),
  actRoute(
    {
      id: 'withdrawDocument',
      method: 'post',
      path: '/customers/{id}/documents/{documentId}/withdraw',
      tag,
      summary: 'Takes a document out of the current file, for a reason; it stays readable',
      params,
      body: z.strictObject({ reason: text(300, 1) }),
      answer: Document,
    },
    {
      act: async (tx, { params: { id, documentId }, body }) =>
        (await withdrawDocument(tx, id, documentId, body.reason)).id,
      render: (tx, _id, { params: { id, documentId } }) => documentView(tx, id, documentId),
    },
  ),
];

async function documentView(tx: Tx, customerId: string, documentId: string) {
  const key = await openCustomerKey(tx, await getCustomer(tx, customerId));
  return toDocumentView(key, await getDocument(tx, customerId, documentId));
}
