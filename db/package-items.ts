import { camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

/** One customer of a package, frozen: `snapshot` is the item sealed under the package's key. */
export interface ItemRow {
  customerId: string;
  code: string;
  version: number;
  chunk: number;
  snapshot: Buffer;
  /** Requirements that its statement of completeness shows as missing. */
  missing: number;
  /** What came inside the fix window, sealed like the snapshot. */
  lateEnvelope: Buffer | null;
  attempts: number;
  renderedAt: Date | null;
}

const items = (tx: Tx, packageId: string) =>
  tx.sql('audit_package_items').where({ dealer_id: tx.dealerId, package_id: packageId });

export async function insertItems(
  tx: Tx,
  packageId: string,
  rows: readonly Omit<ItemRow, 'attempts' | 'renderedAt' | 'lateEnvelope'>[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .sql('audit_package_items')
    .insert(rows.map((row) => ({ ...snakeRow(row), dealer_id: tx.dealerId, package_id: packageId })));
}

/** Frozen customers by code, a page at a time; `after` is the code of the last one seen. */
export async function itemsAfter(
  tx: Tx,
  packageId: string,
  after: string,
  limit: number,
  only: { missing?: boolean } = {},
): Promise<Pick<ItemRow, 'customerId' | 'code' | 'version' | 'snapshot' | 'missing' | 'lateEnvelope'>[]> {
  const rows = items(tx, packageId)
    .where('code', '>', after)
    .orderBy('code')
    .limit(limit)
    .select('customer_id', 'code', 'version', 'snapshot', 'missing', 'late_envelope');
  if (only.missing === true) rows.where('missing', '>', 0);
  return camelRows(await rows);
}

/** Lays what came inside the fix window over a customer's snapshot. */
export async function setLate(
  tx: Tx,
  packageId: string,
  customerId: string,
  lateEnvelope: Buffer,
): Promise<void> {
  await items(tx, packageId).where({ customer_id: customerId }).update({ late_envelope: lateEnvelope });
}

/** Counts an attempt before it begins, so that one that takes the process along counts too. */
export async function countAttempt(tx: Tx, packageId: string, customerId: string): Promise<void> {
  await items(tx, packageId).where({ customer_id: customerId }).increment('attempts', 1);
}

/** True for the first time only: a repeated rendering is not counted twice, nor one of a customer who was left out. */
export async function markRendered(tx: Tx, packageId: string, customerId: string): Promise<boolean> {
  const rows = await items(tx, packageId)
    .where({ customer_id: customerId })
    .whereNull('rendered_at')
    .whereNull('left_out_envelope')
    .update({ rendered_at: tx.now })
    .returning('customer_id');
  return rows.length > 0;
}

export async function deleteItems(tx: Tx, packageId: string): Promise<void> {
  await items(tx, packageId).delete();
}

/** A file of the package: `address` is where its encrypted bytes lie; length and hash are those of the clear bytes. */
export interface FileRow {
  path: string;
  bytes: number;
  sha256: Buffer;
  address: string;
}

const files = (tx: Tx, packageId: string) =>
  tx.sql('audit_package_files').where({ dealer_id: tx.dealerId, package_id: packageId });

/** Puts files on the list, in place of earlier ones of their paths; answers with the addresses that those had. */
export async function replaceFiles(tx: Tx, packageId: string, rows: readonly FileRow[]): Promise<string[]> {
  if (rows.length === 0) return [];
  const paths = rows.map(({ path }) => path);
  const earlier: { address: string }[] = await files(tx, packageId)
    .whereIn('path', paths)
    .forUpdate()
    .select('address');
  await tx
    .sql('audit_package_files')
    .insert(rows.map((row) => ({ ...snakeRow(row), dealer_id: tx.dealerId, package_id: packageId })))
    .onConflict(['dealer_id', 'package_id', 'path'])
    .merge(['bytes', 'sha256', 'address']);
  return earlier.map(({ address }) => address);
}

/** Which of these paths are on the list. */
export async function listedPaths(tx: Tx, packageId: string, paths: readonly string[]): Promise<Set<string>> {
  const rows: { path: string }[] = await files(tx, packageId).whereIn('path', paths).select('path');
  return new Set(rows.map(({ path }) => path));
}

/** Files by path, a page at a time; `after` is the path of the last one seen. */
export async function filesAfter(
  tx: Tx,
  packageId: string,
  after: string,
  limit: number,
): Promise<FileRow[]> {
  return camelRows<FileRow>(
    await files(tx, packageId)
      .where('path', '>', after)
      .orderBy('path')
      .limit(limit)
      .select('path', 'bytes', 'sha256', 'address'),
  );
}

/** A file and those in a folder, whose name ends with a slash. */
export async function filesOf(tx: Tx, packageId: string, path: string, folder: string): Promise<FileRow[]> {
  return camelRows<FileRow>(
    await files(tx, packageId)
      .where((by) => void by.where({ path }).orWhereRaw('starts_with(path, ?)', [folder]))
      .orderBy('path')
      .select('path', 'bytes', 'sha256', 'address'),
  );
}

export async function deleteFiles(tx: Tx, packageId: string, paths: readonly string[]): Promise<void> {
  await files(tx, packageId).whereIn('path', paths).delete();
}
