import { isAnyUnsealed } from '../db/packages';
import { currentSigningKey, replaceSigningKey } from '../db/signing-keys';
import type { Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { makeCheckpoint } from './checkpoints';
import { fingerprintOfDer } from './packages';
import { dealerKey } from './record-envelope';
import { newSigningKey } from './signing-keys';

export interface RotatedKey {
  /** Fingerprint of the key that is retired; what it signed keeps it. */
  former: string;
  /** Fingerprint of the key that signs from now on. */
  current: string;
}

/**
 * Gives the dealer a new signing key, in this transaction, which must be REPEATABLE READ and the owner's. The old key signs
 * a last checkpoint and the new one the next, so that the one stands on the other; of the old one the public half is kept.
 * Throws STATE_FORBIDS while a package is being made or waits for its seal: its reports show the old fingerprint.
 */
export async function rotateSigningKey(tx: Tx): Promise<RotatedKey> {
  if (await isAnyUnsealed(tx)) throw new ComplianceError('STATE_FORBIDS', 'packages_unsealed');
  const former = await currentSigningKey(tx);
  await makeCheckpoint(tx);
  const next = newSigningKey(await dealerKey(tx), tx.dealerId);
  await replaceSigningKey(tx, next);
  await makeCheckpoint(tx);
  const rotated = { former: fingerprintOfDer(former.publicKey), current: fingerprintOfDer(next.publicKey) };
  tx.audit({ event: 'dealer.signing_key_rotated', detail: { ...rotated } });
  return rotated;
}
