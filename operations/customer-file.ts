import { lockOpenCase, type CaseRow } from '../db/cases';
import { lockCustomer, type CustomerRow } from '../db/customers';
import type { Tx } from '../db/transaction';
import { openCustomerKey, openRecord } from './record-envelope';

/** A customer under lock with the opened record and the one open case: what every change starts from. */
export interface LockedFile {
  customer: CustomerRow;
  key: Buffer;
  record: Record<string, unknown>;
  openCase: CaseRow | null;
}

/** Locks customer, then case (the lock order of design §6), and opens the record. */
export async function lockFile(tx: Tx, customerId: string): Promise<LockedFile> {
  const customer = await lockCustomer(tx, customerId);
  const openCase = await lockOpenCase(tx, customerId);
  const key = await openCustomerKey(tx, customer);
  return {
    customer,
    key,
    record: openRecord(key, customer.id, customer.version, customer.envelope),
    openCase,
  };
}
