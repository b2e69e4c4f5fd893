import { z } from 'zod';

import { getCustomer } from '../../db/customers';
import { getDocument } from '../../db/documents';
import type { Tx } from '../../db/transaction';
import { DOCUMENT_KINDS } from '../../domain/customer';
import { toDocumentView } from '../../operations/document-views';
import { addDocument, attestOriginal, openDocument, withdrawDocument } from '../../operations/documents';
import { openCustomerKey } from '../../operations/record-envelope';
import { day, text } from '../../operations/record-shape';
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
  replaces: Id.optional().meta({ description: 'A document that this one takes the place of' }),
  reason: text(300, 1).optional(),
});

export const documentRoutes: Route[] = [
  uploadRoute(
    {
      id: 'uploadDocument',
      path: '/customers/{id}/documents',
      tag,
      summary: 'PDF, JPEG or PNG up to 15 MB; the content decides the type',
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
