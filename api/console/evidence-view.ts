import { EVIDENCE_RESULTS, type EvidenceResult } from '../../domain/evidence';
import { readCustomer, type CustomerView } from '../../operations/customers';
import {
  readEvidence,
  type EvidenceRequest,
  type EvidenceView,
  type RetryOffer,
} from '../../operations/evidence-views';
import type { FieldModel, PillModel, Tone } from '../../templates/console-models';
import {
  renderCustomerEvidence,
  type EvidenceRequestModel,
  type EvidenceRowModel,
  type RetryModel,
} from '../../templates/evidence-models';
import { fieldLabel } from '../language';
import { basisText, customerCrumbs, customerPath, headOf, nameOf } from './customer-head';
import { choicesOf, field, select } from './fields';
import { queryText, textIn, type FormValues } from './form';
import { idOf } from './ids';
import type { Refusal } from './refusals';
import { show, type Visit } from './visit';
import { pill } from './words';

const LOOKS: Record<EvidenceResult, [Tone, string]> = {
  match: ['ok', '✓'],
  mismatch: ['bad', '✕'],
  not_found: ['warn', '?'],
};

/** What people looked up about a customer, what is to be looked up, and the form to record it. */
export async function showEvidence(
  visit: Visit,
  sent: { values: FormValues; refusal: Refusal } | null,
): Promise<void> {
  const id = idOf(visit.req);
  const { customer, found } = await visit.run(async (tx) => ({
    customer: await readCustomer(tx, id),
    found: await readEvidence(tx, id),
  }));
  const open = !['closed', 'rejected', 'withdrawn', 'expired'].includes(customer.status);
  const mayRecord = open && found.requests.length > 0 && visit.can('recordEvidence');
  const spellings = visit.can('confirmCardSpelling')
    ? found.retries.flatMap((offer) => retries(visit, offer))
    : [];
  const path = customerPath(id, 'evidence');
  show(
    visit,
    renderCustomerEvidence,
    {
      customer: headOf(visit, customer, 'evidence'),
      requests: found.requests
        .filter(({ expected, seen }) => expected || seen !== null)
        .map((request) => requestModel(visit, request)),
      retry: spellings.length === 0 ? null : { action: `${customerPath(id)}/register-retries`, spellings },
      record: mayRecord
        ? { action: path, fields: recordFields(visit, customer, found.requests, sent) }
        : null,
      evidence: found.evidence.map((row) => rowModel(visit, row)),
    },
    {
      title: `${nameOf(visit, customer)}: ${visit.t('console.tab.evidence')}`,
      section: 'customers',
      crumbs: customerCrumbs(visit, customer),
      ...(sent === null ? {} : { problem: sent.refusal.problem, status: sent.refusal.status }),
    },
  );
}

function requestModel({ t, language }: Visit, request: EvidenceRequest): EvidenceRequestModel {
  return {
    kind: t(`evidence.kind.${request.kind}`),
    field: fieldLabel(language, request.field),
    provider: t(`evidence.provider.${request.provider}`),
    link: request.link,
    basis: basisText(t, request.legalBasis),
    confidence: request.confidence === 'recalled' ? t('evidence.recalled') : null,
    state: request.seen === null ? pill('muted', '○', t('evidence.open')) : resultPill(t, request.seen),
  };
}

function resultPill(t: Visit['t'], result: EvidenceResult): PillModel {
  return pill(...LOOKS[result], t(`evidence.resultWord.${result}`));
}

function rowModel({ t, language }: Visit, row: EvidenceView): EvidenceRowModel {
  return {
    kind: t(`evidence.kind.${row.kind}`),
    field: fieldLabel(language, row.field),
    provider: t(`evidence.provider.${row.provider}`),
    link: row.link,
    result: resultPill(t, row.result),
    seenAt: row.seenAt.toISOString(),
    recordedAt: row.recordedAt.toISOString(),
    recordedBy: row.recordedBy,
    note: row.note,
    barcode: row.barcode,
    hash: row.document?.sha256 ?? null,
    stale: !row.holds,
  };
}

function retries({ t, language }: Visit, { field: path, spellings }: RetryOffer): RetryModel[] {
  return spellings.map(({ spelling, givenNames, surname }) => ({
    label: fieldLabel(language, path),
    name: `${givenNames} ${surname}`.trim(),
    how: t(`evidence.spelling.${spelling}`),
    field: path,
    spelling,
  }));
}

function recordFields(
  { t, language, req }: Visit,
  customer: CustomerView,
  requests: readonly EvidenceRequest[],
  sent: { values: FormValues; refusal: Refusal } | null,
): FieldModel[] {
  const asked = queryText(req, 'request');
  const typed = (name: string) => (sent === null ? '' : textIn(sent.values, name));
  const wrong = (name: string) => sent?.refusal.errors.get(name) ?? null;
  const label = (name: string) => t(`evidence.label.${name}`);
  const text = (name: string, more: Partial<Omit<FieldModel, 'describedBy'>> = {}) =>
    field({ name, label: label(name), value: typed(name), error: wrong(name), ...more });
  return [
    select({
      name: 'request',
      label: label('request'),
      value: sent === null ? asked : typed('request'),
      error: wrong('request') ?? wrong('kind') ?? wrong('field'),
      choices: requests.map(({ kind, field: path }) => ({
        value: `${kind}|${path}`,
        label: `${t(`evidence.kind.${kind}`)}: ${fieldLabel(language, path)}`,
      })),
    }),
    select({
      name: 'result',
      label: label('result'),
      value: typed('result'),
      error: wrong('result'),
      choices: choicesOf(t, 'evidence.resultWord', EVIDENCE_RESULTS),
    }),
    text('seenAt', { hint: label('seenAtHint'), optional: true }),
    text('note', { kind: 'textarea', wide: true }),
    text('barcode', { optional: true }),
    select({
      name: 'documentId',
      label: label('document'),
      value: typed('documentId'),
      error: wrong('documentId'),
      optional: true,
      empty: label('noDocument'),
      choices: customer.documents
        .filter(({ state }) => state === 'current')
        .map(({ id, kind, fileName }) => ({
          value: id,
          label: `${t(`console.choice.document.${kind}`)}: ${fileName}`,
        })),
    }),
  ];
}
