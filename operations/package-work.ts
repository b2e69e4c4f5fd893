import { itemsAfter, listedPaths } from '../db/package-items';
import { lockProgress, readyItems } from '../db/package-progress';
import { frameEnvelopeOf, getPackage, lockPackage, updatePackage, type PackageLine } from '../db/packages';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import type { ReportFrame } from '../templates/reports';
import { reportFrame } from './package-lines';
import { openFrame, openItem, openPackageKey, type PackageFrame, type PackageItem } from './package-snapshot';
import { leftOutOf } from './package-troubles';
import { fingerprintOfDer, sealTask, stillAtWork } from './packages';

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
  return isInWork(row) ? openFrozen(tx, row) : null;
}

/** A frozen package that was not given up, sealed or not; null before it is frozen. */
export async function openFrozen(
  tx: Tx,
  row: Pick<PackageLine, 'id' | 'wrappedKey' | 'publicKey' | 'snapshotSha256'>,
): Promise<PackageInWork | null> {
  const { id, publicKey, snapshotSha256 } = row;
  if (snapshotSha256 === null) return null;
  const key = await openPackageKey(tx, row);
  const frozen = openFrame(key, id, await frameEnvelopeOf(tx, id));
  const frame = { ...frozen, leftOut: await leftOutOf(tx, id) };
  const proof = {
    snapshotSha256: snapshotSha256.toString('hex'),
    keyFingerprint: fingerprintOfDer(publicKey),
  };
  return { id, key, publicKey, frame, report: reportFrame(frame, proof) };
}

/** Whether files of a package are being made. */
export function isInWork(row: Pick<PackageLine, 'status' | 'phase'>): boolean {
  return row.status === 'rendering' && (row.phase === 'including' || row.phase === 'assembling');
}

/** A frozen customer whose file is to be made, with the tries that have failed. */
export interface ItemInWork {
  item: PackageItem;
  attempts: number;
}

/** Frozen customers of a portion whose file may be made now. Counts as a sign of life. */
export async function itemsToRender(tx: Tx, work: PackageInWork, chunk: number): Promise<ItemInWork[]> {
  if (!isInWork(await lockProgress(tx, work.id))) return [];
  await stillAtWork(tx, work.id);
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

/** Whether a file is there already: what a repeated step finds of its first run. */
export async function hasFile(tx: Tx, work: PackageInWork, path: string): Promise<boolean> {
  return (await listedPaths(tx, work.id, [path])).size > 0;
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
