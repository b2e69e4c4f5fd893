import { PassThrough, type Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ZipFile } from 'yazl';

/** A file on its way into a ZIP. `open` is called when its turn comes, so that one file at a time is in memory. */
export interface ZipEntry {
  path: string;
  /** Length in bytes, when known: a stream of another length fails the ZIP. */
  size?: number;
  /** Whether to deflate it; true unless said otherwise. */
  compress?: boolean;
  open: () => Readable | Promise<Readable>;
}

/** ZIP keeps local wall-clock time: made from local parts, it is the same first second of 1980 in every zone. */
const FIXED_TIME = new Date(1980, 0, 1, 0, 0, 0);
const FILE_MODE = 0o100644;

/**
 * Streams a ZIP with fixed times to `out` and ends it, entries in the order they come: equal entries give equal bytes, and
 * memory holds one entry plus a line per file for the directory.
 * @throws Error when a stream fails: `out` is destroyed, so that a half-written ZIP is never taken for a whole one.
 */
export async function streamZip(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  out: Writable,
): Promise<void> {
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, out);
  const abort = new Promise<never>((_, reject) => zip.on('error', reject));
  // Both may fail while an entry is being read; the failure is taken up by the race below.
  abort.catch(() => undefined);
  written.catch(() => undefined);
  const broken = Promise.race([abort, stoppedEarly(written)]);
  broken.catch(() => undefined);
  const stop = new AbortController();
  try {
    for await (const entry of entries) {
      await Promise.race([addEntry(zip, entry, stop.signal), broken]);
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

/** Resolves when the entry's last byte has been taken: the next file is not opened before that. */
async function addEntry(zip: ZipFile, entry: ZipEntry, signal: AbortSignal): Promise<void> {
  const through = new PassThrough();
  const copied = pipeline(await entry.open(), through, { signal });
  const options = {
    mtime: FIXED_TIME,
    mode: FILE_MODE,
    forceDosTimestamp: true,
    compress: entry.compress ?? true,
    ...(entry.size === undefined ? {} : { size: entry.size }),
  };
  zip.addReadStreamLazy(entry.path, options, handedOverOnce(through));
  await copied;
}

/** The writer keeps this function until the end, with whatever it holds: so it lets go of the stream that it hands over. */
function handedOverOnce(
  stream: PassThrough,
): (take: (error: unknown, stream: NodeJS.ReadableStream) => void) => void {
  let waiting: PassThrough | null = stream;
  return (take) => {
    const handed = waiting;
    waiting = null;
    if (handed !== null) take(null, handed);
  };
}
