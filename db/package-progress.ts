import { ITEM_ATTEMPTS_MAX, type PackagePhase, type PackageStatus } from '../domain/audit-package';
import { ComplianceError } from '../domain/errors';
import type { ItemRow } from './package-items';
import { camelRow, camelRows } from './rows';
import type { Tx } from './transaction';

const items = (tx: Tx, packageId: string) =>
  tx.sql('audit_package_items').where({ dealer_id: tx.dealerId, package_id: packageId });

/** Customers without a file whom nobody has left out. */
const open = (tx: Tx, packageId: string) =>
  items(tx, packageId).whereNull('rendered_at').whereNull('left_out_envelope');

/** Those of them who may be tried now. */
const ready = (tx: Tx, packageId: string) =>
  open(tx, packageId)
    .where('attempts', '<', ITEM_ATTEMPTS_MAX)
    .where((by) => void by.whereNull('retry_at').orWhere('retry_at', '<=', tx.now));

/** Numbers of the first portions that hold a customer whose file may be made now. */
export async function readyChunks(tx: Tx, packageId: string, limit: number): Promise<number[]> {
  const rows: { chunk: number }[] = await ready(tx, packageId)
    .groupBy('chunk')
    .orderBy('chunk')
    .limit(limit)
    .select('chunk');
  return rows.map((row) => row.chunk);
}

/** Customers of a portion whose file may be made now, by code. */
export async function readyItems(tx: Tx, packageId: string, chunk: number): Promise<ItemRow[]> {
  return camelRows<ItemRow>(await ready(tx, packageId).where({ chunk }).orderBy('code').select('*'));
}

/** When the next of the failing customers is tried again; null where none waits. */
export async function nextRetryAt(tx: Tx, packageId: string): Promise<Date | null> {
  const row = (await open(tx, packageId)
    .where('attempts', '<', ITEM_ATTEMPTS_MAX)
    .min('retry_at as at')
    .first()) as { at: Date | null } | undefined;
  return row?.at ?? null;
}

/** Customers whose file was tried as often as it is tried, by code. */
export async function hopelessItems(
  tx: Tx,
  packageId: string,
): Promise<{ customerId: string; code: string; errorCode: string | null }[]> {
  return camelRows(
    await open(tx, packageId)
      .where('attempts', '>=', ITEM_ATTEMPTS_MAX)
      .orderBy('code')
      .select('customer_id', 'code', 'error_code'),
  );
}

export async function setFailure(
  tx: Tx,
  packageId: string,
  customerId: string,
  failure: { errorCode: string; retryAt: Date },
): Promise<void> {
  await open(tx, packageId)
    .where({ customer_id: customerId })
    .update({ error_code: failure.errorCode, retry_at: failure.retryAt });
}

/** Gives failing customers all their tries again. */
export async function clearFailures(tx: Tx, packageId: string): Promise<void> {
  await open(tx, packageId)
    .where('attempts', '>', 0)
    .update({ attempts: 0, retry_at: null, error_code: null });
}

/** Counts the customers whose last try failed, for the package's row. */
export async function countFailing(tx: Tx, packageId: string): Promise<number> {
  const row = (await open(tx, packageId).whereNotNull('error_code').count('* as n').first()) as { n: number };
  return row.n;
}

export interface TroubleRow {
  customerId: string;
  code: string;
  errorCode: string | null;
  attempts: number;
  retryAt: Date | null;
  leftOutEnvelope: Buffer | null;
}

/** Customers whose file failed last, or was left out, by code. */
export async function troubles(tx: Tx, packageId: string, limit: number): Promise<TroubleRow[]> {
  return camelRows(
    await items(tx, packageId)
      .whereRaw('(error_code is not null or left_out_envelope is not null)')
      .whereNull('rendered_at')
      .orderBy('code')
      .limit(limit)
      .select('customer_id', 'code', 'error_code', 'attempts', 'retry_at', 'left_out_envelope'),
  );
}

/** Customers whose file was left out, by code. */
export async function leftOutItems(
  tx: Tx,
  packageId: string,
): Promise<{ code: string; leftOutEnvelope: Buffer }[]> {
  return camelRows(
    await items(tx, packageId)
      .whereNotNull('left_out_envelope')
      .orderBy('code')
      .select('code', 'left_out_envelope'),
  );
}

export async function setLeftOut(
  tx: Tx,
  packageId: string,
  customerId: string,
  leftOutEnvelope: Buffer,
): Promise<void> {
  await items(tx, packageId)
    .where({ customer_id: customerId })
    .update({ left_out_envelope: leftOutEnvelope });
}

export async function isLeftOut(tx: Tx, packageId: string, customerId: string): Promise<boolean> {
  const row: unknown = await items(tx, packageId)
    .where({ customer_id: customerId })
    .whereNotNull('left_out_envelope')
    .first('customer_id');
  return row !== undefined;
}

/** What a package's row holds for those who watch it. */
export interface ProgressRow {
  seq: number;
  status: PackageStatus;
  phase: PackagePhase;
  done: number;
  total: number;
  failing: number;
  blockedUntil: Date | null;
}

export async function progressRow(tx: Tx, packageId: string): Promise<ProgressRow> {
  return readProgressRow(tx, packageId, false);
}

/** The same under the lock of `lockPackage`, without the scope, the frame and the manifest that a whole row holds. */
export async function lockProgress(tx: Tx, packageId: string): Promise<ProgressRow> {
  return readProgressRow(tx, packageId, true);
}

async function readProgressRow(tx: Tx, packageId: string, locked: boolean): Promise<ProgressRow> {
  const found = tx
    .sql('audit_packages')
    .where({ dealer_id: tx.dealerId, id: packageId })
    .first('seq', 'status', 'phase', 'done', 'total', 'failing', 'blocked_until');
  if (locked) found.forNoKeyUpdate();
  const row = await found;
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'package_not_found');
  return camelRow<ProgressRow>(row as Record<string, unknown>);
}

export async function setProgress(
  tx: Tx,
  packageId: string,
  patch: { failing?: number; blockedUntil?: Date | null },
): Promise<void> {
  await tx
    .sql('audit_packages')
    .where({ dealer_id: tx.dealerId, id: packageId })
    .update({
      ...(patch.failing === undefined ? {} : { failing: patch.failing }),
      ...(patch.blockedUntil === undefined ? {} : { blocked_until: patch.blockedUntil }),
    });
}

/** The files made last, at most `last` of them: how many, and since when. */
export async function recentWork(
  tx: Tx,
  packageId: string,
  last: number,
): Promise<{ files: number; since: Date | null }> {
  const newest = items(tx, packageId)
    .whereNotNull('rendered_at')
    .orderBy('rendered_at', 'desc')
    .limit(last)
    .select('rendered_at')
    .as('newest');
  const row = (await tx.sql.from(newest).count('* as files').min('rendered_at as since').first()) as {
    files: number;
    since: Date | null;
  };
  return row;
}
