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
} as const;

const CUSTOMER_FILES = 'dosyalar/';
const DOCUMENTS = 'belgeler/';

export interface PackageFile {
  path: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

export interface PackageManifest {
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
  excluded: { customer: string; reason: string }[];
  /** Rows under the heading of each sheet of the workbook. */
  sheets: Record<string, number>;
  requestedBy: string;
  sealedBy: string;
  sealedAt: string;
  /** The dealer's reason why the person who asked for the package also sealed it; absent when two people did. */
  fourEyesRecorded?: string;
  files: PackageFile[];
}

export interface PackageCounts {
  customers: number;
  documents: number;
  files: number;
  excluded: number;
}

/** All of a manifest that is not derived from its files. */
export type PackageFacts = Omit<PackageManifest, 'format' | 'counts' | 'files'>;

/**
 * The manifest over these files, sorted by path, with counts taken from the paths themselves.
 * @throws Error on a path outside the package's rules or two paths that are one on some file system.
 */
export function buildManifest(facts: PackageFacts, files: readonly PackageFile[]): PackageManifest {
  const sorted = [...files].sort((a, b) => comparePaths(a.path, b.path));
  refuseBadPaths(sorted.map((file) => file.path));
  return {
    format: 'sicil-package/1',
    ...facts,
    counts: { ...countFiles(sorted), excluded: facts.excluded.length },
    files: sorted.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
  };
}

function countFiles(files: readonly PackageFile[]): Omit<PackageCounts, 'excluded'> {
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
  return `${DOCUMENTS}${code}/${kind.replaceAll('_', '-')}-${ordinal}.${extension}`;
}
