import { maskEmail } from '../domain/email';
import { displayName } from '../domain/names';
import { maskIdentityNumber } from '../domain/identity-numbers';
import { valueAt } from '../domain/record-path';
import type {
  BeneficialOwnerLine,
  CustomerLine,
  DecisionLine,
  DocumentLine,
  EpisodeLine,
  FindingLine,
  NoticeLine,
  RepresentativeLine,
  ReportFrame,
  VerificationLine,
} from '../templates/reports';
import type { FrozenVerification, PackageFrame, PackageItem } from './package-snapshot';
import { dayOf, type PackageWords } from './package-words';

/** Lines of the reports' tables, made from frozen customers. Identity numbers come masked from here. */

export function reportFrame(
  frame: PackageFrame,
  proof: { snapshotSha256: string; keyFingerprint: string },
): ReportFrame {
  return { packageNo: frame.number, period: frame.period, ...factsOfFrame(frame), ...proof };
}

type FrameFacts = Pick<
  PackageFrame,
  'profile' | 'dealer' | 'asOf' | 'ruleSet' | 'parameters' | 'requirements'
>;

/** What the pages of a report and of a file printed by itself say alike. */
export function factsOfFrame(
  frame: FrameFacts,
): Omit<ReportFrame, 'packageNo' | 'period' | 'snapshotSha256' | 'keyFingerprint'> {
  const { profile, dealer, asOf, ruleSet, parameters, requirements } = frame;
  const ownership = parameters.findLast(({ key }) => key === 'beneficialOwnership')?.value;
  const overPercent = valueAt(ownership, 'overPercent');
  const thresholds = parameters.findLast(({ key }) => key === 'thresholds')?.value;
  const payments = valueAt(thresholds, 'paymentEvidenceKurus');
  return {
    profile,
    dealer: { ...dealer, vkn: dealer.vkn ?? '–' },
    asOf,
    ruleSet,
    ...(typeof overPercent === 'number' ? { ownershipOverPercent: overPercent } : {}),
    paymentEvidenceKurus: typeof payments === 'number' ? payments : null,
    ...(requirements === undefined ? {} : { requirements }),
  };
}

/** Text at a path of the record, null when there is none. */
export function textAt(record: unknown, path: string): string | null {
  const value = valueAt(record, path);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Items of a list in the record; none when it is absent. */
export function listAt(record: unknown, path: string): unknown[] {
  const value = valueAt(record, path);
  return Array.isArray(value) ? value : [];
}

export function identityNumber(record: unknown): string | null {
  const fields = ['tckn', 'ykn', 'vkn', 'foreignTaxNumber'];
  return fields.map((field) => textAt(record, field)).find((number) => number !== null) ?? null;
}

export function customerLine(item: PackageItem): CustomerLine {
  const number = identityNumber(item.record);
  const { code, type, status, risk, completeness, nextReviewOn } = item;
  return {
    code,
    displayName: item.displayName,
    type,
    maskedIdentity: number === null ? null : maskIdentityNumber(number),
    status,
    risk,
    completeness,
    openFindings: item.findings.filter(({ closedAt }) => closedAt === null).length,
    nextReviewOn,
  };
}

export function findingLines(item: PackageItem, words: PackageWords): FindingLine[] {
  return item.findings.map((finding) => ({
    customerCode: item.code,
    field: words.field(finding.field),
    severity: finding.severity,
    message: words.finding(finding),
    legalBasis: words.basis(finding.legalBasis),
    openedAt: finding.openedAt,
    closedAt: finding.closedAt,
  }));
}

export function documentLines(item: PackageItem): DocumentLine[] {
  return item.documents.map(
    ({ kind, number, issuedOn, expiresOn, originalSeen, path, sha256, bytes, state }) => ({
      kind,
      number,
      issuedOn,
      expiresOn,
      originalSeen,
      path,
      sha256,
      bytes,
      state,
    }),
  );
}

/** A company's representatives, or the one who acts for a person. */
export function representativesOf(record: unknown): unknown[] {
  const one = valueAt(record, 'representative');
  return [...listAt(record, 'representatives'), ...(typeof one === 'object' && one !== null ? [one] : [])];
}

export function personName(entry: unknown): string {
  const person = valueAt(entry, 'person');
  const name = displayName({
    givenNames: textAt(person, 'givenNames') ?? '',
    surname: textAt(person, 'surname') ?? '',
  });
  return name === '' ? '–' : name;
}

export function representativeLines(item: PackageItem, words: PackageWords): RepresentativeLine[] {
  return representativesOf(item.record).map((entry) => ({
    name: personName(entry),
    maskedIdentity: maskedNumber(valueAt(entry, 'person')),
    authority: textAt(entry, 'authority.kind') ?? '–',
    document: textAt(entry, 'authority.document'),
    fromOn: textAt(entry, 'authority.from'),
    untilOn: textAt(entry, 'authority.until'),
    signing: signingInWords(entry, words),
  }));
}

/** "münferit" or "müşterek" for the codes that forms offer, else as it was typed. */
export function signingInWords(entry: unknown, words: PackageWords): string | null {
  const signing = textAt(entry, 'authority.signing');
  return signing === null ? null : words.choice('signing', signing);
}

export function maskedNumber(person: unknown): string | null {
  const number = identityNumber(person);
  return number === null ? null : maskIdentityNumber(number);
}

export function beneficialOwnerLines(item: PackageItem, words: PackageWords): BeneficialOwnerLine[] {
  return listAt(item.record, 'beneficialOwners').map((entry) => {
    const share = valueAt(entry, 'share');
    return {
      name: personName(entry),
      maskedIdentity: maskedNumber(valueAt(entry, 'person')),
      method: words.part('ownership', textAt(entry, 'method') ?? '–'),
      share: typeof share === 'number' ? words.percent(share) : null,
      path: textAt(entry, 'path'),
    };
  });
}

/** Which register answered; of what a person saw also the page and the hash of the paper. */
export function sourceOf(
  { provider, link, documentSha256 }: FrozenVerification,
  words: Pick<PackageWords, 'provider'>,
): string {
  const paper = documentSha256 === undefined || documentSha256 === null ? null : `SHA-256 ${documentSha256}`;
  return [words.provider(provider), link ?? null, paper].filter((part) => part !== null).join(' · ');
}

export function verificationLines(item: PackageItem, words: PackageWords): VerificationLine[] {
  return item.verifications.map((row) => ({
    method: words.code('method', row.method),
    source: sourceOf(row, words),
    result: `${words.field(row.subject)}: ${words.code('result', row.result)}`,
    simulated: row.simulated,
    at: row.at,
    by: row.by ?? null,
  }));
}

export function decisionLines(item: PackageItem): DecisionLine[] {
  return item.decisions.map(({ decision, reason, by, at, recordVersion, risk, policyVersion }) => ({
    decision,
    reason,
    by,
    at,
    recordVersion,
    risk,
    policyVersion: policyVersion ?? null,
  }));
}

export function episodeLines(item: PackageItem, words: PackageWords): EpisodeLine[] {
  return item.cases.map((row) => ({
    kind: words.code('case', row.kind),
    plannedOn: dayOf(row.dueAt),
    openedAt: row.openedAt,
    closedAt: row.closedAt,
    outcome: words.code('outcome', row.outcome ?? 'open'),
  }));
}

/** Messages to the customer; what went to colleagues is in the history. */
export function noticeLines(item: PackageItem, words: PackageWords): NoticeLine[] {
  return item.notices
    .filter(({ audience }) => audience === 'customer')
    .map((notice) => ({
      subject: words.notice(notice),
      channel: words.code('channel', notice.channel),
      maskedAddress: notice.address === null ? null : maskEmail(notice.address),
      at: notice.at,
      result: words.code('noticeState', notice.result),
      messageId: notice.messageId,
    }));
}
