import { getCustomer } from '../db/customers';
import {
  countAttempt,
  fileAt,
  itemsAfter,
  markRendered,
  replaceFile,
  type FileRow,
} from '../db/package-items';
import { frameEnvelopeOf, getPackage, lockPackage, updatePackage, type PackageLine } from '../db/packages';
import { countFailing, progressRow, readyItems, setProgress } from '../db/package-progress';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import type { ReportFrame } from '../templates/reports';
import { reportFrame } from './package-lines';
import { openFrame, openItem, openPackageKey, type PackageFrame, type PackageItem } from './package-snapshot';
import { leftOutOf } from './package-troubles';
import { fingerprintOfDer, sealTask, stillAtWork } from './packages';
import { openCustomerKey } from './record-envelope';

/** A frozen package in the hands of who renders it. */
export interface PackageInWork {
  id: string;
  key: Buffer;
  /** SPKI DER of the key that will sign it. */
  publicKey: Buffer;
  frame: PackageFrame;
  report: ReportFrame;
}

/** The package while it is being rendered; null when there is nothing to render any more: it ended, or was cancelled. */
export async function takePackage(tx: Tx, id: string): Promise<PackageInWork | null> {
  const row = await getPackage(tx, id);
  if (!isInWork(row) || row.snapshotSha256 === null) return null;
  const key = await openPackageKey(tx, row);
  const frozen = openFrame(key, id, await frameEnvelopeOf(tx, id));
  const frame = { ...frozen, leftOut: await leftOutOf(tx, id) };
  const proof = {
    snapshotSha256: row.snapshotSha256.toString('hex'),
    keyFingerprint: fingerprintOfDer(row.publicKey),
  };
  return { id, key, publicKey: row.publicKey, frame, report: reportFrame(frame, proof) };
}

function isInWork(row: Pick<PackageLine, 'status' | 'phase'>): boolean {
  return row.status === 'rendering' && (row.phase === 'including' || row.phase === 'assembling');
}

/** A frozen customer whose file is to be made, with the tries that have failed. */
export interface ItemInWork {
  item: PackageItem;
  attempts: number;
}

/** Frozen customers of a portion whose file may be made now. */
export async function itemsToRender(tx: Tx, work: PackageInWork, chunk: number): Promise<ItemInWork[]> {
  const rows = await readyItems(tx, work.id, chunk);
  return rows.map((row) => ({ item: openItem(work.key, work.id, row), attempts: row.attempts }));
}

/** Frozen customers by code, a page at a time. */
export async function packageItemsAfter(
  tx: Tx,
  work: PackageInWork,
  after: string,
  limit: number,
): Promise<PackageItem[]> {
  return (await itemsAfter(tx, work.id, after, limit)).map((row) => openItem(work.key, work.id, row));
}

/** Counts a try at a customer's file; answers the key that opens its documents, or null when the package has ended. */
export async function beginItem(tx: Tx, work: PackageInWork, item: PackageItem): Promise<Buffer | null> {
  if (!isInWork(await lockPackage(tx, work.id))) return null;
  await countAttempt(tx, work.id, item.customerId);
  await stillAtWork(tx, work.id);
  return openCustomerKey(tx, await getCustomer(tx, item.customerId));
}

/** A customer's files are all there. */
export async function endItem(tx: Tx, work: PackageInWork, item: PackageItem): Promise<void> {
  const row = await lockPackage(tx, work.id);
  if (!isInWork(row) || !(await markRendered(tx, work.id, item.customerId))) return;
  await updatePackage(tx, work.id, { done: row.done + 1 });
  // A try that succeeds after others may have been one of those.
  if ((await progressRow(tx, work.id)).failing > 0)
    await setProgress(tx, work.id, { failing: await countFailing(tx, work.id) });
}

/** Whether a file is there already: what a repeated step finds of its first run. */
export async function hasFile(tx: Tx, work: PackageInWork, path: string): Promise<boolean> {
  return (await fileAt(tx, work.id, path)) !== null;
}

/**
 * Puts a written file on the package's list. Answers the address whose bytes nobody needs any more: that of an earlier
 * copy, or of this one when the package is no longer being made.
 */
export async function addFile(
  tx: Tx,
  work: PackageInWork,
  file: FileRow,
  sheets?: Record<string, number>,
): Promise<string | null> {
  const row = await lockPackage(tx, work.id);
  if (!isInWork(row)) return file.address;
  if (sheets !== undefined) await updatePackage(tx, work.id, { sheets });
  return replaceFile(tx, work.id, file);
}

/** All is there: from now on the package waits for a second person. */
export async function finishPackage(tx: Tx, work: PackageInWork): Promise<void> {
  const row = await lockPackage(tx, work.id);
  if (row.status !== 'rendering' || row.phase !== 'assembling') return;
  await updatePackage(tx, work.id, { status: 'awaiting_seal', phase: 'ready', attempts: 0 });
  tx.audit({ event: 'package.rendered', detail: { packageId: work.id, customers: row.total } });
  await openTask(tx, {
    customerId: null,
    caseId: null,
    kind: 'seal_package',
    forRole: 'officer',
    detail: { packageId: work.id, number: row.number },
    dedupe: sealTask(work.id),
  });
}
