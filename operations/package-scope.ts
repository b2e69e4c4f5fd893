import { createHash } from 'node:crypto';

import { getCustomers } from '../db/customers';
import { listBranchRows } from '../db/dealers';
import type { PackageRow } from '../db/packages';
import type { Tx } from '../db/transaction';
import { addDays, instantOfDay } from '../domain/days';
import { ComplianceError, type FieldError } from '../domain/errors';
import { comparePaths } from '../domain/package-manifest';
import { drawSample, SAMPLE_RULE } from '../domain/sample';
import { filterCustomers, type CustomerFilter } from './customer-list';
import type { FrozenSample, PackageScope, ScopeReason } from './package-snapshot';

/** Who goes into a package, and who does not. All lists are in code order. */
export interface Scope {
  inside: { id: string; code: string }[];
  /** Codes of customers whom the filter takes in and the period leaves out. */
  outside: string[];
  included: ScopeReason[];
  excluded: ScopeReason[];
  /** Codes of the customers named in the request; null where none are. */
  customers: string[] | null;
  /** How many filter and period take in, without those who are included by name. */
  population: number;
  sample: FrozenSample | null;
}

interface Found {
  id: string;
  code: string;
  inside: boolean;
}

/**
 * Draws a package's scope. Filter (or the customers named) and period give the population, without the excluded ones; the
 * sample, where one is asked for, is drawn from that; whoever is included by name is in whatever filter, period and sample
 * say, and is no part of the population.
 */
export async function drawScope(
  tx: Tx,
  row: Pick<PackageRow, 'periodFrom' | 'periodTo'>,
  filter: CustomerFilter,
  asked: PackageScope,
): Promise<Scope> {
  const codes = await codesById(tx, asked);
  const found = await findCustomers(tx, row, filter, asked.customers);
  const included = byReason(asked.include, codes);
  const excluded = byReason(asked.exclude, codes);
  const byName = new Set([...included, ...excluded].map(({ code }) => code));
  const population = found.filter(({ inside, code }) => inside && !byName.has(code));
  const drawn = sampleOf(population, asked);
  const chosen = drawn === null ? population : population.filter(({ code }) => drawn.has(code));
  const added = (asked.include ?? []).map(({ customerId }) => ({
    id: customerId,
    code: codes.get(customerId) ?? '',
  }));
  return {
    inside: [...chosen, ...added]
      .map(({ id, code }) => ({ id, code }))
      .sort((a, b) => comparePaths(a.code, b.code)),
    outside: found.filter(({ inside, code }) => !inside && !byName.has(code)).map(({ code }) => code),
    included,
    excluded,
    customers: asked.customers?.map((id) => codes.get(id) ?? '').sort(comparePaths) ?? null,
    population: population.length,
    sample:
      asked.sample === undefined
        ? null
        : { rule: SAMPLE_RULE, ...asked.sample, population: population.map(({ code }) => code) },
  };
}

/** Codes of a sample's customers; null where everybody is in. */
function sampleOf(population: readonly Found[], { sample }: PackageScope): Set<string> | null {
  if (sample === undefined) return null;
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  return new Set(
    drawSample(
      population.map(({ code }) => code),
      sample,
      sha256,
    ),
  );
}

function byReason(list: PackageScope['include'], codes: Map<string, string>): ScopeReason[] {
  return (list ?? [])
    .map(({ customerId, reason }) => ({ code: codes.get(customerId) ?? '', reason }))
    .sort((a, b) => comparePaths(a.code, b.code));
}

/**
 * A file begins when the customer is created and ends when it is rejected, withdrawn, expired or closed; its cases lie
 * inside that time. It overlaps the period when it began before the period's end and had not ended before its beginning.
 */
async function findCustomers(
  tx: Tx,
  row: Pick<PackageRow, 'periodFrom' | 'periodTo'>,
  filter: CustomerFilter,
  named: readonly string[] | undefined,
): Promise<Found[]> {
  const rows = tx
    .sql('customers')
    .where({ dealer_id: tx.dealerId })
    .whereNot({ status: 'lead' })
    .orderByRaw('code collate "C"')
    .select('id', 'code')
    .select(
      tx.sql.raw(
        `created_at < ?::timestamptz and (
           status not in ('rejected', 'withdrawn', 'expired', 'closed')
           or coalesce((select max(k.closed_at) from cases k
                        where k.dealer_id = customers.dealer_id and k.customer_id = customers.id), updated_at)
              >= ?::timestamptz) as inside`,
        [instantOfDay(addDays(row.periodTo, 1), 0), instantOfDay(row.periodFrom, 0)],
      ),
    );
  if (named !== undefined) rows.whereIn('id', named);
  await filterCustomers(tx, rows, filter);
  return (await rows) as Found[];
}

async function codesById(
  tx: Tx,
  { customers, include, exclude }: PackageScope,
): Promise<Map<string, string>> {
  const ids = [
    ...(customers ?? []),
    ...[...(include ?? []), ...(exclude ?? [])].map(({ customerId }) => customerId),
  ];
  if (ids.length === 0) return new Map();
  return new Map((await getCustomers(tx, [...new Set(ids)])).map(({ id, code }) => [id, code]));
}

/**
 * Checks what a request names before anything is written. Throws INVALID_INPUT for a branch or a customer who does not
 * exist, a lead put in by name, somebody named twice, or a reason that is only white space.
 */
export async function requireScope(tx: Tx, scope: PackageScope, filter: CustomerFilter): Promise<void> {
  const problems = await branchProblems(tx, filter);
  const { customers = [], include = [], exclude = [] } = scope;
  const named = [
    ...customers.map((id, index) => ({ id, list: 'customers', pointer: `/customers/${index}` })),
    ...include.map(({ customerId }, index) => ({
      id: customerId,
      list: 'include',
      pointer: `/include/${index}/customerId`,
    })),
    ...exclude.map(({ customerId }, index) => ({
      id: customerId,
      list: 'exclude',
      pointer: `/exclude/${index}/customerId`,
    })),
  ];
  const rows = await getCustomers(tx, [...new Set(named.map(({ id }) => id))]);
  const known = new Map(rows.map((row) => [row.id, row]));
  const seen = new Set<string>();
  for (const { id, list, pointer } of named) {
    const place = list === 'customers' ? list : 'by name';
    if (known.get(id) === undefined) problems.push({ pointer, code: 'unknown_customer' });
    else if (list === 'include' && known.get(id)?.status === 'lead')
      problems.push({ pointer, code: 'is_lead' });
    else if (seen.has(`${place}|${id}`)) problems.push({ pointer, code: 'named_twice' });
    seen.add(`${place}|${id}`);
  }
  for (const list of ['include', 'exclude'] as const) {
    for (const [index, { reason }] of (scope[list] ?? []).entries()) {
      if (reason.trim() === '')
        problems.push({ pointer: `/${list}/${index}/reason`, code: 'reason_required' });
    }
  }
  if (problems.length > 0) throw new ComplianceError('INVALID_INPUT', 'shape', problems);
}

/** A filter by a branch that is not there would give an empty package whose scope names no branch. */
async function branchProblems(tx: Tx, { branch = [] }: CustomerFilter): Promise<FieldError[]> {
  if (branch.length === 0) return [];
  const known = new Set((await listBranchRows(tx)).map(({ id }) => id));
  return branch.every((id) => known.has(id)) ? [] : [{ pointer: '/filter/branch', code: 'unknown_branch' }];
}
