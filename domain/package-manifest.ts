import type { CompletenessTotals } from './completeness';
import { leafHash, merkleRoot, type Sha256 } from './merkle';

/**
 * What an audit package consists of and how it describes itself (D-7.3 [ours, from read duties]). The manifest lists every
 * file but itself and its signature; its stored bytes are what is signed.
 */

export const PACKAGE_PROFILES = ['masak', 'maliye'] as const;
export type PackageProfile = (typeof PACKAGE_PROFILES)[number];

/** Fixed names inside the ZIP: the verifier and the reports both point at them. */
export const PACKAGE_PATHS = {
  report: 'rapor.pdf',
  workbook: 'veri.xlsx',
  manifest: 'manifest.json',
  signature: 'manifest.sig',
  publicKey: 'public-key.pem',
  instructions: 'VERIFY.txt',
  verifier: 'verify.mjs',
  completeness: 'eksiksizlik.ndjson',
  /** The same checks for a browser, offline. */
  htmlVerifier: 'dogrula.html',
  /** The page that leads to every file. */
  index: 'index.html',
  /** Audit events of the customers in the package, with everything their hashes are made of. */
  events: 'olaylar.ndjson',
  /** The signed checkpoint that saw these events, and the proof of each customer's place in it. */
  checkpoint: 'checkpoint.json',
} as const;

const CUSTOMER_FILES = 'dosyalar/';
const DOCUMENTS = 'belgeler/';

export interface PackageFile {
  path: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

export interface PackageManifest extends Partial<ManifestScope> {
  format: 'sicil-package/1';
  packageNo: string;
  profile: PackageProfile;
  dealer: { title: string; vkn: string };
  /** Instant of the frozen snapshot. */
  asOf: string;
  /** Days, both included. */
  period: { from: string; to: string };
  ruleSet: string;
  /** The list filter that drew the scope, by the names of the list query; empty means every customer. */
  filter: Record<string, string>;
  /** SHA-256 of the frozen snapshot's canonical JSON, also printed on cover and footers. */
  snapshotSha256: string;
  counts: PackageCounts;
  /** RFC 6962 over the files as they are listed; a leaf is the canonical JSON of a file's `{bytes, path, sha256}`. */
  merkleRoot: string;
  excluded: { customer: string; reason: string }[];
  /** Customers of the snapshot whose own file could not be made, with the officer's reason; absent when all are there. */
  leftOut?: { customer: string; reason: string }[];
  /** The signed checkpoint of the audit chains: its number, and the SHA-256 of what it says. */
  checkpoint?: { n: number; sha256: string };
  /** Rows under the heading of each sheet of the workbook. */
  sheets: Record<string, number>;
  requestedBy: string;
  sealedBy: string;
  sealedAt: string;
  /** The dealer's reason why the person who asked for the package also sealed it; absent when two people did. */
  fourEyesRecorded?: string;
  files: PackageFile[];
}

/** How the scope was drawn beside period and filter, and how complete it is. Packages before 0015 do not say. */
export interface ManifestScope {
  /** Names of the branches whose ids the filter holds; absent where it holds none. */
  branches?: string[];
  /** Codes of the customers that the request names; absent where filter and period alone drew the scope. */
  customers?: string[];
  /** In by name, whatever filter, period and sample say, each with the officer's reason. */
  included: { customer: string; reason: string }[];
  /** Who filter and period take in; `codes` only where a sample was drawn, so that it can be drawn again. */
  population: { customers: number; codes?: string[] };
  sample: { method: 'all' } | { method: 'sample'; rule: string; seed: string; size: number };
  /** What the officer wrote about the package. */
  note?: string;
  /** Number of the sealed package that this one replaces. */
  supersedes?: string;
  /** Present where gaps could be closed after the snapshot; what came then is labelled in every file. */
  fixWindow?: { days: number; until: string; endedAt: string | null };
  /** `met` + `missing` + `notApplicable` is `customers` × `requirements`. */
  completeness?: CompletenessTotals;
}

export interface PackageCounts {
  customers: number;
  documents: number;
  files: number;
  excluded: number;
  /** Lines of `olaylar.ndjson`; absent in packages frozen before there were checkpoints. */
  events?: number;
}

/** All of a manifest that is not derived from its files. */
export type PackageFacts = Omit<PackageManifest, 'format' | 'counts' | 'files' | 'merkleRoot'> & {
  events?: number;
};

/**
 * The manifest over these files, sorted by path, with counts taken from the paths themselves.
 * @throws Error on a path outside the package's rules or two paths that are one on some file system.
 */
export function buildManifest(
  { events, ...facts }: PackageFacts,
  files: readonly PackageFile[],
  sha256: Sha256,
): PackageManifest {
  const sorted = [...files].sort((a, b) => comparePaths(a.path, b.path));
  refuseBadPaths(sorted.map((file) => file.path));
  return {
    format: 'sicil-package/1',
    ...facts,
    counts: {
      ...countFiles(sorted),
      excluded: facts.excluded.length,
      ...(events === undefined ? {} : { events }),
    },
    merkleRoot: hexOf(
      merkleRoot(
        sha256,
        sorted.map((file) => fileLeaf(sha256, file)),
      ),
    ),
    files: sorted.map(({ path, bytes, sha256: digest }) => ({ path, bytes, sha256: digest })),
  };
}

/** Paths are ASCII and the members come in order: this is the canonical JSON. */
function fileLeaf(sha256: Sha256, { bytes, path, sha256: digest }: PackageFile): Uint8Array {
  return leafHash(sha256, new TextEncoder().encode(JSON.stringify({ bytes, path, sha256: digest })));
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function countFiles(files: readonly PackageFile[]): Pick<PackageCounts, 'customers' | 'documents' | 'files'> {
  return {
    customers: files.filter((file) => file.path.startsWith(CUSTOMER_FILES)).length,
    documents: files.filter((file) => file.path.startsWith(DOCUMENTS)).length,
    files: files.length,
  };
}

function refuseBadPaths(paths: readonly string[]): void {
  const seen = new Set<string>();
  for (const path of paths) {
    if (!isPackagePath(path)) throw new Error('A path of the package is not portable');
    if (path === PACKAGE_PATHS.manifest || path === PACKAGE_PATHS.signature) {
      throw new Error('The manifest lists neither itself nor its signature');
    }
    // Windows and macOS unpack both spellings onto one file.
    if (seen.has(path.toLowerCase())) throw new Error('Two files of the package share a path');
    seen.add(path.toLowerCase());
  }
}

/** Order of files in manifest and ZIP: by code unit, the same on every machine. */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Whether a path can be unpacked anywhere: relative, ASCII, no `..`, no name that Windows keeps for itself. */
export function isPackagePath(path: string): boolean {
  if (path.length > 200) return false;
  return path
    .split('/')
    .every(
      (part) =>
        SEGMENT.test(part) && !part.endsWith('.') && !part.includes('..') && !WINDOWS_DEVICE.test(part),
    );
}

/** Where a customer's own PDF lies: `dosyalar/<code>.pdf`. */
export function customerFilePath(code: string): string {
  return `${CUSTOMER_FILES}${code}.pdf`;
}

/** The folder of a customer's documents, with the slash. */
export function documentsFolder(code: string): string {
  return `${DOCUMENTS}${code}/`;
}

/** Where a volume of the summary report lies: `rapor-001.pdf`. */
export function reportVolumePath(number: number): string {
  return `rapor-${String(number).padStart(3, '0')}.pdf`;
}

/** The number of the volume that lies there; null for every other file. */
export function reportVolumeAt(path: string): number | null {
  const number = /^rapor-(\d{3,})\.pdf$/.exec(path)?.[1];
  return number === undefined ? null : Number(number);
}

const EXTENSIONS: Record<string, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
};

/**
 * Where a customer's document lies: `belgeler/<code>/<kind>-<n>.<ext>`. `ordinal` counts from 1 within code and kind. The
 * name the file was uploaded under is never used: it may hold personal data or a trap.
 */
export function documentPath(code: string, kind: string, ordinal: number, mediaType: string): string {
  const extension = EXTENSIONS[mediaType] ?? 'bin';
  return `${documentsFolder(code)}${kind.replaceAll('_', '-')}-${ordinal}.${extension}`;
}
