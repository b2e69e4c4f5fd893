import type { Tx } from '../db/transaction';
import { newKey, open, seal } from '../stores/crypto';

/** The dealer's key-encryption key, read and unwrapped once per process. */
export async function dealerKey(tx: Tx): Promise<Buffer> {
  const known = tx.keys.knownDealerKey(tx.dealerId);
  if (known !== undefined) return known;
  const row = await tx.sql('dealers').where({ id: tx.dealerId }).first('wrapped_key');
  return tx.keys.openDealerKey(tx.dealerId, row.wrapped_key as Buffer);
}

const keyPlace = (customerId: string) => `customers|${customerId}|wrapped_key`;
const recordPlace = (customerId: string, version: number) => `customer_versions|${customerId}|${version}`;

/** A new customer's own data key, and its wrapped form: destroying the wrapped form erases the customer. */
export async function newCustomerKey(
  tx: Tx,
  customerId: string,
): Promise<{ key: Buffer; wrappedKey: Buffer }> {
  const key = newKey();
  return { key, wrappedKey: seal(await dealerKey(tx), key, keyPlace(customerId)) };
}

export async function openCustomerKey(tx: Tx, customer: { id: string; wrappedKey: Buffer }): Promise<Buffer> {
  return open(await dealerKey(tx), customer.wrappedKey, keyPlace(customer.id));
}

/** The record of one version as an envelope under the customer's key; versions cannot be exchanged for each other. */
export function sealRecord(key: Buffer, customerId: string, version: number, record: unknown): Buffer {
  return seal(key, Buffer.from(JSON.stringify(record)), recordPlace(customerId, version));
}

export function openRecord(
  key: Buffer,
  customerId: string,
  version: number,
  envelope: Buffer,
): Record<string, unknown> {
  return JSON.parse(open(key, envelope, recordPlace(customerId, version)).toString()) as Record<
    string,
    unknown
  >;
}

/** A short text of a customer (file name, document number, address) sealed for one place. */
export function sealText(key: Buffer, text: string, place: string): Buffer {
  return seal(key, Buffer.from(text), place);
}

export function openText(key: Buffer, envelope: Buffer, place: string): string {
  return open(key, envelope, place).toString();
}
