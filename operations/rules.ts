import type { Tx } from '../db/transaction';
import { dayInIstanbul } from '../domain/days';
import type { Requirement } from '../domain/requirements';
import type { Policy } from '../domain/rules/policy';

/** Today in Europe/Istanbul, by the transaction's clock. */
export function today(tx: Tx): string {
  return dayInIstanbul(tx.now);
}

/** The dealer's requirements; `assess` picks those in force. */
export async function loadRequirements(tx: Tx): Promise<Requirement[]> {
  const rows: { rule: Requirement; validTo: string | null }[] = await tx
    .sql('requirements')
    .where({ dealer_id: tx.dealerId })
    .orderBy(['id', 'valid_from'])
    .select('rule', 'valid_to as validTo');
  return rows.map(({ rule, validTo }) => (validTo === null ? rule : { ...rule, validTo }));
}

/** A step asks for the policy several times, and it does not change under a transaction that only applies it. */
const policies = new WeakMap<Tx, Promise<Policy>>();

/** The policy in force today; read once per transaction. */
export function loadPolicy(tx: Tx): Promise<Policy> {
  const known = policies.get(tx);
  if (known !== undefined) return known;
  const policy = readPolicy(tx);
  policies.set(tx, policy);
  return policy;
}

async function readPolicy(tx: Tx): Promise<Policy> {
  const rows: { key: string; value: unknown }[] = await tx
    .sql('policies')
    .where({ dealer_id: tx.dealerId })
    .where('valid_from', '<=', today(tx))
    .where((open) => void open.whereNull('valid_to').orWhere('valid_to', '>', today(tx)))
    .orderBy('valid_from')
    .select('key', 'value');
  return Object.fromEntries(rows.map(({ key, value }) => [key, value])) as unknown as Policy;
}
