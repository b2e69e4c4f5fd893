import type { Writable } from 'node:stream';

import { comparePaths, isPackagePath } from '../domain/package-manifest';
import { streamZip, type ZipEntry } from './zip-stream';

export type { ZipEntry } from './zip-stream';

/** Images and workbooks are compressed inside. A PDF would halve, but the verifier reads stored bytes at the speed of hashing. */
const STORED = /\.(pdf|jpg|png|xlsx)$/;

/**
 * Streams an audit package: fixed times, so that equal entries give equal bytes. Entries must come sorted by path.
 * @throws Error when a path is not portable, out of order or twice there, or when a stream fails; `out` is destroyed then.
 */
export async function writePackageZip(
  entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>,
  out: Writable,
): Promise<void> {
  await streamZip(inOrder(entries), out);
}

async function* inOrder(entries: AsyncIterable<ZipEntry> | Iterable<ZipEntry>): AsyncGenerator<ZipEntry> {
  let previous = '';
  for await (const entry of entries) {
    if (!isPackagePath(entry.path)) throw new Error('A path of the package is not portable');
    if (comparePaths(previous, entry.path) >= 0)
      throw new Error('The files of a package come sorted, each path once');
    previous = entry.path;
    yield { ...entry, open: () => entry.open(), compress: !STORED.test(entry.path) };
  }
}
