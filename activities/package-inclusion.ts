import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import { customerFilePath } from '../domain/package-manifest';
import { ofCustomer, partsOf, partTables } from '../operations/package-parts';
import { documentPictures } from '../operations/package-pictures';
import { customerFile } from '../operations/package-reports';
import { documentsInPackage, type FrozenDocument, type PackageItem } from '../operations/package-snapshot';
import { packageWords } from '../operations/package-words';
import {
  addFile,
  beginItem,
  endItem,
  hasFile,
  itemsToRender,
  takePackage,
  type ItemInWork,
  type PackageInWork,
} from '../operations/package-work';
import { noteTrouble } from '../operations/package-troubles';
import { renderCustomerFile } from '../templates/reports';
import { FileFault, makingFile } from './faults';
import type { PackageWorker } from './packages';

/** Customers of one portion whose files are made at the same time. */
const AT_ONCE = 2;

/**
 * Makes the files of a portion's customers: the PDF and a copy of each document under the package's key. Customers who
 * are in already, or wait for their next try, are passed over. One whose files fail is noted and does not hold up the
 * others; only an outage fails this.
 */
export async function includeChunk(worker: PackageWorker, packageId: string, chunk: number): Promise<void> {
  const work = await worker.inTx((tx) => takePackage(tx, packageId));
  if (work === null) return;
  const items = await worker.inTx((tx) => itemsToRender(tx, work, chunk));
  const outages: unknown[] = [];
  const line = async () => {
    for (let next = items.shift(); next !== undefined; next = items.shift()) {
      try {
        await includeOrNote(worker, work, next);
      } catch (error) {
        outages.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  if (outages.length > 0) throw outages[0];
}

async function includeOrNote(
  worker: PackageWorker,
  work: PackageInWork,
  { item, attempts }: ItemInWork,
): Promise<void> {
  try {
    await includeCustomer(worker, work, item);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const tried = { customerId: item.customerId, attempts: attempts + 1 };
    await worker.inTx((tx) => noteTrouble(tx, work.id, tried, error.code));
  }
}

async function includeCustomer(worker: PackageWorker, work: PackageInWork, item: PackageItem): Promise<void> {
  const customerKey = await worker.inTx((tx) => beginItem(tx, work, item));
  if (customerKey === null) return;
  const { language } = work.frame;
  const masak = work.frame.profile === 'masak';
  await keepFile(worker, work, customerFilePath(item.code), async () => {
    const model = customerFile(item, work.report, packageWords(language), {
      parts: await partTables(ofCustomer(partsOf(work, worker.parts), item.code)),
      // The tax profile's file has no part that shows them (D-7.4).
      pictures: masak ? await documentPictures(worker.files, customerKey, item) : new Map(),
    });
    const html = renderCustomerFile(model, language);
    return [await makingFile('PRINTER', () => worker.printer.print(html, work.frame.asOf))];
  });
  for (const document of documentsInPackage(item)) {
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
  if (hash.digest('hex') !== document.sha256) throw new FileFault('DOCUMENT_CHANGED');
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
  const { address, bytes, sha256 } = await makingFile('FILE', async () =>
    worker.files.putBlob(work.key, Readable.from(await content())),
  );
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
