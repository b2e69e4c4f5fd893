import { v7 as uuidv7 } from 'uuid';

import type { DutyKind } from '../domain/customer';
import { insertRows } from './bulk';
import { camelRows } from './rows';
import type { Tx } from './transaction';

export interface DutyRow {
  id: string;
  customerId: string;
  caseId: string | null;
  kind: DutyKind;
  state: 'due' | 'done' | 'cancelled' | 'parked';
  dueAt: Date;
  signalAfter: Date;
  attempts: number;
}

/** How long the sweep leaves a duty alone that the writer itself dispatches right after its commit. */
const OWN_DISPATCH_MS = 60_000;

const openStates = ['due', 'parked'];

/**
 * Sets the one open duty of a kind for a case (or the customer): created, or moved to another instant. Due now means that
 * the customer's workflow is woken after commit, with the sweep as safety net.
 */
export async function setDuty(
  tx: Tx,
  customerId: string,
  caseId: string | null,
  kind: DutyKind,
  dueAt: Date,
): Promise<void> {
  const dueNow = dueAt <= tx.now;
  const signalAfter = dueNow ? new Date(tx.now.getTime() + OWN_DISPATCH_MS) : dueAt;
  const values = { due_at: dueAt, signal_after: signalAfter, attempts: 0, state: 'due' };
  const moved = await openDuties(tx, customerId).where({ case_id: caseId, kind }).update(values);
  if (moved === 0) {
    await tx.sql('duties').insert({
      dealer_id: tx.dealerId,
      id: uuidv7(),
      customer_id: customerId,
      case_id: caseId,
      kind,
      created_at: tx.now,
      ...values,
    });
  }
  if (dueNow) tx.wake(customerId);
}

/** First duties of new cases. Each lies ahead: nothing is woken for them, the sweep finds them when their time comes. */
export async function insertDuties(
  tx: Tx,
  duties: readonly { customerId: string; caseId: string; kind: DutyKind; dueAt: Date }[],
): Promise<void> {
  await insertRows(
    tx,
    'duties',
    duties.map((duty) => ({
      id: uuidv7(),
      ...duty,
      signalAfter: duty.dueAt,
      attempts: 0,
      state: 'due',
      createdAt: tx.now,
    })),
  );
}

/** Ends open duties; call it only in the transaction that writes their effect and the next duty. */
export async function endDuties(
  tx: Tx,
  customerId: string,
  match: { caseId?: string | null; kinds?: readonly DutyKind[] },
  state: 'done' | 'cancelled',
): Promise<void> {
  const query = openDuties(tx, customerId);
  if (match.caseId !== undefined) query.where({ case_id: match.caseId });
  if (match.kinds !== undefined) query.whereIn('kind', match.kinds);
  await query.update({ state, ended_at: tx.now });
}

/** Duties of a customer that are due, oldest first. */
export async function dueDuties(tx: Tx, customerId: string): Promise<DutyRow[]> {
  return camelRows<DutyRow>(
    await tx
      .sql('duties')
      .where({ dealer_id: tx.dealerId, customer_id: customerId, state: 'due' })
      .where('due_at', '<=', tx.now)
      .orderBy(['due_at', 'id']),
  );
}

export async function listOpenDuties(tx: Tx, customerId: string): Promise<DutyRow[]> {
  return camelRows<DutyRow>(await openDuties(tx, customerId).orderBy('due_at').select('*'));
}

/** Puts a customer's due duties off after a failed run: one minute, doubling to an hour. */
export async function deferDueDuties(tx: Tx, customerId: string, caseId: string | null): Promise<void> {
  const query = tx
    .sql('duties')
    .where({ dealer_id: tx.dealerId, customer_id: customerId, state: 'due' })
    .where('due_at', '<=', tx.now);
  if (caseId !== null) query.where({ case_id: caseId });
  const later =
    "?::timestamptz + least(interval '1 hour', interval '1 minute' * power(2, least(attempts, 6)))";
  await query.update({
    attempts: tx.sql.raw('attempts + 1'),
    due_at: tx.sql.raw(later, [tx.now]),
    signal_after: tx.sql.raw(later, [tx.now]),
  });
}

/** Takes a duty out of circulation until an officer resumes it. False when it is no longer due. */
export async function parkDuty(tx: Tx, id: string): Promise<boolean> {
  const parked = await tx
    .sql('duties')
    .where({ dealer_id: tx.dealerId, id, state: 'due' })
    .update({ state: 'parked' });
  return parked > 0;
}

export async function resumeDuties(tx: Tx, customerId: string): Promise<number> {
  return tx
    .sql('duties')
    .where({ dealer_id: tx.dealerId, customer_id: customerId, state: 'parked' })
    .update({ state: 'due', due_at: tx.now, signal_after: tx.now, attempts: 0 });
}

function openDuties(tx: Tx, customerId: string) {
  return tx
    .sql('duties')
    .where({ dealer_id: tx.dealerId, customer_id: customerId })
    .whereIn('state', openStates);
}
