import { codeRanges } from '../domain/code-ranges';
import { TRIGGER_CODES } from '../domain/form';
import { maskIdentityNumber } from '../domain/identity-numbers';
import type { PackageProfile } from '../domain/package-manifest';
import { maskRecord } from '../domain/record';
import { valueAt } from '../domain/record-path';
import { formatMoney } from '../templates/helpers';
import type {
  FileStatement,
  FormLine,
  HeightenedLine,
  LateModel,
  MergeLine,
  OnBehalfLine,
  PermissionLine,
  PictureLine,
  RatingLine,
  ShownNoticeLine,
} from '../templates/report-parts';
import { completenessRowsOf, type CompletenessRow } from './package-completeness';
import { isShownIn } from './package-identity';
import { identityNumber, personName, textAt } from './package-lines';
import type { FrozenForm } from './package-papers';
import type { FrozenDocument, PackageFrame, PackageItem } from './package-snapshot';
import { dayOf, type PackageWords } from './package-words';

/** Lines of a customer's papers: forms, what was told and allowed, merges, ratings, the statement, pictures. */

export function formLines(item: PackageItem, words: PackageWords): FormLine[] {
  return (item.papers?.forms ?? []).map((form) => ({
    number: form.number,
    trigger: `${TRIGGER_CODES[form.trigger]} · ${words.t(`report.trigger.${form.trigger}`)}`,
    formVersion: form.formVersion,
    recordVersion: form.recordVersion,
    state: words.part('formState', form.state),
    issuedAt: form.issuedAt,
    issuedBy: form.issuedBy,
    transaction: transactionInWords(form, words),
    signature: form.signature,
    ended: endInWords(form, words),
    pdfSha256: form.pdfSha256,
  }));
}

function transactionInWords({ transaction }: FrozenForm, words: PackageWords): string | null {
  if (transaction === null) return null;
  const amount = valueAt(transaction, 'amountKurus');
  const kind = textAt(transaction, 'kind');
  const metal = textAt(transaction, 'metal');
  const grams = textAt(transaction, 'grams');
  const on = textAt(transaction, 'on');
  const parts = [
    kind === null ? null : words.part('transactionKind', kind),
    on === null ? null : words.day(on),
    metal === null ? null : words.choice('metal', metal),
    grams === null ? null : `${grams} g`,
    typeof amount === 'number'
      ? formatMoney(amount, words.language, textAt(transaction, 'currency') ?? 'TRY')
      : null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

function endInWords({ ended }: FrozenForm, words: PackageWords): string | null {
  if (ended === null) return null;
  const next =
    ended.supersededBy === null ? null : words.t('parts.form.replacedBy', { number: ended.supersededBy });
  return [words.day(dayOf(ended.at) ?? ''), next, ended.reason].filter((part) => part !== null).join(' · ');
}

export function shownNoticeLines(item: PackageItem, words: PackageWords): ShownNoticeLine[] {
  return (item.papers?.shownNotices ?? []).map(({ version, channel, at, by, textSha256 }) => ({
    version,
    channel: words.part('shownBy', channel),
    at,
    by,
    textSha256,
  }));
}

export function permissionLines(item: PackageItem, words: PackageWords): PermissionLine[] {
  return (item.papers?.permissions ?? []).map(({ channel, state, source, at, by }) => ({
    channel: words.part('permissionChannel', channel),
    state: words.part('permission', state),
    source: words.part('permissionSource', source),
    at,
    by,
  }));
}

export function mergeLines(item: PackageItem, words: PackageWords): MergeLine[] {
  return (item.papers?.merges ?? []).map(({ otherCode, survived, reason, at, by, undone }) => ({
    what: words.t(survived ? 'parts.merge.survived' : 'parts.merge.absorbed', { code: otherCode }),
    reason,
    at,
    by,
    undone:
      undone === null
        ? null
        : [words.day(dayOf(undone.at) ?? ''), undone.by, undone.reason]
            .filter((part) => part !== null)
            .join(' · '),
  }));
}

export function ratingLines(item: PackageItem, words: PackageWords): RatingLine[] {
  return item.ratings.map(({ level, score, factors, ruleVersion, at }) => ({
    level,
    score,
    factors: factorsInWords(factors, words),
    ruleVersion,
    at,
  }));
}

export function factorsInWords(factors: unknown, words: PackageWords): string | null {
  if (!Array.isArray(factors)) return null;
  return factors.length === 0 ? null : factors.map((name) => words.code('factor', String(name))).join(', ');
}

/** Whose account it is when it is not the customer's own; null where nobody else is named. */
export function onBehalfLine(item: PackageItem): OnBehalfLine | null {
  const principal = valueAt(item.record, 'onBehalfOf');
  if (principal === undefined || principal === null) return null;
  const person = valueAt(principal, 'person');
  const title = textAt(principal, 'title');
  const number = identityNumber(person) ?? textAt(principal, 'vkn');
  return {
    principal: title ?? personName(principal),
    maskedIdentity: number === null ? null : maskIdentityNumber(number),
    authority: textAt(principal, 'authority.kind'),
  };
}

/** A line for who is of high risk or of public influence; none for the others. */
export function heightenedLines(item: PackageItem, words: PackageWords): HeightenedLine[] {
  const kind = textAt(item.record, 'publicInfluence.kind');
  const influence = kind === null || kind === 'none' ? null : words.code('value.influence', kind);
  if (item.risk !== 'high' && influence === null) return [];
  const approval = item.decisions.findLast(({ decision }) => decision === 'approve');
  const { code: customerCode, displayName, risk } = item;
  return [
    {
      customerCode,
      displayName,
      risk,
      influence,
      approvedBy: approval?.by ?? null,
      approvedAt: approval?.at ?? null,
    },
  ];
}

/** What each requirement says of the customer; null for a snapshot without statement. */
export function fileStatement(
  frame: Pick<PackageFrame, 'requirements'>,
  item: PackageItem,
  words: PackageWords,
): FileStatement | null {
  const rows = completenessRowsOf(frame, item);
  if (rows.length === 0) return null;
  const others = rows.filter(({ state }) => state === 'not_applicable');
  return {
    met: rows.filter(({ state }) => state === 'met').length,
    missing: rows.filter(({ state }) => state === 'missing').length,
    notApplicable: others.length,
    lines: rows.flatMap(({ state, ...row }) =>
      state === 'not_applicable'
        ? []
        : [
            {
              id: row.id,
              field: words.field(row.field),
              legalBasis: words.basis(row.legalBasis),
              state,
              problems: problemsInWords(row, words),
              evidence: evidenceInWords(row, words),
              completedOn: row.completedOn,
            },
          ],
    ),
    others: codeRanges(
      others.map(({ id }) => id),
      rows.map(({ id }) => id),
    ),
  };
}

export function problemsInWords({ problems }: Pick<CompletenessRow, 'problems'>, words: PackageWords) {
  return problems.length === 0 ? null : problems.map(words.finding).join(' ');
}

/** "belge 0197… (22.11.2026)": what shows it, by kind, id and day. */
export function evidenceInWords({ evidence }: Pick<CompletenessRow, 'evidence'>, words: PackageWords) {
  if (evidence.length === 0) return null;
  return evidence
    .map(({ kind, id, on }) => `${words.part('evidence', kind)} ${id} (${words.day(on)})`)
    .join('; ');
}

/** What came inside the fix window, with its days; identity numbers masked. */
export function lateModel(
  { late }: PackageItem,
  words: PackageWords,
  profile: PackageProfile,
): LateModel | null {
  if (late === undefined) return null;
  const shown = late.values.filter(({ field }) => isShownIn(profile, field));
  const values = shown.map(({ field, value, on }) => {
    const masked = valueAt(maskRecord({ [field]: value }), field);
    const text = typeof masked === 'string' || typeof masked === 'number' ? String(masked) : '✓';
    return { field: words.field(field), value: text, on };
  });
  const documents = late.documents.map(({ kind, path, sha256 }) => ({
    kind: words.document(kind),
    path,
    sha256,
  }));
  return { until: late.until, values, documents };
}

/**
 * Whether a document may be shown as a picture: an image, and where it is an old identity card one whose religion and
 * blood group somebody attested as covered (KVKK m.6).
 */
export function isPictured(item: PackageItem, document: FrozenDocument): boolean {
  if (document.path === null || !document.mediaType.startsWith('image/')) return false;
  return document.kind !== 'old_identity_card' || (item.papers?.masked ?? []).includes(document.sha256);
}

/**
 * Pictures of the documents in force; the others are on file: in the package, or where the file is printed alone (without
 * `packageNo`) in the record. `pictures` are data URLs by SHA-256.
 */
export function pictureLines(
  item: PackageItem,
  { packageNo }: { packageNo: string | null },
  pictures: ReadonlyMap<string, string>,
  words: PackageWords,
): PictureLine[] {
  const onFile = words.t(packageNo === null ? 'parts.picture.inRecord' : 'parts.picture.onFile');
  return item.documents.flatMap((document) => {
    if (document.path === null) return [];
    const source = pictures.get(document.sha256) ?? null;
    const unmasked = document.mediaType.startsWith('image/') && !isPictured(item, document);
    const note = unmasked ? words.t('parts.picture.notMasked') : onFile;
    return [
      {
        kind: words.document(document.kind),
        path: document.path,
        source,
        note: source === null ? note : null,
      },
    ];
  });
}
