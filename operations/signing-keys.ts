import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { currentSigningKey, type StoredKeyPair } from '../db/signing-keys';
import type { Tx } from '../db/transaction';
import { open, seal } from '../stores/crypto';
import { dealerKey } from './record-envelope';

/** A new Ed25519 key pair of a dealer, its private half sealed under the dealer's key. */
export function newSigningKey(key: Buffer, dealerId: string): StoredKeyPair {
  const pair = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  });
  return { publicKey: pair.publicKey, wrappedPrivateKey: seal(key, pair.privateKey, placeOf(dealerId)) };
}

const placeOf = (dealerId: string): string => `dealers|${dealerId}|signing_key`;

/** The dealer's signing key, opened for one signature. */
export async function signingKeys(tx: Tx): Promise<{ privateKey: KeyObject; publicKey: Buffer }> {
  const { publicKey, wrappedPrivateKey } = await currentSigningKey(tx);
  const der = open(await dealerKey(tx), wrappedPrivateKey, placeOf(tx.dealerId));
  return { privateKey: createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }), publicKey };
}
