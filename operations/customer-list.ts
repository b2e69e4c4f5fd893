import { camelRows } from '../db/rows';
import type { CustomerRow } from '../db/customers';
import type { Tx } from '../db/transaction';
import type { CustomerStatus, CustomerType, RiskLevel } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { provinceSpelling } from '../domain/provinces';
import { decodeCursor, pageOf, type Page } from './pages';
import { dealerKey } from './record-envelope';
import { queryTerms } from './search-terms';

export const CUSTOMER_SORTS = ['displayName', 'code', 'createdAt', 'nextReviewOn'] as const;
type SortField = (typeof CUSTOMER_SORTS)[number];
export type CustomerSort = SortField | `-${SortField}`;

/** The filters of the customer list; packages take the same names. */
export interface CustomerFilter {
  q?: string;
  type?: readonly CustomerType[];
  status?: readonly CustomerStatus[];
  risk?: readonly RiskLevel[];
  /** `any`, or fields such as `address.line`. */
  missing?: readonly string[];
  province?: readonly string[];
  branch?: readonly string[];
}

export interface CustomerQuery extends CustomerFilter {
  sort?: CustomerSort;
  cursor?: string;
  limit: number;
}

export type CustomerListItem = Pick<
  CustomerRow,
  | 'id'
  | 'code'
  | 'displayName'
  | 'type'
  | 'trigger'
  | 'status'
  | 'risk'
  | 'completeness'
  | 'missing'
  | 'nextReviewOn'
  | 'province'
  | 'branchId'
  | 'createdAt'
>;

/** Sort expressions; absent dates come last in either direction of reading, as the largest value. */
const EXPRESSIONS: Record<SortField, { sql: string; text: string }> = {
  displayName: { sql: 'display_name collate "tr-x-icu"', text: 'display_name' },
  code: { sql: 'code', text: 'code' },
  createdAt: {
    sql: 'created_at',
    text: `to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
  },
  nextReviewOn: {
    sql: "coalesce(next_review_on, 'infinity'::date)",
    text: "coalesce(next_review_on, 'infinity'::date)::text",
  },
};
const CASTS: Record<SortField, string> = {
  displayName: '?::text collate "tr-x-icu"',
  code: '?::text',
  createdAt: '?::timestamptz',
  nextReviewOn: '?::date',
};

/** Customers by filter and Turkish-aware search, in Turkish order, a keyset page at a time. */
export async function listCustomers(tx: Tx, query: CustomerQuery): Promise<Page<CustomerListItem>> {
  const rows = tx.sql('customers').where({ dealer_id: tx.dealerId });
  const words = await searchWordsOf(tx, query);
  if (words === null) await filterCustomers(tx, rows, query);
  // Found and put in order where row security does not switch the search index off; only the page's rows are read here.
  else rows.whereIn('id', await pageIds(tx, words, query));
  return pageOfCustomers(tx, rows, words === null ? query : withoutCursor(query));
}

function withoutCursor({ cursor: _, ...query }: CustomerQuery): CustomerQuery {
  return query;
}

/** Ids of the page's rows and one more, in list order. */
async function pageIds(tx: Tx, words: string, query: CustomerQuery): Promise<string[]> {
  const { field, descending } = sortOf(query);
  const { q: _q, sort: _sort, cursor, limit, ...filter } = query;
  const [key, id] = cursor === undefined ? [null, null] : cursorKeys(cursor, query);
  const spelled = { ...filter, ...(filter.province && { province: filter.province.map(provinceSpelling) }) };
  const { rows } = await tx.sql.raw<{ rows: { id: string }[] }>(
    'select id from gate.customer_page(?::jsonb, ?::jsonb, ?, ?, ?, ?::uuid, ?) as page(id)',
    [words, JSON.stringify(spelled), field, descending, key, id, limit + 1],
  );
  return rows.map((row) => row.id);
}

/** The words of the search as the gate takes them; null where there is none. */
async function searchWordsOf(tx: Tx, filter: CustomerFilter): Promise<string | null> {
  if (filter.q === undefined || filter.q.trim() === '') return null;
  return JSON.stringify(queryTerms(await dealerKey(tx), filter.q));
}

function sortOf({ sort = 'displayName' }: CustomerQuery): { field: SortField; descending: boolean } {
  return { field: sort.replace('-', '') as SortField, descending: sort.startsWith('-') };
}

/** Key and id of the last row seen. A cursor belongs to the order it was made in. */
function cursorKeys(cursor: string, { sort = 'displayName' }: CustomerQuery): [string, string] {
  const [madeFor, key, id] = decodeCursor(cursor, 3);
  if (madeFor !== sort) throw new ComplianceError('MALFORMED', 'cursor');
  return [key ?? '', id ?? ''];
}

/** The page that a query asks for, of customers as they are or as they were. */
export async function pageOfCustomers(
  tx: Tx,
  rows: ReturnType<Tx['sql']>,
  query: CustomerQuery,
): Promise<Page<CustomerListItem>> {
  const { field, descending } = sortOf(query);
  const direction = descending ? 'desc' : 'asc';
  const { sql, text } = EXPRESSIONS[field];
  rows
    .orderByRaw(`${sql} ${direction}, id ${direction}`)
    .limit(query.limit + 1)
    .select(
      'id',
      'code',
      'display_name',
      'type',
      'trigger',
      'status',
      'risk',
      'completeness',
      'missing',
      'next_review_on',
      'province',
      'branch_id',
      'created_at',
    )
    .select(tx.sql.raw(`${text} as sort_key`));
  if (query.cursor !== undefined) {
    const keys = cursorKeys(query.cursor, query);
    rows.whereRaw(`(${sql}, id) ${descending ? '<' : '>'} (${CASTS[field]}, ?::uuid)`, keys);
  }
  const found = camelRows<CustomerListItem & { sortKey: string }>(await rows);
  return pageOf(
    found,
    query.limit,
    (row) => [query.sort ?? 'displayName', row.sortKey, row.id],
    ({ sortKey: _sortKey, ...item }) => item,
  );
}

/** Narrows a query over `customers` to a filter. */
export async function filterCustomers(
  tx: Tx,
  rows: ReturnType<Tx['sql']>,
  filter: CustomerFilter,
): Promise<void> {
  if (filter.type !== undefined) rows.whereIn('type', filter.type);
  if (filter.status !== undefined) rows.whereIn('status', filter.status);
  if (filter.risk !== undefined) rows.whereIn('risk', filter.risk);
  if (filter.province !== undefined) rows.whereIn('province', filter.province.map(provinceSpelling));
  if (filter.branch !== undefined) rows.whereIn('branch_id', filter.branch);
  if (filter.missing?.includes('any') === true) rows.whereRaw("missing <> '{}'");
  else if (filter.missing !== undefined) {
    // `address` asks for every field of it, `representatives` for those of each.
    rows.whereRaw(
      `exists (select from unnest(missing) m, unnest(?::text[]) f where m = f or starts_with(m, f || '.') or starts_with(m, f || '['))`,
      [[...filter.missing]],
    );
  }
  const words = await searchWordsOf(tx, filter);
  if (words !== null) rows.whereRaw('id in (select gate.search_customers(?::jsonb))', [words]);
}
