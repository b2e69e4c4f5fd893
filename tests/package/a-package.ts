import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import yauzl from 'yauzl';

import {
  buildManifest,
  comparePaths,
  type PackageFacts,
  type PackageManifest,
} from '../../domain/package-manifest';
import { sha256 } from '../../operations/checkpoints';
import { createSigningKey, signManifest, type SigningKey } from '../../stores/package-signature';
import { VERIFIER_FILE } from '../../stores/package-verifier';
import { writePackageZip } from '../../stores/package-zip';

export const FACTS: PackageFacts = {
  packageNo: 'DP-2026-0007',
  profile: 'masak',
  dealer: { title: 'Şahin Kuyumculuk İç ve Dış Tic. Ltd. Şti.', vkn: '1234567890' },
  asOf: '2026-11-21T09:00:00.000Z',
  period: { from: '2025-01-01', to: '2025-12-31' },
  ruleSet: '2026.11.1',
  filter: {},
  snapshotSha256: '0'.repeat(64),
  excluded: [{ customer: 'KYM-2026-000044', reason: 'dönem dışı' }],
  sheets: { '01_Musteriler': 2 },
  requestedBy: 'Ayşe Yılmaz',
  sealedBy: 'Mehmet Öz',
  sealedAt: '2026-11-21T10:00:00.000Z',
};

export type Files = Record<string, Buffer>;

/** The content of a small package, without manifest and signature. */
export function packageFiles(key: SigningKey): Files {
  return {
    'belgeler/KYM-2026-000001/identity-card-1.jpg': Buffer.alloc(5000, 'jpeg'),
    'dosyalar/KYM-2026-000001.pdf': Buffer.from('%PDF-1.7 birinci'),
    'dosyalar/KYM-2026-000002.pdf': Buffer.from('%PDF-1.7 ikinci'),
    'rapor.pdf': Buffer.alloc(3000, 'rapor'),
    'veri.xlsx': Buffer.from('PK sheet'),
    'VERIFY.txt': Buffer.from('Nasıl doğrulanır\n'.repeat(50)),
    'public-key.pem': Buffer.from(key.publicKeyPem),
    'verify.mjs': readFileSync(VERIFIER_FILE),
  };
}

export function manifestOf(files: Files): PackageManifest {
  const list = Object.entries(files).map(([path, content]) => ({
    path,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  return buildManifest(FACTS, list, sha256);
}

/** Everything a package holds, signed. `change` edits the manifest before it is signed. */
export function sealed(
  key: SigningKey = createSigningKey(),
  change: (manifest: PackageManifest) => PackageManifest = (manifest) => manifest,
): Files {
  const files = packageFiles(key);
  const { manifest, signature } = signManifest(change(manifestOf(files)), key.privateKeyPem);
  return { ...files, 'manifest.json': manifest, 'manifest.sig': signature };
}

/** A folder for one test file, removed afterwards. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sicil-package-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function zip(files: Files, path: string): Promise<string> {
  const sorted = Object.entries(files).sort(([a], [b]) => comparePaths(a, b));
  await writePackageZip(
    sorted.map(([name, content]) => ({
      path: name,
      size: content.length,
      open: () => Readable.from([content]),
    })),
    createWriteStream(path),
  );
  return path;
}

/** Every file of a ZIP by its path. */
export async function contentsOf(path: string): Promise<Map<string, Buffer>> {
  const archive = await yauzl.fromBufferPromise(readFileSync(path), { lazyEntries: true });
  const files = new Map<string, Buffer>();
  for await (const entry of archive.eachEntry())
    files.set(entry.fileName, await buffer(await archive.openReadStreamPromise(entry)));
  return files;
}
