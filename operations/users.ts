import { v7 as uuidv7 } from 'uuid';

import { deleteSessions, insertAccount, markDisabled } from '../db/accounts';
import { actorId, type Tx } from '../db/transaction';
import { getUser, listUsers as listUserRows, type UserRow } from '../db/users';
import type { Role } from '../domain/customer';
import { checkEmail } from '../domain/email';
import { ComplianceError } from '../domain/errors';
import { hashPassword } from './passwords';

/** A colleague at this dealer, as answers show one. */
export type UserView = Omit<UserRow, 'branchId'>;

export interface NewUser {
  email: string;
  name: string;
  role: Role;
  password: string;
  /** The first admin also has a manager's rights (design §8). */
  alsoManager?: boolean;
}

/** Adds a person to this dealer. Throws CONFLICT when the e-mail is taken, INVALID_INPUT for a bad e-mail or password. */
export async function addUser(tx: Tx, input: NewUser): Promise<UserView> {
  if (!checkEmail(input.email).valid) {
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/email', code: 'not_an_email' }]);
  }
  const id = uuidv7();
  const { email, name, role, alsoManager = false } = input;
  const passwordHash = await hashPassword(input.password);
  if (!(await insertAccount(tx, { id, email, name, role, alsoManager, passwordHash }))) {
    throw new ComplianceError('CONFLICT', 'email_taken', [{ pointer: '/email', code: 'taken' }]);
  }
  tx.audit({ event: 'user.added', detail: { userId: id, role } });
  return readUser(tx, id);
}

export async function readUser(tx: Tx, id: string): Promise<UserView> {
  const row = await getUser(tx, id);
  if (row === null) throw new ComplianceError('NOT_FOUND', 'user_not_found');
  return toView(row);
}

/** Everybody of the dealer, in the order they joined. `cursor` is the id of the last one shown. */
export async function listUsers(
  tx: Tx,
  { cursor, limit }: { cursor?: string; limit: number },
): Promise<{ data: UserView[]; nextCursor: string | null; hasMore: boolean }> {
  const rows = (await listUserRows(tx)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const rest = rows.filter((row) => cursor === undefined || row.id > cursor);
  const data = rest.slice(0, limit).map(toView);
  const hasMore = rest.length > limit;
  return { data, nextCursor: hasMore ? (data.at(-1)?.id ?? null) : null, hasMore };
}

/** Ends a person's access at once: sessions are deleted, tokens stop. Nobody disables themselves. */
export async function disableUser(tx: Tx, id: string): Promise<UserView> {
  const user = await readUser(tx, id);
  if (id === actorId(tx.actor)) throw new ComplianceError('STATE_FORBIDS', 'disable_yourself');
  if (user.disabledAt !== null) return user;
  await markDisabled(tx, id);
  await deleteSessions(tx, id, null);
  tx.audit({ event: 'user.disabled', detail: { userId: id } });
  return readUser(tx, id);
}

function toView({ id, email, name, role, alsoManager, language, createdAt, disabledAt }: UserRow): UserView {
  return { id, email, name, role, alsoManager, language, createdAt, disabledAt };
}
