import { lockCustomer } from '../db/customers';
import { finishTask, getTask, listOpenTasks, type TaskRow } from '../db/tasks';
import { actorId, type Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { resumeCustomer } from './lifecycle';

export interface TaskView extends Pick<
  TaskRow,
  'id' | 'customerId' | 'caseId' | 'kind' | 'forRole' | 'detail' | 'openedAt'
> {
  customerCode: string | null;
  displayName: string | null;
}

/** What waits for people, oldest first; with role names only theirs. */
export async function listTasks(
  tx: Tx,
  filter: { customerId?: string; roles?: readonly string[]; limit: number },
): Promise<TaskView[]> {
  const tasks = await listOpenTasks(tx, filter);
  const ids = [...new Set(tasks.flatMap((task) => task.customerId ?? []))];
  const customers: { id: string; code: string; display_name: string }[] =
    ids.length === 0
      ? []
      : await tx
          .sql('customers')
          .where({ dealer_id: tx.dealerId })
          .whereIn('id', ids)
          .select('id', 'code', 'display_name');
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  return tasks.map(({ id, customerId, caseId, kind, forRole, detail, openedAt }) => {
    const customer = customerId === null ? undefined : byId.get(customerId);
    return {
      id,
      customerId,
      caseId,
      kind,
      forRole,
      detail,
      openedAt,
      customerCode: customer?.code ?? null,
      displayName: customer?.display_name ?? null,
    };
  });
}

/** A person did what a task asked for. Work that was parked until somebody looked at it is set going again. */
export async function completeTask(tx: Tx, id: string, result: string | null): Promise<void> {
  const about = await tx.sql('tasks').where({ dealer_id: tx.dealerId, id }).first('customer_id');
  // The customer's lock comes before every other one.
  if (typeof about?.customer_id === 'string') await lockCustomer(tx, about.customer_id);
  const task = await getTask(tx, id);
  if (task === null) throw new ComplianceError('NOT_FOUND', 'task_not_found');
  if (task.state !== 'open') throw new ComplianceError('STATE_FORBIDS', 'task_ended');
  await finishTask(tx, id, actorId(tx.actor), result);
  tx.audit({
    event: 'task.ended',
    ...(task.customerId === null ? {} : { customerId: task.customerId }),
    ...(task.caseId === null ? {} : { caseId: task.caseId }),
    detail: { kind: task.kind },
  });
  if (task.kind === 'duty_parked' && task.customerId !== null) await resumeCustomer(tx, task.customerId);
}
