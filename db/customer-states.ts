import type {
  CaseKind,
  CustomerStatus,
  CustomerType,
  Language,
  RiskLevel,
  Stage,
  Trigger,
} from '../domain/customer';
import type { CaseOwner, WaitingOn } from './cases';
import type { PairRow } from './duplicates';
import type { MergeRow } from './merges';
import { camelRow, camelRows } from './rows';
import type { Tx } from './transaction';

/** What screens showed of a customer from `validFrom` until the next state. Written by the database, never by code. */
export interface CustomerStateRow {
  customerId: string;
  validFrom: Date;
  code: string;
  type: CustomerType;
  trigger: Trigger;
  status: CustomerStatus;
  risk: RiskLevel | null;
  branchId: string | null;
  language: Language;
  version: number;
  displayName: string;
  province: string | null;
  completeness: number;
  missing: string[];
  nextReviewOn: string | null;
  reviewOverdueSince: Date | null;
  createdAt: Date;
  updatedAt: Date;
  mergedInto: string | null;
  caseId: string | null;
  caseKind: CaseKind | null;
  caseStage: Stage | null;
  caseOwner: CaseOwner | null;
  caseWaitingOn: WaitingOn | null;
  caseSince: Date | null;
  caseNextStep: string | null;
  caseNextAt: Date | null;
  caseDueOn: Date | null;
  /** Ids of what was open or there; the rows themselves are kept. */
  findings: string[];
  documents: string[];
  endedDocuments: string[];
  seenDocuments: string[];
}

/** The state in force at an instant (RFC 3339, to the microsecond), or null where there was no file yet. */
export async function stateAt(tx: Tx, customerId: string, at: string): Promise<CustomerStateRow | null> {
  const row = await tx
    .sql('customer_states')
    .where({ dealer_id: tx.dealerId, customer_id: customerId })
    .where('valid_from', '<=', at)
    .where('valid_to', '>', at)
    .first();
  return row === undefined ? null : camelRow<CustomerStateRow>(row);
}

/** The states of several customers at an instant, by id; who had no file yet is absent. */
export async function statesAt(
  tx: Tx,
  customerIds: readonly string[],
  at: string,
): Promise<Map<string, CustomerStateRow>> {
  if (customerIds.length === 0) return new Map();
  const rows = await customersAt(tx, at).whereIn('customer_id', customerIds);
  return new Map(camelRows<CustomerStateRow>(rows).map((row) => [row.customerId, row]));
}

/** Pairs that were an open question about a customer at an instant, in the order of `pairsOf`. */
export async function pairsAt(tx: Tx, customerId: string, at: string): Promise<PairRow[]> {
  return camelRows<PairRow>(
    await tx
      .sql('duplicate_candidates')
      .where({ dealer_id: tx.dealerId })
      .whereRaw('? in (first_id, second_id)', [customerId])
      .where('found_at', '<=', at)
      .whereRaw("coalesce(ended_at, 'infinity') > ?", [at])
      .orderBy(['found_at', 'id']),
  );
}

/** Merges into a customer that stood at an instant, in the order of `liveMergesOf`. */
export async function mergesAt(tx: Tx, survivorId: string, at: string): Promise<MergeRow[]> {
  return camelRows<MergeRow>(
    await tx
      .sql('merges')
      .where({ dealer_id: tx.dealerId, survivor_id: survivorId })
      .where('merged_at', '<=', at)
      .whereRaw("coalesce(undone_at, 'infinity') > ?", [at])
      .orderBy(['merged_at', 'id']),
  );
}

/** The customers of an instant under the column names of `customers`, to be queried in its place. */
export function customersAt(tx: Tx, at: string) {
  return tx.sql.from(
    tx.sql
      .select('s.*', 's.customer_id as id')
      .from('customer_states as s')
      .where('s.dealer_id', tx.dealerId)
      .where('s.valid_from', '<=', at)
      .where('s.valid_to', '>', at)
      .as('customers'),
  );
}

/**
 * Narrows a query over `customersAt` to files that a search found then. What has not been edited since is found by the live
 * index; the rest by the terms kept with the version of that day. `words`: each by one of its alternatives, as a prefix.
 */
export function searchAt(
  tx: Tx,
  rows: ReturnType<typeof customersAt>,
  words: readonly (readonly string[])[],
): void {
  const asked = JSON.stringify(words);
  rows.whereRaw(
    `case when exists (select from customers live where live.dealer_id = customers.dealer_id
                         and live.id = customers.id and live.version = customers.version)
      then customers.id in (select gate.search_customers(?::jsonb))
      else not exists (
        select from jsonb_array_elements(?::jsonb) word where not exists (
          select from customer_version_terms v, unnest(v.terms) term, jsonb_array_elements_text(word) prefix
          where v.dealer_id = customers.dealer_id and v.customer_id = customers.id
            and v.version = customers.version
            and (term = rtrim(prefix, '=') or (prefix not like '%=' and starts_with(term, prefix)))))
      end`,
    [asked, asked],
  );
}
