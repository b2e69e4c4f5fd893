import { itemsAfter } from '../db/package-items';
import type { StatementSources } from '../db/package-statements';
import { frameEnvelopeOf, getPackage } from '../db/packages';
import type { Tx } from '../db/transaction';
import {
  completenessTally,
  ruleSetInForce,
  statementOf,
  type CompletenessBreakdown,
  type CompletenessCounts,
  type CountedStatement,
  type Evidence,
  type RequirementState,
  type RequirementVerdict,
  type StatedRequirement,
} from '../domain/completeness';
import type { CustomerType } from '../domain/customer';
import { dayInIstanbul } from '../domain/days';
import { ComplianceError } from '../domain/errors';
import type { Requirement } from '../domain/requirements';
import type { Policy } from '../domain/rules/policy';
import { canonicalBytes } from '../stores/package-signature';
import { factsUnder } from './assessment';
import {
  openFrame,
  openPackageKey,
  openStatedItem,
  type PackageFrame,
  type PackageItem,
  type StatedItem,
} from './package-snapshot';
import { decodeCursor, pageOf, type Page } from './pages';
import { dealerKey } from './record-envelope';
import { loadPolicy, loadRequirements, requirementsAsOf } from './rules';
import { standingAnswers } from './standing-answers';

/** What statements are judged by: rules and policy as of one instant. */
export interface StatementRules {
  requirements: Requirement[];
  policy: Policy;
  key: Buffer;
}

/** The rule set in force at an instant, as it was then known; now unless told otherwise. */
export async function statementRules(tx: Tx, at: Date = tx.now): Promise<StatementRules> {
  const known = at === tx.now ? await loadRequirements(tx) : await requirementsAsOf(tx, { knownAt: at });
  return {
    requirements: ruleSetInForce(known, dayInIstanbul(at)),
    policy: await loadPolicy(tx),
    key: await dealerKey(tx),
  };
}

/** What each requirement says of a customer's file as it stands in this transaction, with its evidence. */
export function stateFile(
  tx: Tx,
  { requirements, policy, key }: StatementRules,
  { customer, documents, verifications, versionAt, forms }: StatementSources,
  record: unknown,
): RequirementVerdict[] {
  const standing = standingAnswers(key, customer, record, verifications);
  const stated = documents.map((document) => ({
    ...document,
    originalSeen: document.seenAt !== null,
    formId: forms.get(document.id) ?? null,
  }));
  const facts = factsUnder(tx, policy, customer, record, {
    documents: stated,
    registerMismatches: standing.filter(({ result }) => result === 'mismatch').map(({ field }) => field),
    reviewOverdue: customer.reviewOverdueSince !== null,
  });
  const answers = standing.flatMap(({ field, result }) => {
    const row = verifications.findLast((one) => one.subject === field && one.result === result);
    return row === undefined ? [] : [{ id: row.id, field, result, at: row.at }];
  });
  return statementOf(
    { ...facts, documents: stated, version: { number: customer.version, at: versionAt }, answers },
    requirements,
  );
}

/** One line of the statement: a customer and a requirement. */
export interface CompletenessRow extends StatedRequirement {
  customerCode: string;
  type: CustomerType;
  state: RequirementState;
  /** Fields and what is wrong with them; empty where nothing is missing. */
  problems: { field: string; code: string }[];
  evidence: Evidence[];
  /** Day inside the fix window on which a missing requirement was met; it stays missing at the snapshot. */
  completedOn: string | null;
}

/** Every requirement of the rule set for one customer, in the order of the ids. Nothing for a snapshot before 0015. */
export function completenessRowsOf(
  { requirements = [] }: Pick<PackageFrame, 'requirements'>,
  item: Pick<PackageItem, 'code' | 'type' | 'statement' | 'late'>,
): CompletenessRow[] {
  if (item.statement === undefined) return [];
  const verdicts = new Map(item.statement.map((verdict) => [verdict.id, verdict]));
  const late = new Map((item.late?.completed ?? []).map((completion) => [completion.id, completion]));
  return requirements.map((requirement) => {
    const verdict = verdicts.get(requirement.id);
    const completion = late.get(requirement.id);
    return {
      ...requirement,
      customerCode: item.code,
      type: item.type,
      state: verdict?.state ?? 'not_applicable',
      problems: verdict?.problems ?? [],
      evidence: verdict?.state === 'missing' ? (completion?.evidence ?? []) : (verdict?.evidence ?? []),
      completedOn: completion?.on ?? null,
    };
  });
}

/** The whole statement, a row a customer and requirement: customers in code order, memory holds one of them. */
export async function* completenessRows(
  frame: Pick<PackageFrame, 'requirements'>,
  items: AsyncIterable<Pick<PackageItem, 'code' | 'type' | 'statement' | 'late'>>,
): AsyncGenerator<CompletenessRow> {
  for await (const item of items) yield* completenessRowsOf(frame, item);
}

/** The statement of one item as the tally takes it. */
export function countedStatement(item: Pick<PackageItem, 'type' | 'statement' | 'late'>): CountedStatement {
  return { type: item.type, statement: item.statement ?? [], late: item.late?.completed ?? [] };
}

/** Collects totals, and counts by requirement and type, a customer at a time. */
export function completenessCollector({ requirements = [] }: Pick<PackageFrame, 'requirements'>) {
  const tally = completenessTally(requirements);
  return {
    add(item: Pick<PackageItem, 'type' | 'statement' | 'late'>): void {
      if (item.statement !== undefined) tally.add(countedStatement(item));
    },
    breakdown: (): CompletenessBreakdown => tally.breakdown(),
  };
}

/** The counts of a breakdown, without the words of the rules: what the package's row keeps. */
export function countsOf({ totals, byRequirement, byType }: CompletenessBreakdown): CompletenessCounts {
  return {
    totals,
    byType,
    byRequirement: byRequirement.map(({ id, met, missing, notApplicable, completedLate }) => ({
      id,
      met,
      missing,
      notApplicable,
      completedLate,
    })),
  };
}

/**
 * `eksiksizlik.ndjson`: a line with the rule set and what the numbers mean, a line a customer with what is met and missing
 * (what a line does not name does not apply to that customer), and a last line with the totals. Canonical JSON each.
 */
export async function* completenessFile(
  frame: PackageFrame,
  items: AsyncIterable<PackageItem>,
): AsyncGenerator<Buffer> {
  const { number: packageNo, asOf, ruleSet, requirements = [] } = frame;
  const collector = completenessCollector(frame);
  const line = (value: object) => Buffer.concat([canonicalBytes(value), Buffer.from('\n')]);
  yield line({ format: 'sicil-completeness/1', packageNo, asOf, ruleSet, requirements });
  for await (const item of items) {
    collector.add(item);
    const asked = completenessRowsOf(frame, item).filter(({ state }) => state !== 'not_applicable');
    yield line({
      customer: item.code,
      type: item.type,
      notApplicable: requirements.length - asked.length,
      requirements: asked.map(({ id, state, problems, evidence, completedOn }) => ({
        id,
        state,
        evidence,
        ...(problems.length === 0 ? {} : { problems }),
        ...(completedOn === null ? {} : { completedOn }),
      })),
    });
  }
  yield line({ totals: collector.breakdown().totals });
}

/** A customer's part of the statement, as the API shows it. */
export interface StatementLine {
  customerId: string;
  code: string;
  displayName: string;
  type: CustomerType;
  met: number;
  notApplicable: number;
  missing: CompletenessRow[];
}

export interface StatementPage extends Page<StatementLine>, CompletenessBreakdown {}

/**
 * The statement of a frozen package or a rehearsal: its counts, and a page of customers with what is missing; `missing`
 * leaves out those whose files are complete. Throws STATE_FORBIDS while nothing is frozen, or when it was given up.
 */
export async function readStatement(
  tx: Tx,
  id: string,
  query: { cursor?: string; limit: number; missing?: boolean },
): Promise<StatementPage> {
  const row = await getPackage(tx, id);
  const ended = row.status === 'cancelled' || row.status === 'failed';
  if (row.statement === null || ended) throw new ComplianceError('STATE_FORBIDS', 'package_no_statement');
  const key = await openPackageKey(tx, row);
  const frame = openFrame(key, id, await frameEnvelopeOf(tx, id));
  const [after] = query.cursor === undefined ? [''] : decodeCursor(query.cursor, 1);
  const rows = await itemsAfter(tx, id, after ?? '', query.limit + 1, { missing: query.missing ?? false });
  const page = pageOf(
    rows,
    query.limit,
    ({ code }) => [code],
    (item) => statementLine(frame, openStatedItem(key, id, item)),
  );
  return { ...page, ...breakdownOf(frame, row.statement) };
}

/** The kept counts with the words of the frame's rules. */
function breakdownOf({ requirements = [] }: PackageFrame, counts: CompletenessCounts): CompletenessBreakdown {
  const byId = new Map(counts.byRequirement.map((one) => [one.id, one]));
  const none = { met: 0, missing: 0, notApplicable: counts.totals.customers, completedLate: 0 };
  return {
    totals: counts.totals,
    byType: counts.byType,
    byRequirement: requirements.map((requirement) => ({
      ...requirement,
      ...(byId.get(requirement.id) ?? none),
    })),
  };
}

function statementLine(frame: PackageFrame, item: StatedItem): StatementLine {
  const rows = completenessRowsOf(frame, item);
  const of = (state: RequirementState) => rows.filter((row) => row.state === state);
  const { customerId, code, displayName, type } = item;
  return {
    customerId,
    code,
    displayName,
    type,
    met: of('met').length,
    notApplicable: of('not_applicable').length,
    missing: of('missing'),
  };
}

/** How many requirements of a statement are missing. */
export function missingIn(statement: readonly RequirementVerdict[]): number {
  return statement.filter(({ state }) => state === 'missing').length;
}
