import { PassThrough, Readable } from 'node:stream';

import { comparePaths, PACKAGE_PATHS } from '../domain/package-manifest';
import { listedFiles, packageFilesAfter, type OpenedPackage } from '../operations/package-seal';
import { writePackageZip } from '../stores/package-zip';
import type { ZipEntry } from '../stores/zip-stream';
import { inTransaction, type Call } from './route';

/** A sealed package as a ZIP that is made while it is sent: one file at a time is in memory. */
export function packageZip(opened: OpenedPackage, call: Call): Readable {
  const out = new PassThrough();
  writePackageZip(entriesOf(opened, call), out).catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error('The package could not be read'));
  });
  return out;
}

/** The files of the list and the two that prove them, by path. */
async function* entriesOf(opened: OpenedPackage, call: Call): AsyncGenerator<ZipEntry> {
  const proofs = [
    inline(PACKAGE_PATHS.manifest, opened.manifest),
    inline(PACKAGE_PATHS.signature, opened.signature),
  ].sort((a, b) => comparePaths(a.path, b.path));
  const page = (after: string) => inTransaction(call, (tx) => packageFilesAfter(tx, opened.id, after));
  for await (const file of listedFiles(page)) {
    while (proofs[0] !== undefined && comparePaths(proofs[0].path, file.path) < 0)
      yield proofs.shift() as ZipEntry;
    yield {
      path: file.path,
      size: file.bytes,
      open: () => call.deps.files.open(opened.key, file.address),
    };
  }
  yield* proofs;
}

function inline(path: string, content: Buffer): ZipEntry {
  return { path, size: content.length, open: () => Readable.from([content]) };
}
