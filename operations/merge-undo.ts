import { getVersion, updateCustomer } from '../db/customers';
import { pairsOf, updatePair } from '../db/duplicates';
import { setDuty } from '../db/duties';
import { updateCase } from '../db/cases';
import { getMerge, markUndone, reopenTasks, type MergeRow } from '../db/merges';
import { actorId, type Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { patchBetween } from '../domain/merge-patch';
import type { LockedFile } from './customer-file';
import { changeStatus } from './customer-status';
import { updateRecord } from './customers';
import { recordDuplicates } from './duplicates';
import { lockBoth } from './merge';
import { openRecord } from './record-envelope';
import { reindexFile } from './search-index';

/**
 * Takes a merge back within its period: the absorbed file stands again as it did, with its case, waits and tasks; the
 * survivor's record goes back too, unless somebody has edited it since: then it stays as it is. Search finds each file by
 * its own values. Throws NOT_FOUND, or STATE_FORBIDS where the period is over, it was undone before, or the survivor has
 * itself been merged since (that merge is undone first). Answers with the merge as it stood.
 */
export async function undoMerge(tx: Tx, mergeId: string, reason: string): Promise<MergeRow> {
  const merge = await getMerge(tx, mergeId);
  if (merge === null) throw new ComplianceError('NOT_FOUND', 'merge_not_found');
  const { survivor, absorbed } = await lockBoth(tx, merge.survivorId, merge.absorbedId);
  if (survivor.customer.mergedInto !== null) throw new ComplianceError('STATE_FORBIDS', 'merge_undo_order');
  if (tx.now >= merge.undoUntil) throw new ComplianceError('STATE_FORBIDS', 'merge_undo_expired');
  if (!(await markUndone(tx, mergeId, actorId(tx.actor), reason)))
    throw new ComplianceError('STATE_FORBIDS', 'merge_undone');

  await restoreWork(tx, merge, absorbed);
  await restoreRecord(tx, merge, survivor);
  for (const id of [merge.survivorId, merge.absorbedId]) await reindexFile(tx, id);
  await separate(tx, merge, reason);
  const about = (otherId: string, code: string) => ({ mergeId, otherId, code });
  tx.audit({
    event: 'customer.merge_undone',
    customerId: merge.survivorId,
    detail: about(merge.absorbedId, absorbed.customer.code),
  });
  tx.audit({
    event: 'customer.restored',
    customerId: merge.absorbedId,
    detail: about(merge.survivorId, survivor.customer.code),
  });
  return merge;
}

/** Every wait that there was is a duty again; one that fell due meanwhile is due now. */
async function restoreWork(tx: Tx, { snapshot }: MergeRow, { customer }: LockedFile): Promise<void> {
  await updateCustomer(tx, customer.id, { mergedInto: null });
  await changeStatus(tx, { ...customer, mergedInto: null }, snapshot.status, snapshot.openCase?.id);
  if (snapshot.openCase !== null) {
    const { id, nextAt, ...row } = snapshot.openCase;
    const next = nextAt === null ? null : new Date(nextAt);
    await updateCase(tx, id, { ...row, nextAt: next, since: tx.now, outcome: null, closedAt: null });
    tx.audit({ event: 'case.reopened', customerId: customer.id, caseId: id, detail: { to: row.stage } });
  }
  for (const { kind, caseId, dueAt } of snapshot.duties)
    await setDuty(tx, customer.id, caseId, kind, new Date(dueAt));
  await reopenTasks(tx, snapshot.tasks);
}

async function restoreRecord(tx: Tx, merge: MergeRow, { customer, key, record }: LockedFile): Promise<void> {
  if (merge.versionAfter === merge.versionBefore || customer.version !== merge.versionAfter) return;
  if (['closed', 'rejected', 'withdrawn', 'expired'].includes(customer.status)) return;
  const { envelope } = await getVersion(tx, customer.id, merge.versionBefore);
  const before = openRecord(key, customer.id, merge.versionBefore, envelope);
  await updateRecord(tx, customer.id, { patch: patchBetween(record, before), ifVersion: null });
}

/** Who undoes a merge says that they are two. */
async function separate(tx: Tx, merge: MergeRow, reason: string): Promise<void> {
  const pairs = await pairsOf(tx, [merge.absorbedId], 'merged');
  const theirs = pairs.find((pair) => [pair.firstId, pair.secondId].includes(merge.survivorId));
  if (theirs !== undefined) {
    const ended = { endedAt: tx.now, endedBy: actorId(tx.actor), endedReason: reason };
    // The surest kind, so that the same resemblance does not ask again.
    await updatePair(tx, theirs.id, { state: 'dismissed', strength: 'strong', ...ended });
  }
  await recordDuplicates(tx, [merge.survivorId, merge.absorbedId]);
}
