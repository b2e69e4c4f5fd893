import { randomBytes } from 'node:crypto';

import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import type { Clock } from '../clock';
import {
  dealerCodesLike,
  getDealer,
  insertBranch,
  insertDealer,
  listBranchRows,
  updateDealerProfile,
  type BranchRow,
  type DealerProfile,
} from '../db/dealers';
import { inDealer, type Tx } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { checkEmail } from '../domain/email';
import { ComplianceError } from '../domain/errors';
import { checkVkn } from '../domain/identity-numbers';
import { foldKey } from '../domain/names';
import { newKey } from '../stores/crypto';
import type { KeyRing } from '../stores/keys';
import { createApiToken } from './api-tokens';
import { seedRules } from './seed-rules';
import { newSigningKey } from './signing-keys';
import { addUser } from './users';

export type { DealerProfile } from '../db/dealers';

export interface NewDealer {
  title: string;
  vkn?: string;
  licenceNumber?: string;
  /** E-mail address that the dealer's notices come from. */
  senderAddress?: string;
  admin: { email: string; name: string; password: string };
  /** The first admin's API token; made here when it is left out. */
  adminToken?: string;
}

export interface AddedDealer {
  dealerId: string;
  code: string;
  adminUserId: string;
  /** Shown once: the database keeps its hash. */
  adminToken: string;
}

/**
 * A new dealer with keys of its own, one branch, the rules and policies of today, and a first admin who also has a
 * manager's rights. Needs the owner's connection: the application role cannot add dealers.
 */
export async function addDealer(
  owner: Knex,
  keys: KeyRing,
  clock: Clock,
  input: NewDealer,
): Promise<AddedDealer> {
  const profile = checkedProfile({
    title: input.title,
    vkn: input.vkn ?? null,
    licenceNumber: input.licenceNumber ?? null,
    senderName: input.title,
    senderAddress: input.senderAddress ?? null,
  });
  const dealerId = uuidv7();
  const code = await freeCode(owner, input.title);
  const adminToken = input.adminToken ?? `sicil_${randomBytes(32).toString('base64url')}`;
  const adminUserId = await inDealer({ knex: owner, clock, keys }, dealerId, SYSTEM, async (tx) => {
    await insertDealer(tx, { id: dealerId, code, profile, ...dealerKeys(keys, dealerId) });
    await insertBranch(tx, { id: uuidv7(), name: 'Merkez', licenceNumber: profile.licenceNumber });
    await seedRules(tx);
    tx.audit({ event: 'dealer.added', detail: { code } });
    const admin = await addUser(tx, { ...input.admin, role: 'admin', alsoManager: true });
    await createApiToken(tx, { userId: admin.id, name: 'first admin', token: adminToken });
    return admin.id;
  });
  return { dealerId, code, adminUserId, adminToken };
}

function dealerKeys(keys: KeyRing, dealerId: string) {
  const dealerKey = newKey();
  const { publicKey, wrappedPrivateKey } = newSigningKey(dealerKey, dealerId);
  return {
    wrappedKey: keys.wrapDealerKey(dealerId, dealerKey),
    signingPublicKey: publicKey,
    wrappedSigningKey: wrappedPrivateKey,
  };
}

/** A short name for sign-in and logs, made of the title: `altin-is-kuyumculuk`, with a number where it is taken. */
async function freeCode(owner: Knex, title: string): Promise<string> {
  const words = foldKey(title).replaceAll(/[^a-z0-9]+/g, '-');
  const start = words.slice(0, 30).replaceAll(/^-+|-+$/g, '') || 'dealer';
  const taken = new Set(await dealerCodesLike(owner, start));
  for (let n = 1; ; n += 1) {
    const code = n === 1 ? start : `${start}-${n}`;
    if (!taken.has(code)) return code;
  }
}

export async function readProfile(tx: Tx): Promise<DealerProfile & { id: string; code: string }> {
  const { id, code, profile } = await getDealer(tx);
  return { id, code, ...profile };
}

/** Changes what is named and leaves the rest. Throws INVALID_INPUT for a wrong tax number or sender address. */
export async function updateProfile(tx: Tx, change: Partial<DealerProfile>): Promise<void> {
  const { profile } = await getDealer(tx);
  await updateDealerProfile(tx, checkedProfile({ ...profile, ...change }));
  tx.audit({ event: 'dealer.profile_changed', detail: { fields: Object.keys(change).sort() } });
}

function checkedProfile(profile: DealerProfile): DealerProfile {
  const fields: { pointer: string; code: string }[] = [];
  if (profile.title.trim() === '') fields.push({ pointer: '/title', code: 'required' });
  if (profile.vkn !== null && !checkVkn(profile.vkn).valid)
    fields.push({ pointer: '/vkn', code: 'checksum' });
  if (profile.senderAddress !== null && !checkEmail(profile.senderAddress).valid) {
    fields.push({ pointer: '/senderAddress', code: 'not_an_email' });
  }
  if (fields.length > 0) throw new ComplianceError('INVALID_INPUT', 'shape', fields);
  return profile;
}

export async function addBranch(tx: Tx, input: { name: string; licenceNumber?: string }): Promise<string> {
  const id = uuidv7();
  const branch = { id, name: input.name, licenceNumber: input.licenceNumber ?? null };
  if (!(await insertBranch(tx, branch))) {
    throw new ComplianceError('CONFLICT', 'branch_taken', [{ pointer: '/name', code: 'taken' }]);
  }
  tx.audit({ event: 'dealer.profile_changed', detail: { fields: ['branches'], branchId: id } });
  return id;
}

export async function listBranches(tx: Tx): Promise<BranchRow[]> {
  return listBranchRows(tx);
}

export async function readBranch(tx: Tx, id: string): Promise<BranchRow> {
  const branch = (await listBranchRows(tx)).find((row) => row.id === id);
  if (branch === undefined) throw new ComplianceError('NOT_FOUND', 'branch_not_found');
  return branch;
}
