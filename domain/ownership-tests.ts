import { LEGAL_HOLDERS } from './customer';
import type { FileFacts, Verdict } from './findings';
import { ownershipKey, ownershipOf, type Ownership } from './ownership';
import { isAbsent, siblingPath, textAt, valueAt, type ValueAt } from './record-path';
import type { RequirementTest } from './requirements';

/** Shares are percentages that add up to 100 ± 0.01 (D-2.4); sums are taken in hundredths of a hundredth. */
const FINE = 10_000;
const TOLERANCE = 0.01 * FINE;

/** Judges what a record says about shares, owners and signers; null for tests about anything else. */
export function ownershipVerdicts(test: RequirementTest, at: ValueAt, facts: FileFacts): Verdict[] | null {
  const one = (problem: string | null): Verdict[] => [{ field: at.path, problem }];
  switch (test.kind) {
    case 'shares':
      return one(sharesProblem(at.value));
    case 'ownership':
      return chartVerdicts(at.path, ownershipOfRecord(facts));
    case 'owners_named':
      return one(isEveryOwnerNamed(at.value, ownershipOfRecord(facts)) ? null : 'owner_missing');
    case 'owner_over':
      return one(ownerProblem(at.path, facts));
    case 'holders_identified':
      return holderVerdicts(at, facts);
    case 'joint_signers':
      return one(signingProblem(test.words, at, facts));
    default:
      return null;
  }
}

/** Several rules look at the chart of one file: it is followed once. */
const charts = new WeakMap<FileFacts, Ownership>();

function ownershipOfRecord(facts: FileFacts): Ownership {
  const known = charts.get(facts);
  if (known !== undefined) return known;
  const { record, parameters } = facts;
  const chart = ownershipOf(
    textAt(record, 'title'),
    valueAt(record, 'shareholders'),
    parameters.beneficialOwnership.overPercent,
  );
  charts.set(facts, chart);
  return chart;
}

/** The parts of each company, the customer's own and those on the chain, make a whole. */
function sharesProblem(value: unknown): string | null {
  if (!Array.isArray(value)) return null;
  const totals = new Map<string, number>();
  for (const item of value as unknown[]) {
    const of = ownershipKey(textAt(item, 'of'));
    const share = Number(valueAt(item, 'share') ?? 0);
    totals.set(of, (totals.get(of) ?? 0) + Math.round(share * FINE));
  }
  const isWhole = (total: number) => Math.abs(total - 100 * FINE) <= TOLERANCE;
  return [...totals.values()].every(isWhole) ? null : 'shares_total';
}

/** Each kind of problem once: the drawing shows where. */
function chartVerdicts(field: string, { problems }: Ownership): Verdict[] {
  const codes = new Set(problems.map(({ code }) => code));
  return codes.size === 0 ? [{ field, problem: null }] : [...codes].map((problem) => ({ field, problem }));
}

function isEveryOwnerNamed(value: unknown, { owners }: Ownership): boolean {
  const named = new Set(Array.isArray(value) ? value.map((item: unknown) => nameKey(item)) : []);
  return owners.every(
    ({ kind, over, name }) =>
      kind === 'legal' || !over || ownershipKey(name) === '' || named.has(ownershipKey(name)),
  );
}

/** Who is named an owner by share holds more than the threshold: by the chart, or by the share that was typed. */
function ownerProblem(path: string, facts: FileFacts): string | null {
  const owner = valueAt(facts.record, path.replace(/\.method$/, ''));
  const { overPercent } = facts.parameters.beneficialOwnership;
  const charted = ownershipOfRecord(facts).owners.find(({ name }) => ownershipKey(name) === nameKey(owner));
  if (charted !== undefined) return charted.over ? null : 'owner_not_over';
  const typed = valueAt(owner, 'share');
  return typeof typed === 'number' && typed <= overPercent ? 'owner_not_over' : null;
}

function nameKey(owner: unknown): string {
  const parts = ['givenNames', 'surname'].map((part) => textAt(owner, `person.${part}`));
  return ownershipKey(parts.join(' '));
}

/** A legal person with more than the threshold is identified as a company is (TY m.17/A/7): by its number. */
function holderVerdicts({ path, value }: ValueAt, { parameters }: FileFacts): Verdict[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((holder: unknown, index): Verdict[] => {
    const share = Number(valueAt(holder, 'share') ?? 0);
    const isLegal = (LEGAL_HOLDERS as readonly unknown[]).includes(valueAt(holder, 'kind'));
    if (!isLegal || share <= parameters.beneficialOwnership.overPercent) return [];
    const isKnown = ['vkn', 'tradeRegisterNumber'].some((field) => !isAbsent(valueAt(holder, field)));
    return [{ field: `${path}[${index}].vkn`, problem: isKnown ? null : 'holder_unidentified' }];
  });
}

/** "Müşterek" needs all who sign together: one alone cannot (D-2.7). */
function signingProblem(
  words: readonly string[],
  { path, value }: ValueAt,
  { record }: FileFacts,
): string | null {
  const isJoint = ownershipKey(String(value))
    .split(' ')
    .some((word) => words.includes(word));
  if (!isJoint) return null;
  const list = valueAt(record, siblingPath('representatives', path));
  return Array.isArray(list) && list.length >= 2 ? null : 'joint_needs_two';
}
