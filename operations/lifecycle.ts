import { updateCase } from '../db/cases';
import { deferDueDuties, dueDuties, endDuties, parkDuty, resumeDuties, type DutyRow } from '../db/duties';
import { openNotices } from '../db/notices';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import type { CaseKind } from '../domain/customer';
import type { LifecycleChild, LifecycleStep } from '../domain/steps';
import { hasBlocking, reassess } from './assessment';
import { lockFile, type LockedFile } from './customer-file';
import { followUpIfNeeded } from './file-changes';
import { scheduleDelivery } from './notices';
import { openRefresh } from './refresh';
import { scheduleDocumentExpiry, warnOfExpiry } from './review-dates';

const CHILD_OF: Record<CaseKind, LifecycleChild> = {
  onboarding: 'onboarding',
  review: 'onboarding',
  follow_up: 'missingDataFollowUp',
  refresh: 'annualRefresh',
};

/** Looks at the customer's oldest due duty and says what serves it. Without one, the lifecycle may rest. */
export async function advanceCustomer(tx: Tx, customerId: string): Promise<LifecycleStep> {
  const file = await lockFile(tx, customerId);
  const [duty] = await dueDuties(tx, customerId);
  if (duty === undefined) return { do: 'rest' };
  if (duty.caseId !== null) return forCase(tx, file, duty);
  switch (duty.kind) {
    case 'notice':
      return forNotice(tx, customerId);
    case 'refresh_notice':
      return beginRefresh(tx, file, duty);
    case 'document_expiry':
      return documentRanOut(tx, file);
    default:
      await endDuties(tx, customerId, { caseId: null, kinds: [duty.kind] }, 'cancelled');
      return { do: 'again' };
  }
}

async function forCase(tx: Tx, { customer, openCase }: LockedFile, duty: DutyRow): Promise<LifecycleStep> {
  if (openCase !== null && openCase.id === duty.caseId) {
    return { do: 'child', child: CHILD_OF[openCase.kind], caseId: openCase.id };
  }
  await endDuties(tx, customer.id, { caseId: duty.caseId, kinds: [duty.kind] }, 'cancelled');
  return { do: 'again' };
}

async function forNotice(tx: Tx, customerId: string): Promise<LifecycleStep> {
  const ready = (await openNotices(tx, customerId)).find(
    (notice) =>
      notice.notBefore <= tx.now && (notice.state !== 'sending' || (notice.leaseUntil ?? tx.now) <= tx.now),
  );
  if (ready !== undefined) return { do: 'deliver', noticeId: ready.id };
  await scheduleDelivery(tx, customerId);
  return { do: 'again' };
}

/** A review comes near. While another case is open its turn comes a day later. */
async function beginRefresh(tx: Tx, file: LockedFile, duty: DutyRow): Promise<LifecycleStep> {
  const { customer, openCase } = file;
  if (!['active', 'suspended', 'passive'].includes(customer.status)) {
    await endDuties(tx, customer.id, { caseId: null, kinds: [duty.kind] }, 'cancelled');
  } else if (openCase === null) {
    await openRefresh(tx, file, 'due');
  } else {
    const later = new Date(tx.now.getTime() + tx.clock.dayMilliseconds);
    await tx
      .sql('duties')
      .where({ dealer_id: tx.dealerId, id: duty.id })
      // Put off for a reason is not stuck: a long follow-up must not park the review behind it.
      .update({ due_at: later, signal_after: later, attempts: 0 });
  }
  return { do: 'again' };
}

/** A paper of an active customer ran out: the finding opens, and with it the follow-up. Ahead of that day staff are told. */
async function documentRanOut(tx: Tx, file: LockedFile): Promise<LifecycleStep> {
  const { customer, record, openCase } = file;
  await warnOfExpiry(tx, customer, record);
  const findings = await reassess(tx, customer, record, openCase?.id ?? null);
  await scheduleDocumentExpiry(tx, customer, record);
  if (openCase === null) await followUpIfNeeded(tx, file, hasBlocking(findings));
  return { do: 'again' };
}

/** True when nothing is due: the run may complete, the next duty brings the customer back. */
export async function mayRest(tx: Tx, customerId: string): Promise<boolean> {
  await lockFile(tx, customerId);
  return (await dueDuties(tx, customerId)).length === 0;
}

/** A child failed for good: the error stands on the case, its duties wait longer, the lifecycle rests. */
export async function recordFailure(
  tx: Tx,
  customerId: string,
  caseId: string | null,
  code: string,
): Promise<void> {
  const { openCase } = await lockFile(tx, customerId);
  await deferDueDuties(tx, customerId, caseId);
  if (caseId !== null && openCase?.id === caseId) await updateCase(tx, caseId, { errorCode: code });
  tx.audit({ event: 'case.failed', customerId, ...(caseId === null ? {} : { caseId }), detail: { code } });
}

/** Ten wake-ups without effect: the duty is set aside and an officer gets the task. */
export async function parkStuckDuty(tx: Tx, customerId: string, dutyId: string): Promise<void> {
  const { openCase } = await lockFile(tx, customerId);
  if (!(await parkDuty(tx, dutyId))) return;
  await openTask(tx, {
    customerId,
    caseId: openCase?.id ?? null,
    kind: 'duty_parked',
    forRole: 'officer',
    dedupe: `parked:${dutyId}:${tx.now.toISOString()}`,
  });
  tx.audit({ event: 'duty.parked', customerId, detail: { dutyId } });
}

/** An officer sets parked work going again. */
export async function resumeCustomer(tx: Tx, customerId: string): Promise<void> {
  await lockFile(tx, customerId);
  if ((await resumeDuties(tx, customerId)) === 0) return;
  tx.wake(customerId);
  tx.audit({ event: 'duty.resumed', customerId });
}
