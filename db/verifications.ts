import { v7 as uuidv7 } from 'uuid';

import type { CardSpelling } from '../domain/register-subjects';
import type { EvidenceKind } from '../domain/rules/evidence';
import type { RegisterResult } from '../domain/verification';
import { camelRow, camelRows, snakeRow } from './rows';
import { actorId, type Tx } from './transaction';

/** One answer of a register, or what a person saw in one; kept whatever it said. */
export interface VerificationRow {
  id: string;
  customerId: string;
  caseId: string | null;
  recordVersion: number;
  /** Path of the field that the answer is about. */
  subject: string;
  method: string;
  provider: string;
  simulated: boolean;
  requestHash: Buffer;
  result: RegisterResult;
  at: Date;
  /** The rest is set where a person looked (`method` manual). */
  evidence: EvidenceKind | null;
  link: string | null;
  seenAt: Date | null;
  noteEnvelope: Buffer | null;
  barcodeEnvelope: Buffer | null;
  documentId: string | null;
  documentSha256: Buffer | null;
  recordedBy: string | null;
  valueHash: Buffer | null;
}

type MachineAnswer = Pick<
  VerificationRow,
  | 'customerId'
  | 'caseId'
  | 'recordVersion'
  | 'subject'
  | 'method'
  | 'provider'
  | 'simulated'
  | 'requestHash'
  | 'result'
>;

/** False when this answer to this question stands there already: a repeated step. */
export async function insertVerification(tx: Tx, row: MachineAnswer): Promise<boolean> {
  const inserted = await tx
    .sql('verifications')
    .insert({ ...snakeRow(row), dealer_id: tx.dealerId, id: uuidv7(), at: tx.now })
    .onConflict(['dealer_id', 'case_id', 'subject', 'request_hash', 'record_version'])
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

/** What a person saw. */
export async function insertEvidence(
  tx: Tx,
  row: Omit<VerificationRow, 'method' | 'simulated' | 'at' | 'recordedBy'>,
): Promise<void> {
  await tx.sql('verifications').insert({
    ...snakeRow({ ...row, method: 'manual', simulated: false, recordedBy: actorId(tx.actor), at: tx.now }),
    dealer_id: tx.dealerId,
  });
}

/** All answers about a customer, oldest first. */
export async function listVerifications(tx: Tx, customerId: string): Promise<VerificationRow[]> {
  return camelRows<VerificationRow>(
    await tx
      .sql('verifications')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy(['at', 'id']),
  );
}

export interface RetryRow {
  subject: string;
  spelling: CardSpelling;
  confirmedAt: Date;
}

/** False when somebody has vouched for this card before. */
export async function insertRetry(
  tx: Tx,
  row: { caseId: string; recordVersion: number; subject: string; spelling: CardSpelling },
): Promise<boolean> {
  const inserted = await tx
    .sql('register_retries')
    .insert({
      ...snakeRow(row),
      dealer_id: tx.dealerId,
      confirmed_by: actorId(tx.actor),
      confirmed_at: tx.now,
    })
    .onConflict(['dealer_id', 'case_id', 'record_version', 'subject'])
    .ignore()
    .returning('subject');
  return inserted.length > 0;
}

/** The cards that somebody vouched for, for one version in one case. */
export async function listRetries(tx: Tx, caseId: string, recordVersion: number): Promise<RetryRow[]> {
  const rows = await tx
    .sql('register_retries')
    .where({ dealer_id: tx.dealerId, case_id: caseId, record_version: recordVersion })
    .select('subject', 'spelling', 'confirmed_at');
  return rows.map((row: Record<string, unknown>) => camelRow<RetryRow>(row));
}
