import { v7 as uuidv7 } from 'uuid';

import type { Finding } from '../domain/findings';
import { insertRows } from './bulk';
import { camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

export interface FindingRow extends Finding {
  id: string;
  caseId: string | null;
  openedAt: Date;
  closedAt: Date | null;
}

export async function openFindings(tx: Tx, customerId: string): Promise<FindingRow[]> {
  return camelRows<FindingRow>(
    await tx
      .sql('findings')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .whereNull('closed_at')
      .orderBy(['requirement_id', 'field', 'code']),
  );
}

/** Findings by id, in the order in which a screen shows them. */
export async function findingsOf(tx: Tx, customerId: string, ids: readonly string[]): Promise<FindingRow[]> {
  return camelRows<FindingRow>(
    await tx
      .sql('findings')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .whereIn('id', ids)
      .orderBy(['requirement_id', 'field', 'code']),
  );
}

/** Every finding of the customer that was ever open. */
export async function allFindings(tx: Tx, customerId: string): Promise<FindingRow[]> {
  return camelRows<FindingRow>(
    await tx
      .sql('findings')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy(['opened_at', 'id']),
  );
}

export async function insertFindings(
  tx: Tx,
  customerId: string,
  caseId: string | null,
  findings: readonly Finding[],
): Promise<void> {
  if (findings.length === 0) return;
  await tx.sql('findings').insert(
    findings.map((finding) => ({
      ...snakeRow(finding),
      dealer_id: tx.dealerId,
      id: uuidv7(),
      customer_id: customerId,
      case_id: caseId,
      opened_at: tx.now,
    })),
  );
}

/** What new customers' files lack. */
export async function insertFirstFindings(
  tx: Tx,
  files: readonly { customerId: string; caseId: string; findings: readonly Finding[] }[],
): Promise<void> {
  await insertRows(
    tx,
    'findings',
    files.flatMap(({ customerId, caseId, findings }) =>
      findings.map((finding) => ({ ...finding, id: uuidv7(), customerId, caseId, openedAt: tx.now })),
    ),
  );
}

export async function closeFindings(tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.sql('findings').where({ dealer_id: tx.dealerId }).whereIn('id', ids).update({ closed_at: tx.now });
}
