import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable, type Writable } from 'node:stream';

import {
  PACKAGE_PATHS,
  buildManifest,
  comparePaths,
  type PackageFacts,
  type PackageFile,
  type PackageManifest,
} from '../domain/package-manifest';
import { signManifest, type SigningKey } from './package-signature';
import { VERIFIER_FILE } from './package-verifier';
import { writePackageZip } from './package-zip';

/** A file that was rendered or stored before: its digest is known, its bytes are read when its turn comes. */
export interface PackageContent extends PackageFile {
  open: () => Readable | Promise<Readable>;
}

export interface SealedPackage {
  facts: PackageFacts;
  /** Reports, workbook, customer files and documents, in any order. */
  contents: readonly PackageContent[];
  key: SigningKey;
  /** Text of `VERIFY.txt`. */
  instructions: string;
}

/** A content held in memory, for small files. */
export function contentOf(path: string, bytes: Buffer): PackageContent {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { path, bytes: bytes.length, sha256, open: () => Readable.from([bytes]) };
}

/**
 * Seals a package: adds public key, instructions and verifier, lists all in the manifest, signs it, and streams the ZIP to
 * `out`. The same package gives the same bytes. A content that is not what its digest says fails it; `out` is destroyed.
 */
export async function writePackage(sealed: SealedPackage, out: Writable): Promise<PackageManifest> {
  const contents = [
    ...sealed.contents,
    contentOf(PACKAGE_PATHS.publicKey, Buffer.from(sealed.key.publicKeyPem)),
    contentOf(PACKAGE_PATHS.instructions, Buffer.from(sealed.instructions)),
    contentOf(PACKAGE_PATHS.verifier, readFileSync(VERIFIER_FILE)),
  ];
  const manifest = buildManifest(sealed.facts, contents);
  const signed = signManifest(manifest, sealed.key.privateKeyPem);
  const all = [
    ...contents.map(checked),
    contentOf(PACKAGE_PATHS.manifest, signed.manifest),
    contentOf(PACKAGE_PATHS.signature, signed.signature),
  ].sort((a, b) => comparePaths(a.path, b.path));
  await writePackageZip(
    all.map(({ path, bytes, open }) => ({ path, size: bytes, open })),
    out,
  );
  return manifest;
}

/** The same content, whose stream fails at its end when its bytes are not those that were frozen. */
function checked(content: PackageContent): PackageContent {
  return { ...content, open: () => Readable.from(verified(content)) };
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
