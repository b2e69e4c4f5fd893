import { camelRows } from '../db/rows';
import type { CustomerRow } from '../db/customers';
import type { Tx } from '../db/transaction';
import type { CustomerStatus, CustomerType, RiskLevel } from '../domain/customer';
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
  await filterCustomers(tx, rows, query);
  return pageOfCustomers(tx, rows, query);
}

/** The page that a query asks for, of customers as they are or as they were. */
export async function pageOfCustomers(
  tx: Tx,
  rows: ReturnType<Tx['sql']>,
  query: CustomerQuery,
): Promise<Page<CustomerListItem>> {
  const sort = query.sort ?? 'displayName';
  const field = sort.replace('-', '') as SortField;
  const direction = sort.startsWith('-') ? 'desc' : 'asc';
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
    const [key, id] = decodeCursor(query.cursor, 2);
    rows.whereRaw(`(${sql}, id) ${direction === 'asc' ? '>' : '<'} (${CASTS[field]}, ?::uuid)`, [
      key ?? '',
      id ?? '',
    ]);
  }
  const found = camelRows<CustomerListItem & { sortKey: string }>(await rows);
  return pageOf(
    found,
    query.limit,
    (row) => [row.sortKey, row.id],
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
  else if (filter.missing !== undefined) rows.whereRaw('missing && ?::text[]', [[...filter.missing]]);
  if (filter.q !== undefined && filter.q.trim() !== '') {
    const words = JSON.stringify(queryTerms(await dealerKey(tx), filter.q));
    rows.whereRaw('id in (select gate.search_customers(?::jsonb))', [words]);
  }
}
