import type { CaseRow } from '../db/cases';
import type { CustomerRow } from '../db/customers';
import { endDuties, setDuty } from '../db/duties';
import { endTasks, openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { ladderOf, rungDueAt, rungFromDay } from '../domain/ladder';
import { addPeriod } from '../domain/periods';
import type { Policy } from '../domain/rules/policy';
import { moveCase } from './case-steps';
import { loadPolicy } from './rules';

/** To verifying: a machine step is due now. Ladder, tasks and deadlines of the wait before are over. */
export async function toVerifying(tx: Tx, row: CaseRow, extra: Partial<CaseRow> = {}): Promise<CaseRow> {
  await endDuties(
    tx,
    row.customerId,
    { caseId: row.id, kinds: ['collecting_deadline', 'follow_up_step', 'decision_deadline'] },
    'done',
  );
  await endTasks(tx, row.id, 'done', [
    'collect_missing',
    'call_customer',
    'tell_customer',
    'escalation',
    'submit_case',
    'decide',
  ]);
  await expireWithoutProgress(tx, row);
  return moveCase(
    tx,
    row,
    {
      stage: 'verifying',
      owner: 'system',
      waitingOn: 'machine',
      next: { duty: 'step', at: tx.now, what: 'verification' },
    },
    { progressAt: tx.now, ...extra },
  );
}

/** An onboarding ends when nothing moves for the policy's period; every progress starts it anew. */
export async function expireWithoutProgress(tx: Tx, row: CaseRow): Promise<void> {
  if (row.kind !== 'onboarding') return;
  const policy = await loadPolicy(tx);
  await setDuty(
    tx,
    row.customerId,
    row.id,
    'case_expiry',
    addPeriod(tx.now, policy.onboardingExpiry, tx.clock.dayMilliseconds),
  );
}

/** Whether this case is chased by the ladder: lasting relationships, refreshes and imports only (D-4.3). */
export function isFollowedUp(customer: CustomerRow, row: CaseRow): boolean {
  return row.kind !== 'onboarding' || customer.trigger === 'continuous' || customer.imported;
}

/** To waiting for the customer: the ladder begins now, or the task stays on staff's list until the case expires. */
export async function toWaitingCustomer(
  tx: Tx,
  customer: CustomerRow,
  row: CaseRow,
  fromDay = 0,
  extra: Partial<CaseRow> = {},
): Promise<CaseRow> {
  await endDuties(
    tx,
    row.customerId,
    { caseId: row.id, kinds: ['collecting_deadline', 'step', 'decision_deadline'] },
    'done',
  );
  await endTasks(tx, row.id, 'done', ['decide', 'submit_case']);
  const policy = await loadPolicy(tx);
  if (!isFollowedUp(customer, row)) return withoutLadder(tx, row, policy, extra);
  await endDuties(tx, row.customerId, { caseId: row.id, kinds: ['case_expiry'] }, 'cancelled');
  const startedAt = addPeriod(tx.now, 'PT0S', tx.clock.dayMilliseconds);
  const began = new Date(startedAt.getTime() - fromDay * tx.clock.dayMilliseconds);
  const ladder = ladderOf(row.kind, policy);
  const first = rungFromDay(ladder, fromDay);
  const rung = ladder[first];
  if (rung === undefined) throw new Error('The reminder ladder of this policy is empty');
  return moveCase(
    tx,
    row,
    {
      stage: 'waiting_customer',
      owner: 'staff',
      waitingOn: 'customer',
      next: {
        duty: 'follow_up_step',
        at: rungDueAt(rung, began, null, tx.clock.dayMilliseconds),
        what: rung.step,
      },
    },
    {
      ladderStartedAt: began,
      ladderStep: first,
      ladderStepAt: null,
      ladderCycle: row.ladderCycle + 1,
      ...extra,
    },
  );
}

async function withoutLadder(
  tx: Tx,
  row: CaseRow,
  policy: Policy,
  extra: Partial<CaseRow>,
): Promise<CaseRow> {
  await openTask(tx, {
    customerId: row.customerId,
    caseId: row.id,
    kind: 'collect_missing',
    forRole: 'staff',
    dedupe: `collect:${row.id}:${tx.now.toISOString()}`,
  });
  return moveCase(
    tx,
    row,
    {
      stage: 'waiting_customer',
      owner: 'staff',
      waitingOn: 'customer',
      next: {
        duty: 'case_expiry',
        at: addPeriod(row.progressAt, policy.onboardingExpiry, tx.clock.dayMilliseconds),
        what: 'expire',
      },
    },
    extra,
  );
}
