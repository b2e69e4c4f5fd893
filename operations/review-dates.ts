import { updateCustomer, type CustomerRow } from '../db/customers';
import { endDuties, setDuty } from '../db/duties';
import { currentDocuments } from '../db/documents';
import type { Tx } from '../db/transaction';
import { dayInIstanbul, instantOfDay } from '../domain/days';
import { nextReview } from '../domain/review';
import { closeCase } from './case-steps';
import type { LockedFile } from './customer-file';
import { reinstate } from './customer-status';
import { loadPolicy, today } from './rules';

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

/** Watches the day on which the first of an active customer's papers runs out. */
export async function scheduleDocumentExpiry(tx: Tx, customer: CustomerRow, record: unknown): Promise<void> {
  const days = (await currentDocuments(tx, customer.id)).flatMap((document) => document.expiresOn ?? []);
  const idExpiry = (record as { idDocument?: { expiresOn?: string } }).idDocument?.expiresOn;
  const next = [...days, ...(idExpiry === undefined ? [] : [idExpiry])]
    .filter((day) => day >= today(tx))
    .sort()[0];
  if (next === undefined)
    return endDuties(tx, customer.id, { caseId: null, kinds: ['document_expiry'] }, 'done');
  const dayAfter = new Date(instantOfDay(next, 0).getTime() + 86_400_000);
  return setDuty(tx, customer.id, null, 'document_expiry', dayAfter);
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
