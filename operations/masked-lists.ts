import { getCustomer } from '../db/customers';
import type { Tx } from '../db/transaction';
import { IDENTITY_NUMBER_PATHS, maskRecord } from '../domain/record';
import { valueAt } from '../domain/record-path';
import { openCustomerKey, openRecord } from './record-envelope';

/** An item of a record's list as a form sent it back; `from` is its place on file, null for a new one. */
export interface ReturnedItem {
  from: number | null;
  item: Record<string, unknown>;
}

/**
 * A merge patch replaces a list whole, and what a form shows of it is masked. Identity numbers that came back exactly as
 * they were masked get the number on file again; nothing clear leaves the transaction. The caller's `ifVersion` makes sure
 * that places on file still mean the same items.
 */
export async function restoreMasked(
  tx: Tx,
  customerId: string,
  list: string,
  items: readonly ReturnedItem[],
): Promise<Record<string, unknown>[]> {
  const customer = await getCustomer(tx, customerId);
  const key = await openCustomerKey(tx, customer);
  const clear = openRecord(key, customer.id, customer.version, customer.envelope);
  const masked = maskRecord(clear);
  const paths = IDENTITY_NUMBER_PATHS.filter((path) => path.startsWith(`${list}[].`)).map((path) =>
    path.slice(`${list}[].`.length),
  );
  return items.map(({ from, item }) => {
    if (from === null) return item;
    return paths.reduce((restored, path) => {
      const at = `${list}[${from}].${path}`;
      const untouched = valueAt(item, path) !== undefined && valueAt(item, path) === valueAt(masked, at);
      return untouched ? withValue(restored, path, valueAt(clear, at)) : restored;
    }, item);
  });
}

/** A copy with the value at a path without lists. */
function withValue(target: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  const [first = '', ...rest] = path.split('.');
  if (rest.length === 0) return { ...target, [first]: value };
  const inner = (target[first] ?? {}) as Record<string, unknown>;
  return { ...target, [first]: withValue(inner, rest.join('.'), value) };
}
