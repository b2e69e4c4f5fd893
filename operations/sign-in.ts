import { randomBytes } from 'node:crypto';

import {
  deleteSession,
  deleteSessions,
  findApiToken,
  findSession,
  findSignIn,
  insertSession,
  passwordHashOf,
  touchSession,
  updatePasswordHash,
  type AccountRow,
} from '../db/accounts';
import { getDealer } from '../db/dealers';
import { type Database, inDealer, type Tx } from '../db/transaction';
import { getUser } from '../db/users';
import type { Actor } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { sha256 } from '../stores/crypto';
import { hashPassword, passwordFits } from './passwords';

const MINUTE = 60_000;
const IDLE_MAX = 30 * MINUTE;
const AGE_MAX = 12 * 60 * MINUTE;
/** "Seen just now" is written at most once a minute. */
const TOUCH_AFTER = MINUTE;
const TRIES_MAX = 10;
const TRIES_WINDOW = 15 * MINUTE;

/** Who is asking, by a session or an API token. */
export interface Identity extends AccountRow {
  /** The session that was used; null for a token. */
  sessionHash: Buffer | null;
  /** The API token that was used, if it was one. */
  tokenHash?: Buffer;
}

export function actorOf({ userId, role, tokenHash }: AccountRow & Pick<Identity, 'tokenHash'>): Actor {
  return { kind: 'user', userId, role, ...(tokenHash === undefined ? {} : { tokenHash }) };
}

/** Counts sign-in tries per e-mail and address in this process's memory. */
export interface TryCounter {
  /** Throws TOO_MANY once there were ten in a quarter of an hour. */
  count(key: string, now: Date): void;
  forget(key: string): void;
}

export function tryCounter(): TryCounter {
  const tries = new Map<string, number[]>();
  return {
    count(key, now) {
      const since = now.getTime() - TRIES_WINDOW;
      const recent = (tries.get(key) ?? []).filter((at) => at > since);
      if (recent.length >= TRIES_MAX) throw new ComplianceError('TOO_MANY', 'too_many_sign_ins');
      tries.set(key, [...recent, now.getTime()]);
      // Keys of strangers must not fill the memory.
      if (tries.size > 10_000)
        for (const [old, times] of tries) if (times.every((at) => at <= since)) tries.delete(old);
    },
    forget: (key) => void tries.delete(key),
  };
}

export interface SignIn {
  email: string;
  password: string;
  /** Code of the dealer, for people who work for several; the first membership without it. */
  dealerCode?: string;
}

/**
 * Checks a password and opens a session. The token is known to the caller alone: the database keeps its hash.
 * Throws NOT_SIGNED_IN, the same for a wrong password, an unknown e-mail and a disabled person.
 */
export async function signIn(db: Database, input: SignIn): Promise<{ token: string; identity: Identity }> {
  const found = await findSignIn(db.knex, input.email);
  const fits = await passwordFits(found[0]?.passwordHash ?? null, input.password);
  if (!fits) throw new ComplianceError('NOT_SIGNED_IN', 'wrong_sign_in');
  const token = randomBytes(32).toString('base64url');
  const sessionHash = sha256(token);
  for (const { userId, dealerId } of found) {
    const account = await accountAt(db, dealerId, userId, input.dealerCode);
    if (account === null) continue;
    await inDealer(db, dealerId, actorOf(account), async (tx) => {
      await insertSession(tx, userId, sessionHash);
      tx.audit({ event: 'user.signed_in', detail: { userId } });
    });
    return { token, identity: { ...account, sessionHash } };
  }
  throw new ComplianceError('NOT_SIGNED_IN', 'wrong_sign_in');
}

async function accountAt(
  db: Database,
  dealerId: string,
  userId: string,
  dealerCode: string | undefined,
): Promise<AccountRow | null> {
  return inDealer(db, dealerId, { kind: 'system' }, async (tx) => {
    if (dealerCode !== undefined && (await getDealer(tx)).code !== dealerCode) return null;
    const user = await getUser(tx, userId);
    return user === null ? null : { userId, dealerId, role: user.role, alsoManager: user.alsoManager };
  });
}

/**
 * The person behind a session cookie: seen in the last 30 minutes, signed in at most 12 hours ago, not disabled. `seen`
 * false leaves the session as old as it is: a page that refreshes itself is no sign that somebody sits there.
 */
export async function identityOfSession(db: Database, token: string, seen = true): Promise<Identity | null> {
  const now = db.clock.now();
  const sessionHash = sha256(token);
  const found = await findSession(
    db.knex,
    sessionHash,
    new Date(now.getTime() - IDLE_MAX),
    new Date(now.getTime() - AGE_MAX),
  );
  if (found === null) return null;
  const { seenAt, ...account } = found;
  if (seen && now.getTime() - seenAt.getTime() > TOUCH_AFTER) {
    await inDealer(db, account.dealerId, actorOf(account), (tx) => touchSession(tx, sessionHash));
  }
  return { ...account, sessionHash };
}

/** The person an API token acts for, as long as neither is revoked or disabled. */
export async function identityOfToken(db: Database, token: string): Promise<Identity | null> {
  const tokenHash = sha256(token);
  const found = await findApiToken(db.knex, tokenHash);
  return found === null ? null : { ...found, sessionHash: null, tokenHash };
}

export async function signOut(tx: Tx, identity: Identity): Promise<void> {
  if (identity.sessionHash === null) return;
  await deleteSession(tx, identity.sessionHash);
  tx.audit({ event: 'user.signed_out', detail: { userId: identity.userId } });
}

/** A person's own new password; every other session of theirs ends. Throws FORBIDDEN when the present one is wrong. */
export async function changePassword(
  tx: Tx,
  identity: Identity,
  input: { currentPassword: string; newPassword: string },
): Promise<void> {
  const fits = await passwordFits(await passwordHashOf(tx, identity.userId), input.currentPassword);
  if (!fits) throw new ComplianceError('FORBIDDEN', 'wrong_password');
  await updatePasswordHash(tx, identity.userId, await hashPassword(input.newPassword, '/newPassword'));
  await deleteSessions(tx, identity.userId, identity.sessionHash);
  tx.audit({ event: 'user.password_changed', detail: { userId: identity.userId } });
}
