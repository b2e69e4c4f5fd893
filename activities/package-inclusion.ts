import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { customerFilePath } from '../domain/package-manifest';
import { customerFile } from '../operations/package-reports';
import type { FrozenDocument, PackageItem } from '../operations/package-snapshot';
import { packageWords } from '../operations/package-words';
import {
  addFile,
  beginItem,
  endItem,
  giveUpOn,
  hasFile,
  itemsToRender,
  takePackage,
  type PackageInWork,
} from '../operations/package-work';
import { renderCustomerFile } from '../templates/reports';
import type { PackageWorker } from './packages';

/** Customers of one portion whose files are made at the same time. */
const AT_ONCE = 2;

/**
 * Makes the files of a portion's customers: the PDF and a copy of each document under the package's key. Customers who
 * are in already are passed over. One whose files fail does not hold up the others; failing again and again, it fails
 * the package by name.
 */
export async function includeChunk(worker: PackageWorker, packageId: string, chunk: number): Promise<void> {
  const work = await worker.inTx((tx) => takePackage(tx, packageId));
  if (work === null) return;
  const items = await worker.inTx((tx) => itemsToRender(tx, work, chunk));
  const failures: unknown[] = [];
  const line = async () => {
    for (let item = items.shift(); item !== undefined; item = items.shift()) {
      try {
        await includeCustomer(worker, work, item);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  if (failures.length === 0 || (await worker.inTx((tx) => giveUpOn(tx, work, chunk)))) return;
  throw failures[0];
}

async function includeCustomer(worker: PackageWorker, work: PackageInWork, item: PackageItem): Promise<void> {
  const customerKey = await worker.inTx((tx) => beginItem(tx, work, item));
  if (customerKey === null) return;
  const { language } = work.frame;
  await keepFile(worker, work, customerFilePath(item.code), async () => {
    const model = customerFile(item, work.report, packageWords(language));
    return [await worker.printer.print(renderCustomerFile(model, language), work.frame.asOf)];
  });
  for (const document of item.documents) {
    if (document.path === null) continue;
    await keepFile(worker, work, document.path, async () =>
      frozenBytes(document, await worker.files.open(customerKey, document.address)),
    );
  }
  await worker.inTx((tx) => endItem(tx, work, item));
}

/** The document's bytes; the stream fails where they are not those that were frozen. */
async function* frozenBytes(document: FrozenDocument, source: Readable): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const part of source) {
    hash.update(part as Buffer);
    yield part as Buffer;
  }
  if (hash.digest('hex') !== document.sha256) throw new Error('A document is not the one that was frozen');
}

/** Writes a file of the package unless it is there: frozen content makes the same bytes again. */
export async function keepFile(
  worker: PackageWorker,
  work: PackageInWork,
  path: string,
  content: () => Promise<Iterable<Buffer> | AsyncIterable<Buffer>>,
  sheets?: () => Record<string, number>,
): Promise<void> {
  if (await worker.inTx((tx) => hasFile(tx, work, path))) return;
  const source = await content();
  const { address, bytes, sha256 } = await worker.files.putBlob(work.key, Readable.from(source));
  try {
    const superfluous = await worker.inTx((tx) =>
      addFile(tx, work, { path, bytes, sha256, address }, sheets?.()),
    );
    if (superfluous !== null) await worker.files.remove(superfluous);
  } catch (error) {
    await worker.files.remove(address);
    throw error;
  }
}
