import { updateCase } from '../db/cases';
import type { Tx } from '../db/transaction';
import { hasBlocking, reassess } from './assessment';
import { closeCase, openCase } from './case-steps';
import type { LockedFile } from './customer-file';
import { isRefused, reinstate } from './customer-status';
import { completeRefresh } from './review-dates';
import { expireWithoutProgress, toVerifying, toWaitingCustomer } from './stage-steps';

export interface FileChange {
  what: 'record' | 'document';
  identityChanged: boolean;
}

/**
 * What follows when somebody changed a file, in the same transaction: findings anew, then the one consequence for the
 * open case. Answers with the case that the change belongs to, so that its author cannot decide it.
 */
export async function afterChange(tx: Tx, file: LockedFile, change: FileChange): Promise<string | null> {
  const { customer, record, openCase: row } = file;
  const findings = await reassess(tx, customer, record, row?.id ?? null);
  const blocking = hasBlocking(findings);
  // What a reviewer has refused comes before one again, whatever was mended.
  const toReview = change.identityChanged || (await isRefused(tx, customer));
  if (row === null) return toReview ? openReview(tx, file, blocking) : followUpIfNeeded(tx, file, blocking);
  if (toReview && (row.kind === 'follow_up' || row.kind === 'refresh')) {
    if (row.kind === 'refresh') await completeRefresh(tx, file, 'updated');
    else await closeCase(tx, row, 'superseded');
    return openReview(tx, file, blocking);
  }
  if (row.kind === 'onboarding' || row.kind === 'review') await advanceCaseAfterChange(tx, file, blocking);
  else if (row.kind === 'refresh') await refreshAfterChange(tx, file, change);
  else if (!blocking) await endFollowUp(tx, file);
  return row.id;
}

/** An edit answers a wait and takes back a case that waits for its decision (design §3.12). */
async function advanceCaseAfterChange(
  tx: Tx,
  { customer, openCase: row }: LockedFile,
  blocking: boolean,
): Promise<void> {
  if (row === null) return;
  await updateCase(tx, row.id, { progressAt: tx.now });
  if (row.stage === 'decision' || row.stage === 'rating') {
    if (blocking) await toWaitingCustomer(tx, customer, row);
    else await toVerifying(tx, row);
  } else if (row.stage === 'waiting_customer' && !blocking) {
    await toVerifying(tx, row);
  } else if (row.ladderStartedAt === null) {
    await expireWithoutProgress(tx, row);
  }
}

/** Editing at the counter is an answer to the refresh, as soon as nothing blocks apart from the review itself. */
async function refreshAfterChange(tx: Tx, file: LockedFile, change: FileChange): Promise<void> {
  if (change.what !== 'record') return;
  const findings = await reassess(
    tx,
    { ...file.customer, reviewOverdueSince: null },
    file.record,
    file.openCase?.id ?? null,
  );
  if (hasBlocking(findings)) await reassess(tx, file.customer, file.record, file.openCase?.id ?? null);
  else await completeRefresh(tx, file, 'updated');
}

/** Editing who an active customer is opens a case with a decision of its own. */
async function openReview(tx: Tx, { customer }: LockedFile, blocking: boolean): Promise<string> {
  const row = await openCase(tx, customer.id, 'review', {
    stage: blocking ? 'waiting_customer' : 'verifying',
    owner: 'system',
    waitingOn: 'machine',
    next: { duty: 'step', at: tx.now, what: 'verification' },
  });
  if (blocking) await toWaitingCustomer(tx, customer, row);
  return row.id;
}

/** An active customer whose file has a gap is chased; a one-off customer is asked again at the next trigger. */
export async function followUpIfNeeded(
  tx: Tx,
  { customer }: LockedFile,
  blocking: boolean,
): Promise<string | null> {
  if (!blocking || customer.trigger !== 'continuous' || !['active', 'suspended'].includes(customer.status))
    return null;
  const row = await openCase(tx, customer.id, 'follow_up', {
    stage: 'waiting_customer',
    owner: 'staff',
    waitingOn: 'customer',
    next: { duty: 'follow_up_step', at: tx.now, what: 'list' },
  });
  await toWaitingCustomer(tx, customer, row);
  return row.id;
}

/** The last blocking finding is gone: the ladder stops at once and a suspension ends. */
export async function endFollowUp(tx: Tx, { customer, openCase: row }: LockedFile): Promise<void> {
  if (row === null) return;
  await closeCase(tx, row, 'completed');
  await reinstate(tx, customer);
}
