import { lockPackage, updatePackage, type PackageRow } from '../db/packages';
import { clearFailures, countFailing, hopelessItems, setLeftOut, setProgress } from '../db/package-progress';
import { endTasksOfPackage } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { openPackageKey } from './package-snapshot';
import { BLOCKED_TASK, blockPackage, sealReason } from './package-troubles';
import { failPackage, readPackage, requireOfficer, wakeSoonAt, type PackageView } from './packages';

/**
 * Makes a package that stopped go on: whatever failed gets all its tries again. Its workflow has to be woken. Throws
 * STATE_FORBIDS for a package that waits for nobody.
 */
export async function retryPackage(tx: Tx, id: string): Promise<PackageView> {
  await requireOfficer(tx);
  const row = await lockBlocked(tx, id);
  await clearFailures(tx, id);
  tx.audit({ event: 'package.retried', detail: { packageId: id } });
  await goOn(tx, row);
  return readPackage(tx, id);
}

/**
 * Leaves out the file of a customer that cannot be made, with a reason that manifest and report repeat. The customer stays in
 * the snapshot, in its counts and in the workbook; what was made of their file before is taken out when the package is
 * assembled. With the last such customer the package goes on, and its workflow has to be woken. Throws STATE_FORBIDS for a package that has not stopped,
 * NOT_FOUND for a customer whose file is not the reason.
 */
export async function leaveOutOfPackage(
  tx: Tx,
  id: string,
  { customerId, reason }: { customerId: string; reason: string },
): Promise<PackageView> {
  await requireOfficer(tx);
  if (reason.trim() === '') {
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/reason', code: 'reason_required' }]);
  }
  const row = await lockBlocked(tx, id);
  const hopeless = await hopelessItems(tx, id);
  const item = hopeless.find((one) => one.customerId === customerId);
  if (item === undefined) throw new ComplianceError('NOT_FOUND', 'customer_not_found');
  const key = await openPackageKey(tx, row);
  await setLeftOut(tx, id, customerId, sealReason(key, id, item.code, reason));
  await updatePackage(tx, id, { done: row.done + 1 });
  tx.audit({ event: 'package.file_left_out', detail: { packageId: id, customerCode: item.code } });
  if (hopeless.length === 1) await goOn(tx, row);
  else await setProgress(tx, id, { failing: await countFailing(tx, id) });
  return readPackage(tx, id);
}

async function lockBlocked(tx: Tx, id: string): Promise<PackageRow> {
  const row = await lockPackage(tx, id);
  if (row.phase !== 'blocked') throw new ComplianceError('STATE_FORBIDS', 'package_not_blocked');
  return row;
}

async function goOn(tx: Tx, { id }: PackageRow): Promise<void> {
  await endTasksOfPackage(tx, id, BLOCKED_TASK);
  await setProgress(tx, id, { failing: await countFailing(tx, id), blockedUntil: null });
  await updatePackage(tx, id, {
    phase: 'including',
    errorCode: null,
    errorCustomer: null,
    attempts: 0,
    signalAfter: wakeSoonAt(tx),
  });
}

/**
 * A step of the workflow failed for good. What is frozen already is worth keeping: the package stops for a person to decide.
 * Before that it fails, and can be asked for anew.
 */
export async function stopPackage(tx: Tx, id: string, code: string): Promise<void> {
  const row = await lockPackage(tx, id);
  if (row.status !== 'rendering') return;
  if (row.phase === 'including' || row.phase === 'assembling') await blockPackage(tx, row, code);
  else await failPackage(tx, id, code);
}
