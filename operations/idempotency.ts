import { actorId, type Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';

const KEPT_MS = 24 * 60 * 60 * 1000;

export interface IdempotentCall {
  /** The caller's Idempotency-Key. */
  key: string;
  /** What was called: operation and path. */
  route: string;
  /** SHA-256 of what was sent; for an upload of the file's hash and the other fields. */
  bodyHash: Buffer;
}

/** What a call left behind: a status, and the id that its answer is rendered from. */
export interface StoredAnswer {
  status: number;
  id: string | null;
}

interface KeyRow {
  route: string;
  body_hash: Buffer;
  answer: StoredAnswer | null;
  created_at: Date;
}

/**
 * Runs an act once per key and person: the key's row and the act share the transaction, so that either both are there or
 * neither. A twin that comes meanwhile waits for the first one's commit. Answers are ids, rendered anew by the caller, and
 * kept for 24 hours. Throws IDEMPOTENCY_MISMATCH where the key was used for another call or another body.
 */
export async function once(
  tx: Tx,
  call: IdempotentCall,
  act: () => Promise<StoredAnswer>,
): Promise<{ answer: StoredAnswer; replayed: boolean }> {
  const place = { dealer_id: tx.dealerId, user_id: actorId(tx.actor), key: call.key };
  const claim = { ...place, route: call.route, body_hash: call.bodyHash, created_at: tx.now };
  const inserted = await tx
    .sql('idempotency_keys')
    .insert(claim)
    .onConflict(['dealer_id', 'user_id', 'key'])
    .ignore()
    .returning('key');
  if (inserted.length === 0) {
    const known = (await tx.sql('idempotency_keys').where(place).forUpdate().first()) as KeyRow;
    if (known.created_at.getTime() > tx.now.getTime() - KEPT_MS)
      return { answer: replay(known, call), replayed: true };
    await tx.sql('idempotency_keys').where(place).update(claim);
  }
  const answer = await act();
  await tx
    .sql('idempotency_keys')
    .where(place)
    .update({ status: answer.status, answer: JSON.stringify(answer) });
  return { answer, replayed: false };
}

/** The answer that this call left behind, if it was made before: for work that is dear to repeat. Errors as in `once`. */
export async function answeredBefore(tx: Tx, call: IdempotentCall): Promise<StoredAnswer | null> {
  const place = { dealer_id: tx.dealerId, user_id: actorId(tx.actor), key: call.key };
  const known = (await tx.sql('idempotency_keys').where(place).first()) as KeyRow | undefined;
  if (known === undefined || known.created_at.getTime() <= tx.now.getTime() - KEPT_MS) return null;
  return replay(known, call);
}

function replay(known: KeyRow, call: IdempotentCall): StoredAnswer {
  if (known.route !== call.route || !known.body_hash.equals(call.bodyHash) || known.answer === null) {
    throw new ComplianceError('IDEMPOTENCY_MISMATCH', 'idempotency_mismatch');
  }
  return known.answer;
}

/** Forgets keys older than 24 hours of this dealer; answers with their number. */
export async function forgetOldKeys(tx: Tx): Promise<number> {
  return tx
    .sql('idempotency_keys')
    .where({ dealer_id: tx.dealerId })
    .where('created_at', '<', new Date(tx.now.getTime() - KEPT_MS))
    .delete();
}
