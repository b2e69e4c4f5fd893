import type { Knex } from 'knex';

import { camelRows } from './rows';
import type { Tx } from './transaction';

/** What a dealer says about itself: covers, mails and forms use it. */
export interface DealerProfile {
  title: string;
  vkn: string | null;
  /** Number of the licence to trade in precious metals (yetki belgesi). */
  licenceNumber: string | null;
  /** Name and e-mail address that notices come from. */
  senderName: string | null;
  senderAddress: string | null;
}

export interface NewDealerRow {
  id: string;
  code: string;
  profile: DealerProfile;
  wrappedKey: Buffer;
  /** Ed25519, SPKI DER. */
  signingPublicKey: Buffer;
  /** Ed25519, PKCS#8 DER, sealed under the dealer's key. */
  wrappedSigningKey: Buffer;
}

/** With the owner's rights only: the application role cannot add dealers. */
export async function insertDealer(tx: Tx, row: NewDealerRow): Promise<void> {
  await tx.sql('dealers').insert({
    id: row.id,
    code: row.code,
    profile: JSON.stringify(row.profile),
    wrapped_key: row.wrappedKey,
    signing_public_key: row.signingPublicKey,
    wrapped_signing_key: row.wrappedSigningKey,
    created_at: tx.now,
  });
}

/** Ids of all dealers; crosses dealers, so it goes through the gate. */
export async function dealerIds(knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { id: string }[] }>('select id from gate.dealer_ids()');
  return rows.map((row) => row.id);
}

/** Codes that begin so, with the owner's rights: a dealer's code is unique over the installation. */
export async function dealerCodesLike(owner: Knex, start: string): Promise<string[]> {
  const rows: { code: string }[] = await owner('dealers').where('code', 'like', `${start}%`).select('code');
  return rows.map((row) => row.code);
}

/** The dealer with this code, with the owner's rights; null where there is none. */
export async function dealerIdByCode(owner: Knex, code: string): Promise<string | null> {
  const row: { id: string } | undefined = await owner('dealers').where({ code }).first('id');
  return row?.id ?? null;
}

export async function getDealer(tx: Tx): Promise<{ id: string; code: string; profile: DealerProfile }> {
  return tx.sql('dealers').where({ id: tx.dealerId }).first('id', 'code', 'profile');
}

export async function updateDealerProfile(tx: Tx, profile: DealerProfile): Promise<void> {
  await tx
    .sql('dealers')
    .where({ id: tx.dealerId })
    .update({ profile: JSON.stringify(profile) });
}

export interface BranchRow {
  id: string;
  name: string;
  licenceNumber: string | null;
  createdAt: Date;
}

const branchColumns = ['id', 'name', 'licence_number', 'created_at'];

/** False when another branch has the name. */
export async function insertBranch(
  tx: Tx,
  branch: Pick<BranchRow, 'id' | 'name' | 'licenceNumber'>,
): Promise<boolean> {
  const rows = await tx
    .sql('branches')
    .insert({
      dealer_id: tx.dealerId,
      id: branch.id,
      name: branch.name,
      licence_number: branch.licenceNumber,
      created_at: tx.now,
    })
    .onConflict(['dealer_id', 'name'])
    .ignore()
    .returning('id');
  return rows.length === 1;
}

export async function listBranchRows(tx: Tx): Promise<BranchRow[]> {
  return camelRows(
    await tx.sql('branches').where({ dealer_id: tx.dealerId }).orderBy(['name', 'id']).select(branchColumns),
  );
}
