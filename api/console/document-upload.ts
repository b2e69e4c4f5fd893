import { z } from 'zod';

import { getCustomer } from '../../db/customers';
import { DOCUMENT_KINDS } from '../../domain/customer';
import type { Translate } from '../../locales';
import type { OfferedKind } from '../../operations/document-kinds';
import type { DocumentView } from '../../operations/document-views';
import { addDocument } from '../../operations/documents';
import { openCustomerKey } from '../../operations/record-envelope';
import { day, text } from '../../operations/record-shape';
import { actorOf } from '../../operations/sign-in';
import type { FieldModel } from '../../templates/console-models';
import { present } from '../query';
import { uploadRoute } from '../route';
import { receiveUpload } from '../uploads';
import { periodText, type Sent } from './document-models';
import { field, select } from './fields';
import { dayText, queryText, textIn } from './form';
import { idOf } from './ids';
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
    masked: z
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

/** The upload form beside its file, with what was typed into it where it was refused. */
export function uploadFields(
  { t, req }: Visit,
  documents: readonly DocumentView[],
  kinds: readonly OfferedKind[],
  sent: Pick<Sent, 'values' | 'refusal'> | null,
): FieldModel[] {
  const error = (name: string) => sent?.refusal.errors.get(name) ?? null;
  const typed = (name: string) => (sent === null ? queryText(req, name) : textIn(sent.values, name));
  const plain = (name: string, type = 'text') =>
    field({
      name,
      type,
      label: t(`console.documents.${name}`),
      value: typed(name),
      optional: true,
      error: error(name),
    });
  const tick = (name: string, label: string, hint: string) =>
    field({
      kind: 'checkbox',
      name,
      label,
      hint,
      checked: typed(name) === 'yes',
      wide: true,
      error: error(name),
    });
  return [
    select({
      name: 'kind',
      label: t('console.documents.kind'),
      value: kinds.find(({ kind }) => kind === typed('kind'))?.kind ?? '',
      choices: kinds.map((offered) => ({ value: offered.kind, label: kindText(t, offered) })),
      error: error('kind'),
    }),
    plain('number'),
    plain('issuedOn', 'date'),
    plain('expiresOn', 'date'),
    tick('originalSeen', t('console.documents.originalSeen'), t('console.documents.originalSeenHint')),
    ...(kinds.some(({ kind }) => kind === 'old_identity_card')
      ? [tick('masked', t('document.masked'), t('document.maskedHint'))]
      : []),
    ...replacement(t, documents, { value: typed('replaces'), reason: typed('reason') }, error),
  ];
}

function replacement(
  t: Translate,
  documents: readonly DocumentView[],
  typed: { value: string; reason: string },
  error: (name: string) => string | null,
): FieldModel[] {
  const replaceable = documents.filter(({ state }) => state === 'current');
  if (replaceable.length === 0) return [];
  return [
    select({
      name: 'replaces',
      label: t('console.documents.replaces'),
      value: replaceable.find(({ id }) => id === typed.value)?.id ?? '',
      choices: replaceable.map((document) => ({
        value: document.id,
        label: `${t(`console.choice.document.${document.kind}`)}: ${document.fileName}`,
      })),
      empty: t('console.documents.replacesNone'),
      optional: true,
      error: error('replaces'),
    }),
    field({
      name: 'reason',
      label: t('console.documents.replaceReason'),
      value: typed.reason,
      optional: true,
      error: error('reason'),
    }),
  ];
}

/** "Adres belgesi · isteniyor, en çok 3 aylık": what the rules ask for says so. */
function kindText(t: Translate, { kind, asked, maxAge }: OfferedKind): string {
  const words = [
    ...(asked ? [t('document.asked')] : []),
    ...(maxAge === null ? [] : [t('document.ageLimit', { period: periodText(t, maxAge) })]),
  ];
  const label = t(`console.choice.document.${kind}`);
  return words.length === 0 ? label : `${label} · ${words.join(', ')}`;
}
