import { lockCase, type CaseRow } from '../db/cases';
import { updateCustomer, type CustomerRow } from '../db/customers';
import { dueDuties, endDuties } from '../db/duties';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { instantOfDay } from '../domain/days';
import { ComplianceError } from '../domain/errors';
import { addPeriod, subtractPeriod } from '../domain/periods';
import type { Policy } from '../domain/rules/policy';
import type { Step } from '../domain/steps';
import { hasBlocking, reassess } from './assessment';
import { moveCase, openCase } from './case-steps';
import { tellCustomer } from './channels';
import { lockFile, type LockedFile } from './customer-file';
import { completeRefresh } from './review-dates';
import { loadPolicy } from './rules';
import { toWaitingCustomer } from './stage-steps';

/** Opens the refresh case of a customer whose review comes near, or early on request. Under the customer's lock. */
export async function openRefresh(tx: Tx, file: LockedFile, reason: 'due' | 'early'): Promise<void> {
  const { customer } = file;
  const policy = (await loadPolicy(tx)).refresh[customer.risk ?? 'medium'];
  const dueAt =
    reason === 'early'
      ? addPeriod(tx.now, `P${Math.max(...policy.noticeDays)}D`, tx.clock.dayMilliseconds)
      : await dueInstant(tx, customer, policy);
  await endDuties(tx, customer.id, { caseId: null, kinds: ['refresh_notice'] }, 'done');
  const row = await openCase(
    tx,
    customer.id,
    'refresh',
    {
      stage: 'waiting_customer',
      owner: 'staff',
      waitingOn: 'confirmation',
      next: { duty: 'refresh_notice', at: tx.now, what: 'refresh_notice' },
    },
    { dueOn: dueAt },
  );
  await openTask(tx, {
    customerId: customer.id,
    caseId: row.id,
    kind: 'refresh',
    forRole: 'staff',
    dedupe: `refresh:${row.id}`,
  });
  tx.audit({ event: 'refresh.started', customerId: customer.id, caseId: row.id, detail: { reason } });
}

/** The review's exact instant follows from the notice that has just fallen due; a day alone would round a shrunk day away. */
async function dueInstant(tx: Tx, customer: CustomerRow, policy: Policy['refresh']['low']): Promise<Date> {
  const [duty] = (await dueDuties(tx, customer.id)).filter(
    (candidate) => candidate.kind === 'refresh_notice',
  );
  if (duty !== undefined)
    return addPeriod(duty.dueAt, `P${Math.max(0, ...policy.noticeDays)}D`, tx.clock.dayMilliseconds);
  return customer.nextReviewOn === null ? tx.now : instantOfDay(customer.nextReviewOn, 9);
}

/** One step of a refresh: the next notice ahead of the due date, the due date itself, or the ladder after the grace. */
export async function advanceRefresh(tx: Tx, customerId: string, caseId: string): Promise<Step> {
  const file = await lockFile(tx, customerId);
  const row = await lockCase(tx, caseId);
  if (file.openCase?.id !== caseId || row.stage === 'closed') return { do: 'closed' };
  const due = new Set(
    (await dueDuties(tx, customerId)).filter((duty) => duty.caseId === caseId).map((duty) => duty.kind),
  );
  if (due.has('follow_up_step')) return { do: 'follow_up' };
  if (due.has('refresh_notice')) return notify(tx, file, row);
  if (due.has('refresh_due')) return fallDue(tx, file, row);
  return { do: 'wait' };
}

async function notify(tx: Tx, { customer, record }: LockedFile, row: CaseRow): Promise<Step> {
  const policy = (await loadPolicy(tx)).refresh[customer.risk ?? 'medium'];
  const dueAt = row.dueOn ?? tx.now;
  const before = (days: number) => subtractPeriod(dueAt, `P${days}D`, tx.clock.dayMilliseconds);
  const days = [...policy.noticeDays].sort((a, b) => b - a);
  // The latest notice whose time has come; earlier ones that an outage swallowed would only repeat it.
  const current = days.findLast((day) => before(day) <= tx.now) ?? days[0] ?? 0;
  const next = days.find((day) => before(day) > tx.now);
  await tellCustomer(tx, customer, record, row, {
    kind: 'refresh',
    step: `notice_${current}`,
    cycle: row.ladderCycle,
    channels: ['email', 'sms'],
    values: { deadline: dueAt.toISOString() },
  });
  await endDuties(tx, customer.id, { caseId: row.id, kinds: ['refresh_notice'] }, 'done');
  await moveCase(tx, row, {
    stage: 'waiting_customer',
    owner: 'staff',
    waitingOn: 'confirmation',
    next:
      next === undefined
        ? { duty: 'refresh_due', at: dueAt, what: 'refresh_due' }
        : { duty: 'refresh_notice', at: before(next), what: `refresh_notice` },
  });
  return { do: 'again' };
}

/** Twice: at the due date the review becomes a finding; after the grace silence joins the ladder (D-4.4, D-4.3). */
async function fallDue(tx: Tx, file: LockedFile, row: CaseRow): Promise<Step> {
  const { customer, record } = file;
  const policy = await loadPolicy(tx);
  const { graceDays } = policy.refresh[customer.risk ?? 'medium'];
  const overdueSince = customer.reviewOverdueSince ?? tx.now;
  if (customer.reviewOverdueSince === null) {
    await updateCustomer(tx, customer.id, { reviewOverdueSince: overdueSince });
    await reassess(tx, { ...customer, reviewOverdueSince: overdueSince }, record, row.id);
  }
  const graceEndsAt = addPeriod(row.dueOn ?? overdueSince, `P${graceDays}D`, tx.clock.dayMilliseconds);
  if (graceEndsAt > tx.now) {
    await moveCase(tx, row, {
      stage: 'waiting_customer',
      owner: 'staff',
      waitingOn: 'confirmation',
      next: { duty: 'refresh_due', at: graceEndsAt, what: 'follow_up_starts' },
    });
    return { do: 'again' };
  }
  await endDuties(tx, customer.id, { caseId: row.id, kinds: ['refresh_due'] }, 'done');
  await toWaitingCustomer(
    tx,
    customer,
    row,
    graceDays === 0 ? policy.suspendAfterDays : policy.refreshLadderFromDay,
  );
  return { do: 'again' };
}

/** Starts a refresh early: an address heard of, a change of title (D-4.4). */
export async function startRefresh(tx: Tx, customerId: string): Promise<void> {
  const file = await lockFile(tx, customerId);
  if (!['active', 'suspended', 'passive'].includes(file.customer.status))
    throw new ComplianceError('STATE_FORBIDS', 'not_active');
  if (file.openCase?.kind === 'refresh') return;
  if (file.openCase !== null) throw new ComplianceError('STATE_FORBIDS', 'other_case_open');
  await openRefresh(tx, file, 'early');
}

/** "Nothing changed": passes at once when nothing else blocks, sets the next date and ends a suspension. */
export async function confirmRefresh(tx: Tx, customerId: string): Promise<void> {
  const file = await lockFile(tx, customerId);
  const { customer, record, openCase: row } = file;
  if (!['active', 'suspended', 'passive'].includes(customer.status))
    throw new ComplianceError('STATE_FORBIDS', 'not_active');
  if (row !== null && row.kind !== 'refresh') throw new ComplianceError('STATE_FORBIDS', 'other_case_open');
  if (row === null && customer.trigger !== 'continuous')
    throw new ComplianceError('STATE_FORBIDS', 'no_refresh');
  const current = { ...customer, reviewOverdueSince: null };
  const findings = await reassess(tx, current, record, row?.id ?? null);
  if (hasBlocking(findings)) throw new ComplianceError('BLOCKING_FINDINGS', 'blocking_findings');
  await completeRefresh(tx, file, 'confirmed_same');
}
