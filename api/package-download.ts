import { PassThrough, type Readable } from 'node:stream';

import { listedFiles, packageFilesAfter, type OpenedPackage } from '../operations/package-seal';
import { writeSealedPackage, type PackageContent } from '../stores/package-assembly';
import { inTransaction, type Call } from './route';

/** A sealed package as a ZIP that is made while it is sent: one file at a time is in memory. */
export function packageZip(opened: OpenedPackage, call: Call): Readable {
  const out = new PassThrough();
  writeSealedPackage(contentsOf(opened, call), opened, out).catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error('The package could not be read'));
  });
  return out;
}

async function* contentsOf(opened: OpenedPackage, call: Call): AsyncGenerator<PackageContent> {
  const page = (after: string) => inTransaction(call, (tx) => packageFilesAfter(tx, opened.id, after));
  for await (const { path, bytes, sha256, address } of listedFiles(page)) {
    yield {
      path,
      bytes,
      sha256: sha256.toString('hex'),
      open: () => call.deps.files.open(opened.key, address),
    };
  }
}
