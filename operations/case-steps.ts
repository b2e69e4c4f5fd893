import { v7 as uuidv7 } from 'uuid';

import { insertCase, updateCase, type CaseOwner, type CaseRow, type WaitingOn } from '../db/cases';
import { endDuties, setDuty } from '../db/duties';
import { endTasks } from '../db/tasks';
import type { Tx } from '../db/transaction';
import type { CaseKind, CaseOutcome, DutyKind, Stage } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { isLegalMove } from '../domain/stages';

/** Where a case goes next: its stage, who owns it, what it waits for and the duty that will bring it back. */
export interface CaseStep {
  stage: Stage;
  owner: CaseOwner;
  waitingOn: WaitingOn;
  /** What happens next if nobody does anything, and when. */
  next: { duty: DutyKind; at: Date; what: string };
}

/** Opens a case with its first duty, so that an open case always has one. */
export async function openCase(
  tx: Tx,
  customerId: string,
  kind: CaseKind,
  step: CaseStep,
  extra: Partial<CaseRow> = {},
): Promise<CaseRow> {
  const row = await insertCase(tx, {
    id: uuidv7(),
    customerId,
    kind,
    stage: step.stage,
    owner: step.owner,
    waitingOn: step.waitingOn,
    nextStep: step.next.what,
    nextAt: step.next.at,
    ...extra,
  });
  await setDuty(tx, customerId, row.id, step.next.duty, step.next.at);
  tx.audit({ event: 'case.opened', customerId, caseId: row.id, detail: { kind, stage: step.stage } });
  return row;
}

/** The one legal transition of a case with its audit entry and next duty. The case row is locked by the caller. */
export async function moveCase(
  tx: Tx,
  row: CaseRow,
  step: CaseStep,
  extra: Partial<CaseRow> = {},
): Promise<CaseRow> {
  if (!isLegalMove(row.stage, step.stage)) throw new ComplianceError('STATE_FORBIDS', 'stage_forbids');
  const moved = row.stage !== step.stage;
  const patch: Partial<CaseRow> = {
    stage: step.stage,
    owner: step.owner,
    waitingOn: step.waitingOn,
    nextStep: step.next.what,
    nextAt: step.next.at,
    errorCode: null,
    ...(moved ? { since: tx.now } : {}),
    ...extra,
  };
  await updateCase(tx, row.id, patch);
  await setDuty(tx, row.customerId, row.id, step.next.duty, step.next.at);
  if (moved) {
    tx.audit({
      event: 'case.stage_changed',
      customerId: row.customerId,
      caseId: row.id,
      detail: { from: row.stage, to: step.stage },
    });
  }
  return { ...row, ...patch };
}

/** Ends a case: no duty, no task of it stays open. */
export async function closeCase(tx: Tx, row: CaseRow, outcome: CaseOutcome): Promise<void> {
  await updateCase(tx, row.id, {
    stage: 'closed',
    outcome,
    closedAt: tx.now,
    since: tx.now,
    waitingOn: 'nothing',
    nextStep: null,
    nextAt: null,
  });
  await endDuties(tx, row.customerId, { caseId: row.id }, 'done');
  // A decision does not look anything up: what nobody gathered is withdrawn, not done.
  await endTasks(tx, row.id, 'cancelled', ['gather_evidence', 'register_unavailable']);
  await endTasks(tx, row.id, outcome === 'approved' || outcome === 'rejected' ? 'done' : 'cancelled');
  tx.audit({
    event: 'case.closed',
    customerId: row.customerId,
    caseId: row.id,
    detail: { from: row.stage, outcome },
  });
}
