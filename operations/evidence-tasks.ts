import type { CaseRow } from '../db/cases';
import type { CustomerRow } from '../db/customers';
import { endTaskOf, openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import type { VerificationRow } from '../db/verifications';
import { wantedEvidence, type WantedEvidence } from '../domain/evidence';
import { dealerKey } from './record-envelope';
import { evidenceHash, lastSeen } from './standing-answers';

export const EVIDENCE_TASK = 'gather_evidence';

/** One task for each look-up, case and value: an edit of the value asks anew, a repeated step does not. */
function dedupeOf(caseId: string, key: Buffer, wanted: WantedEvidence): string {
  return `evidence:${caseId}:${wanted.kind}:${evidenceHash(key, wanted).toString('hex')}`;
}

/**
 * Asks staff to look up what no register answers programs. The case does not wait for it: who decides sees a grey light
 * and the open task. Tasks about values that the record no longer holds are withdrawn.
 */
export async function openEvidenceTasks(
  tx: Tx,
  customer: CustomerRow,
  record: unknown,
  row: CaseRow,
  answers: readonly VerificationRow[],
): Promise<void> {
  const key = await dealerKey(tx);
  const wanted = wantedEvidence(customer.type, customer.trigger, record);
  await withdrawOthers(
    tx,
    row.id,
    wanted.map((one) => dedupeOf(row.id, key, one)),
  );
  for (const one of wanted) {
    if (lastSeen(key, one, answers)?.caseId === row.id) continue;
    await openTask(tx, {
      customerId: customer.id,
      caseId: row.id,
      kind: EVIDENCE_TASK,
      forRole: 'staff',
      detail: { evidence: one.kind, field: one.field, link: one.link },
      dedupe: dedupeOf(row.id, key, one),
    });
  }
}

/** What the task asked for is recorded. */
export async function endEvidenceTask(tx: Tx, row: CaseRow, wanted: WantedEvidence): Promise<void> {
  await endTaskOf(tx, dedupeOf(row.id, await dealerKey(tx), wanted), 'done');
  if (wanted.kind !== 'population_register') return;
  await tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId, case_id: row.id, kind: 'register_unavailable', state: 'open' })
    .whereRaw("detail ->> 'field' = ?", [wanted.field])
    .update({ state: 'done', ended_at: tx.now });
}

async function withdrawOthers(tx: Tx, caseId: string, wanted: readonly string[]): Promise<void> {
  await tx
    .sql('tasks')
    .where({ dealer_id: tx.dealerId, case_id: caseId, kind: EVIDENCE_TASK, state: 'open' })
    .whereNotIn('dedupe', wanted)
    .update({ state: 'cancelled', ended_at: tx.now });
}
