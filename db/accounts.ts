import type { Knex } from 'knex';

import type { Role } from '../domain/customer';
import { camelRow, camelRows } from './rows';
import type { Tx } from './transaction';

/** Who a token or a session speaks for: one person at one dealer. */
export interface AccountRow {
  userId: string;
  dealerId: string;
  role: Role;
  alsoManager: boolean;
}

/** Every membership behind an e-mail, the oldest first; crosses dealers, so it goes through the gate. */
export async function findSignIn(
  knex: Knex,
  email: string,
): Promise<{ userId: string; dealerId: string; passwordHash: string }[]> {
  const { rows } = (await knex.raw('select * from gate.find_sign_in(?)', [email])) as GateAnswer;
  return camelRows(rows);
}

export async function findSession(
  knex: Knex,
  hash: Buffer,
  seenAfter: Date,
  createdAfter: Date,
): Promise<(AccountRow & { seenAt: Date }) | null> {
  const { rows } = (await knex.raw('select * from gate.find_session(?, ?, ?)', [
    hash,
    seenAfter,
    createdAfter,
  ])) as GateAnswer;
  return rows[0] === undefined ? null : camelRow(rows[0]);
}

export async function findApiToken(knex: Knex, hash: Buffer): Promise<AccountRow | null> {
  const { rows } = (await knex.raw('select * from gate.find_api_token(?)', [hash])) as GateAnswer;
  return rows[0] === undefined ? null : camelRow(rows[0]);
}

interface GateAnswer {
  rows: Record<string, unknown>[];
}

export interface NewAccount {
  id: string;
  email: string;
  name: string;
  role: Role;
  alsoManager: boolean;
  passwordHash: string;
}

/** A new person and their place at this dealer. False when the e-mail is taken, by whichever dealer. */
export async function insertAccount(tx: Tx, account: NewAccount): Promise<boolean> {
  const { id, email, name, passwordHash } = account;
  const { rows } = (await tx.sql.raw('select gate.add_user(?, ?, ?, ?, ?) as id', [
    id,
    email,
    name,
    passwordHash,
    tx.now,
  ])) as GateAnswer;
  if (rows[0]?.['id'] !== id) return false;
  await tx.sql('memberships').insert({
    dealer_id: tx.dealerId,
    user_id: id,
    role: account.role,
    also_manager: account.alsoManager,
    created_at: tx.now,
  });
  return true;
}

export async function passwordHashOf(tx: Tx, userId: string): Promise<string | null> {
  const row = (await tx.sql('users').where({ id: userId }).first('password_hash')) as
    { password_hash: string } | undefined;
  return row?.password_hash ?? null;
}

export async function updatePasswordHash(tx: Tx, userId: string, passwordHash: string): Promise<void> {
  await tx.sql('users').where({ id: userId }).update({ password_hash: passwordHash });
}

export async function markDisabled(tx: Tx, userId: string): Promise<void> {
  await tx.sql('users').where({ id: userId }).update({ disabled_at: tx.now });
}

export async function insertSession(tx: Tx, userId: string, tokenHash: Buffer): Promise<void> {
  await tx.sql('sessions').insert({
    dealer_id: tx.dealerId,
    user_id: userId,
    token_hash: tokenHash,
    created_at: tx.now,
    seen_at: tx.now,
  });
}

export async function touchSession(tx: Tx, tokenHash: Buffer): Promise<void> {
  await tx
    .sql('sessions')
    .where({ dealer_id: tx.dealerId, token_hash: tokenHash })
    .update({ seen_at: tx.now });
}

export async function deleteSession(tx: Tx, tokenHash: Buffer): Promise<void> {
  await tx.sql('sessions').where({ dealer_id: tx.dealerId, token_hash: tokenHash }).delete();
}

/** All sessions of a person but the one that is named. */
export async function deleteSessions(tx: Tx, userId: string, except: Buffer | null): Promise<void> {
  const query = tx.sql('sessions').where({ dealer_id: tx.dealerId, user_id: userId });
  if (except !== null) query.whereNot({ token_hash: except });
  await query.delete();
}

/** Who made an API token; null where the installation did. */
export async function minterOf(tx: Tx, tokenHash: Buffer): Promise<string | null> {
  const row = (await tx
    .sql('api_tokens')
    .where({ dealer_id: tx.dealerId, token_hash: tokenHash })
    .first('created_by')) as { created_by: string | null } | undefined;
  return row?.created_by ?? null;
}

/** An API token without its secret, which nobody keeps. */
export interface ApiTokenRow {
  id: string;
  userId: string;
  name: string;
  createdAt: Date;
  createdBy: string | null;
  revokedAt: Date | null;
}

const tokenColumns = ['id', 'user_id', 'name', 'created_at', 'created_by', 'revoked_at'];

export async function insertApiToken(
  tx: Tx,
  token: Pick<ApiTokenRow, 'id' | 'userId' | 'name' | 'createdBy'> & { tokenHash: Buffer },
): Promise<void> {
  await tx.sql('api_tokens').insert({
    dealer_id: tx.dealerId,
    id: token.id,
    user_id: token.userId,
    name: token.name,
    token_hash: token.tokenHash,
    created_at: tx.now,
    created_by: token.createdBy,
  });
}

export async function listApiTokenRows(tx: Tx, after: string | null, limit: number): Promise<ApiTokenRow[]> {
  const query = tx
    .sql('api_tokens')
    .where({ dealer_id: tx.dealerId })
    .orderBy('id')
    .limit(limit)
    .select(tokenColumns);
  if (after !== null) query.where('id', '>', after);
  return camelRows(await query);
}

export async function getApiToken(tx: Tx, id: string): Promise<ApiTokenRow | null> {
  const row = (await tx.sql('api_tokens').where({ dealer_id: tx.dealerId, id }).first(tokenColumns)) as
    Record<string, unknown> | undefined;
  return row === undefined ? null : camelRow(row);
}

export async function markRevoked(tx: Tx, id: string): Promise<void> {
  await tx
    .sql('api_tokens')
    .where({ dealer_id: tx.dealerId, id, revoked_at: null })
    .update({ revoked_at: tx.now });
}
