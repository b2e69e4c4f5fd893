import type { Tx } from '../../db/transaction';
import { parseDay } from '../../domain/days';
import {
  HANDOVER_WAYS,
  listDownloads,
  listHandovers,
  recordHandover,
  retainUntil,
  type HandoverView,
} from '../../operations/package-handover';
import type { PackageView } from '../../operations/packages';
import { today } from '../../operations/rules';
import { actorOf } from '../../operations/sign-in';
import type { HandoverSection } from '../../templates/package-pages';
import { uploadReceiptRoute } from '../routes/handover';
import { receiveUpload } from '../uploads';
import { choicesOf, field, select } from './fields';
import { dayText, textIn, valuesOf } from './form';
import { idOf } from './ids';
import { refuse } from './refusals';
import type { Visit } from './visit';

const DOWNLOADS_SHOWN = 10;

/** Who took the package, and who downloaded it; null before it is sealed. */
export async function readHandoverFacts(tx: Tx, view: PackageView) {
  if (view.status !== 'sealed') return null;
  return {
    today: today(tx),
    retainUntil: await retainUntil(tx, view.id),
    handovers: await listHandovers(tx, view.id),
    downloads: (await listDownloads(tx, view.id, { limit: DOWNLOADS_SHOWN })).data,
  };
}

export function handoverSection(
  visit: Visit,
  view: PackageView,
  facts: Awaited<ReturnType<typeof readHandoverFacts>>,
): HandoverSection | null {
  if (facts === null) return null;
  const path = `/packages/${view.id}/handovers`;
  return {
    retainUntil: facts.retainUntil,
    downloads: facts.downloads.map(({ by, at }) => ({ by: by.name, at: at.toISOString() })),
    rows: facts.handovers.map((one) => handoverLine(visit, view, one)),
    form: visit.can('recordHandover') ? { action: path, fields: formFields(visit, facts.today) } : null,
  };
}

function handoverLine(
  { t, can }: Visit,
  view: PackageView,
  one: HandoverView,
): HandoverSection['rows'][number] {
  const { recipient, receipt } = one;
  return {
    name: recipient.name,
    office: recipient.office,
    how: t(`packagePage.handover.way.${recipient.how}`),
    note: recipient.note,
    on: one.deliveredOn,
    by: one.recordedBy.name,
    receipt:
      receipt === null || !can('downloadReceipt')
        ? null
        : `/api/v1/audit-packages/${view.id}/handovers/${one.id}/receipt`,
    upload:
      receipt === null && can('uploadReceipt') ? `/packages/${view.id}/handovers/${one.id}/receipt` : null,
    fileId: `f-receipt-${one.id}`,
  };
}

function formFields({ t, req }: Visit, day: string) {
  const values = valuesOf(req);
  const text = (name: string, more: Partial<Parameters<typeof field>[0]> = {}) =>
    field({
      name,
      label: t(`packagePage.handover.${name}`),
      value: textIn(values, name),
      maxLength: 200,
      ...more,
    });
  return [
    text('name'),
    text('office'),
    select({
      name: 'how',
      label: t('packagePage.handover.how'),
      value: values.get('how') ?? 'in_person',
      choices: choicesOf(t, 'packagePage.handover.way', HANDOVER_WAYS),
      empty: null,
    }),
    text('deliveredOn', { type: 'date', value: values.get('deliveredOn') ?? day }),
    text('note', { optional: true, maxLength: 500 }),
  ];
}

/** Records what the form says. Throws INVALID_INPUT that names what is missing. */
export async function recordFromForm(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  const said = (name: string, length: number) => textIn(values, name).trim().slice(0, length);
  const [name, office, note] = [said('name', 200), said('office', 200), said('note', 500)];
  const deliveredOn = dayText(textIn(values, 'deliveredOn'));
  const how = HANDOVER_WAYS.find((way) => way === textIn(values, 'how')) ?? 'other';
  const missing = [
    ...(name === '' ? [{ pointer: '/name', code: 'required' }] : []),
    ...(office === '' ? [{ pointer: '/office', code: 'required' }] : []),
    ...(parseDay(deliveredOn) === null ? [{ pointer: '/deliveredOn', code: 'not_a_day' }] : []),
  ];
  if (missing.length > 0) refuse(missing);
  const given = { name, office, how, deliveredOn, ...(note === '' ? {} : { note }) };
  await visit.run((tx) => recordHandover(tx, idOf(visit.req), given));
}

/** Takes in the signed receipt; throws what is wrong with the file. */
export async function receiveReceipt(visit: Visit): Promise<void> {
  const { req, deps, identity, language } = visit;
  const { handler } = uploadReceiptRoute;
  if (handler.kind !== 'upload') throw new Error('The receipt form is no upload');
  const params = { id: idOf(req), handoverId: idOf(req, 'handoverId') };
  const call = { deps, req, identity, actor: actorOf(identity), language, ifVersion: undefined };
  await receiveUpload(uploadReceiptRoute, handler, { params, query: {} }, call);
}
