import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import type { FileRow } from '../db/package-items';
import type { Tx } from '../db/transaction';
import { customerFilePath } from '../domain/package-manifest';
import { customerFilePage } from '../operations/customer-file-page';
import { addFiles, addItemFiles, beginItem, endItem, expectPackageFile } from '../operations/package-files';
import { ofCustomer, partsOf } from '../operations/package-parts';
import { documentsInPackage, type FrozenDocument, type PackageItem } from '../operations/package-snapshot';
import { itemsToRender, takePackage, type ItemInWork, type PackageInWork } from '../operations/package-work';
import { noteTrouble } from '../operations/package-troubles';
import { causeOf, FileFault, makingFile } from './faults';
import type { PackageWorker } from './packages';

/** Customers of one portion whose files are made at the same time. */
const AT_ONCE = 2;

/**
 * Makes the files of a portion's customers: the PDF and a copy of each document under the package's key. Customers who
 * are in already, or wait for their next try, are passed over. One whose files fail is noted and does not hold up the
 * others; only an outage fails this.
 */
export async function includeChunk(worker: PackageWorker, packageId: string, chunk: number): Promise<void> {
  const begun = await worker.inTx(async (tx) => {
    const work = await takePackage(tx, packageId);
    return work === null ? null : { work, items: await itemsToRender(tx, work, chunk) };
  });
  if (begun === null) return;
  const { work, items } = begun;
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
    worker.logger?.warn(
      { packageId: work.id, ...tried, code: error.code, ...causeOf(error) },
      'a customer’s file could not be made',
    );
    await worker.inTx((tx) => noteTrouble(tx, work.id, tried, error.code));
  }
}

/** One transaction before the files and one after them: what is made is listed also where a later file fails. */
async function includeCustomer(worker: PackageWorker, work: PackageInWork, item: PackageItem): Promise<void> {
  const documents = new Map(documentsInPackage(item).map((document) => [document.path, document]));
  const paths = [customerFilePath(item.code), ...documents.keys()];
  const begun = await worker.inTx((tx) => beginItem(tx, work, item, paths));
  if (begun === null) return;
  const made: FileRow[] = [];
  try {
    for (const { path, address } of begun.missing) {
      const document = documents.get(path);
      const content = async () =>
        document === undefined
          ? [await printCustomer(worker, work, item, begun.key)]
          : frozenBytes(document, await worker.files.open(begun.key, document.address));
      made.push(await writeFile(worker, work, { path, address }, content));
    }
  } catch (error) {
    await listFiles(worker, (tx) => addItemFiles(tx, work, item, made));
    throw error;
  }
  await listFiles(worker, (tx) => endItem(tx, work, item, made));
}

async function printCustomer(
  worker: PackageWorker,
  work: PackageInWork,
  item: PackageItem,
  key: Buffer,
): Promise<Buffer> {
  const { language, asOf } = work.frame;
  const page = { item, frame: work.report, language, key };
  const html = await customerFilePage(worker.files, page, ofCustomer(partsOf(work, worker.parts), item.code));
  return makingFile('PRINTER', () => worker.printer.print(html, asOf));
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
  const address = await worker.inTx((tx) => expectPackageFile(tx, work, path));
  if (address === null) return;
  const file = await writeFile(worker, work, { path, address }, content);
  await listFiles(worker, (tx) => addFiles(tx, work, [file], sheets?.()));
}

async function writeFile(
  { files }: PackageWorker,
  work: PackageInWork,
  { path, address }: Pick<FileRow, 'path' | 'address'>,
  content: () => Promise<Iterable<Buffer> | AsyncIterable<Buffer>>,
): Promise<FileRow> {
  const { bytes, sha256 } = await makingFile('FILE', async () =>
    files.putBlob(work.key, Readable.from(await content()), address),
  );
  return { path, bytes, sha256, address };
}

/**
 * Lists what was written. Where that fails nobody may remove the bytes, because the rows may be there all the same: what
 * has none is found by its announcement and swept.
 */
async function listFiles(worker: PackageWorker, list: (tx: Tx) => Promise<string[]>): Promise<void> {
  for (const superfluous of await worker.inTx(list)) await worker.files.remove(superfluous);
}
