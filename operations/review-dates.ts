import { updateCustomer, type CustomerRow } from '../db/customers';
import { endDuties, setDuty } from '../db/duties';
import { currentDocuments } from '../db/documents';
import type { Tx } from '../db/transaction';
import { endTasksOfKind, openTask } from '../db/tasks';
import { addDays, dayInIstanbul, instantOfDay } from '../domain/days';
import { adultAgeOf } from '../domain/form';
import { comesOfAgeOn } from '../domain/legal-capacity';
import { nextExpiryLook, nextReview } from '../domain/review';
import { closeCase } from './case-steps';
import type { LockedFile } from './customer-file';
import { reinstate } from './customer-status';
import { loadPolicy, loadRequirements, today } from './rules';

/** Sets the next periodic review of a lasting relationship and the duty that announces it (D-4.4). */
export async function scheduleReview(tx: Tx, customer: CustomerRow): Promise<void> {
  if (customer.trigger !== 'continuous') return;
  const policy = await loadPolicy(tx);
  const review = nextReview(customer.risk ?? 'medium', tx.now, policy.refresh, tx.clock.dayMilliseconds);
  await updateCustomer(tx, customer.id, {
    nextReviewOn: review.dueOn,
    reviewFrom: tx.now,
    reviewOverdueSince: null,
  });
  await setDuty(tx, customer.id, null, 'refresh_notice', review.noticesAt[0]?.at ?? review.dueAt);
}

/** After a change of papers, or of the card's own date in the record: while a relationship lasts, its next expiry is watched. */
export async function watchExpiry(tx: Tx, customer: CustomerRow, record: unknown): Promise<void> {
  if (['active', 'suspended', 'passive'].includes(customer.status))
    await scheduleDocumentExpiry(tx, customer, record);
}

/**
 * Watches the next day on which an active customer's file changes although nobody touches it: the first of the papers runs
 * out (or its notice is due before), or the person comes of age.
 */
export async function scheduleDocumentExpiry(tx: Tx, customer: CustomerRow, record: unknown): Promise<void> {
  const next = await nextExpiry(tx, customer, record);
  await endTasksOfKind(
    tx,
    customer.id,
    'document_expiring',
    next === null ? null : expiringTask(customer.id, next),
  );
  const { documentExpiryNoticeDays } = await loadPolicy(tx);
  const looks = [
    ...(next === null ? [] : [nextExpiryLook(next, documentExpiryNoticeDays, today(tx))]),
    ...(await comingOfAge(tx, record)),
  ];
  const [look] = looks.sort();
  if (look === undefined)
    return endDuties(tx, customer.id, { caseId: null, kinds: ['document_expiry'] }, 'done');
  return setDuty(tx, customer.id, null, 'document_expiry', instantOfDay(look, 0));
}

/** The day from which a minor answers alone, where it lies ahead. */
async function comingOfAge(tx: Tx, record: unknown): Promise<string[]> {
  const day = comesOfAgeOn(record, adultAgeOf(await loadRequirements(tx), today(tx)));
  return day !== null && day > today(tx) ? [day] : [];
}

/** The first day on which one of the papers, or the card in the record, runs out; null for none. */
async function nextExpiry(tx: Tx, customer: CustomerRow, record: unknown): Promise<string | null> {
  const days = (await currentDocuments(tx, customer.id)).flatMap((document) => document.expiresOn ?? []);
  const idExpiry = (record as { idDocument?: { expiresOn?: string } }).idDocument?.expiresOn;
  return (
    [...days, ...(idExpiry === undefined ? [] : [idExpiry])].filter((day) => day >= today(tx)).sort()[0] ??
    null
  );
}

const expiringTask = (customerId: string, day: string) => `expiring:${customerId}:${day}`;

/** A paper runs out soon: staff ask for the new one before the old has lapsed. One task a paper, however many notices. */
export async function warnOfExpiry(tx: Tx, customer: CustomerRow, record: unknown): Promise<void> {
  const next = await nextExpiry(tx, customer, record);
  if (next === null) return;
  const { documentExpiryNoticeDays } = await loadPolicy(tx);
  if (addDays(today(tx), Math.max(0, ...documentExpiryNoticeDays)) < next) return;
  await openTask(tx, {
    customerId: customer.id,
    caseId: null,
    kind: 'document_expiring',
    forRole: 'staff',
    detail: { on: next },
    dedupe: expiringTask(customer.id, next),
  });
}

/** Completes the refresh case: the next date is set, a suspension ends. */
export async function completeRefresh(
  tx: Tx,
  { customer, openCase: row }: LockedFile,
  outcome: 'confirmed_same' | 'updated',
): Promise<void> {
  if (row !== null) await closeCase(tx, row, outcome);
  await scheduleReview(tx, customer);
  await updateCustomer(tx, customer.id, { lastFullReviewOn: dayInIstanbul(tx.now) });
  await reinstate(tx, customer);
  tx.audit({
    event: 'refresh.completed',
    customerId: customer.id,
    ...(row === null ? {} : { caseId: row.id }),
    detail: { outcome },
  });
}
