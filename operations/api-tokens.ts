import { createHmac } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import {
  getApiToken,
  insertApiToken,
  listApiTokenRows,
  markRevoked,
  minterOf,
  type ApiTokenRow,
} from '../db/accounts';
import { actorId, type Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { deriveKey, sha256 } from '../stores/crypto';
import { dealerKey } from './record-envelope';
import { readUser } from './users';

export type ApiTokenView = ApiTokenRow;

/** Makes a token that acts as one person of the dealer; answers with its id. Who is disabled gets none. */
export async function createApiToken(
  tx: Tx,
  input: { userId: string; name: string; token?: string },
): Promise<string> {
  const user = await readUser(tx, input.userId);
  if (user.disabledAt !== null) throw new ComplianceError('STATE_FORBIDS', 'user_disabled');
  const id = uuidv7();
  const tokenHash = sha256(input.token ?? (await tokenOf(tx, id)));
  await insertApiToken(tx, {
    id,
    userId: input.userId,
    name: input.name,
    tokenHash,
    createdBy: actorId(tx.actor),
  });
  tx.audit({ event: 'token.created', detail: { tokenId: id, userId: input.userId } });
  return id;
}

/**
 * The secret of a token made here. It is a keyed function of the id under the dealer's key, so that the answer to a
 * repeated call (same Idempotency-Key) shows it again while the database keeps nothing but its hash.
 */
export async function tokenOf(tx: Tx, id: string): Promise<string> {
  const key = deriveKey(await dealerKey(tx), 'api-tokens');
  return `sicil_${createHmac('sha256', key).update(id).digest('base64url')}`;
}

export async function readApiToken(tx: Tx, id: string): Promise<ApiTokenView> {
  const row = await getApiToken(tx, id);
  if (row === null) throw new ComplianceError('NOT_FOUND', 'token_not_found');
  return row;
}

export async function listApiTokens(
  tx: Tx,
  { cursor, limit }: { cursor?: string; limit: number },
): Promise<{ data: ApiTokenView[]; nextCursor: string | null; hasMore: boolean }> {
  const rows = await listApiTokenRows(tx, cursor ?? null, limit + 1);
  const data = rows.slice(0, limit);
  const hasMore = rows.length > limit;
  return { data, nextCursor: hasMore ? (data.at(-1)?.id ?? null) : null, hasMore };
}

/** A token stops at once and for good; revoking it again changes nothing. */
export async function revokeApiToken(tx: Tx, id: string): Promise<void> {
  const token = await readApiToken(tx, id);
  if (token.revokedAt !== null) return;
  await markRevoked(tx, id);
  tx.audit({ event: 'token.revoked', detail: { tokenId: id, userId: token.userId } });
}

/**
 * The people whose hand is in what is being done: who acts, and who made the token that acts for them. Whoever could have
 * kept a copy of a token is no second pair of eyes (design §8).
 */
export async function peopleBehind(tx: Tx): Promise<string[]> {
  if (tx.actor.kind !== 'user') return [];
  const { userId, tokenHash } = tx.actor;
  const minter = tokenHash === undefined ? null : await minterOf(tx, tokenHash);
  return minter === null ? [userId] : [userId, minter];
}
