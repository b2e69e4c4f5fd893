import { randomUUID } from 'node:crypto';

import { getCustomer } from '../db/customers';
import { countAttempt, listedPaths, markRendered, replaceFiles, type FileRow } from '../db/package-items';
import {
  countFailing,
  isLeftOut,
  lockProgress,
  progressRow,
  setProgress,
  type ProgressRow,
} from '../db/package-progress';
import { updatePackage } from '../db/packages';
import { expectFiles, filesArrived } from '../db/pending-files';
import type { Tx } from '../db/transaction';
import type { PackageItem } from './package-snapshot';
import { hasFile, isInWork, type PackageInWork } from './package-work';
import { watchdogAt } from './packages';
import { openCustomerKey } from './record-envelope';

/** What is missing of a customer's files, each with the address where it is to be put; the key opens the documents. */
export interface ItemBegun {
  key: Buffer;
  missing: { path: string; address: string }[];
}

/**
 * Counts a try at a customer's files and announces those of `paths` that are not there yet, so that bytes whose rows are
 * never written are found again. Null when the package has ended.
 */
export async function beginItem(
  tx: Tx,
  work: PackageInWork,
  item: PackageItem,
  paths: readonly string[],
): Promise<ItemBegun | null> {
  if (!isInWork(await progressRow(tx, work.id))) return null;
  await countAttempt(tx, work.id, item.customerId);
  const there = await listedPaths(tx, work.id, paths);
  const missing = paths.filter((path) => !there.has(path)).map((path) => ({ path, address: randomUUID() }));
  await expectFiles(
    tx,
    missing.map(({ address }) => address),
  );
  return { key: await openCustomerKey(tx, await getCustomer(tx, item.customerId)), missing };
}

/** A customer's files are all there. Answers as `addFiles` does. */
export async function endItem(
  tx: Tx,
  work: PackageInWork,
  item: PackageItem,
  made: readonly FileRow[],
): Promise<string[]> {
  const row = await lockProgress(tx, work.id);
  const superfluous = await listOf(tx, work, item, row, made);
  if (!isInWork(row) || !(await markRendered(tx, work.id, item.customerId))) return superfluous;
  await updatePackage(tx, work.id, { done: row.done + 1, signalAfter: watchdogAt(tx), attempts: 0 });
  // A try that succeeds after others may have been one of those.
  if (row.failing > 0) await setProgress(tx, work.id, { failing: await countFailing(tx, work.id) });
  return superfluous;
}

/** What is there of a customer's files when a later one failed. Answers as `addFiles` does. */
export async function addItemFiles(
  tx: Tx,
  work: PackageInWork,
  item: PackageItem,
  made: readonly FileRow[],
): Promise<string[]> {
  return listOf(tx, work, item, await lockProgress(tx, work.id), made);
}

/** A run that Temporal took for dead may come back after its customer was left out: nothing of theirs goes on the list. */
async function listOf(
  tx: Tx,
  work: PackageInWork,
  item: PackageItem,
  row: ProgressRow,
  made: readonly FileRow[],
): Promise<string[]> {
  if (await isLeftOut(tx, work.id, item.customerId)) return made.map(({ address }) => address);
  return list(tx, work, row, made);
}

/** Where a file is to be put that is not there yet; null where it is: what a repeated step finds of its first run. */
export async function expectPackageFile(tx: Tx, work: PackageInWork, path: string): Promise<string | null> {
  if (await hasFile(tx, work, path)) return null;
  const address = randomUUID();
  await expectFiles(tx, [address]);
  return address;
}

/**
 * Puts files that were announced and written on the package's list. Answers the addresses whose bytes nobody needs any
 * more: those of earlier copies, or of these when the package is no longer being made.
 */
export async function addFiles(
  tx: Tx,
  work: PackageInWork,
  made: readonly FileRow[],
  sheets?: Record<string, number>,
): Promise<string[]> {
  const row = await lockProgress(tx, work.id);
  if (sheets !== undefined && isInWork(row)) await updatePackage(tx, work.id, { sheets });
  return list(tx, work, row, made);
}

async function list(
  tx: Tx,
  work: PackageInWork,
  row: ProgressRow,
  made: readonly FileRow[],
): Promise<string[]> {
  const addresses = made.map(({ address }) => address);
  // They stay announced: what is not removed now is swept.
  if (!isInWork(row)) return addresses;
  // A file that took an hour was swept as lost: the next try writes it again.
  if (!(await filesArrived(tx, addresses))) throw new Error('Files of a package were taken for lost');
  const earlier = await replaceFiles(tx, work.id, made);
  await expectFiles(tx, earlier);
  return earlier;
}
