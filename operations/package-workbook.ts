import { valueAt } from '../domain/record-path';
import type { ReportFrame } from '../templates/reports';
import type { WorkbookModel } from '../templates/workbook';
import type {
  BeneficialOwnerRow,
  ChangeRow,
  CustomerRow,
  DocumentRow,
  FindingRow,
  RefreshRow,
  RepresentativeRow,
  RiskRow,
  VerificationRow,
} from '../templates/workbook-rows';
import { identityNumber, listAt, personName, representativesOf, sourceOf, textAt } from './package-lines';
import type { FrozenNotice, PackageFrame, PackageItem } from './package-snapshot';
import { dayOf, type PackageWords } from './package-words';

/** Frozen customers from the first to the last; a workbook reads them once for every sheet. */
export type Items = () => AsyncIterable<PackageItem>;

/** Everything `veri.xlsx` shows, read as it is written. Identity numbers are in clear here. */
export function workbookModel(
  frame: PackageFrame,
  report: ReportFrame,
  items: Items,
  words: PackageWords,
): WorkbookModel {
  return {
    frame: report,
    customers: rowsOf(items, (item) => [customerRow(item, words)]),
    documents: rowsOf(items, documentRows),
    representatives: rowsOf(items, representativeRows),
    beneficialOwners: rowsOf(items, beneficialOwnerRows),
    findings: rowsOf(items, (item) => findingRows(item, words)),
    verifications: rowsOf(items, (item) => verificationRows(item, words)),
    risks: rowsOf(items, (item) => riskRows(item, words)),
    refreshes: rowsOf(items, (item) => refreshRows(item, words)),
    changes: rowsOf(items, (item) => changeRows(item, words)),
    parameters: frame.parameters.flatMap(words.parameters),
  };
}

async function* rowsOf<Row>(items: Items, rows: (item: PackageItem) => Row[]): AsyncGenerator<Row> {
  for await (const item of items()) yield* rows(item);
}

function customerRow(item: PackageItem, words: PackageWords): CustomerRow {
  const missing = item.findings.filter(({ closedAt }) => closedAt === null).map(words.finding);
  const influence = textAt(item.record, 'publicInfluence.kind');
  return customerSheetRow(
    { ...item, createdAt: dayOf(item.createdAt) ?? '' },
    {
      influence: influence === null ? null : words.code('value.influence', influence),
      missing: missing.length === 0 ? null : missing.join(' '),
    },
  );
}

/** A customer's row on the sheet of customers; `createdAt` is a day, and words come as they are to be read. */
export function customerSheetRow(
  item: Pick<
    PackageItem,
    'code' | 'type' | 'trigger' | 'status' | 'risk' | 'record' | 'createdAt' | 'nextReviewOn' | 'completeness'
  >,
  { influence, missing }: { influence: string | null; missing: string | null },
): CustomerRow {
  const { record } = item;
  return {
    code: item.code,
    type: item.type,
    titleOrGivenNames: textAt(record, 'title') ?? textAt(record, 'givenNames'),
    surname: textAt(record, 'surname'),
    identityNumber: identityNumber(record),
    birthDate: textAt(record, 'birthDate'),
    nationality: textAt(record, 'nationality'),
    occupation: textAt(record, 'activity') ?? textAt(record, 'occupation'),
    province: textAt(record, 'address.province'),
    district: textAt(record, 'address.district'),
    address: textAt(record, 'address.line'),
    phone: textAt(record, 'phone'),
    email: textAt(record, 'email'),
    status: item.status,
    trigger: item.trigger,
    risk: item.risk,
    publicInfluence: influence,
    registeredOn: item.createdAt,
    nextReviewOn: item.nextReviewOn,
    completeness: item.completeness,
    missing,
  };
}

function documentRows(item: PackageItem): DocumentRow[] {
  return item.documents.map(({ kind, number, issuedOn, expiresOn, originalSeen, path, sha256 }) => ({
    customerCode: item.code,
    kind,
    number,
    issuedOn,
    expiresOn,
    seenBy: originalSeen?.by ?? null,
    seenAt: originalSeen?.at ?? null,
    path,
    sha256,
  }));
}

function representativeRows(item: PackageItem): RepresentativeRow[] {
  return representativesOf(item.record).map((entry) => ({
    customerCode: item.code,
    name: personName(entry),
    identityNumber: identityNumber(valueAt(entry, 'person')),
    capacity: textAt(entry, 'authority.kind'),
    basis: textAt(entry, 'authority.document'),
    fromOn: textAt(entry, 'authority.from'),
    untilOn: textAt(entry, 'authority.until'),
    signing: textAt(entry, 'authority.signing'),
  }));
}

function beneficialOwnerRows(item: PackageItem): BeneficialOwnerRow[] {
  return listAt(item.record, 'beneficialOwners').map((entry) => {
    const share = valueAt(entry, 'share');
    return {
      customerCode: item.code,
      name: personName(entry),
      identityNumber: identityNumber(valueAt(entry, 'person')),
      nationality: textAt(entry, 'person.nationality'),
      method: textAt(entry, 'method'),
      sharePercent: typeof share === 'number' ? share : null,
      chain: textAt(entry, 'path'),
      document: null,
      on: null,
    };
  });
}

function findingRows(item: PackageItem, words: PackageWords): FindingRow[] {
  return item.findings.map((finding) => {
    const reminder = lastReminder(item, finding.openedAt, finding.closedAt);
    return {
      customerCode: item.code,
      field: words.field(finding.field),
      legalBasis: finding.legalBasis,
      openedAt: finding.openedAt,
      lastReminderAt: reminder?.at ?? null,
      step: reminder === undefined ? null : words.step(reminder.step),
      closedAt: finding.closedAt,
    };
  });
}

/** The last reminder that reached out to the customer while the finding was open. */
function lastReminder(item: PackageItem, from: string, until: string | null): FrozenNotice | undefined {
  return item.notices.findLast(
    ({ kind, audience, result, at }) =>
      kind === 'follow_up' &&
      audience === 'customer' &&
      result === 'sent' &&
      at >= from &&
      (until === null || at <= until),
  );
}

function verificationRows(item: PackageItem, words: PackageWords): VerificationRow[] {
  return item.verifications.map((row) => ({
    customerCode: item.code,
    method: words.code('method', row.method),
    source: sourceOf(row),
    requestDigest: row.requestHash,
    result: words.code('result', row.result),
    simulated: row.simulated,
    at: row.at,
    by: row.by ?? null,
  }));
}

function riskRows(item: PackageItem, words: PackageWords): RiskRow[] {
  return item.ratings.map(({ level, score, factors, ruleVersion, at }) => ({
    customerCode: item.code,
    points: score,
    level,
    factors: Array.isArray(factors)
      ? factors.map((name) => words.code('factor', String(name))).join(', ')
      : null,
    version: ruleVersion,
    approvedBy: item.decisions.find((decision) => decision.at >= at)?.by ?? null,
    on: dayOf(at) ?? '',
  }));
}

function refreshRows(item: PackageItem, words: PackageWords): RefreshRow[] {
  return item.cases
    .filter(({ kind }) => kind !== 'onboarding')
    .map((row) => ({
      customerCode: item.code,
      kind: words.code('case', row.kind),
      plannedOn: dayOf(row.dueAt),
      completedAt: row.closedAt,
      outcome: words.code('outcome', row.outcome ?? 'open'),
    }));
}

/** The log keeps who changed which fields and when, not the values: those are in the versions. */
function changeRows(item: PackageItem, words: PackageWords): ChangeRow[] {
  return item.history.map((event) => ({
    at: event.at,
    actor: words.person(event),
    subject: `${item.code} · ${words.event(event.event)}`,
    field: words.detail(event),
    beforeDigest: null,
    afterDigest: typeof event.detail['sha256'] === 'string' ? event.detail['sha256'] : null,
    reason: typeof event.detail['reason'] === 'string' ? event.detail['reason'] : null,
  }));
}
