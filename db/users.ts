import type { Language, Role } from '../domain/customer';
import { camelRow, camelRows } from './rows';
import type { Tx } from './transaction';

/** A colleague at this dealer. */
export interface UserRow {
  id: string;
  email: string;
  name: string;
  language: Language;
  role: Role;
  alsoManager: boolean;
  branchId: string | null;
  createdAt: Date;
  disabledAt: Date | null;
}

const columns = [
  'u.id',
  'u.email',
  'u.name',
  'u.language',
  'm.role',
  'm.also_manager',
  'm.branch_id',
  'u.created_at',
  'u.disabled_at',
];

const colleagues = (tx: Tx) =>
  tx
    .sql('memberships as m')
    .join('users as u', 'u.id', 'm.user_id')
    .where({ 'm.dealer_id': tx.dealerId })
    .select(columns);

export async function getUser(tx: Tx, id: string): Promise<UserRow | null> {
  const row = await colleagues(tx).where({ 'u.id': id }).first();
  return row === undefined ? null : camelRow<UserRow>(row);
}

export async function listUsers(tx: Tx): Promise<UserRow[]> {
  return camelRows<UserRow>(await colleagues(tx).orderBy('u.name'));
}

/** Active colleagues who act in one of these roles; the first admin also acts as manager. */
export async function listUsersByRole(tx: Tx, roles: readonly string[]): Promise<UserRow[]> {
  return camelRows<UserRow>(
    await colleagues(tx)
      .whereNull('u.disabled_at')
      .where((any) => {
        any.whereIn('m.role', roles);
        if (roles.includes('manager')) any.orWhere({ 'm.also_manager': true });
      })
      .orderBy('u.id'),
  );
}

/** Names for the timeline, by id. */
export async function userNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows: { id: string; name: string }[] = await tx.sql('users').whereIn('id', ids).select('id', 'name');
  return new Map(rows.map((row) => [row.id, row.name]));
}
