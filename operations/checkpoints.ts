import { createHash, createPublicKey, sign, verify } from 'node:crypto';

import {
  allHeads,
  getCheckpoint,
  headsFirstSeenAt,
  headsNotInLog,
  insertCheckpoint,
  lastCheckpoint,
  listCheckpoints,
  type ChainHead,
  type CheckpointRow,
} from '../db/checkpoints';
import type { AuditProblem } from '../db/doctor';
import { publicSigningKeys } from '../db/signing-keys';
import { inDealer, type Database, type Tx } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { leafHash, merkleRoot, type Sha256 } from '../domain/merkle';
import { canonicalBytes, fingerprintOf } from '../stores/package-signature';
import { signingKeys } from './signing-keys';

/** What a checkpoint says, as it is signed: canonical JSON of exactly these members. */
export interface CheckpointStatement {
  format: 'sicil-checkpoint/1';
  dealer: string;
  n: number;
  at: string;
  leafCount: number;
  /** Over all chain heads of the dealer, sorted by chain id; a leaf is the canonical JSON of `{chain, hash, seq}`. */
  merkleRoot: string;
  /** SHA-256 of the statement before this one; null for the first. */
  previous: string | null;
  keyFingerprint: string;
}

export const sha256: Sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The leaf of a chain's head in the checkpoint's tree. */
export function headLeaf({ chainId, seq, hash }: ChainHead): Uint8Array {
  return leafHash(sha256, canonicalBytes({ chain: chainId, hash: hash.toString('hex'), seq }));
}

export function statementOf(dealerId: string, row: Omit<CheckpointRow, 'signature'>): CheckpointStatement {
  return {
    format: 'sicil-checkpoint/1',
    dealer: dealerId,
    n: row.n,
    at: row.at.toISOString(),
    leafCount: row.leafCount,
    merkleRoot: row.merkleRoot.toString('hex'),
    previous: row.previousHash?.toString('hex') ?? null,
    keyFingerprint: fingerprintOf(createPublicKey({ key: row.publicKey, format: 'der', type: 'spki' })),
  };
}

const hashOf = (statement: CheckpointStatement): Buffer =>
  createHash('sha256').update(canonicalBytes(statement)).digest();

/**
 * Signs where all chains of the dealer stand in this transaction, which must be REPEATABLE READ: a package that is frozen,
 * or whose fix window ends, in the same transaction is covered by it. Answers with its number.
 */
export async function makeCheckpoint(tx: Tx): Promise<number> {
  const heads = await allHeads(tx);
  const last = await lastCheckpoint(tx);
  const { privateKey, publicKey } = await signingKeys(tx);
  const row = {
    n: (last?.n ?? 0) + 1,
    at: tx.now,
    leafCount: heads.length,
    merkleRoot: Buffer.from(merkleRoot(sha256, heads.map(headLeaf))),
    previousHash: last === null ? null : hashOf(statementOf(tx.dealerId, last)),
    publicKey,
  };
  const signature = sign(null, canonicalBytes(statementOf(tx.dealerId, row)), privateKey);
  await insertCheckpoint(tx, { ...row, signature });
  return row.n;
}

/** Signs the checkpoint of the day in a transaction of its own. */
export function checkpointNow(database: Database, dealerId: string): Promise<number> {
  return inDealer(database, dealerId, SYSTEM, makeCheckpoint, { isolation: 'repeatable read' });
}

/** A stored checkpoint with its statement; the signature is over the statement's canonical JSON. */
export async function readCheckpoint(
  tx: Tx,
  n: number,
): Promise<{ statement: CheckpointStatement; signature: Buffer }> {
  const row = await getCheckpoint(tx, n);
  return { statement: statementOf(tx.dealerId, row), signature: row.signature };
}

/**
 * What no longer agrees with the dealer's checkpoints: entries deleted or rewritten since (by chain and entry), and
 * checkpoints that were changed, taken out, or signed with another key or one that had been retired by then (by dealer and
 * number). Memory holds a leaf a chain.
 */
export async function checkpointProblems(tx: Tx): Promise<AuditProblem[]> {
  const problem = (name: string, chainId: string, seq: number): AuditProblem => ({
    problem: name,
    dealerId: tx.dealerId,
    chainId,
    seq,
  });
  const problems = (await headsNotInLog(tx)).map(({ chainId, seq }) =>
    problem('cut_since_checkpoint', chainId, seq),
  );
  const keys = (await publicSigningKeys(tx)).map((key) => key.toString('hex'));
  let signedBy = 0;
  const leaves = new Map<string, Uint8Array>();
  let before: CheckpointRow | null = null;
  for (const row of await listCheckpoints(tx)) {
    for (const head of await headsFirstSeenAt(tx, row.n)) leaves.set(head.chainId, headLeaf(head));
    const add = (name: string) => problems.push(problem(name, tx.dealerId, row.n));
    if (row.n !== (before?.n ?? 0) + 1) add('checkpoint_missing_before');
    else if (!isLinked(tx, row, before)) add('checkpoint_broken_link');
    const key = keys.indexOf(row.publicKey.toString('hex'));
    if (key < 0) add('checkpoint_unknown_key');
    else if (key < signedBy) add('checkpoint_retired_key');
    signedBy = Math.max(signedBy, key);
    if (!isSigned(tx, row) || !isRooted(row, leaves)) add('checkpoint_changed');
    before = row;
  }
  return problems;
}

function isLinked(tx: Tx, row: CheckpointRow, before: CheckpointRow | null): boolean {
  if (before === null) return row.previousHash === null;
  return row.previousHash?.equals(hashOf(statementOf(tx.dealerId, before))) ?? false;
}

function isSigned(tx: Tx, row: CheckpointRow): boolean {
  const key = createPublicKey({ key: row.publicKey, format: 'der', type: 'spki' });
  return verify(null, canonicalBytes(statementOf(tx.dealerId, row)), key, row.signature);
}

function isRooted(row: CheckpointRow, leaves: ReadonlyMap<string, Uint8Array>): boolean {
  const sorted = [...leaves].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, leaf]) => leaf);
  return sorted.length === row.leafCount && row.merkleRoot.equals(merkleRoot(sha256, sorted));
}
