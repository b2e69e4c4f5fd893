import { openFindings } from '../db/findings';
import type { MoveRow } from '../db/policy-changes';
import type { Tx } from '../db/transaction';
import { hasBlocking, reassess } from './assessment';
import { lockFile, type LockedFile } from './customer-file';
import { endFollowUp, followUpIfNeeded } from './file-changes';
import { toVerifying, toWaitingCustomer } from './stage-steps';

/**
 * Judges files under the rules of today, with what follows for the work under way: a new gap opens or holds up a case, a
 * gap that is none any more lets it go on. Answers with a line for each file whose findings changed.
 */
export async function judgeAnew(tx: Tx, ids: readonly string[]): Promise<MoveRow[]> {
  const rows: MoveRow[] = [];
  for (const id of ids) {
    const file = await lockFile(tx, id);
    const before = await openFindings(tx, id);
    const after = await reassess(tx, file.customer, file.record, file.openCase?.id ?? null);
    const known = new Set(before.map((finding) => finding.id));
    const kept = after.filter((finding) => known.has(finding.id)).length;
    if (kept === before.length && kept === after.length) continue;
    await carryOn(tx, file, hasBlocking(after));
    rows.push({
      customerId: id,
      what: 'findings',
      caseId: file.openCase?.id ?? null,
      duty: null,
      oldOn: null,
      newOn: null,
      oldAt: null,
      newAt: null,
      oldDueAt: null,
      newDueAt: null,
      oldNumber: before.length,
      newNumber: after.length,
    });
  }
  return rows;
}

async function carryOn(tx: Tx, file: LockedFile, blocking: boolean): Promise<void> {
  const { customer, openCase: row } = file;
  if (row === null) {
    await followUpIfNeeded(tx, file, blocking);
    return;
  }
  if (row.kind === 'follow_up' && !blocking) return endFollowUp(tx, file);
  if (row.kind !== 'onboarding' && row.kind !== 'review') return;
  const decided = row.stage === 'decision' || row.stage === 'rating';
  if (decided && blocking) await toWaitingCustomer(tx, customer, row);
  if (row.stage === 'waiting_customer' && !blocking) await toVerifying(tx, row);
}
