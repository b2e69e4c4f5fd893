import type { Tx } from './transaction';

/** A dealer's Ed25519 key pair as it is stored: SPKI DER, and PKCS#8 DER sealed under the dealer's key. */
export interface StoredKeyPair {
  publicKey: Buffer;
  wrappedPrivateKey: Buffer;
}

interface DealerKeyRow {
  signing_public_key: Buffer;
  wrapped_signing_key: Buffer;
}

const dealer = (tx: Tx) => tx.sql<DealerKeyRow>('dealers').where('id', tx.dealerId);
const retired = (tx: Tx) => tx.sql('dealer_signing_keys').where({ dealer_id: tx.dealerId });

/** The key that the dealer signs with. */
export async function currentSigningKey(tx: Tx): Promise<StoredKeyPair> {
  const row = await dealer(tx).first('signing_public_key', 'wrapped_signing_key');
  if (row === undefined) throw new Error('There is no such dealer');
  return { publicKey: row.signing_public_key, wrappedPrivateKey: row.wrapped_signing_key };
}

/** Every public key that the dealer has signed with, the first one first, the present one last. */
export async function publicSigningKeys(tx: Tx): Promise<Buffer[]> {
  const former: Buffer[] = await retired(tx).orderBy('retired_at').pluck('public_key');
  return [...former, (await currentSigningKey(tx)).publicKey];
}

/** Retires the present key, of which only the public half is kept. With the owner's rights only. */
export async function replaceSigningKey(tx: Tx, next: StoredKeyPair): Promise<void> {
  await tx.sql.raw(
    `insert into dealer_signing_keys (dealer_id, public_key, used_from, retired_at)
     select d.id, d.signing_public_key,
       coalesce((select max(k.retired_at) from dealer_signing_keys k where k.dealer_id = d.id), d.created_at), ?
     from dealers d where d.id = ?`,
    [tx.now, tx.dealerId],
  );
  await dealer(tx).update({
    signing_public_key: next.publicKey,
    wrapped_signing_key: next.wrappedPrivateKey,
  });
}
