import { updateCustomer, type CustomerRow } from '../db/customers';
import type { Tx } from '../db/transaction';
import type { CustomerStatus } from '../domain/customer';

/** Changes a customer's standing, with its audit entry. The customer is locked by the caller. */
export async function changeStatus(
  tx: Tx,
  customer: CustomerRow,
  to: CustomerStatus,
  caseId?: string,
): Promise<void> {
  if (customer.status === to) return;
  await updateCustomer(tx, customer.id, { status: to });
  tx.audit({
    event: 'customer.status_changed',
    customerId: customer.id,
    ...(caseId === undefined ? {} : { caseId }),
    detail: { from: customer.status, to },
  });
}

/** Ends a suspension once what caused it is gone; one that a person's refusal caused ends by a person's approval alone. */
export async function reinstate(tx: Tx, customer: CustomerRow): Promise<void> {
  if (customer.status === 'suspended' && !(await isRefused(tx, customer)))
    await changeStatus(tx, customer, 'active');
}

/** Whether the last review of who this customer is ended in a refusal. */
export async function isRefused(tx: Tx, customer: CustomerRow): Promise<boolean> {
  if (customer.status !== 'suspended') return false;
  const last = (await tx
    .sql('cases')
    .where({ dealer_id: tx.dealerId, customer_id: customer.id, kind: 'review' })
    .whereIn('outcome', ['approved', 'rejected'])
    .orderBy('closed_at', 'desc')
    .first('outcome')) as { outcome: string } | undefined;
  return last?.outcome === 'rejected';
}
