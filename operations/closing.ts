import { updateCase } from '../db/cases';
import { endDuties } from '../db/duties';
import type { Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { closeCase } from './case-steps';
import { lockFile } from './customer-file';
import { changeStatus } from './customer-status';

/**
 * Ends the relationship with a customer who was once let in, by a person's word: nothing is due any more, the file stays
 * and its retention begins (5549 s. Kanun m.8; D-4.1). 409 for a customer on the way in: that one withdraws or is decided.
 */
export async function closeCustomer(tx: Tx, customerId: string, reason: string): Promise<void> {
  const { customer, openCase: row } = await lockFile(tx, customerId);
  if (!['active', 'suspended', 'passive'].includes(customer.status))
    throw new ComplianceError('STATE_FORBIDS', 'not_active');
  if (row !== null) {
    await updateCase(tx, row.id, { closingReason: reason });
    await closeCase(tx, row, 'superseded');
  }
  await endDuties(tx, customerId, {}, 'cancelled');
  await changeStatus(tx, customer, 'closed', row?.id);
  tx.audit({ event: 'customer.closed', customerId, detail: { reason } });
}
