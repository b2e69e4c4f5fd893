import type { Router } from 'express';
import { z } from 'zod';

import { getCustomer } from '../../db/customers';
import { userNames } from '../../db/users';
import { DOCUMENT_KINDS } from '../../domain/customer';
import { readCustomer, type CustomerView } from '../../operations/customers';
import type { DocumentView } from '../../operations/document-views';
import { addDocument, attestOriginal, withdrawDocument } from '../../operations/documents';
import { openCustomerKey } from '../../operations/record-envelope';
import { day, text } from '../../operations/record-shape';
import { actorOf } from '../../operations/sign-in';
import { renderCustomerDocuments } from '../../templates/console';
import type { DocumentModel, FieldModel, ReasonForm } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { present } from '../query';
import { uploadRoute } from '../route';
import { findingMessage } from '../language';
import { receiveUpload } from '../uploads';
import { basisText, customerCrumbs, customerPath, headOf, nameOf } from './customer-head';
import { choicesOf, field, select } from './fields';
import { done } from './flash';
import { dayText, queryText, readForm, textIn, valuesOf, type FormValues } from './form';
import { idOf } from './ids';
import { refusalOf, refuse, type Refusal } from './refusals';
import { show, visiting, type Visit } from './visit';
import { sizeText } from './words';

/** A form that was refused; `documentId` names the row whose form it was, null the upload. */
interface Sent {
  documentId: string | null;
  values: FormValues;
  refusal: Refusal;
}

export function documentPages(router: Router, deps: ApiDeps): void {
  const page = '/customers/:id/documents';
  router.get(
    page,
    visiting(deps, 'readCustomer', (visit) => showDocuments(visit, null)),
  );
  router.post(page, visiting(deps, 'uploadDocument', upload));
  router.post(
    `${page}/:documentId/attest`,
    readForm,
    visiting(deps, 'attestOriginal', (visit) =>
      act(visit, 'originalSeen', async (id, documentId) => {
        await visit.run((tx) => attestOriginal(tx, id, documentId));
      }),
    ),
  );
  router.post(
    `${page}/:documentId/withdraw`,
    readForm,
    visiting(deps, 'withdrawDocument', (visit) =>
      act(visit, 'documentWithdrawn', async (id, documentId) => {
        const reason = textIn(valuesOf(visit.req), 'reason');
        if (reason.trim() === '') refuse([{ pointer: '/reason', code: 'reason_required' }]);
        await visit.run((tx) => withdrawDocument(tx, id, documentId, reason));
      }),
    ),
  );
}

async function act(
  visit: Visit,
  flash: string,
  perform: (id: string, documentId: string) => Promise<void>,
): Promise<void> {
  const [id, documentId] = [idOf(visit.req), idOf(visit.req, 'documentId')];
  try {
    await perform(id, documentId);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showDocuments(visit, { documentId, values: valuesOf(visit.req), refusal });
  }
  done(visit.res, customerPath(id, 'documents'), flash);
}

/** What a form leaves empty is not there, a ticked box says yes, days may be typed as people write them. */
const given = (fields: unknown) =>
  Object.fromEntries(
    Object.entries(fields as Record<string, string>)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, name.endsWith('On') ? dayText(value) : value]),
  );

const UploadForm = z.preprocess(
  given,
  z.strictObject({
    kind: z.enum(DOCUMENT_KINDS),
    number: text().optional(),
    issuedOn: day().optional(),
    expiresOn: day().optional(),
    originalSeen: z
      .literal('yes')
      .transform(() => true)
      .optional(),
    replaces: z.uuid().optional(),
    reason: text(300, 1).optional(),
  }),
);

/** The API's own way of taking in files, with a form's way of saying "nothing". */
const uploadForm = uploadRoute(
  {
    id: 'uploadDocument',
    path: '/customers/{id}/documents',
    tag: 'Documents',
    summary: 'The upload form of the console',
    params: z.strictObject({ id: z.uuid() }),
    body: UploadForm,
    answer: z.unknown(),
  },
  {
    keyFor: async (tx, { params: { id } }) => openCustomerKey(tx, await getCustomer(tx, id)),
    act: async (tx, { params: { id }, body }, stored) =>
      (await addDocument(tx, id, { stored, ...present(body) })).id,
    render: async () => undefined,
    location: (documentId) => documentId,
  },
);

async function upload(visit: Visit): Promise<void> {
  const { req, deps, identity, language } = visit;
  const id = idOf(req);
  const { handler } = uploadForm;
  if (handler.kind !== 'upload') throw new Error('The upload form is no upload');
  const call = { deps, req, identity, actor: actorOf(identity), language, ifVersion: undefined };
  try {
    await receiveUpload(uploadForm, handler, { params: { id }, query: {} }, call);
  } catch (error) {
    const refusal = refusalOf(error, language);
    if (refusal === null) throw error;
    return showDocuments(visit, { documentId: null, values: new Map(), refusal });
  }
  done(visit.res, customerPath(id, 'documents'), 'documentUploaded');
}

async function showDocuments(visit: Visit, sent: Sent | null): Promise<void> {
  const { t } = visit;
  const { customer, names } = await visit.run(async (tx) => {
    const found = await readCustomer(tx, idOf(visit.req));
    const people = found.documents.flatMap((document) => [
      document.uploadedBy,
      document.originalSeen?.by ?? null,
      document.ended?.by ?? null,
    ]);
    return { customer: found, names: await userNames(tx, [...new Set(people.flatMap((id) => id ?? []))]) };
  });
  const open = !['closed', 'rejected', 'withdrawn', 'expired'].includes(customer.status);
  show(
    visit,
    renderCustomerDocuments,
    {
      customer: headOf(visit, customer, 'documents'),
      missing: customer.findings
        .filter(({ field: path }) => path.startsWith('documents.'))
        .map((finding) => ({
          text: findingMessage(visit.language, finding),
          basis: basisText(t, finding.legalBasis),
        })),
      documents: inOrder(customer.documents).map((document) =>
        documentModel(visit, customer.id, document, names, sent),
      ),
      upload:
        open && visit.can('uploadDocument')
          ? {
              action: customerPath(customer.id, 'documents'),
              fileError: fileErrorOf(sent),
              fields: uploadFields(visit, customer, sent),
            }
          : null,
    },
    {
      title: `${nameOf(visit, customer)}: ${t('console.tab.documents')}`,
      section: 'customers',
      crumbs: customerCrumbs(visit, customer),
      ...(sent === null ? {} : { problem: sent.refusal.problem, status: sent.refusal.status }),
    },
  );
}

/** What holds comes first. */
function inOrder(documents: readonly DocumentView[]): DocumentView[] {
  return [...documents].sort(
    (a, b) =>
      Number(a.state !== 'current') - Number(b.state !== 'current') ||
      b.uploadedAt.getTime() - a.uploadedAt.getTime(),
  );
}

/** Wrong type, empty, too large: what is wrong with the file itself stands beside it. */
function fileErrorOf(sent: Sent | null): string | null {
  if (sent === null || sent.documentId !== null) return null;
  const named = sent.refusal.errors.get('file');
  if (named !== undefined) return named;
  return sent.refusal.errors.size === 0 ? (sent.refusal.problem.items[0]?.text ?? null) : null;
}

function documentModel(
  visit: Visit,
  customerId: string,
  document: DocumentView,
  names: Map<string, string>,
  sent: Sent | null,
): DocumentModel {
  const { t, language } = visit;
  const path = `${customerPath(customerId, 'documents')}/${document.id}`;
  const name = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  const { originalSeen, ended } = document;
  const current = document.state === 'current';
  return {
    kind: t(`console.choice.document.${document.kind}`),
    href: `/api/v1/customers/${customerId}/documents/${document.id}/content`,
    fileName: document.fileName,
    size: sizeText(document.bytes, language),
    number: document.number,
    issuedOn: document.issuedOn,
    expiresOn: document.expiresOn,
    uploadedAt: document.uploadedAt.toISOString(),
    uploadedBy: name(document.uploadedBy),
    seen: originalSeen === null ? null : { by: name(originalSeen.by), at: originalSeen.at.toISOString() },
    state: t(`console.documentState.${document.state}`),
    rowClass: current ? 'current' : 'ended',
    ended: ended === null ? null : { by: name(ended.by), at: ended.at.toISOString(), reason: ended.reason },
    attest: current && originalSeen === null && visit.can('attestOriginal') ? `${path}/attest` : null,
    withdraw: current && visit.can('withdrawDocument') ? withdrawForm(visit, path, document.id, sent) : null,
  };
}

function withdrawForm({ t }: Visit, path: string, documentId: string, sent: Sent | null): ReasonForm {
  const own = sent?.documentId === documentId ? sent : null;
  return {
    title: t('console.documents.withdraw'),
    explain: null,
    action: `${path}/withdraw`,
    button: t('console.documents.withdraw'),
    tone: 'danger',
    open: own !== null,
    reason: field({
      name: 'reason',
      id: own === null ? `f-reason-${documentId}` : 'f-reason',
      label: t('console.label.reason'),
      value: own === null ? '' : textIn(own.values, 'reason'),
      error: own?.refusal.errors.get('reason') ?? null,
    }),
  };
}

function uploadFields(visit: Visit, customer: CustomerView, sent: Sent | null): FieldModel[] {
  const { t, req } = visit;
  const error = (name: string) =>
    sent?.documentId === null ? (sent.refusal.errors.get(name) ?? null) : null;
  const asked = DOCUMENT_KINDS.find((kind) => kind === queryText(req, 'kind')) ?? '';
  const replaceable = customer.documents.filter(({ state }) => state === 'current');
  return [
    select({
      name: 'kind',
      label: t('console.documents.kind'),
      value: asked,
      choices: choicesOf(t, 'console.choice.document', DOCUMENT_KINDS),
      error: error('kind'),
    }),
    field({ name: 'number', label: t('console.documents.number'), optional: true, error: error('number') }),
    field({
      name: 'issuedOn',
      label: t('console.documents.issuedOn'),
      type: 'date',
      optional: true,
      error: error('issuedOn'),
    }),
    field({
      name: 'expiresOn',
      label: t('console.documents.expiresOn'),
      type: 'date',
      optional: true,
      error: error('expiresOn'),
    }),
    field({
      kind: 'checkbox',
      name: 'originalSeen',
      label: t('console.documents.originalSeen'),
      hint: t('console.documents.originalSeenHint'),
      wide: true,
    }),
    ...(replaceable.length === 0
      ? []
      : [
          select({
            name: 'replaces',
            label: t('console.documents.replaces'),
            value: '',
            choices: replaceable.map((document) => ({
              value: document.id,
              label: `${t(`console.choice.document.${document.kind}`)}: ${document.fileName}`,
            })),
            empty: t('console.documents.replacesNone'),
            optional: true,
          }),
          field({
            name: 'reason',
            label: t('console.documents.replaceReason'),
            optional: true,
            error: error('reason'),
          }),
        ]),
  ];
}
