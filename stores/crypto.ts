import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A fresh 256-bit key. */
export function newKey(): Buffer {
  return randomBytes(32);
}

/**
 * AES-256-GCM envelope: version byte, nonce, ciphertext, tag. `place` (table, row, version …) is authenticated, so that a
 * ciphertext moved to another row does not open.
 */
export function seal(key: Buffer, plaintext: Buffer, place: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(place));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, body, cipher.getAuthTag()]);
}

/** Opens what `seal` made for the same place; throws when key, place or bytes differ. */
export function open(key: Buffer, envelope: Buffer, place: string): Buffer {
  if (envelope[0] !== VERSION || envelope.length < 1 + NONCE_BYTES + TAG_BYTES) {
    throw new Error('This envelope has an unknown form');
  }
  const decipher = createDecipheriv('aes-256-gcm', key, envelope.subarray(1, 1 + NONCE_BYTES));
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(envelope.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(envelope.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}

/** A key for one purpose, derived so that knowing it tells nothing about the others. */
export function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `sicil:${purpose}`, 32));
}

const standing = new WeakMap<Buffer, Map<string, KeyObject>>();

/**
 * The same key, derived once and ready for HMAC: for the few fixed purposes that an import or a search asks for all the
 * time. Deriving it anew, and handing bytes instead of a key object to each HMAC, made a customer's search terms cost six
 * times as much. Kept as long as the key that it is derived from.
 */
export function standingKey(key: Buffer, purpose: string): KeyObject {
  const known = standing.get(key) ?? new Map<string, KeyObject>();
  standing.set(key, known);
  const made = known.get(purpose) ?? createSecretKey(deriveKey(key, purpose));
  known.set(purpose, made);
  return made;
}

/** Keyed fingerprint of a normalised value: equality without the value. */
export function blindIndex(dealerKey: Buffer, field: string, normalized: string): Buffer {
  return createHmac('sha256', standingKey(dealerKey, `blind-index:${field}`))
    .update(normalized)
    .digest();
}

export function sha256(data: Buffer | string): Buffer {
  return createHash('sha256').update(data).digest();
}
