import type { Knex } from 'knex';

import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

/** A checkpoint as it was signed. */
export interface CheckpointRow {
  n: number;
  at: Date;
  leafCount: number;
  merkleRoot: Buffer;
  previousHash: Buffer | null;
  /** SPKI DER of the key that signed it. */
  publicKey: Buffer;
  signature: Buffer;
}

/** Where a chain stood. */
export interface ChainHead {
  chainId: string;
  seq: number;
  hash: Buffer;
}

/** Where every chain of the dealer stands in this transaction, by id. */
export async function allHeads(tx: Tx): Promise<ChainHead[]> {
  const rows: Record<string, unknown>[] = await tx
    .sql('chain_heads')
    .where({ dealer_id: tx.dealerId })
    .orderBy('chain_id')
    .select('chain_id', 'seq', 'hash');
  return headsOf(rows);
}

function headsOf(rows: Record<string, unknown>[]): ChainHead[] {
  return rows.map((row) => ({ ...camelRow<ChainHead>(row), seq: Number(row['seq']) }));
}

const table = (tx: Tx) => tx.sql('audit_checkpoints').where({ dealer_id: tx.dealerId });

export async function lastCheckpoint(tx: Tx): Promise<CheckpointRow | null> {
  const row = (await table(tx).orderBy('n', 'desc').first('*')) as Record<string, unknown> | undefined;
  return row === undefined ? null : camelRow<CheckpointRow>(row);
}

export async function getCheckpoint(tx: Tx, n: number): Promise<CheckpointRow> {
  const row = (await table(tx).where({ n }).first('*')) as Record<string, unknown> | undefined;
  if (row === undefined) throw new Error('There is no such checkpoint');
  return camelRow<CheckpointRow>(row);
}

/** All checkpoints from the first on. */
export async function listCheckpoints(tx: Tx): Promise<CheckpointRow[]> {
  return camelRows<CheckpointRow>(await table(tx).orderBy('n').select('*'));
}

/**
 * Writes a checkpoint with those heads that changed since the one before. In a REPEATABLE READ transaction another one of
 * the same number raises a serialization failure, which runs the transaction again.
 */
export async function insertCheckpoint(tx: Tx, row: CheckpointRow): Promise<void> {
  const written: unknown[] = await tx
    .sql('audit_checkpoints')
    .insert({ ...snakeRow(row), dealer_id: tx.dealerId })
    .onConflict(['dealer_id', 'n'])
    .ignore()
    .returning('n');
  if (written.length === 0) throw new Error('A checkpoint is made in a REPEATABLE READ transaction');
  await tx.sql.raw(
    `insert into audit_checkpoint_heads (dealer_id, chain_id, seq, hash, n)
     select h.dealer_id, h.chain_id, h.seq, h.hash, ? from chain_heads h
     where h.dealer_id = ? and not exists (
       select from audit_checkpoint_heads k
       where k.dealer_id = h.dealer_id and k.chain_id = h.chain_id and k.seq = h.seq)`,
    [row.n, tx.dealerId],
  );
}

/** Where every chain stood at a checkpoint, by id. */
export async function headsAt(tx: Tx, n: number): Promise<ChainHead[]> {
  const rows: Record<string, unknown>[] = await tx
    .sql('audit_checkpoint_heads')
    .where({ dealer_id: tx.dealerId })
    .where('n', '<=', n)
    .distinctOn('chain_id')
    .orderBy([{ column: 'chain_id' }, { column: 'seq', order: 'desc' }])
    .select('chain_id', 'seq', 'hash');
  return headsOf(rows);
}

/** Heads that a checkpoint saw first, by id. */
export async function headsFirstSeenAt(tx: Tx, n: number): Promise<ChainHead[]> {
  const rows: Record<string, unknown>[] = await tx
    .sql('audit_checkpoint_heads')
    .where({ dealer_id: tx.dealerId, n })
    .orderBy('chain_id')
    .select('chain_id', 'seq', 'hash');
  return headsOf(rows);
}

/** Heads of checkpoints whose entry is no longer in the log, or is another: deleted chains, cut and rewritten tails. */
export async function headsNotInLog(tx: Tx): Promise<ChainHead[]> {
  const rows: Record<string, unknown>[] = await tx
    .sql('audit_checkpoint_heads as k')
    .leftJoin('audit_log as l', (on) =>
      on
        .on('l.dealer_id', 'k.dealer_id')
        .andOn('l.chain_id', 'k.chain_id')
        .andOn('l.seq', 'k.seq')
        .andOn('l.hash', 'k.hash'),
    )
    .where({ 'k.dealer_id': tx.dealerId })
    .whereNull('l.seq')
    .orderBy(['k.chain_id', 'k.seq'])
    .select('k.chain_id', 'k.seq', 'k.hash');
  return headsOf(rows);
}

/** Dealers whose last checkpoint is a day old, or who have none. */
export async function dealersDueForCheckpoint(knex: Knex, at: Date): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { dealer_id: string }[] }>(
    'select dealer_id from gate.due_checkpoints(?)',
    [at],
  );
  return rows.map((row) => row.dealer_id);
}

/** One entry of a package's events with every member that its hash is made of, as text. */
export interface EventRow {
  chain: string;
  seq: string;
  at: string;
  actorKind: string;
  actorId: string;
  event: string;
  caseId: string;
  detail: string;
  previous: string;
  hash: string;
}

/**
 * Entries of these customers' chains up to where a checkpoint saw them, a customer after the other in the order given.
 * The texts are those that went into the hash.
 */
export async function eventsUpTo(tx: Tx, n: number, customerIds: readonly string[]): Promise<EventRow[]> {
  const { rows } = await tx.sql.raw<{ rows: Record<string, unknown>[] }>(
    `select l.chain_id::text as chain, l.seq::text as seq,
       to_char(l.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
       l.actor_kind, coalesce(l.actor_id::text, '') as actor_id, l.event, coalesce(l.case_id::text, '') as case_id,
       l.detail::text as detail, encode(l.previous_hash, 'hex') as previous, encode(l.hash, 'hex') as hash
     from unnest(?::uuid[]) with ordinality as wanted (chain_id, place)
     cross join lateral (
       select max(k.seq) as seq from audit_checkpoint_heads k
       where k.dealer_id = ? and k.chain_id = wanted.chain_id and k.n <= ?) head
     join audit_log l on l.dealer_id = ? and l.chain_id = wanted.chain_id and l.seq <= head.seq
     order by wanted.place, l.seq`,
    [[...customerIds], tx.dealerId, n, tx.dealerId],
  );
  return camelRows<EventRow>(rows);
}

/** How many entries a package's customers have up to a checkpoint. */
export async function countEventsUpTo(tx: Tx, n: number, packageId: string): Promise<number> {
  const { rows } = await tx.sql.raw<{ rows: { entries: string | null }[] }>(
    `select sum(head.seq) as entries from audit_package_items i
     cross join lateral (
       select max(k.seq) as seq from audit_checkpoint_heads k
       where k.dealer_id = i.dealer_id and k.chain_id = i.customer_id and k.n <= ?) head
     where i.dealer_id = ? and i.package_id = ?`,
    [n, tx.dealerId, packageId],
  );
  return Number(rows[0]?.entries ?? 0);
}

/** Customers of a package by code, a page at a time. */
export async function packageCustomersAfter(
  tx: Tx,
  packageId: string,
  after: string,
  limit: number,
): Promise<{ customerId: string; code: string }[]> {
  return camelRows(
    await tx
      .sql('audit_package_items')
      .where({ dealer_id: tx.dealerId, package_id: packageId })
      .where('code', '>', after)
      .orderBy('code')
      .limit(limit)
      .select('customer_id', 'code'),
  );
}
