import { v7 as uuidv7 } from 'uuid';

import type { RegisterResult } from '../domain/verification';
import { camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

/** One answer of a register, kept whatever it said. */
export interface VerificationRow {
  id: string;
  customerId: string;
  caseId: string;
  recordVersion: number;
  subject: string;
  method: string;
  provider: string;
  simulated: boolean;
  requestHash: Buffer;
  result: RegisterResult;
  at: Date;
}

/** False when this answer to this question stands there already: a repeated step. */
export async function insertVerification(tx: Tx, row: Omit<VerificationRow, 'id' | 'at'>): Promise<boolean> {
  const inserted = await tx
    .sql('verifications')
    .insert({ ...snakeRow(row), dealer_id: tx.dealerId, id: uuidv7(), at: tx.now })
    .onConflict(['dealer_id', 'case_id', 'subject', 'request_hash', 'record_version'])
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

export async function listVerifications(tx: Tx, customerId: string): Promise<VerificationRow[]> {
  return camelRows<VerificationRow>(
    await tx
      .sql('verifications')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy(['at', 'id']),
  );
}

/** Paths of identity numbers that the register contradicted for this version of the record. */
export async function mismatchedFields(tx: Tx, customerId: string, recordVersion: number): Promise<string[]> {
  const rows: { subject: string }[] = await tx
    .sql('verifications')
    .where({
      dealer_id: tx.dealerId,
      customer_id: customerId,
      result: 'mismatch',
      record_version: recordVersion,
    })
    .select('subject');
  return rows.map((row) => row.subject);
}
