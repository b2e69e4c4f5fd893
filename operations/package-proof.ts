import { createHash, createPublicKey, verify } from 'node:crypto';

import { getCheckpoint } from '../db/checkpoints';
import { sealOf, type PackageLine } from '../db/packages';
import type { Tx } from '../db/transaction';

/** What whoever holds a package compares with what is shown here. */
export interface PackageProof {
  /** Digest of the frozen records, as every report repeats it; null before the freeze. */
  snapshotSha256: string | null;
  /** The signed checkpoint that proves the customers' histories; null before the freeze. */
  checkpoint: { n: number; at: Date } | null;
  /** Of a sealed package: digest of `manifest.json`, and whether the signature over it holds now. */
  manifest: { sha256: string; signatureHolds: boolean } | null;
}

/** The digests of a package, and its signature, checked anew. */
export async function readProof(tx: Tx, row: PackageLine): Promise<PackageProof> {
  const n = row.checkpoint;
  return {
    snapshotSha256: row.snapshotSha256?.toString('hex') ?? null,
    checkpoint: n === null ? null : { n, at: (await getCheckpoint(tx, n)).at },
    manifest: row.status === 'sealed' ? await manifestProof(tx, row) : null,
  };
}

async function manifestProof(tx: Tx, { id, publicKey }: PackageLine): Promise<PackageProof['manifest']> {
  const { manifest, signature } = await sealOf(tx, id);
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  return {
    sha256: createHash('sha256').update(manifest).digest('hex'),
    signatureHolds: verify(null, manifest, key, signature),
  };
}
