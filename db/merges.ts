import type { CaseOwner, WaitingOn } from './cases';
import type { CustomerStatus, DutyKind, Stage } from '../domain/customer';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

/** What the absorbed file's work was when it was merged: what undoing puts back. */
export interface MergeSnapshot {
  status: CustomerStatus;
  openCase: {
    id: string;
    stage: Stage;
    owner: CaseOwner;
    waitingOn: WaitingOn;
    nextStep: string | null;
    nextAt: string | null;
  } | null;
  duties: { kind: DutyKind; caseId: string | null; dueAt: string }[];
  tasks: string[];
}

export interface MergeRow {
  id: string;
  survivorId: string;
  absorbedId: string;
  reason: string;
  mergedBy: string | null;
  mergedAt: Date;
  undoUntil: Date;
  /** The survivor's record versions before and after. */
  versionBefore: number;
  versionAfter: number;
  snapshot: MergeSnapshot;
  undoneBy: string | null;
  undoneAt: Date | null;
  undoReason: string | null;
}

export async function insertMerge(
  tx: Tx,
  row: Omit<MergeRow, 'undoneBy' | 'undoneAt' | 'undoReason'>,
): Promise<void> {
  const values = { ...snakeRow(row), dealer_id: tx.dealerId, snapshot: JSON.stringify(row.snapshot) };
  await tx.sql('merges').insert(values);
}

export async function getMerge(tx: Tx, id: string): Promise<MergeRow | null> {
  const row = await tx.sql('merges').where({ dealer_id: tx.dealerId, id }).first();
  return row === undefined ? null : camelRow<MergeRow>(row);
}

/** Marks a merge as undone. False where somebody was faster. */
export async function markUndone(
  tx: Tx,
  id: string,
  undoneBy: string | null,
  reason: string,
): Promise<boolean> {
  const changed = await tx
    .sql('merges')
    .where({ dealer_id: tx.dealerId, id, undone_at: null })
    .update({ undone_at: tx.now, undone_by: undoneBy, undo_reason: reason });
  return changed > 0;
}

/** Merges that stand, of files absorbed by one customer, oldest first. */
export async function liveMergesOf(tx: Tx, survivorId: string): Promise<MergeRow[]> {
  return camelRows<MergeRow>(
    await tx
      .sql('merges')
      .where({ dealer_id: tx.dealerId, survivor_id: survivorId, undone_at: null })
      .orderBy(['merged_at', 'id']),
  );
}

/** Tasks that a merge ended are open again. */
export async function reopenTasks(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId })
    .whereIn('id', ids)
    .whereNot({ state: 'open' })
    .update({ state: 'open', ended_at: null, ended_by: null, result: null });
}

/** Ends open tasks about a customer that belong to no case, but for the questions about duplicates, which end with their pairs. */
export async function cancelTasks(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId, state: 'open' })
    .whereIn('id', ids)
    .update({ state: 'cancelled', ended_at: tx.now });
}

/** Whether a customer has open pairs or absorbed files, and what it was merged into. */
export async function kinshipOf(
  tx: Tx,
  customerId: string,
): Promise<{ mergedInto: string | null; hasPairs: boolean; hasMerges: boolean }> {
  const { rows } = await tx.sql.raw<{ rows: Record<string, unknown>[] }>(
    `select c.merged_into,
       exists (select from duplicate_candidates d
         where d.dealer_id = c.dealer_id and d.first_id = c.id and d.state = 'open')
       or exists (select from duplicate_candidates d
         where d.dealer_id = c.dealer_id and d.second_id = c.id and d.state = 'open') as has_pairs,
       exists (select from merges m
         where m.dealer_id = c.dealer_id and m.survivor_id = c.id and m.undone_at is null) as has_merges
     from customers c where c.dealer_id = ? and c.id = ?`,
    [tx.dealerId, customerId],
  );
  return camelRow(rows[0] ?? { merged_into: null, has_pairs: false, has_merges: false });
}
