import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';

import canonicalize from 'canonicalize';

import type { PackageManifest } from '../domain/package-manifest';

/** A dealer's signing key as it is stored: PKCS#8 and SPKI, both PEM. The private half is encrypted by the caller. */
export interface SigningKey {
  privateKeyPem: string;
  publicKeyPem: string;
}

/** A new Ed25519 key for a dealer's packages. */
export function createSigningKey(): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKeyPem: privateKey, publicKeyPem: publicKey };
}

/** Canonical JSON (RFC 8785) in UTF-8: equal values have equal bytes, so that a digest or signature means something. */
export function canonicalBytes(value: object): Buffer {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('This value has no canonical JSON');
  return Buffer.from(text, 'utf8');
}

/** SHA-256 of a value's canonical JSON, lower-case hex: the digest of the frozen snapshot. */
export function canonicalDigest(value: object): string {
  return createHash('sha256').update(canonicalBytes(value)).digest('hex');
}

/** The two files that make a package provable: `manifest.json` as it is stored, and the 64 raw bytes over exactly them. */
export function signManifest(
  manifest: PackageManifest,
  privateKeyPem: string,
): { manifest: Buffer; signature: Buffer } {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('Packages are signed with an Ed25519 key');
  const bytes = canonicalBytes(manifest);
  return { manifest: bytes, signature: sign(null, bytes, key) };
}

/** SHA-256 of the public key's SPKI DER, hex in groups of four: what is printed, shown and compared by eye. */
export function fingerprintOf(publicKey: string | KeyObject): string {
  const key = typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey;
  const hex = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
  return (hex.match(/.{4}/g) ?? []).join(' ');
}
