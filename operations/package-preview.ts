import type { Tx } from '../db/transaction';
import type { CustomerFilter } from './customer-list';
import { drawScope, requireScope } from './package-scope';
import type { PackageScope } from './package-snapshot';
import { requireOfficer } from './packages';

export interface ScopePreview {
  /** Customers whose files would go in. */
  inside: number;
  /** In by filter and period, before a sample is drawn. */
  population: number;
  /** Taken in by the filter and left out by the period. */
  outside: number;
}

/** Who a package would hold if it were frozen now. Throws INVALID_INPUT for a branch or somebody who cannot be named so. */
export async function previewScope(
  tx: Tx,
  period: { from: string; to: string },
  filter: CustomerFilter,
  scope: PackageScope,
): Promise<ScopePreview> {
  await requireOfficer(tx);
  await requireScope(tx, scope, filter);
  const drawn = await drawScope(tx, { periodFrom: period.from, periodTo: period.to }, filter, scope);
  return { inside: drawn.inside.length, population: drawn.population, outside: drawn.outside.length };
}

/** Ids of these customers by their codes; codes of nobody are missing in the answer. */
export async function idsByCode(tx: Tx, codes: readonly string[]): Promise<Map<string, string>> {
  const rows: { id: string; code: string }[] = await tx
    .sql('customers')
    .where({ dealer_id: tx.dealerId })
    .whereIn('code', codes)
    .select('id', 'code');
  return new Map(rows.map(({ id, code }) => [code, id]));
}

/** Codes of these customers by their ids. */
export async function codesById(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows: { id: string; code: string }[] = await tx
    .sql('customers')
    .where({ dealer_id: tx.dealerId })
    .whereIn('id', ids)
    .select('id', 'code');
  return new Map(rows.map(({ id, code }) => [id, code]));
}
