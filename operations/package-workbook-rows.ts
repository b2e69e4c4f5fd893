import type { DocumentKind } from '../domain/customer';
import type { PackageProfile } from '../domain/package-manifest';
import { valueAt } from '../domain/record-path';
import type {
  BeneficialOwnerRow,
  ChangeRow,
  CompletenessSheetRow,
  CustomerRow,
  DocumentRow,
  FindingRow,
  RefreshRow,
  RepresentativeRow,
  RiskRow,
  VerificationRow,
} from '../templates/workbook-rows';
import { completenessRowsOf } from './package-completeness';
import {
  identityNumber,
  listAt,
  personName,
  representativesOf,
  signingInWords,
  sourceOf,
  textAt,
} from './package-lines';
import { evidenceInWords, factorsInWords, problemsInWords } from './package-paper-lines';
import type { FrozenDocument, FrozenNotice, PackageFrame, PackageItem } from './package-snapshot';
import { dayOf, type PackageWords } from './package-words';

/** Rows of the workbook's sheets, made from frozen customers. Identity numbers are in clear here. */

export function customerRow(item: PackageItem, words: PackageWords): CustomerRow {
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
    lastTransactionAt: null,
    nextReviewOn: item.nextReviewOn,
    completeness: item.completeness,
    missing,
  };
}

export function documentRows(item: PackageItem): DocumentRow[] {
  return item.documents.map(({ kind, number, issuedOn, expiresOn, originalSeen, path, sha256, state }) => ({
    customerCode: item.code,
    kind,
    number,
    issuedOn,
    expiresOn,
    seenBy: originalSeen?.by ?? null,
    seenAt: originalSeen?.at ?? null,
    path,
    state,
    sha256,
  }));
}

export function representativeRows(item: PackageItem, words: PackageWords): RepresentativeRow[] {
  return representativesOf(item.record).map((entry) => ({
    customerCode: item.code,
    name: personName(entry),
    identityNumber: identityNumber(valueAt(entry, 'person')),
    capacity: textAt(entry, 'authority.kind'),
    basis: textAt(entry, 'authority.document'),
    fromOn: textAt(entry, 'authority.from'),
    untilOn: textAt(entry, 'authority.until'),
    signing: signingInWords(entry, words),
  }));
}

export function beneficialOwnerRows(item: PackageItem, words: PackageWords): BeneficialOwnerRow[] {
  const proof = ownershipProof(item);
  return listAt(item.record, 'beneficialOwners').map((entry) => {
    const share = valueAt(entry, 'share');
    return {
      customerCode: item.code,
      name: personName(entry),
      identityNumber: identityNumber(valueAt(entry, 'person')),
      nationality: textAt(entry, 'person.nationality'),
      method: methodInWords(entry, words),
      sharePercent: typeof share === 'number' ? share : null,
      chain: textAt(entry, 'path'),
      document: proof?.path ?? null,
      on: proof?.issuedOn ?? null,
    };
  });
}

function methodInWords(entry: unknown, words: PackageWords): string | null {
  const method = textAt(entry, 'method');
  return method === null ? null : words.part('ownership', method);
}

/** Papers that show who holds an organisation's shares, the strongest first. */
const SHOWS_OWNERS: readonly DocumentKind[] = [
  'partnership_agreement',
  'trade_gazette',
  'register_extract',
  'statute',
];

/** The document in force that shows the owners; null where none is on file. */
function ownershipProof({ documents }: PackageItem): FrozenDocument | null {
  const current = documents.filter(({ path }) => path !== null);
  return SHOWS_OWNERS.flatMap((kind) => current.filter((document) => document.kind === kind)).at(0) ?? null;
}

export function findingRows(item: PackageItem, words: PackageWords): FindingRow[] {
  return item.findings.map((finding) => {
    const reminder = lastReminder(item, finding.openedAt, finding.closedAt);
    return {
      customerCode: item.code,
      field: words.field(finding.field),
      legalBasis: words.basis(finding.legalBasis),
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

export function verificationRows(item: PackageItem, words: PackageWords): VerificationRow[] {
  return item.verifications.map((row) => ({
    customerCode: item.code,
    method: words.code('method', row.method),
    source: sourceOf(row, words),
    requestDigest: row.requestHash,
    result: words.code('result', row.result),
    simulated: row.simulated,
    at: row.at,
    by: row.by ?? null,
  }));
}

export function riskRows(item: PackageItem, words: PackageWords): RiskRow[] {
  return item.ratings.map(({ level, score, factors, ruleVersion, at }) => ({
    customerCode: item.code,
    points: score,
    level,
    factors: factorsInWords(factors, words),
    version: ruleVersion,
    approvedBy: approverAfter(item, at),
    on: dayOf(at) ?? '',
  }));
}

/** Who accepted the customer with this rating; nobody where the decision that followed was a refusal. */
function approverAfter({ decisions }: PackageItem, at: string): string | null {
  const next = decisions.find((decision) => decision.at >= at);
  return next?.decision === 'approve' ? next.by : null;
}

export function refreshRows(item: PackageItem, words: PackageWords): RefreshRow[] {
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

/**
 * The log keeps who changed which fields and when; values are in the versions, here their keyed digests: a row a field. What
 * is the business of MASAK stays out of the tax profile.
 */
export function changeRows(item: PackageItem, words: PackageWords, profile: PackageProfile): ChangeRow[] {
  const fieldsOf = new Map((item.papers?.changes ?? []).map(({ version, fields }) => [version, fields]));
  return item.history
    .filter(({ event }) => profile === 'masak' || !event.startsWith('risk.'))
    .flatMap((event) => {
      const { at, detail } = event;
      const text = (key: string) => (typeof detail[key] === 'string' ? detail[key] : null);
      const row: ChangeRow = {
        at,
        actor: words.person(event),
        subject: `${item.code} · ${words.event(event.event)}`,
        field: words.detail(event),
        beforeDigest: null,
        afterDigest: text('sha256'),
        reason: text('reason'),
      };
      const fields = CHANGES.includes(event.event) ? fieldsOf.get(Number(detail['version'])) : undefined;
      if (fields === undefined || fields.length === 0) return [row];
      return fields.map(({ field, before, after }) => ({
        ...row,
        field: words.field(field),
        beforeDigest: before,
        afterDigest: after,
      }));
    });
}

/** Events that made a version of the record, and name it. */
const CHANGES = ['customer.updated', 'customer.type_changed'];

/** What each requirement says of a customer: those that do not apply in one row, so that ten thousand fit on a sheet. */
export function completenessSheetRows(
  frame: PackageFrame,
  item: PackageItem,
  words: PackageWords,
): CompletenessSheetRow[] {
  const rows = completenessRowsOf(frame, item);
  const others = rows.filter(({ state }) => state === 'not_applicable');
  const asked = rows
    .filter(({ state }) => state !== 'not_applicable')
    .map((row) => ({
      customerCode: item.code,
      requirement: row.id,
      count: 1,
      field: words.field(row.field),
      severity: words.t(`report.severity.${row.severity}`),
      legalBasis: words.basis(row.legalBasis),
      confidence: words.code('confidence', row.confidence),
      state: row.state,
      evidence: evidenceInWords(row, words),
      evidenceOn:
        row.evidence
          .map(({ on }) => on)
          .sort()
          .at(0) ?? null,
      problems: problemsInWords(row, words),
      completedOn: row.completedOn,
    }));
  if (others.length === 0) return asked;
  const rest = {
    field: null,
    severity: null,
    legalBasis: null,
    confidence: null,
    evidence: null,
    evidenceOn: null,
    problems: null,
    completedOn: null,
  };
  const requirement = others.map(({ id }) => id).join(' ');
  const state = 'not_applicable' as const;
  return [...asked, { ...rest, customerCode: item.code, requirement, count: others.length, state }];
}
