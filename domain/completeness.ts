import type { CustomerType } from './customer';
import { dayInIstanbul } from './days';
import { judgeDocument } from './document-tests';
import { verdictsOf, type DocumentFacts, type FileFacts } from './findings';
import { applicable, type Confidence, type Requirement, type Severity } from './requirements';

/** What a statement of completeness says of one requirement and one customer. */
export const REQUIREMENT_STATES = ['met', 'missing', 'not_applicable'] as const;
export type RequirementState = (typeof REQUIREMENT_STATES)[number];

/** One requirement of the rule set in force, as it is printed. */
export interface StatedRequirement {
  id: string;
  version: string;
  field: string;
  severity: Severity;
  legalBasis: string;
  confidence: Confidence;
}

/**
 * What shows that a requirement is met: a version of the record (`id` is its number), a document, an answer of a register,
 * a signed form (by their ids). `on` is the day in Europe/Istanbul on which it came.
 */
export interface Evidence {
  kind: 'record' | 'document' | 'verification' | 'form';
  id: string;
  on: string;
}

/** A requirement that asks something of this file. `problems` is empty where it is met, `evidence` where it is not. */
export interface RequirementVerdict {
  id: string;
  state: 'met' | 'missing';
  problems: { field: string; code: string }[];
  evidence: Evidence[];
}

export interface StatedDocument extends DocumentFacts {
  id: string;
  /** When somebody attested that they saw the original. */
  seenAt: Date | null;
  /** The signed form that this document is. */
  formId: string | null;
}

/** Facts of a file with what is needed to name the evidence. */
export interface StatementFacts extends FileFacts {
  documents: readonly StatedDocument[];
  version: { number: number; at: Date };
  /** Answers of registers and of people who looked, oldest first. */
  answers: readonly { id: string; field: string; result: string; at: Date }[];
}

/**
 * The rule set in force on a day: what a statement is about, in the order of the ids. Each id stands there once, and
 * without an end: what was asked at a snapshot is asked until its fix window closes.
 */
export function ruleSetInForce(rules: readonly Requirement[], day: string): Requirement[] {
  const inForce = rules.filter(
    ({ validFrom, validTo }) => validFrom <= day && (validTo === undefined || day < validTo),
  );
  const byId = new Map(inForce.map(({ validTo: _, ...rule }) => [rule.id, rule]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

export function statedRequirement(rule: Requirement): StatedRequirement {
  const { id, version, field, severity, legalBasis, confidence } = rule;
  return { id, version, field, severity, legalBasis, confidence };
}

/**
 * What each requirement says of this file: met or missing. A requirement of the rule set that is not in the answer does not
 * apply to the file (its type, trigger or risk, or a condition that does not hold).
 */
export function statementOf(facts: StatementFacts, rules: readonly Requirement[]): RequirementVerdict[] {
  const { type, trigger, today, risk } = facts;
  return applicable(rules, type, trigger, today, risk).flatMap((rule): RequirementVerdict[] => {
    const verdicts = verdictsOf(rule, facts);
    if (verdicts.length === 0) return [];
    const problems = verdicts.flatMap(({ field, problem }) =>
      problem === null ? [] : [{ field, code: problem }],
    );
    if (problems.length > 0) return [{ id: rule.id, state: 'missing', problems, evidence: [] }];
    const fields = verdicts.map(({ field }) => field);
    return [{ id: rule.id, state: 'met', problems, evidence: evidenceOf(rule, fields, facts) }];
  });
}

function evidenceOf(rule: Requirement, fields: readonly string[], facts: StatementFacts): Evidence[] {
  const { test } = rule;
  if (test.kind === 'document') {
    // One good document is enough: those that would meet the rule alone are its evidence.
    return facts.documents
      .filter(({ kind }) => test.anyOf.includes(kind))
      .filter((document) =>
        judgeDocument(rule, test, { ...facts, documents: [document] }).every(
          ({ problem }) => problem === null,
        ),
      )
      .map(documentEvidence);
  }
  const record = {
    kind: 'record' as const,
    id: String(facts.version.number),
    on: dayInIstanbul(facts.version.at),
  };
  if (test.kind !== 'register') return [record];
  const answers = fields.flatMap((field) => {
    const answer = facts.answers.findLast((one) => one.field === field && one.result === 'match');
    return answer === undefined
      ? []
      : [{ kind: 'verification' as const, id: answer.id, on: dayInIstanbul(answer.at) }];
  });
  // A register that was not asked contradicts nothing: then only the record speaks.
  return answers.length > 0 ? answers : [record];
}

function documentEvidence({ id, formId, uploadedAt, seenAt }: StatedDocument): Evidence {
  const at = seenAt !== null && seenAt > uploadedAt ? seenAt : uploadedAt;
  const on = dayInIstanbul(at);
  return formId === null ? { kind: 'document', id, on } : { kind: 'form', id: formId, on };
}

/** A requirement that was missing at the snapshot and was met inside the fix window: labelled, never back-dated. */
export interface LateCompletion {
  id: string;
  /** Day on which it was completed, not before the snapshot. */
  on: string;
  evidence: Evidence[];
}

/** What was missing `before` and is met `after`; `from` is the day of the snapshot, `until` that of the window's end. */
export function completedBetween(
  before: readonly RequirementVerdict[],
  after: readonly RequirementVerdict[],
  { from, until }: { from: string; until: string },
): LateCompletion[] {
  const missing = new Set(before.filter(({ state }) => state === 'missing').map(({ id }) => id));
  return after
    .filter(({ id, state }) => state === 'met' && missing.has(id))
    .map(({ id, evidence }) => {
      const days = evidence.map(({ on }) => on).filter((on) => on >= from && on <= until);
      // What shows it may be older than the snapshot (a date that became right): then the day it was found stands.
      return { id, on: days.sort().at(0) ?? until, evidence };
    });
}

export interface StateCounts {
  met: number;
  missing: number;
  notApplicable: number;
  /** Of the missing ones: completed inside the fix window. */
  completedLate: number;
}

/** Sums over a scope: `met + missing + notApplicable` is `customers × requirements`. */
export interface CompletenessTotals extends StateCounts {
  customers: number;
  requirements: number;
}

export interface CompletenessBreakdown {
  totals: CompletenessTotals;
  byRequirement: (StatedRequirement & StateCounts)[];
  byType: ({ type: CustomerType; customers: number } & StateCounts)[];
}

/** A breakdown as it is kept: by id, without the words of the rules, which stand in the frame. */
export interface CompletenessCounts {
  totals: CompletenessTotals;
  byRequirement: ({ id: string } & StateCounts)[];
  byType: CompletenessBreakdown['byType'];
}

/** One customer's statement as it is counted. */
export interface CountedStatement {
  type: CustomerType;
  statement: readonly RequirementVerdict[];
  late: readonly Pick<LateCompletion, 'id'>[];
}

/** Adds statements up a customer at a time; memory holds a line a requirement and a type. */
export function completenessTally(requirements: readonly StatedRequirement[]) {
  const byRequirement = new Map(requirements.map((one) => [one.id, { ...one, ...nothing() }]));
  const byType = new Map<CustomerType, { type: CustomerType; customers: number } & StateCounts>();
  let customers = 0;
  return {
    /** @throws Error where the statement names a requirement that is not in the rule set, or one of them twice. */
    add({ type, statement, late }: CountedStatement): void {
      const ofType = byType.get(type) ?? { type, customers: 0, ...nothing() };
      byType.set(type, ofType);
      customers += 1;
      ofType.customers += 1;
      for (const { id, state } of statement) {
        count(byRequirement, id)[state] += 1;
        ofType[state] += 1;
      }
      for (const { id } of late) {
        count(byRequirement, id).completedLate += 1;
        ofType.completedLate += 1;
      }
      if (new Set(statement.map(({ id }) => id)).size !== statement.length)
        throw new Error('A requirement is stated twice for a customer');
      ofType.notApplicable += byRequirement.size - statement.length;
    },
    breakdown(): CompletenessBreakdown {
      for (const one of byRequirement.values()) one.notApplicable = customers - one.met - one.missing;
      const rows = [...byRequirement.values()];
      const types = [...byType.values()].sort((a, b) => (a.type < b.type ? -1 : 1));
      const totals = { customers, requirements: rows.length, ...sum(rows) };
      assertAddsUp(totals, sum(types));
      return { totals, byRequirement: rows, byType: types };
    },
  };
}

const nothing = (): StateCounts => ({ met: 0, missing: 0, notApplicable: 0, completedLate: 0 });

function count(of: Map<string, StatedRequirement & StateCounts>, id: string): StateCounts {
  const row = of.get(id);
  if (row === undefined) throw new Error('A statement names a requirement that is not in its rule set');
  return row;
}

function sum(rows: readonly StateCounts[]): StateCounts {
  const all = nothing();
  for (const row of rows) {
    all.met += row.met;
    all.missing += row.missing;
    all.notApplicable += row.notApplicable;
    all.completedLate += row.completedLate;
  }
  return all;
}

/** A statement that does not add up must not reach an inspector. */
function assertAddsUp(totals: CompletenessTotals, byType: StateCounts): void {
  const { customers, requirements, met, missing, notApplicable, completedLate } = totals;
  const whole = met + missing + notApplicable === customers * requirements;
  const same = met === byType.met && missing === byType.missing && notApplicable === byType.notApplicable;
  if (!whole || !same || completedLate > missing)
    throw new Error('The statement of completeness does not add up');
}
