import { z } from 'zod';

import { getCustomer } from '../../db/customers';
import { DOCUMENT_KINDS } from '../../domain/customer';
import type { CustomerView } from '../../operations/customers';
import { addDocument } from '../../operations/documents';
import { openCustomerKey } from '../../operations/record-envelope';
import { day, text } from '../../operations/record-shape';
import { actorOf } from '../../operations/sign-in';
import type { FieldModel } from '../../templates/console-models';
import { present } from '../query';
import { uploadRoute } from '../route';
import { receiveUpload } from '../uploads';
import { choicesOf, field, select } from './fields';
import { dayText, queryText } from './form';
import { idOf } from './ids';
import type { Refusal } from './refusals';
import type { Visit } from './visit';

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

/** Takes in the file of an upload form; throws what is wrong with it. */
export async function receiveDocument(visit: Visit): Promise<void> {
  const { req, deps, identity, language } = visit;
  const id = idOf(req);
  const { handler } = uploadForm;
  if (handler.kind !== 'upload') throw new Error('The upload form is no upload');
  const call = { deps, req, identity, actor: actorOf(identity), language, ifVersion: undefined };
  await receiveUpload(uploadForm, handler, { params: { id }, query: {} }, call);
}

/** The upload form beside its file; `refusal` is of this form. */
export function uploadFields(visit: Visit, customer: CustomerView, refusal: Refusal | null): FieldModel[] {
  const { t, req } = visit;
  const error = (name: string) => refusal?.errors.get(name) ?? null;
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
