import { randomBytes } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import type { CustomerType, DocumentKind, Trigger } from '../../domain/customer';
import { addDays, dayInIstanbul } from '../../domain/days';
import { createCustomer, readCustomer, type CustomerView } from '../../operations/customers';
import { syntheticCustomers } from '../../operations/demo/synthetic';
import { addDocument } from '../../operations/documents';
import type { TestDealer } from '../support/dealer';

/*
 * Thirty tricky cases (domain.md D-10): the files tricky-case*.test.ts name theirs. These wait for what they are about:
 *
 * | case | waits for |
 * | --- | --- |
 * | T24 a name of a freeze list, another birth year | screening against lists |
 * | T25 two parts around midnight make one sum | transactions |
 * | T26 a brother's IBAN pays | transactions |
 * | T27 identity refused at 185.000 | transactions, and the store of suspicions |
 * | T30 a closed customer erased while a package is sealed | erasure |
 */

/** Days of the sixty are counted from here. */
export const TODAY = '2026-11-22';
const SIXTY = syntheticCustomers(TODAY);

/** The one of the sixty that stands for a case. */
export function customerOf(index: number) {
  const found = SIXTY.find((one) => one.index === index);
  if (found === undefined) throw new Error(`There is no synthetic customer ${index}`);
  return found;
}

/** Opens the file of one of the sixty. `changes` replaces members of the record; undefined takes one away. */
export function openOne(
  dealer: TestDealer,
  index: number,
  changes: Record<string, unknown> = {},
  frame: { type?: CustomerType; trigger?: Trigger } = {},
): Promise<string> {
  const { type, trigger, record } = customerOf(index);
  const entries = Object.entries({ ...record, ...changes }).filter(([, value]) => value !== undefined);
  const input = { type, trigger, record: Object.fromEntries(entries), ...frame };
  return dealer.run(async (tx) => (await createCustomer(tx, input)).id);
}

/** Takes papers in: issued today, the original seen. */
export async function takeIn(
  dealer: TestDealer,
  customerId: string,
  kinds: readonly DocumentKind[],
  more: { issuedOn?: string; expiresOn?: string } = {},
): Promise<void> {
  for (const kind of kinds) {
    await dealer.run((tx) =>
      addDocument(tx, customerId, {
        kind,
        originalSeen: true,
        issuedOn: addDays(dayInIstanbul(tx.now), -1),
        ...(kind === 'old_identity_card' ? { masked: true } : {}),
        ...more,
        stored: {
          id: uuidv7(),
          address: uuidv7(),
          mediaType: 'application/pdf',
          bytes: 1,
          sha256: randomBytes(32),
          fileName: 'belge.pdf',
        },
      }),
    );
  }
}

export const read = (dealer: TestDealer, id: string): Promise<CustomerView> =>
  dealer.run((tx) => readCustomer(tx, id));

/** Findings as `code field`, a warning in brackets, papers that have not come in left out. */
export async function findingsOf(dealer: TestDealer, id: string): Promise<string[]> {
  const { findings } = await read(dealer, id);
  return findings
    .filter(({ code, field }) => code !== 'missing' || !field.startsWith('documents.'))
    .map(({ code, field, severity }) => (severity === 'warning' ? `(${code} ${field})` : `${code} ${field}`))
    .sort();
}

/** Papers of a citizen whose relationship lasts. */
export const CITIZENS_PAPERS: readonly DocumentKind[] = [
  'identity_card',
  'signature_sample',
  'address_proof',
];
