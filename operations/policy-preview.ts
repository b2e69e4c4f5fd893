import { concernedAfter, countConcerned, dateFacts, type Concerned } from '../db/policy-changes';
import { getCustomers } from '../db/customers';
import type { Tx } from '../db/transaction';
import { instantOfDay } from '../domain/days';
import type { Finding } from '../domain/findings';
import { movesOf, type BrokenFloor, type Move, type MoveKind, type Policies } from '../domain/policy-change';
import type { Requirement } from '../domain/requirements';
import { evidenceOf, judgeUnder } from './assessment';
import { openCustomerKey, openRecord } from './record-envelope';
import { decodeCursor } from './pages';
import { checkChange, type ChangeRequest, type CheckedChange } from './policy-changes';
import { concernedBy, effectOf, type Effect } from './policy-concerns';
import { loadRequirements, policyAsOf } from './rules';

/** Customers looked at one by one for exact figures; above it Postgres' count of those concerned has to do. */
const EXACT_DATES_MAX = 2_000;
const EXACT_FINDINGS_MAX = 200;
const BATCH = 500;

export interface PreviewLine {
  customer: { id: string; code: string; displayName: string };
  moves: Move[];
  opened: Finding[];
  closed: Finding[];
}

/** What a change would do. Nothing is written. */
export interface Preview {
  change: CheckedChange;
  effect: Effect;
  /** Customers whose dates or findings come from this value, counted in SQL. */
  concerned: number;
  /** What would really change, looked at customer by customer; null where there are too many to do so. */
  exact: {
    affected: number;
    byKind: Partial<Record<MoveKind, number>>;
    /** Waits that would end on the spot. */
    dueAtOnce: number;
    findingsOpened: number;
    findingsClosed: number;
  } | null;
  warnings: BrokenFloor[];
  lines: PreviewLine[];
  nextCursor: string | null;
}

/** Says before anything is saved whom a change affects, a page of customers at a time. Throws as `checkChange`. */
export async function previewChange(
  tx: Tx,
  request: ChangeRequest,
  page: { cursor?: string; limit: number },
): Promise<Preview> {
  const change = await checkChange(tx, request);
  return previewOf(tx, change, page);
}

/** The same of a change that was checked before, such as a proposal. */
export async function previewOf(
  tx: Tx,
  change: CheckedChange,
  { cursor, limit }: { cursor?: string; limit: number },
): Promise<Preview> {
  const [effect, which] = [effectOf(change), concernedBy(change)];
  const base = { change, effect, warnings: change.warnings };
  if (which === null) return { ...base, concerned: 0, exact: nothing(), lines: [], nextCursor: null };
  const concerned = await countConcerned(tx, which);
  const look = await lookerOf(tx, change, effect);
  const max = effect === 'dates' ? EXACT_DATES_MAX : EXACT_FINDINGS_MAX;
  const exact = concerned > max ? null : await countExactly(tx, which, look);
  const [after = null] = cursor === undefined ? [null] : decodeCursor(cursor, 1);
  const { lines, last } = await pageOfLines(tx, which, look, after, limit);
  return { ...base, concerned, exact, lines, nextCursor: last === null ? null : encode(last) };
}

const nothing = () => ({ affected: 0, byKind: {}, dueAtOnce: 0, findingsOpened: 0, findingsClosed: 0 });
const encode = (id: string) => Buffer.from(JSON.stringify([id])).toString('base64url');

type Look = (tx: Tx, ids: readonly string[]) => Promise<PreviewLine[]>;

/** How the customers of one batch are looked at: by their dates, or by their files. */
async function lookerOf(tx: Tx, change: CheckedChange, effect: Effect): Promise<Look> {
  const { values } = await policyAsOf(tx, { day: change.validFrom });
  if (effect === 'dates') {
    const policies = {
      before: { ...values, [change.key]: change.oldValue },
      after: { ...values, [change.key]: change.newValue },
    };
    // A change of a later day finds the world of that day: what is due before it has happened by then.
    const start = instantOfDay(change.validFrom, 0);
    const now = start > tx.now ? start : tx.now;
    return (inTx, ids) => lookAtDates(inTx, ids, policies, now);
  }
  const before = await loadRequirements(tx);
  const rules = { before: onDay(before, change.validFrom), after: rulesAfter(before, change) };
  const policy = {
    before: values,
    after: change.target === 'policy' ? { ...values, [change.key]: change.newValue } : values,
  };
  return (inTx, ids) => lookAtFiles(inTx, ids, rules, policy);
}

/** Rules that hold on a day, so that the verdict on them is that of the day. */
function onDay(rules: readonly Requirement[], day: string): Requirement[] {
  return rules
    .filter((rule) => rule.validFrom <= day && (rule.validTo === undefined || day < rule.validTo))
    .map(({ validTo: _validTo, ...rule }) => ({ ...rule, validFrom: '0001-01-01' }));
}

function rulesAfter(rules: readonly Requirement[], change: CheckedChange): Requirement[] {
  const held = onDay(rules, change.validFrom);
  if (change.target !== 'requirement') return held;
  const others = held.filter((rule) => rule.id !== change.key);
  if (change.newValue === null) return others;
  return [...others, { ...(change.newValue as Requirement), version: '', validFrom: '0001-01-01' }];
}

async function lookAtDates(
  tx: Tx,
  ids: readonly string[],
  policies: Policies,
  now: Date,
): Promise<PreviewLine[]> {
  return (await dateFacts(tx, ids)).map(({ facts, ...customer }) => ({
    customer,
    moves: movesOf(facts, policies, now, tx.clock.dayMilliseconds),
    opened: [],
    closed: [],
  }));
}

async function lookAtFiles(
  tx: Tx,
  ids: readonly string[],
  rules: { before: Requirement[]; after: Requirement[] },
  policy: Policies,
): Promise<PreviewLine[]> {
  const lines: PreviewLine[] = [];
  for (const row of await getCustomers(tx, ids)) {
    const record = openRecord(await openCustomerKey(tx, row), row.id, row.version, row.envelope);
    const evidence = await evidenceOf(tx, row);
    const under = (which: keyof Policies) =>
      judgeUnder(tx, rules[which], policy[which], row, record, evidence).findings;
    const [before, after] = [under('before'), under('after')];
    lines.push({
      customer: { id: row.id, code: row.code, displayName: row.displayName },
      moves: [],
      opened: without(after, before),
      closed: without(before, after),
    });
  }
  return lines.sort((a, b) => (a.customer.id < b.customer.id ? -1 : 1));
}

/** Findings of one verdict that the other does not have. */
function without(findings: readonly Finding[], others: readonly Finding[]): Finding[] {
  const keyOf = ({ code, field, severity, requirementId }: Finding) =>
    `${code}|${field}|${severity}|${requirementId}`;
  const known = new Set(others.map(keyOf));
  return findings.filter((finding) => !known.has(keyOf(finding)));
}

function isAffected({ moves, opened, closed }: PreviewLine): boolean {
  return moves.length + opened.length + closed.length > 0;
}

async function countExactly(tx: Tx, which: Concerned, look: Look): Promise<Preview['exact']> {
  const counts = { ...nothing(), byKind: {} as Partial<Record<MoveKind, number>> };
  for (let after: string | null = null; ;) {
    const ids: string[] = await concernedAfter(tx, which, after, BATCH);
    for (const line of await look(tx, ids)) {
      if (isAffected(line)) counts.affected += 1;
      counts.findingsOpened += line.opened.length;
      counts.findingsClosed += line.closed.length;
      for (const { what, at } of line.moves) {
        counts.byKind[what] = (counts.byKind[what] ?? 0) + 1;
        if (at.to <= tx.now) counts.dueAtOnce += 1;
      }
    }
    if (ids.length < BATCH) return counts;
    after = ids.at(-1) ?? null;
  }
}

/** The next customers who are affected; looks through a bounded number that are not. */
async function pageOfLines(
  tx: Tx,
  which: Concerned,
  look: Look,
  after: string | null,
  limit: number,
): Promise<{ lines: PreviewLine[]; last: string | null }> {
  const lines: PreviewLine[] = [];
  let last = after;
  for (let looked = 0; looked < 4 * limit; looked += limit) {
    const ids = await concernedAfter(tx, which, last, limit);
    for (const line of await look(tx, ids)) {
      last = line.customer.id;
      if (isAffected(line)) lines.push(line);
      if (lines.length === limit) return { lines, last };
    }
    if (ids.length < limit) return { lines, last: null };
  }
  return { lines, last };
}
