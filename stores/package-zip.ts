import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ZipFile } from 'yazl';

import { comparePaths, isPackagePath } from '../domain/package-manifest';

/** A file on its way into a ZIP. `open` is called when its turn comes, so that one file at a time is in memory. */
export interface ZipEntry {
  path: string;
  /** Length in bytes, when known: a stream of another length fails the ZIP. */
  size?: number;
  open(): Readable | Promise<Readable>;
}

/** ZIP keeps local wall-clock time: made from local parts, it is the same first second of 1980 in every zone. */
const FIXED_TIME = new Date(1980, 0, 1, 0, 0, 0);
const FILE_MODE = 0o100644;

/** Images and workbooks are compressed inside. A PDF would halve, but the verifier reads stored bytes at the speed of hashing. */
const COMPRESSED_INSIDE = /\.(pdf|jpg|png|xlsx)$/;

/**
 * Streams a ZIP with fixed times to `out` and ends it. Entries must come sorted by path: equal entries give equal bytes,
 * and memory holds one entry plus a line per file for the directory.
 * @throws Error when a path is not portable, out of order or twice there, or when a stream fails: `out` is destroyed, so
 * that a half-written ZIP is never taken for a whole one.
 */
export async function writePackageZip(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  out: Writable,
): Promise<void> {
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, out);
  const abort = new Promise<never>((_, reject) => zip.on('error', reject));
  // Both may fail while an entry is being read; the failure is taken up by the race below.
  abort.catch(() => undefined);
  written.catch(() => undefined);
  const stop = new AbortController();
  try {
    let previous = '';
    for await (const entry of entries) {
      refuseOutOfOrder(previous, entry.path);
      previous = entry.path;
      await Promise.race([addEntry(zip, entry, stop.signal), abort, stoppedEarly(written)]);
    }
    zip.end();
    await Promise.race([written, abort]);
  } catch (error) {
    stop.abort();
    out.destroy(error as Error);
    throw error;
  }
}

async function stoppedEarly(written: Promise<void>): Promise<never> {
  await written;
  throw new Error('The ZIP was closed before its last file');
}

function refuseOutOfOrder(previous: string, path: string): void {
  if (!isPackagePath(path)) throw new Error('A path of the package is not portable');
  if (comparePaths(previous, path) >= 0)
    throw new Error('The files of a package come sorted, each path once');
}

/** Resolves when the entry's last byte has been taken: the next file is not opened before that. */
async function addEntry(zip: ZipFile, entry: ZipEntry, signal: AbortSignal): Promise<void> {
  const source = await entry.open();
  const through = new PassThrough();
  const copied = pipeline(source, through, { signal });
  zip.addReadStream(through, entry.path, {
    mtime: FIXED_TIME,
    mode: FILE_MODE,
    forceDosTimestamp: true,
    compress: !COMPRESSED_INSIDE.test(entry.path),
    ...(entry.size === undefined ? {} : { size: entry.size }),
  });
  await copied;
}
