import type { CustomerStatus, CustomerType, Language, RiskLevel, Trigger } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { insertRows } from './bulk';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

/** One customer's row. `envelope` is the sealed record of the current version, `wrappedKey` its key. */
export interface CustomerRow {
  id: string;
  code: string;
  type: CustomerType;
  trigger: Trigger;
  status: CustomerStatus;
  risk: RiskLevel | null;
  branchId: string | null;
  language: Language;
  version: number;
  envelope: Buffer;
  wrappedKey: Buffer;
  displayName: string;
  foldKey: string;
  province: string | null;
  completeness: number;
  missing: string[];
  nextReviewOn: string | null;
  /** The instant that the next review counts from. */
  reviewFrom: Date | null;
  reviewOverdueSince: Date | null;
  lastFullReviewOn: string | null;
  activatedAt: Date | null;
  createdAt: Date;
  createdBy: string | null;
  updatedAt: Date;
  imported: boolean;
  /** The living file that this one was merged into. */
  mergedInto: string | null;
}

export type NewCustomerRow = Omit<
  CustomerRow,
  'reviewOverdueSince' | 'lastFullReviewOn' | 'activatedAt' | 'nextReviewOn' | 'reviewFrom' | 'mergedInto'
>;

export async function insertCustomers(tx: Tx, rows: readonly NewCustomerRow[]): Promise<void> {
  await insertRows(tx, 'customers', rows);
}

/** The next numbers of this dealer's files, in order. Taking them holds no lock, and a rollback does not give them back. */
export async function nextCustomerNumbers(tx: Tx, count: number): Promise<number[]> {
  const { rows } = await tx.sql.raw<{ rows: { number: number }[] }>(
    'select number from gate.next_customer_numbers(?) as list(number) order by number',
    [count],
  );
  return rows.map(({ number }) => number);
}

/** The row under lock: whoever holds it is the one writer of this customer. Another dealer's customer does not exist. */
export async function lockCustomer(tx: Tx, id: string): Promise<CustomerRow> {
  const row = await tx.sql('customers').where({ dealer_id: tx.dealerId, id }).forUpdate().first();
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'customer_not_found');
  return camelRow<CustomerRow>(row);
}

export async function getCustomer(tx: Tx, id: string): Promise<CustomerRow> {
  const row = await tx.sql('customers').where({ dealer_id: tx.dealerId, id }).first();
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'customer_not_found');
  return camelRow<CustomerRow>(row);
}

export async function getCustomers(tx: Tx, ids: readonly string[]): Promise<CustomerRow[]> {
  return camelRows<CustomerRow>(
    await tx.sql('customers').where({ dealer_id: tx.dealerId }).whereIn('id', ids).orderBy('code'),
  );
}

export async function updateCustomer(tx: Tx, id: string, patch: Partial<CustomerRow>): Promise<void> {
  await tx
    .sql('customers')
    .where({ dealer_id: tx.dealerId, id })
    .update({ ...snakeRow(patch), updated_at: tx.now });
}

export interface VersionRow {
  version: number;
  envelope: Buffer;
  caseId: string | null;
  authorKind: string;
  authorId: string | null;
  validFrom: Date;
}

export async function insertVersion(
  tx: Tx,
  customerId: string,
  version: Omit<VersionRow, 'validFrom'>,
): Promise<void> {
  await tx.sql('customer_versions').insert({
    dealer_id: tx.dealerId,
    customer_id: customerId,
    ...snakeRow(version),
    // Stamped under the customer's lock, so that "as it was on that day" is one predicate.
    valid_from: tx.sql.raw('clock_timestamp()'),
  });
}

/** First versions of new customers, stamped like every version. */
export async function insertVersions(
  tx: Tx,
  versions: readonly (Omit<VersionRow, 'validFrom'> & { customerId: string })[],
): Promise<void> {
  await insertRows(tx, 'customer_versions', versions, 'valid_from');
}

export async function getVersion(tx: Tx, customerId: string, version: number): Promise<VersionRow> {
  const row = await tx
    .sql('customer_versions')
    .where({ dealer_id: tx.dealerId, customer_id: customerId, version })
    .first();
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'version_not_found');
  return camelRow<VersionRow>(row);
}

export async function listVersions(tx: Tx, customerId: string): Promise<Omit<VersionRow, 'envelope'>[]> {
  return camelRows(
    await tx
      .sql('customer_versions')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy('version')
      .select('version', 'case_id', 'author_kind', 'author_id', 'valid_from'),
  );
}

/** What finds customers that nothing finds yet. */
export async function insertSearch(
  tx: Tx,
  customers: readonly {
    customerId: string;
    terms: readonly string[];
    digests: readonly { field: string; digest: Buffer }[];
  }[],
): Promise<void> {
  await insertRows(
    tx,
    'customer_search_terms',
    customers.flatMap(({ customerId, terms }) => terms.map((term) => ({ customerId, term }))),
  );
  await insertRows(
    tx,
    'customer_blind_indexes',
    customers.flatMap(({ customerId, digests }) => digests.map((index) => ({ customerId, ...index }))),
  );
}

/**
 * Replaces what finds this customer: folded words, blinded prefixes and whole-value fingerprints. What finds it by former
 * values (merged files) stays, under the name that the customer now has.
 */
export async function replaceSearch(
  tx: Tx,
  customerId: string,
  terms: readonly string[],
  digests: readonly { field: string; digest: Buffer }[],
): Promise<void> {
  const own = { dealer_id: tx.dealerId, customer_id: customerId };
  for (const table of SEARCH_TABLES)
    await tx
      .sql(table)
      .where({ ...own, former_of: null })
      .delete();
  await insertTerms(tx, own, terms, digests);
  await tx.sql.raw(
    `update customer_search_terms t set sort_name = left(c.display_name, 64) from customers c
     where t.dealer_id = ? and t.customer_id = ? and t.former_of is not null and t.sort_name is not null
       and c.dealer_id = t.dealer_id and c.id = t.customer_id`,
    [tx.dealerId, customerId],
  );
}

const SEARCH_TABLES = ['customer_search_terms', 'customer_blind_indexes'] as const;

/** What an absorbed file, or the customer's own record before a merge, was found by. */
export interface FormerSearch {
  formerOf: string;
  terms: readonly string[];
  digests: readonly { field: string; digest: Buffer }[];
}

/** Replaces the former values that find this customer. What it has itself is not kept twice. */
export async function replaceFormerSearch(
  tx: Tx,
  customerId: string,
  former: readonly FormerSearch[],
): Promise<void> {
  const own = { dealer_id: tx.dealerId, customer_id: customerId };
  for (const table of SEARCH_TABLES) await tx.sql(table).where(own).whereNotNull('former_of').delete();
  for (const { formerOf, terms, digests } of former)
    await insertTerms(tx, { ...own, former_of: formerOf }, terms, digests);
}

/** Nothing finds this customer any more. */
export async function deleteSearch(tx: Tx, customerId: string): Promise<void> {
  for (const table of SEARCH_TABLES)
    await tx.sql(table).where({ dealer_id: tx.dealerId, customer_id: customerId }).delete();
}

async function insertTerms(
  tx: Tx,
  own: Record<string, string>,
  terms: readonly string[],
  digests: readonly { field: string; digest: Buffer }[],
): Promise<void> {
  if (terms.length > 0)
    await tx
      .sql('customer_search_terms')
      .insert(terms.map((term) => ({ ...own, term })))
      .onConflict()
      .ignore();
  if (digests.length > 0)
    await tx
      .sql('customer_blind_indexes')
      .insert(digests.map((index) => ({ ...own, ...index })))
      .onConflict()
      .ignore();
}
