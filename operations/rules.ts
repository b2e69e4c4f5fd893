import type { Tx } from '../db/transaction';
import { dayInIstanbul } from '../domain/days';
import type { Requirement } from '../domain/requirements';
import { POLICY_VERSION, type Policy } from '../domain/rules/policy';

/** Today in Europe/Istanbul, by the transaction's clock. */
export function today(tx: Tx): string {
  return dayInIstanbul(tx.now);
}

/** When rules are asked for: in force on a day, as known at an instant; now unless told otherwise. */
export interface RulesAsOf {
  day?: string;
  knownAt?: Date;
}

interface Known {
  stamp: string;
  requirements: Requirement[];
  policies: Map<string, DatedPolicy>;
}

interface DatedPolicy {
  values: Policy;
  version: string;
}

/** What this process has read of each dealer's rules; the stamp in the dealer's row says whether it still holds. */
const read = new Map<string, Known>();
/** Days asked for are today and, in reports, a few others. */
const DAYS_MAX = 8;

/** A step asks for the rules several times, and they do not change under a transaction that only applies them. */
const known = new WeakMap<Tx, Promise<Known>>();

function rulesOf(tx: Tx): Promise<Known> {
  const before = known.get(tx);
  if (before !== undefined) return before;
  const rules = currentRules(tx);
  known.set(tx, rules);
  return rules;
}

async function currentRules(tx: Tx): Promise<Known> {
  const row: unknown = await tx.sql('dealers').where({ id: tx.dealerId }).first('rules_stamp');
  const { rules_stamp: stamp } = row as { rules_stamp: string };
  const kept = read.get(tx.dealerId);
  if (kept?.stamp === stamp) return kept;
  const fresh: Known = { stamp, requirements: await requirementsAsOf(tx, {}), policies: new Map() };
  read.set(tx.dealerId, fresh);
  return fresh;
}

/** After a change of the rules in this very transaction: the next question reads them anew. */
export function forgetRules(tx: Tx): void {
  known.delete(tx);
}

/** The dealer's requirements, past and coming ones too; `assess` picks those in force. Read once per process and change. */
export async function loadRequirements(tx: Tx): Promise<Requirement[]> {
  return (await rulesOf(tx)).requirements;
}

/** The policy in force today; read once per process, day and change. */
export async function loadPolicy(tx: Tx): Promise<Policy> {
  return (await dated(tx)).values;
}

/** Version of the policy in force today, such as `2026.11.1+3`: the seeded table and the dealer's third change. */
export async function policyVersion(tx: Tx): Promise<string> {
  return (await dated(tx)).version;
}

async function dated(tx: Tx): Promise<DatedPolicy> {
  const { policies } = await rulesOf(tx);
  const day = today(tx);
  const kept = policies.get(day);
  if (kept !== undefined) return kept;
  const fresh = await policyAsOf(tx, { day });
  if (policies.size >= DAYS_MAX) policies.clear();
  policies.set(day, fresh);
  return fresh;
}

/** Requirements as known at an instant, each with the days on which it holds. */
export async function requirementsAsOf(tx: Tx, { knownAt }: RulesAsOf): Promise<Requirement[]> {
  const query = tx.sql('requirements').where({ dealer_id: tx.dealerId }).orderBy(['id', 'valid_from']);
  const rows: { rule: Requirement; version: string; validFrom: string; validTo: string | null }[] =
    await asKnown(query, knownAt).select('rule', 'version', 'valid_from as validFrom', 'valid_to as validTo');
  return rows.map(({ rule, version, validFrom, validTo }) => ({
    ...rule,
    version,
    validFrom,
    ...(validTo === null ? {} : { validTo }),
  }));
}

/** The policy in force on a day (today), as known at an instant (now), with its version. */
export async function policyAsOf(tx: Tx, { day = today(tx), knownAt }: RulesAsOf): Promise<DatedPolicy> {
  const query = tx
    .sql('policies')
    .where({ dealer_id: tx.dealerId })
    .where('valid_from', '<=', day)
    .where((open) => void open.whereNull('valid_to').orWhere('valid_to', '>', day))
    .orderBy('valid_from');
  const rows: { key: string; value: unknown; number: number }[] = await asKnown(query, knownAt).select(
    'key',
    'value',
    'change_number as number',
  );
  const number = Math.max(0, ...rows.map((row) => row.number));
  return {
    values: Object.fromEntries(rows.map(({ key, value }) => [key, value])) as unknown as Policy,
    version: versionOf(POLICY_VERSION, number),
  };
}

/** The version of a seeded table after a dealer's n-th change; the table's own before the first one. */
export function versionOf(base: string, number: number): string {
  return number === 0 ? base : `${base}+${number}`;
}

type Rows = ReturnType<Tx['sql']>;

/** Rows that were believed at an instant; at present those that nothing has replaced. */
export function asKnown(query: Rows, knownAt: Date | undefined): Rows {
  if (knownAt === undefined) return query.whereNull('known_to');
  return query
    .where('known_from', '<=', knownAt)
    .where((open) => void open.whereNull('known_to').orWhere('known_to', '>', knownAt));
}
