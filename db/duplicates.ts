import type { DuplicateReason, DuplicateStrength, SharedField } from '../domain/duplicates';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

/** One fingerprint to look for. `self` is the customer it was taken from, who does not count as found. */
export interface Wanted {
  /** Index of the subject that has it. */
  subject: number;
  field: SharedField;
  digest: Buffer;
  self: string | null;
}

export interface Sharing {
  subject: number;
  field: SharedField;
  customerId: string;
}

/** A number that more files share than this is nobody's (a switchboard, a house of flats): the first ones are enough. */
const SHARERS_MAX = 25;

/** Whose fingerprints equal these: one statement for any number of subjects, one index look-up for each fingerprint. */
export async function findSharing(tx: Tx, wanted: readonly Wanted[]): Promise<Sharing[]> {
  if (wanted.length === 0) return [];
  const keys = wanted.map(({ digest, ...key }) => ({ ...key, digest: `\\x${digest.toString('hex')}` }));
  const { rows } = await tx.sql.raw<{ rows: Record<string, unknown>[] }>(
    `select k.subject, k.field, b.customer_id
     from jsonb_to_recordset(?::jsonb) k(subject int, field text, digest bytea, self uuid)
     cross join lateral (
       select i.customer_id from customer_blind_indexes i
       where i.dealer_id = ? and i.field = k.field and i.digest = k.digest and i.customer_id is distinct from k.self
       order by i.customer_id limit ?) b`,
    [JSON.stringify(keys), tx.dealerId, SHARERS_MAX],
  );
  return camelRows<Sharing>(rows);
}

export type PairState = 'open' | 'dismissed' | 'merged' | 'resolved';

export interface PairRow {
  id: string;
  firstId: string;
  secondId: string;
  strength: DuplicateStrength;
  reasons: DuplicateReason[];
  state: PairState;
  /** How often the question was asked. */
  round: number;
  foundAt: Date;
  foundBy: string | null;
  endedAt: Date | null;
  endedBy: string | null;
  endedReason: string | null;
}

/** Pairs that one of these customers is in, whatever became of them. */
export async function pairsOf(tx: Tx, customerIds: readonly string[], state?: PairState): Promise<PairRow[]> {
  // Two look-ups, each with an index of its own.
  const either = (column: string) => {
    const rows = tx
      .sql('duplicate_candidates')
      .where({ dealer_id: tx.dealerId })
      .whereIn(column, customerIds);
    return state === undefined ? rows : rows.where({ state });
  };
  const rows = camelRows<PairRow>([...(await either('first_id')), ...(await either('second_id'))]);
  return [...new Map(rows.map((row) => [row.id, row])).values()].sort((a, b) =>
    a.foundAt.getTime() === b.foundAt.getTime() ? (a.id < b.id ? -1 : 1) : a.foundAt < b.foundAt ? -1 : 1,
  );
}

/** Stores a pair unless it is there; answers with its row, and whether this call made it. */
export async function insertPair(
  tx: Tx,
  pair: Pick<PairRow, 'id' | 'firstId' | 'secondId' | 'strength' | 'reasons' | 'foundBy'>,
): Promise<boolean> {
  const inserted = await tx
    .sql('duplicate_candidates')
    .insert({ ...snakeRow(pair), dealer_id: tx.dealerId, found_at: tx.now })
    .onConflict(['dealer_id', 'first_id', 'second_id'])
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

export async function updatePair(tx: Tx, id: string, patch: Partial<PairRow>): Promise<void> {
  await tx.sql('duplicate_candidates').where({ dealer_id: tx.dealerId, id }).update(snakeRow(patch));
}

/** The pair under lock; null where this dealer has none of this id. */
export async function lockPair(tx: Tx, id: string): Promise<PairRow | null> {
  const row = await tx.sql('duplicate_candidates').where({ dealer_id: tx.dealerId, id }).forUpdate().first();
  return row === undefined ? null : camelRow<PairRow>(row);
}

/**
 * Makes writers who enter the same numbers at the same moment come one after the other, so that the second one sees the
 * first one's file. Held until the transaction ends; taken in order, so that nobody waits crosswise.
 */
export async function lockFingerprints(tx: Tx, digests: readonly Buffer[]): Promise<void> {
  const names = [...new Set(digests.map((digest) => `${tx.dealerId}|${digest.toString('hex')}`))].sort();
  for (const name of names) await tx.sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [name]);
}
