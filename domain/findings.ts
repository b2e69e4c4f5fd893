import type { CustomerType, DocumentKind, RiskLevel, Trigger } from './customer';
import { IDENTITY_DOCUMENT_KINDS } from './customer';
import { judgeDocument } from './document-tests';
import { isAbsent, siblingPath, valueAt, valuesAt } from './record-path';
import { applicable, conditionsOf, type Condition, type Confidence } from './requirements';
import type { Requirement, Severity } from './requirements';
import type { Policy } from './rules/policy';
import { judgeValue } from './value-tests';

export { isAbsent } from './record-path';

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

/** What the rules take from the policy: limits that people of the dealer set, dated. */
export type RuleParameters = Pick<Policy, 'documentAges' | 'beneficialOwnership'>;

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
  /** How the file rates by the policy: some things are asked of high risk only. */
  risk: RiskLevel;
  parameters: RuleParameters;
  today: string;
}

export interface Assessment {
  findings: Finding[];
  /** Whole percent of the applicable requirements that are met; 100 only when all are. */
  completeness: number;
}

/** What one requirement says about one value; `problem` is null where it is met. */
export interface Verdict {
  field: string;
  problem: string | null;
}

/** Judges a file against the rules: what is open, and how complete it is. The same facts always give the same answer. */
export function assess(facts: FileFacts, rules: readonly Requirement[]): Assessment {
  const findings: Finding[] = [];
  let asked = 0;
  let met = 0;
  for (const rule of applicable(rules, facts.type, facts.trigger, facts.today, facts.risk)) {
    for (const verdict of verdictsOf(rule, facts)) {
      asked += 1;
      if (verdict.problem === null) met += 1;
      else findings.push(toFinding(rule, verdict.field, verdict.problem));
    }
  }
  return {
    findings: withoutRepetition(findings),
    completeness: asked === 0 ? 100 : Math.floor((100 * met) / asked),
  };
}

/** The requirements that ask something of this file, each met or not: what stood behind an assessment, rule by rule. */
export function askedOf(
  facts: FileFacts,
  rules: readonly Requirement[],
): { rule: Requirement; met: boolean }[] {
  return applicable(rules, facts.type, facts.trigger, facts.today, facts.risk).flatMap((rule) => {
    const verdicts = verdictsOf(rule, facts);
    return verdicts.length === 0 ? [] : [{ rule, met: verdicts.every(({ problem }) => problem === null) }];
  });
}

/** Two rules may say the same about a field: the graver one speaks, else the first. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  const kept = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.code}|${finding.field}`;
    const other = kept.get(key);
    if (other === undefined || (other.severity === 'warning' && finding.severity === 'blocking'))
      kept.set(key, finding);
  }
  return [...kept.values()];
}

function toFinding(rule: Requirement, field: string, code: string): Finding {
  const { severity, id, legalBasis, confidence, version } = rule;
  return { code, field, severity, requirementId: id, legalBasis, confidence, ruleVersion: version };
}

/** What one requirement says about each value it asks for; nothing where it asks nothing of this file. */
export function verdictsOf(rule: Requirement, facts: FileFacts): Verdict[] {
  const { test } = rule;
  // A review that is not due says nothing of how complete the file is: an empty file is 0 % complete.
  if (test.kind === 'review')
    return facts.reviewOverdue ? [{ field: rule.field, problem: 'review_overdue' }] : [];
  if (test.kind === 'document') return isAsked(rule, facts, '') ? judgeDocument(rule, test, facts) : [];
  return valuesAt(facts.record, rule.field)
    .filter(({ path }) => isAsked(rule, facts, path))
    .flatMap(({ path, value }) => judgeValue(rule, test, { path, value }, facts));
}

function isAsked(rule: Requirement, { record }: FileFacts, path: string): boolean {
  const at = (field: string) => valueAt(record, siblingPath(field, path));
  if (rule.unless !== undefined && !isAbsent(at(rule.unless))) return false;
  return conditionsOf(rule).every((condition) => holds(condition, at(condition.field)));
}

function holds(condition: Condition, value: unknown): boolean {
  const absent = isAbsent(value);
  if ('present' in condition) return condition.present !== absent;
  if ('notIn' in condition) return !absent && !condition.notIn.includes(value as string | boolean);
  return absent ? condition.orAbsent === true : condition.in.includes(value as string | boolean);
}

/** Whether a kind of document proves an identity. */
export function provesIdentity(kind: DocumentKind): boolean {
  return (IDENTITY_DOCUMENT_KINDS as readonly DocumentKind[]).includes(kind);
}
