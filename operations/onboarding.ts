import { updateCase, type CaseRow } from '../db/cases';
import { updateCustomer } from '../db/customers';
import { dueDuties, endDuties } from '../db/duties';
import { openFindings } from '../db/findings';
import { openTask } from '../db/tasks';
import { actorId, type Tx } from '../db/transaction';
import type { Step } from '../domain/steps';
import { ComplianceError } from '../domain/errors';
import { addPeriod } from '../domain/periods';
import { hasBlocking, reassess } from './assessment';
import { closeCase, moveCase } from './case-steps';
import { lockFile, type LockedFile } from './customer-file';
import { changeStatus } from './customer-status';
import { awaitDecision, remindOfDecision } from './decisions';
import { rateCustomer } from './rating';
import { loadPolicy } from './rules';
import { expireWithoutProgress, isFollowedUp, toVerifying, toWaitingCustomer } from './stage-steps';

/** Ends collecting. A later call changes nothing and is no error, even when the case has ended meanwhile (design §8). */
export async function submitCase(tx: Tx, customerId: string): Promise<void> {
  const { customer, record, openCase: row } = await lockFile(tx, customerId);
  if (row === null || row.submittedAt !== null || row.kind !== 'onboarding') return;
  const submitted = { submittedAt: tx.now, submittedBy: actorId(tx.actor), progressAt: tx.now };
  await updateCase(tx, row.id, submitted);
  tx.audit({ event: 'case.submitted', customerId, caseId: row.id });
  if (row.stage !== 'collecting') return;
  const findings = await reassess(tx, customer, record, row.id);
  const current = { ...row, ...submitted };
  if (hasBlocking(findings)) await toWaitingCustomer(tx, customer, current);
  else await toVerifying(tx, current);
}

/** The customer gives up. What was collected stays on file. */
export async function withdrawCustomer(tx: Tx, customerId: string, reason: string): Promise<void> {
  const { customer, openCase: row } = await lockFile(tx, customerId);
  if (row === null || row.kind !== 'onboarding') throw new ComplianceError('STATE_FORBIDS', 'not_onboarding');
  await updateCase(tx, row.id, { closingReason: reason });
  await closeCase(tx, row, 'withdrawn');
  await changeStatus(tx, customer, 'withdrawn', row.id);
}

/**
 * One step of an onboarding or review: looks where the case is, makes the one legal transition and says what the workflow
 * does next. Repeating it after a lost answer just continues from where the case stands.
 */
export async function advanceOnboarding(tx: Tx, customerId: string, caseId: string): Promise<Step> {
  const file = await lockFile(tx, customerId);
  const row = file.openCase;
  if (row === null || row.stage === 'closed' || row.id !== caseId) return { do: 'closed' };
  const due = (await dueDuties(tx, customerId))
    .filter((duty) => duty.caseId === caseId)
    .map((duty) => duty.kind);
  if (due.includes('case_expiry') && (await expireOrGoOn(tx, file, row))) return { do: 'closed' };
  switch (row.stage) {
    case 'collecting':
      return due.includes('collecting_deadline') ? followUpUnsubmitted(tx, file, row) : { do: 'wait' };
    case 'verifying':
      return leaveVerifying(tx, file, row);
    case 'screening':
    case 'rating':
      return rateAndAwait(tx, file, row);
    case 'decision':
      if (due.includes('decision_deadline')) await remindOfDecision(tx, file.customer, row);
      return { do: 'wait' };
    case 'waiting_customer':
      return due.includes('follow_up_step') ? { do: 'follow_up' } : { do: 'wait' };
  }
}

/** Nobody moved for the policy's period: the case ends, unless it is our own decision that is late. */
async function expireOrGoOn(tx: Tx, { customer }: LockedFile, row: CaseRow): Promise<boolean> {
  if (row.stage !== 'collecting' && row.stage !== 'waiting_customer') {
    await expireWithoutProgress(tx, row);
    return false;
  }
  const { onboardingExpiry } = await loadPolicy(tx);
  if (addPeriod(row.progressAt, onboardingExpiry, tx.clock.dayMilliseconds) > tx.now) {
    await expireWithoutProgress(tx, row);
    return false;
  }
  await closeCase(tx, row, 'expired');
  await changeStatus(tx, customer, 'expired', row.id);
  return true;
}

/** Nobody pressed submit: what is missing is asked for all the same, a complete file is put before staff. */
async function followUpUnsubmitted(tx: Tx, { customer, record }: LockedFile, row: CaseRow): Promise<Step> {
  const findings = await reassess(tx, customer, record, row.id);
  if (hasBlocking(findings) && isFollowedUp(customer, row)) {
    await toWaitingCustomer(tx, customer, row);
    return { do: 'again' };
  }
  await openTask(tx, {
    customerId: customer.id,
    caseId: row.id,
    kind: 'submit_case',
    forRole: 'staff',
    dedupe: `submit:${row.id}`,
  });
  await endDuties(tx, customer.id, { caseId: row.id, kinds: ['collecting_deadline'] }, 'done');
  const { onboardingExpiry } = await loadPolicy(tx);
  const at = addPeriod(row.progressAt, onboardingExpiry, tx.clock.dayMilliseconds);
  await moveCase(tx, row, {
    stage: 'collecting',
    owner: 'staff',
    waitingOn: 'submit',
    next: { duty: 'case_expiry', at, what: 'expire' },
  });
  return { do: 'again' };
}

async function leaveVerifying(tx: Tx, { customer, record }: LockedFile, row: CaseRow): Promise<Step> {
  if (row.verifiedVersion !== customer.version) return { do: 'verify' };
  const findings = await reassess(tx, customer, record, row.id);
  if (hasBlocking(findings)) {
    await toWaitingCustomer(tx, customer, row);
    return { do: 'again' };
  }
  await moveCase(tx, row, {
    stage: 'rating',
    owner: 'system',
    waitingOn: 'machine',
    next: { duty: 'step', at: tx.now, what: 'rating' },
  });
  return { do: 'again' };
}

async function rateAndAwait(tx: Tx, { customer, record }: LockedFile, row: CaseRow): Promise<Step> {
  if (hasBlocking(await openFindings(tx, customer.id))) {
    await toWaitingCustomer(tx, customer, row);
    return { do: 'again' };
  }
  const level = await rateCustomer(tx, customer, record, row.id);
  await updateCustomer(tx, customer.id, { risk: level });
  await awaitDecision(tx, { ...customer, risk: level }, row);
  return { do: 'again' };
}
