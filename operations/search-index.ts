import {
  deleteSearch,
  getCustomer,
  getVersion,
  replaceFormerSearch,
  replaceSearch,
  type CustomerRow,
  type FormerSearch,
} from '../db/customers';
import { liveMergesOf } from '../db/merges';
import type { Tx } from '../db/transaction';
import { displayName } from '../domain/names';
import { blindIndexes } from './blind-indexes';
import { dealerKey, openCustomerKey, openRecord } from './record-envelope';
import { searchTerms } from './search-terms';

/** Writes what finds a customer by its current record. */
export async function indexCustomer(tx: Tx, customer: CustomerRow, record: unknown): Promise<void> {
  const key = await dealerKey(tx);
  await replaceSearch(
    tx,
    customer.id,
    searchTerms(key, customer.code, customer.displayName, record),
    blindIndexes(key, record),
  );
}

/**
 * Writes anew all that finds a customer: its record, and as former values what the files that it absorbed held and what its
 * own record said before each merge (T09: both numbers stay known). Derived from the merges that stand, so that undoing one
 * needs no memory of its own. A merged file is found no more by itself.
 */
export async function reindexFile(tx: Tx, customerId: string): Promise<void> {
  const customer = await getCustomer(tx, customerId);
  await deleteSearch(tx, customerId);
  if (customer.mergedInto !== null) return;
  await indexCustomer(tx, customer, await recordOf(tx, customer));
  await replaceFormerSearch(tx, customerId, await formerOf(tx, customer));
}

async function formerOf(tx: Tx, customer: CustomerRow): Promise<FormerSearch[]> {
  const former: FormerSearch[] = [];
  for (const merge of await liveMergesOf(tx, customer.id)) {
    const absorbed = await getCustomer(tx, merge.absorbedId);
    former.push(await searchOf(tx, absorbed, await recordOf(tx, absorbed)));
    if (merge.versionAfter !== merge.versionBefore) {
      former.push(await searchOf(tx, customer, await recordOf(tx, customer, merge.versionBefore)));
    }
    former.push(...(await formerOf(tx, absorbed)));
  }
  return former;
}

async function searchOf(
  tx: Tx,
  { id, code }: CustomerRow,
  record: Record<string, unknown>,
): Promise<FormerSearch> {
  const key = await dealerKey(tx);
  return {
    formerOf: id,
    terms: searchTerms(key, code, displayName(record), record),
    digests: blindIndexes(key, record),
  };
}

/** The record as it stands, or as one version says. */
async function recordOf(tx: Tx, customer: CustomerRow, version?: number): Promise<Record<string, unknown>> {
  const key = await openCustomerKey(tx, customer);
  if (version === undefined || version === customer.version)
    return openRecord(key, customer.id, customer.version, customer.envelope);
  const row = await getVersion(tx, customer.id, version);
  return openRecord(key, customer.id, version, row.envelope);
}
