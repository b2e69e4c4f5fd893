import { getPackage, lockPackage, updatePackage, type PackageRow } from '../db/packages';
import {
  countFailing,
  hopelessItems,
  leftOutItems,
  nextRetryAt,
  readyChunks,
  setFailure,
  setProgress,
} from '../db/package-progress';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { CHUNKS_AT_ONCE, retryAfterMs, type PackageStep } from '../domain/audit-package';
import { open, seal } from '../stores/crypto';
import { openPackageKey } from './package-snapshot';

/** How long a package that cannot go on by itself waits for a person. */
const BLOCKED_MS = 14 * 24 * 3_600_000;
/** A wait that is shorter is spent in the workflow; the sweep wakes the package after a longer one. */
const WAIT_MS_MAX = 60_000;

/** The task that asks a person what becomes of a package whose files cannot be made. */
export const BLOCKED_TASK = 'package_blocked';

/**
 * What inclusion does next: customers whose file may be made now; a wait for the next try at one that failed; all being
 * tried often enough, the package stops for a person to decide (null: none is left, it may be assembled).
 */
export async function nextInclusion(tx: Tx, row: PackageRow): Promise<PackageStep | null> {
  const chunks = await readyChunks(tx, row.id, CHUNKS_AT_ONCE);
  if (chunks.length > 0) return { do: 'include', chunks };
  const retryAt = await nextRetryAt(tx, row.id);
  if (retryAt !== null) {
    const waitMs = retryAt.getTime() - tx.now.getTime();
    if (waitMs <= WAIT_MS_MAX) return { do: 'wait', seconds: Math.max(1, Math.ceil(waitMs / 1000)) };
    await updatePackage(tx, row.id, { signalAfter: retryAt, attempts: 0 });
    return { do: 'rest' };
  }
  const [hopeless] = await hopelessItems(tx, row.id);
  if (hopeless === undefined) return null;
  await blockPackage(tx, row, 'CUSTOMER_FAILED', hopeless.code);
  return { do: 'rest' };
}

/** Stops a package until a person tries again, leaves customers' files out, or cancels; after that time it fails. */
export async function blockPackage(
  tx: Tx,
  row: Pick<PackageRow, 'id' | 'number' | 'attempts'>,
  code: string,
  customerCode: string | null = null,
): Promise<void> {
  const until = new Date(tx.now.getTime() + BLOCKED_MS);
  await updatePackage(tx, row.id, {
    phase: 'blocked',
    errorCode: code,
    errorCustomer: customerCode,
    attempts: 0,
    signalAfter: until,
  });
  await setProgress(tx, row.id, { blockedUntil: until });
  tx.audit({ event: 'package.blocked', detail: { packageId: row.id, code, customerCode } });
  await openTask(tx, {
    customerId: null,
    caseId: null,
    kind: BLOCKED_TASK,
    forRole: 'officer',
    detail: { packageId: row.id, number: row.number },
    dedupe: `blocked:${row.id}:${tx.now.toISOString()}`,
  });
}

/** Notes that a customer's file could not be made, and when it is tried again; others are not held up. */
export async function noteTrouble(
  tx: Tx,
  packageId: string,
  customer: { customerId: string; attempts: number },
  errorCode: string,
): Promise<void> {
  const row = await lockPackage(tx, packageId);
  if (row.status !== 'rendering' || row.phase !== 'including') return;
  const retryAt = new Date(tx.now.getTime() + retryAfterMs(customer.attempts));
  await setFailure(tx, packageId, customer.customerId, { errorCode, retryAt });
  await setProgress(tx, packageId, { failing: await countFailing(tx, packageId) });
}

/** Files that the inspector does not get, with the officer's reasons, by the customers' codes. */
export async function leftOutOf(tx: Tx, packageId: string): Promise<{ code: string; reason: string }[]> {
  const key = await openPackageKey(tx, await getPackage(tx, packageId));
  return (await leftOutItems(tx, packageId)).map(({ code, leftOutEnvelope }) => ({
    code,
    reason: open(key, leftOutEnvelope, leftOutPlace(packageId, code)).toString('utf8'),
  }));
}

export function sealReason(key: Buffer, packageId: string, code: string, reason: string): Buffer {
  return seal(key, Buffer.from(reason, 'utf8'), leftOutPlace(packageId, code));
}

export const leftOutPlace = (packageId: string, code: string): string =>
  `audit_package_items|${packageId}|left_out|${code}`;
