import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';

import { PACKAGE_PATHS, comparePaths, type PackageFile } from '../domain/package-manifest';
import { writePackageZip } from './package-zip';
import type { ZipEntry } from './zip-stream';

/** A file that was rendered or stored before: its digest is known, its bytes are read when its turn comes. */
export interface PackageContent extends PackageFile {
  open: () => Readable | Promise<Readable>;
}

/** The two files that prove the others: canonical JSON as it was signed, and the 64 bytes over it. */
export interface PackageSeal {
  manifest: Buffer;
  signature: Buffer;
}

/** A content held in memory, for small files. */
export function contentOf(path: string, bytes: Buffer): PackageContent {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, bytes: bytes.length, sha256, open: () => Readable.from([bytes]) };
}

/**
 * Streams a sealed package to `out`: the files of its manifest, which come sorted by path, with manifest and signature in
 * their places. The same package gives the same bytes; one file at a time is open. A content that is not what its digest
 * says fails it, and `out` is destroyed.
 */
export async function writeSealedPackage(
  contents: AsyncIterable<PackageContent> | Iterable<PackageContent>,
  seal: PackageSeal,
  out: Writable,
): Promise<void> {
  await writePackageZip(entries(contents, seal), out);
}

async function* entries(
  contents: AsyncIterable<PackageContent> | Iterable<PackageContent>,
  { manifest, signature }: PackageSeal,
): AsyncGenerator<ZipEntry> {
  const proofs = [
    contentOf(PACKAGE_PATHS.manifest, manifest),
    contentOf(PACKAGE_PATHS.signature, signature),
  ].sort((a, b) => comparePaths(a.path, b.path));
  for await (const content of contents) {
    while (proofs[0] !== undefined && comparePaths(proofs[0].path, content.path) < 0) {
      yield* proofs.splice(0, 1).map(entry);
    }
    yield entry(content);
  }
  yield* proofs.map(entry);
}

/** The content as an entry whose stream fails at its end when its bytes are not those that were frozen. */
function entry(content: PackageContent): ZipEntry {
  return { path: content.path, size: content.bytes, open: () => Readable.from(verified(content)) };
}

async function* verified({ path, sha256, open }: PackageContent): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of await open()) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
  if (hash.digest('hex') !== sha256)
    throw new Error(`${path} is not the file that was frozen for this package`);
}
