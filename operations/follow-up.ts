import { lockCase, type CaseRow } from '../db/cases';
import type { CustomerRow } from '../db/customers';
import type { NoticeValues } from '../db/notices';
import { dueDuties } from '../db/duties';
import { openFindings } from '../db/findings';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { ladderOf, nextConsequence, rungDueAt, type Rung } from '../domain/ladder';
import { addPeriod } from '../domain/periods';
import type { Policy } from '../domain/rules/policy';
import type { Step } from '../domain/steps';
import { hasBlocking } from './assessment';
import { closeCase, moveCase } from './case-steps';
import { tellColleagues, tellCustomer } from './channels';
import { lockFile, type LockedFile } from './customer-file';
import { changeStatus } from './customer-status';
import { endFollowUp } from './file-changes';
import { loadPolicy } from './rules';
import { toVerifying } from './stage-steps';

/**
 * One step of the reminder ladder (D-4.3; every number is our own choice): the due rung with its proof and the duty for
 * the next one, in one transaction. Ends the ladder at once when nothing blocks any more.
 */
export async function advanceFollowUp(tx: Tx, customerId: string, caseId: string): Promise<Step> {
  const file = await lockFile(tx, customerId);
  const row = await lockCase(tx, caseId);
  if (file.openCase?.id !== caseId || row.stage !== 'waiting_customer') return { do: 'closed' };
  if (!hasBlocking(await openFindings(tx, customerId))) {
    if (row.kind === 'onboarding' || row.kind === 'review') await toVerifying(tx, row);
    else await endFollowUp(tx, file);
    return { do: 'closed' };
  }
  const due = (await dueDuties(tx, customerId)).some(
    (duty) => duty.caseId === caseId && duty.kind === 'follow_up_step',
  );
  if (!due) return { do: 'wait' };
  return climb(tx, file, row);
}

async function climb(tx: Tx, { customer, record }: LockedFile, row: CaseRow): Promise<Step> {
  const policy = await loadPolicy(tx);
  const ladder = ladderOf(row.kind, policy);
  const rung = ladder[Math.min(row.ladderStep, ladder.length - 1)];
  if (rung === undefined || row.ladderStartedAt === null)
    throw new Error('A case waits on a ladder that never began');
  tx.audit({
    event: 'follow_up.step',
    customerId: customer.id,
    caseId: row.id,
    detail: { step: rung.step, does: rung.does, day: rung.day, cycle: row.ladderCycle },
  });
  const ended = await perform(tx, customer, record, row, rung, policy);
  if (ended) return { do: 'closed' };
  const next = ladder[row.ladderStep + 1];
  // After the last rung the proposal to close comes back every period, so that the case never falls asleep.
  const at =
    next === undefined
      ? addPeriod(tx.now, `P${policy.suspendAfterDays}D`, tx.clock.dayMilliseconds)
      : rungDueAt(next, row.ladderStartedAt, tx.now, tx.clock.dayMilliseconds);
  await moveCase(
    tx,
    row,
    {
      stage: 'waiting_customer',
      owner: ownerAfter(rung),
      waitingOn: 'customer',
      next: { duty: 'follow_up_step', at, what: next?.step ?? rung.step },
    },
    { ladderStep: row.ladderStep + 1, ladderStepAt: tx.now },
  );
  return { do: 'again' };
}

function ownerAfter(rung: Rung): CaseRow['owner'] {
  if (rung.does === 'propose_close') return 'manager';
  return rung.does === 'suspend' || rung.step === 'escalation' || rung.step === 'final_notice'
    ? 'officer'
    : 'staff';
}

/** Does what the rung says. True when it ended the case. */
async function perform(
  tx: Tx,
  customer: CustomerRow,
  record: unknown,
  row: CaseRow,
  rung: Rung,
  policy: Policy,
): Promise<boolean> {
  switch (rung.does) {
    case 'remind':
      await remind(tx, customer, record, row, rung, policy);
      break;
    case 'expire':
      await closeCase(tx, row, 'expired');
      await changeStatus(tx, customer, 'expired', row.id);
      break;
    case 'suspend':
      await changeStatus(tx, customer, 'suspended', row.id);
      await task(tx, row, 'suspended', 'officer');
      break;
    case 'propose_close':
      await task(tx, row, 'propose_close', 'manager', row.ladderStep);
      break;
  }
  return rung.does === 'expire';
}

async function remind(
  tx: Tx,
  customer: CustomerRow,
  record: unknown,
  row: CaseRow,
  rung: Extract<Rung, { does: 'remind' }>,
  policy: Policy,
): Promise<void> {
  const message = {
    kind: 'follow_up',
    step: rung.step,
    cycle: row.ladderCycle,
    values: whatItSays(tx, row, policy),
  } as const;
  if (rung.task !== undefined) await task(tx, row, rung.task.kind, rung.task.role);
  if (rung.audience === 'officer')
    await tellColleagues(tx, customer, row, { ...message, roles: ['officer', 'manager'] });
  else await tellCustomer(tx, customer, record, row, { ...message, channels: rung.channels });
}

/** Until when, what follows, and since when: by the ladder as it really goes on, which an outage may have made later. */
function whatItSays(tx: Tx, row: CaseRow, policy: Policy): NoticeValues {
  const startedAt = row.ladderStartedAt ?? tx.now;
  const day = tx.clock.dayMilliseconds;
  const consequence = nextConsequence(ladderOf(row.kind, policy), row.ladderStep, startedAt, tx.now, day);
  return {
    days: Math.floor((tx.now.getTime() - startedAt.getTime()) / day),
    ...(consequence === null ? {} : { deadline: consequence.at.toISOString() }),
    ...(consequence === null || consequence.does === 'propose_close'
      ? {}
      : { consequence: consequence.does }),
  };
}

async function task(
  tx: Tx,
  row: CaseRow,
  kind: string,
  forRole: 'staff' | 'officer' | 'manager',
  turn = 0,
): Promise<void> {
  await openTask(tx, {
    customerId: row.customerId,
    caseId: row.id,
    kind,
    forRole,
    dedupe: `${kind}:${row.id}:${row.ladderCycle}:${turn}`,
  });
}
