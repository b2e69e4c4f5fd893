import { v7 as uuidv7 } from 'uuid';

import { insertRows } from './bulk';
import { camelRow, camelRows } from './rows';
import type { Tx } from './transaction';

export interface TaskRow {
  id: string;
  customerId: string | null;
  caseId: string | null;
  kind: string;
  forRole: 'staff' | 'officer' | 'manager';
  detail: Record<string, unknown>;
  state: 'open' | 'done' | 'cancelled';
  openedAt: Date;
  endedAt: Date | null;
  endedBy: string | null;
  result: string | null;
}

export interface NewTask {
  customerId: string | null;
  caseId: string | null;
  kind: string;
  forRole: TaskRow['forRole'];
  detail?: Record<string, unknown>;
  /** Says what the task is about, once: a repeated step finds its own row. */
  dedupe: string;
}

/** Opens a task unless the same reason has opened it before. */
export async function openTask(tx: Tx, task: NewTask): Promise<void> {
  const inserted = await tx
    .sql('tasks')
    .insert({
      dealer_id: tx.dealerId,
      id: uuidv7(),
      customer_id: task.customerId,
      case_id: task.caseId,
      kind: task.kind,
      for_role: task.forRole,
      detail: JSON.stringify(task.detail ?? {}),
      opened_at: tx.now,
      dedupe: task.dedupe,
    })
    .onConflict(['dealer_id', 'dedupe'])
    .ignore()
    .returning('id');
  if (inserted.length === 0) return;
  tx.audit({
    event: 'task.opened',
    ...(task.customerId === null ? {} : { customerId: task.customerId }),
    ...(task.caseId === null ? {} : { caseId: task.caseId }),
    detail: { kind: task.kind, forRole: task.forRole },
  });
}

/** Tasks of new cases, whose reasons nobody can have had before. */
export async function openFirstTasks(
  tx: Tx,
  tasks: readonly (NewTask & { customerId: string; caseId: string })[],
): Promise<void> {
  await insertRows(
    tx,
    'tasks',
    tasks.map((task) => ({ id: uuidv7(), detail: {}, state: 'open', openedAt: tx.now, ...task })),
  );
  for (const { customerId, caseId, kind, forRole } of tasks) {
    tx.audit({ event: 'task.opened', customerId, caseId, detail: { kind, forRole } });
  }
}

/** Ends the open tasks of a case, all or of some kinds: what they asked for is done or no longer wanted. */
export async function endTasks(
  tx: Tx,
  caseId: string,
  state: 'done' | 'cancelled',
  kinds?: readonly string[],
): Promise<void> {
  const query = tx.sql('tasks').where({ dealer_id: tx.dealerId, case_id: caseId, state: 'open' });
  if (kinds !== undefined) query.whereIn('kind', kinds);
  await query.update({ state, ended_at: tx.now });
}

/** Ends a customer's open tasks of a kind, but the one for the reason that still stands. */
export async function endTasksOfKind(
  tx: Tx,
  customerId: string,
  kind: string,
  stillFor: string | null,
): Promise<void> {
  await tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId, customer_id: customerId, kind, state: 'open' })
    .whereRaw('dedupe is distinct from ?', [stillFor])
    .update({ state: 'done', ended_at: tx.now });
}

/** Ends the open task of one reason. */
export async function endTaskOf(tx: Tx, dedupe: string, state: 'done' | 'cancelled'): Promise<void> {
  await tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId, dedupe, state: 'open' })
    .update({ state, ended_at: tx.now });
}

/** Withdraws what a package still asks of people: its open tasks of one kind. */
export async function endTasksOfPackage(tx: Tx, packageId: string, kind: string): Promise<void> {
  await tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId, kind, state: 'open' })
    .whereRaw("detail->>'packageId' = ?", [packageId])
    .update({ state: 'cancelled', ended_at: tx.now });
}

export async function getTask(tx: Tx, id: string): Promise<TaskRow | null> {
  const row = await tx.sql('tasks').where({ dealer_id: tx.dealerId, id }).forUpdate().first();
  return row === undefined ? null : camelRow<TaskRow>(row);
}

export async function finishTask(
  tx: Tx,
  id: string,
  endedBy: string | null,
  result: string | null,
): Promise<void> {
  await tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId, id })
    .update({ state: 'done', ended_at: tx.now, ended_by: endedBy, result });
}

export interface TaskFilter {
  customerId?: string;
  roles?: readonly string[];
  limit: number;
}

export async function listOpenTasks(tx: Tx, filter: TaskFilter): Promise<TaskRow[]> {
  const query = tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId, state: 'open' })
    .orderBy(['opened_at', 'id'])
    .limit(filter.limit);
  if (filter.customerId !== undefined) query.where({ customer_id: filter.customerId });
  if (filter.roles !== undefined) query.whereIn('for_role', filter.roles);
  return camelRows<TaskRow>(await query);
}
