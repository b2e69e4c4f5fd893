import { lockCase, updateCase } from '../db/cases';
import { updateCustomer } from '../db/customers';
import { endDuties, setDuty } from '../db/duties';
import {
  concernedAfter,
  countConcerned,
  dateFacts,
  insertMoves,
  lockChange,
  movesOfCustomers,
  updateChange,
  type ChangeRow,
  type FactsRow,
  type MoveRow,
} from '../db/policy-changes';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { instantOfDay } from '../domain/days';
import { movesOf, type Move, type Policies } from '../domain/policy-change';
import { hasBlocking, reassess } from './assessment';
import { closeCase } from './case-steps';
import { lockFile } from './customer-file';
import { reinstate } from './customer-status';
import { followUpIfNeeded } from './file-changes';
import { concernedBy, effectOf } from './policy-concerns';
import { judgeAnew } from './policy-findings';
import { loadPolicy, today } from './rules';

/** Customers whose dates move in one transaction; judging a file costs more. */
const DATES_A_BATCH = 100;
const FILES_A_BATCH = 20;
/** A worker that has not been heard of for this long is replaced by the sweep. */
const WATCHDOG_MS = 300_000;
/** Wake-ups after which a customer who stops the work every time is passed over. */
const ATTEMPTS_MAX = 6;

/** What the workflow of a change does next. */
export interface PolicyStep {
  do: 'again' | 'rest';
}

/**
 * One step of a change: waits for its day, takes up the work, or serves one batch of customers in this transaction. Looks
 * at the row and only moves on, so that it goes on wherever an earlier run stopped and may run twice.
 */
export async function advancePolicyChange(tx: Tx, id: string): Promise<PolicyStep> {
  const row = await lockChange(tx, id);
  if (row.state === 'scheduled') return begin(tx, row);
  if (row.state === 'applying') return applyBatch(tx, row);
  return { do: 'rest' };
}

async function begin(tx: Tx, row: ChangeRow): Promise<PolicyStep> {
  if (row.validFrom > today(tx)) {
    await updateChange(tx, row.id, { signalAfter: instantOfDay(row.validFrom, 0), attempts: 0 });
    return { do: 'rest' };
  }
  const which = concernedBy(row);
  const total = which === null ? 0 : await countConcerned(tx, which);
  await updateChange(tx, row.id, { state: 'applying', total, attempts: 0, signalAfter: watchdogAt(tx) });
  return { do: 'again' };
}

async function applyBatch(tx: Tx, row: ChangeRow): Promise<PolicyStep> {
  const [which, effect] = [concernedBy(row), effectOf(row)];
  // After a failure one customer at a time, so that the one who causes it is found.
  const full = effect === 'dates' ? DATES_A_BATCH : FILES_A_BATCH;
  const size = row.errorCode === null ? full : 1;
  const ids = which === null ? [] : await concernedAfter(tx, which, row.cursor, size, true);
  if (ids.length === 0) return finish(tx, row);
  const passOver = row.errorCode !== null && row.attempts >= ATTEMPTS_MAX;
  const moves = passOver
    ? await passOverCustomer(tx, row, ids[0] ?? '')
    : effect === 'dates'
      ? await moveDates(tx, row, ids)
      : await judgeAnew(tx, ids);
  await insertMoves(tx, row.id, moves);
  await updateChange(tx, row.id, {
    cursor: ids.at(-1) ?? row.cursor,
    done: row.done + ids.length,
    total: Math.max(row.total, row.done + ids.length),
    attempts: 0,
    errorCode: passOver ? null : row.errorCode,
    signalAfter: watchdogAt(tx),
  });
  return { do: 'again' };
}

async function finish(tx: Tx, row: ChangeRow): Promise<PolicyStep> {
  await updateChange(tx, row.id, {
    state: 'applied',
    appliedAt: tx.now,
    total: row.done,
    signalAfter: null,
    errorCode: null,
  });
  const { target, key, number, done, undoes } = row;
  tx.audit({ event: 'policy.applied', detail: { changeId: row.id, target, key, number, done, undoes } });
  return { do: 'rest' };
}

/** A batch failed for good: it is tried again later, customer by customer. */
export async function recordPolicyFailure(tx: Tx, id: string, code: string): Promise<void> {
  const row = await lockChange(tx, id);
  if (row.state !== 'applying' && row.state !== 'scheduled') return;
  const waitMs = 60_000 * 2 ** Math.min(row.attempts, 6);
  await updateChange(tx, id, {
    errorCode: code,
    attempts: row.attempts + 1,
    signalAfter: new Date(tx.now.getTime() + waitMs),
  });
}

/** Whose file stops the work every time is left to an officer, and everybody else's goes on. */
async function passOverCustomer(tx: Tx, row: ChangeRow, customerId: string): Promise<MoveRow[]> {
  await openTask(tx, {
    customerId,
    caseId: null,
    kind: 'policy_change_skipped',
    forRole: 'officer',
    detail: { changeId: row.id, key: row.key },
    dedupe: `policy-skipped:${row.id}:${customerId}`,
  });
  return [{ ...noMove(customerId), what: 'skipped' }];
}

async function moveDates(tx: Tx, row: ChangeRow, ids: readonly string[]): Promise<MoveRow[]> {
  const after = await loadPolicy(tx);
  const policies: Policies = { before: { ...after, [row.key]: row.oldValue }, after };
  const restore = row.undoes === null ? [] : await movesOfCustomers(tx, row.undoes, ids);
  const rows: MoveRow[] = [];
  for (const customer of await dateFacts(tx, ids)) {
    const computed = movesOf(customer.facts, policies, tx.now, tx.clock.dayMilliseconds);
    const moves = computed.map((move) => restored(move, customer, restore));
    for (const move of moves) await perform(tx, customer, move);
    rows.push(...moves.map((move) => rowOf(customer.id, move)));
    if (moves.length > 0)
      tx.audit({
        event: 'policy.dates_moved',
        customerId: customer.id,
        detail: { changeId: row.id, moves: moves.map(({ what, on }) => ({ what, ...on })) },
      });
  }
  return rows;
}

/** An undone change gives back exactly what it took, unless somebody has worked on the file since. */
function restored(move: Move, { id }: FactsRow, kept: readonly MoveRow[]): Move {
  const before = kept.find((row) => row.customerId === id && row.what === move.what);
  const untouched =
    before !== undefined &&
    before.oldAt !== null &&
    before.newAt?.getTime() === move.at.from.getTime() &&
    before.newDueAt?.getTime() === move.dueAt.from?.getTime() &&
    before.newNumber === move.rung.from &&
    before.duty === move.duty.to;
  if (!untouched || before.oldAt === null) return move;
  return {
    ...move,
    on: { ...move.on, to: before.oldOn ?? move.on.to },
    at: { ...move.at, to: before.oldAt },
    dueAt: { ...move.dueAt, to: before.oldDueAt },
    rung: { ...move.rung, to: before.oldNumber },
  };
}

async function perform(tx: Tx, { id, facts }: FactsRow, move: Move): Promise<void> {
  switch (move.what) {
    case 'review':
      await updateCustomer(tx, id, { nextReviewOn: move.on.to });
      return setDuty(tx, id, null, 'refresh_notice', move.at.to);
    case 'refresh':
      return move.endsCase ? endRefresh(tx, id, move) : moveRefresh(tx, id, move);
    case 'follow_up':
      await updateCase(tx, caseOf(move), {
        ladderStep: move.rung.to ?? 0,
        nextStep: move.next,
        nextAt: move.at.to,
      });
      return setDuty(tx, id, caseOf(move), 'follow_up_step', move.at.to);
    default: {
      const row = await lockCase(tx, caseOf(move));
      const isNext = row.nextAt?.getTime() === move.at.from.getTime() && facts.openCase !== null;
      if (isNext) await updateCase(tx, row.id, { nextAt: move.at.to });
      return setDuty(tx, id, row.id, move.duty.to, move.at.to);
    }
  }
}

function caseOf({ caseId }: Move): string {
  if (caseId === null) throw new Error('A wait of a case has moved without its case');
  return caseId;
}

/** The announced review has another date: its notices go out anew with it, and one that was overdue may not be any more. */
async function moveRefresh(tx: Tx, customerId: string, move: Move): Promise<void> {
  const file = await lockFile(tx, customerId);
  const row = await lockCase(tx, caseOf(move));
  const redated = move.dueAt.from?.getTime() !== move.dueAt.to?.getTime();
  await updateCase(tx, row.id, {
    dueOn: move.dueAt.to,
    nextStep: move.next,
    nextAt: move.at.to,
    ladderCycle: row.ladderCycle + (redated ? 1 : 0),
    waitingOn: 'confirmation',
    owner: 'staff',
    ladderStartedAt: null,
    ladderStepAt: null,
    ladderStep: 0,
  });
  if (redated) await updateCustomer(tx, customerId, { nextReviewOn: move.on.to });
  if (move.duty.from !== move.duty.to)
    await endDuties(tx, customerId, { caseId: row.id, kinds: [move.duty.from] }, 'cancelled');
  await setDuty(tx, customerId, row.id, move.duty.to, move.at.to);
  if (file.customer.reviewOverdueSince !== null && (move.dueAt.to ?? tx.now) > tx.now) {
    await updateCustomer(tx, customerId, { reviewOverdueSince: null });
    const customer = { ...file.customer, reviewOverdueSince: null };
    const findings = await reassess(tx, customer, file.record, row.id);
    if (!hasBlocking(findings)) await reinstate(tx, customer);
  }
}

/** The review comes so much later that there is nothing to do now: its case ends, and with it what its silence brought. */
async function endRefresh(tx: Tx, customerId: string, move: Move): Promise<void> {
  const file = await lockFile(tx, customerId);
  if (file.openCase === null) return;
  await closeCase(tx, file.openCase, 'superseded');
  await updateCustomer(tx, customerId, { nextReviewOn: move.on.to, reviewOverdueSince: null });
  await setDuty(tx, customerId, null, 'refresh_notice', move.at.to);
  const customer = { ...file.customer, reviewOverdueSince: null };
  const findings = await reassess(tx, customer, file.record, null);
  if (hasBlocking(findings)) await followUpIfNeeded(tx, { ...file, customer, openCase: null }, true);
  else await reinstate(tx, customer);
}

function noMove(customerId: string): Omit<MoveRow, 'what'> {
  return {
    customerId,
    caseId: null,
    duty: null,
    oldOn: null,
    newOn: null,
    oldAt: null,
    newAt: null,
    oldDueAt: null,
    newDueAt: null,
    oldNumber: null,
    newNumber: null,
  };
}

function rowOf(customerId: string, move: Move): MoveRow {
  return {
    customerId,
    what: move.what,
    caseId: move.caseId,
    duty: move.duty.from,
    oldOn: move.on.from,
    newOn: move.on.to,
    oldAt: move.at.from,
    newAt: move.at.to,
    oldDueAt: move.dueAt.from,
    newDueAt: move.dueAt.to,
    oldNumber: move.rung.from,
    newNumber: move.rung.to,
  };
}

function watchdogAt(tx: Tx): Date {
  return new Date(tx.now.getTime() + WATCHDOG_MS);
}
