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

/** Ends a suspension once what caused it is gone. */
export async function reinstate(tx: Tx, customer: CustomerRow): Promise<void> {
  if (customer.status === 'suspended') await changeStatus(tx, customer, 'active');
}
