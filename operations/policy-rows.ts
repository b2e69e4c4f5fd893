import type { Tx } from '../db/transaction';
import type { Requirement } from '../domain/requirements';
import { POLICY_VERSION, type PolicyFloor } from '../domain/rules/policy';
import { RULE_VERSION } from '../domain/rules/requirements';
import { asKnown, forgetRules, today, versionOf } from './rules';

/** The one value of a policy or requirement on a day: what a change starts from. */
export interface ValueRow {
  value: unknown;
  version: string;
  validFrom: string;
  /** The change that brought the value; null for a seeded one. */
  changeId: string | null;
  legalBasis: string | null;
  confidence: string;
  floor: readonly PolicyFloor[];
}

type Target = 'policy' | 'requirement';

const TABLES = {
  policy: { table: 'policies', key: 'key', value: 'value' },
  requirement: { table: 'requirements', key: 'id', value: 'rule' },
} as const;

/** The value in force on a day as known now; null where there is none. */
export async function valueOn(tx: Tx, target: Target, key: string, day: string): Promise<ValueRow | null> {
  const { table, key: keyColumn, value } = TABLES[target];
  const query = tx
    .sql(table)
    .where({ dealer_id: tx.dealerId, [keyColumn]: key })
    .where('valid_from', '<=', day)
    .where((open) => void open.whereNull('valid_to').orWhere('valid_to', '>', day));
  const row = (await asKnown(query, undefined).first('*')) as Record<string, unknown> | undefined;
  if (row === undefined) return null;
  const rule = target === 'requirement' ? (row['rule'] as Requirement) : null;
  return {
    value: row[value],
    version: String(row['version']),
    validFrom: String(row['valid_from']),
    changeId: (row['change_id'] as string | null) ?? null,
    legalBasis: rule?.legalBasis ?? (row['legal_basis'] as string | null) ?? null,
    confidence: rule?.confidence ?? String(row['confidence']),
    floor: (row['floor'] as PolicyFloor[] | undefined) ?? [],
  };
}

/** The next number of a change; under the dealer's row, so that two approvals never share one. */
export async function nextChangeNumber(tx: Tx): Promise<number> {
  await tx.sql('dealers').where({ id: tx.dealerId }).forNoKeyUpdate().first('id');
  const row: unknown = await tx
    .sql('policy_changes')
    .where({ dealer_id: tx.dealerId })
    .max({ number: 'number' })
    .first();
  return ((row as { number: number | null }).number ?? 0) + 1;
}

export interface NewValue {
  changeId: string;
  number: number;
  target: Target;
  key: string;
  /** Null retires a requirement. */
  value: unknown;
  validFrom: string;
  decidedBy: string;
}

/**
 * Lets a value hold from a day until the next one that is planned. Rows in the way are not overwritten: until now we knew
 * it so, from now on otherwise.
 */
export async function putValue(tx: Tx, change: NewValue): Promise<void> {
  const { table, key: keyColumn } = TABLES[change.target];
  const own = { dealer_id: tx.dealerId, [keyColumn]: change.key };
  const current: Record<string, unknown>[] = await tx
    .sql(table)
    .where(own)
    .whereNull('known_to')
    .orderBy('valid_from')
    .select('*');
  const before = current.findLast((row) => String(row['valid_from']) <= change.validFrom);
  const next = current.find((row) => String(row['valid_from']) > change.validFrom);
  const holds = before !== undefined && holdsOn(before, change.validFrom);
  if (holds) await cutOff(tx, change, before);
  if (change.value !== null) {
    await tx.sql(table).insert({
      ...own,
      ...(await contentOf(change, before)),
      valid_from: change.validFrom,
      valid_to: next === undefined ? null : next['valid_from'],
      known_from: tx.now,
      change_id: change.changeId,
      change_number: change.number,
    });
  }
  forgetRules(tx);
}

function holdsOn(row: Record<string, unknown>, day: string): boolean {
  const end = row['valid_to'];
  return typeof end !== 'string' || end > day;
}

/** The row that held so far ends on the day before the change; that it was once meant to go on stays known. */
async function cutOff(tx: Tx, change: NewValue, row: Record<string, unknown>): Promise<void> {
  const { table } = TABLES[change.target];
  const { row_id: rowId, ...kept } = row;
  await tx.sql(table).where({ dealer_id: tx.dealerId, row_id: rowId }).update({ known_to: tx.now });
  if (String(row['valid_from']) >= change.validFrom) return;
  await tx.sql(table).insert({
    ...kept,
    ...('rule' in kept ? { rule: JSON.stringify(kept['rule']) } : {}),
    ...('value' in kept
      ? { value: JSON.stringify(kept['value']), floor: JSON.stringify(kept['floor']) }
      : {}),
    valid_to: change.validFrom,
    known_from: tx.now,
  });
}

async function contentOf(change: NewValue, before: Record<string, unknown> | undefined) {
  if (change.target === 'requirement') {
    const version = versionOf(RULE_VERSION, change.number);
    const rule = { ...(change.value as Requirement), version, validFrom: change.validFrom };
    return { version, rule: JSON.stringify(rule) };
  }
  return {
    version: versionOf(POLICY_VERSION, change.number),
    value: JSON.stringify(change.value),
    legal_basis: before?.['legal_basis'] ?? null,
    confidence: before?.['confidence'] ?? 'ours',
    floor: JSON.stringify(before?.['floor'] ?? []),
    created_by: change.decidedBy,
  };
}

/** The day from which a change can hold: not before today, because what was decided until then stands. */
export function effectiveFrom(tx: Tx, validFrom: string): string {
  const now = today(tx);
  return validFrom < now ? now : validFrom;
}
