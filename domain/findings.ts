import { hasProblem } from './check-result';
import { check } from './checks';
import type { CustomerType, DocumentKind, Trigger } from './customer';
import { IDENTITY_DOCUMENT_KINDS } from './customer';
import { addMonths, ageOn, dayInIstanbul, parseDay } from './days';
import { isProvince } from './provinces';
import { siblingPath, valueAt, valuesAt } from './record-path';
import { applicable, type Confidence, type Requirement, type Severity } from './requirements';

/** One requirement that the file does not meet, or one contradiction in it. */
export interface Finding {
  code: string;
  field: string;
  severity: Severity;
  requirementId: string;
  legalBasis: string;
  confidence: Confidence;
  ruleVersion: string;
}

export interface DocumentFacts {
  kind: DocumentKind;
  issuedOn: string | null;
  expiresOn: string | null;
  /** When the dealer took it: the moment of use at which its age is judged. */
  uploadedAt: Date;
  originalSeen: boolean;
}

/** Everything a verdict on a file depends on. `today` is a day in Europe/Istanbul. */
export interface FileFacts {
  type: CustomerType;
  trigger: Trigger;
  record: unknown;
  documents: readonly DocumentFacts[];
  /** Fields whose present values the population register did not recognise. */
  registerMismatches: readonly string[];
  /** The periodic review fell due and nobody has confirmed the data since. */
  reviewOverdue: boolean;
  today: string;
}

export interface Assessment {
  findings: Finding[];
  /** Whole percent of the applicable requirements that are met; 100 only when all are. */
  completeness: number;
}

/** Judges a file against the rules: what is open, and how complete it is. The same facts always give the same answer. */
export function assess(facts: FileFacts, rules: readonly Requirement[]): Assessment {
  const findings: Finding[] = [];
  let asked = 0;
  let met = 0;
  for (const rule of applicable(rules, facts.type, facts.trigger, facts.today)) {
    for (const verdict of judge(rule, facts)) {
      asked += 1;
      if (verdict.problem === null) met += 1;
      else findings.push(toFinding(rule, verdict.field, verdict.problem));
    }
  }
  return { findings, completeness: asked === 0 ? 100 : Math.floor((100 * met) / asked) };
}

interface Verdict {
  field: string;
  problem: string | null;
}

function toFinding(rule: Requirement, field: string, code: string): Finding {
  const { severity, id, legalBasis, confidence, version } = rule;
  return { code, field, severity, requirementId: id, legalBasis, confidence, ruleVersion: version };
}

function judge(rule: Requirement, facts: FileFacts): Verdict[] {
  if (
    rule.when !== undefined &&
    !rule.when.in.includes(valueAt(facts.record, rule.when.field) as string | boolean)
  ) {
    return [];
  }
  // A review that is not due says nothing of how complete the file is: an empty file is 0 % complete.
  if (rule.test.kind === 'review')
    return facts.reviewOverdue ? [{ field: rule.field, problem: 'review_overdue' }] : [];
  if (rule.test.kind === 'document') return [judgeDocument(rule.test, facts)];
  return valuesAt(facts.record, rule.field)
    .filter(
      ({ path }) =>
        rule.unless === undefined || isAbsent(valueAt(facts.record, siblingPath(rule.unless, path))),
    )
    .flatMap(({ path, value }) => {
      if (isAbsent(value)) return rule.optional === true ? [] : [{ field: path, problem: 'missing' }];
      return [{ field: path, problem: problemOf(rule, path, value, facts) }];
    });
}

/** Absent, or only white space: nothing that could be shown to an inspector. */
export function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.length === 0;
}

function problemOf(rule: Requirement, path: string, value: unknown, facts: FileFacts): string | null {
  const { test } = rule;
  const text = typeof value === 'string' ? value : '';
  switch (test.kind) {
    case 'present':
    case 'document':
    case 'review':
    case 'list':
      return null;
    case 'check':
      return checkProblem(test.check, text, facts.today);
    case 'text':
      return Array.from(text.trim()).length >= test.minLength ? null : 'too_short';
    case 'code':
      return test.codes.includes(text) ? null : 'unknown_code';
    case 'province':
      return isProvince(text) ? null : 'unknown_province';
    case 'past_day':
      return pastDayProblem(text, facts.today, test.maxYears);
    case 'unexpired_day':
      return text < facts.today ? 'expired' : null;
    case 'shares':
      return sharesProblem(value);
    case 'register':
      return facts.registerMismatches.includes(path) ? 'register_mismatch' : null;
  }
}

function checkProblem(
  kind: Extract<Requirement['test'], { kind: 'check' }>['check'],
  value: string,
  today: string,
): string | null {
  const result = check(kind, value, {}, today);
  // A foreigner's number with a right checksum is a number, but not a citizen's (T07).
  if (result.valid) return kind === 'tckn' && hasProblem(result, 'is_foreigner') ? 'is_foreigner' : null;
  const code = result.problems[0]?.code ?? 'invalid';
  // A filler such as 11111111111 says that the number is not known, not that it is wrong.
  return code === 'filler' || code === 'empty' ? 'missing' : code;
}

function pastDayProblem(day: string, today: string, maxYears: number): string | null {
  if (parseDay(day) === null) return 'not_a_day';
  if (day > today) return 'in_the_future';
  return ageOn(day, today) > maxYears ? 'too_long_ago' : null;
}

/** Shares are percentages that add up to 100 ± 0.01 (D-2.4). */
function sharesProblem(value: unknown): string | null {
  if (!Array.isArray(value)) return 'missing';
  const total = value.reduce<number>((sum, item: unknown) => sum + Number(valueAt(item, 'share') ?? 0), 0);
  return Math.abs(total - 100) <= 0.01 ? null : 'shares_total';
}

function judgeDocument(test: Extract<Requirement['test'], { kind: 'document' }>, facts: FileFacts): Verdict {
  const declared = valueAt(facts.record, 'idDocument.type');
  const kind = test.anyOf.find((candidate) => candidate === declared) ?? test.anyOf[0] ?? 'other';
  const candidates = facts.documents.filter((document) => test.anyOf.includes(document.kind));
  const problems = candidates.map((document) => documentProblem(test, document, facts.today));
  if (problems.includes(null)) return { field: `documents.${kind}`, problem: null };
  return { field: `documents.${candidates[0]?.kind ?? kind}`, problem: problems[0] ?? 'missing' };
}

function documentProblem(
  test: Extract<Requirement['test'], { kind: 'document' }>,
  document: DocumentFacts,
  today: string,
): string | null {
  if (document.expiresOn !== null && document.expiresOn < today) return 'expired';
  if (test.maxAgeMonths !== undefined && document.issuedOn === null) return 'issue_day_missing';
  if (test.maxAgeMonths !== undefined && document.issuedOn !== null) {
    // An age counts at the moment of use (D-2.1): a bill that was fresh when it was taken does not grow stale in the file.
    if (addMonths(document.issuedOn, test.maxAgeMonths) < dayInIstanbul(document.uploadedAt))
      return 'too_old';
  }
  return test.originalSeen === true && !document.originalSeen ? 'original_not_seen' : null;
}

/** Whether a kind of document proves an identity. */
export function provesIdentity(kind: DocumentKind): boolean {
  return (IDENTITY_DOCUMENT_KINDS as readonly DocumentKind[]).includes(kind);
}
