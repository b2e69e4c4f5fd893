import type { DocumentKind } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

export interface DocumentRow {
  id: string;
  customerId: string;
  caseId: string | null;
  kind: DocumentKind;
  state: 'current' | 'replaced' | 'withdrawn';
  numberEnvelope: Buffer | null;
  issuedOn: string | null;
  expiresOn: string | null;
  fileNameEnvelope: Buffer;
  mediaType: string;
  bytes: number;
  /** Of the file that is kept. */
  sha256: Buffer;
  /** Of the bytes as they were sent; null where they are the same. */
  originalSha256: Buffer | null;
  /** Null where nobody looked. */
  pages: number | null;
  address: string;
  uploadedBy: string | null;
  uploadedAt: Date;
  seenBy: string | null;
  seenAt: Date | null;
  seenCaseId: string | null;
  /** Who gave their word that an old card's religion and blood group are covered. */
  maskedBy: string | null;
  maskedAt: Date | null;
  endedBy: string | null;
  endedAt: Date | null;
  endedReason: string | null;
  /** The case in which it was ended; its own may have been an earlier one. */
  endedCaseId: string | null;
  replacedBy: string | null;
}

export async function insertDocument(
  tx: Tx,
  row: Partial<DocumentRow> & Pick<DocumentRow, 'id' | 'customerId'>,
): Promise<void> {
  await tx.sql('documents').insert({ ...snakeRow(row), dealer_id: tx.dealerId });
}

export async function updateDocument(tx: Tx, id: string, patch: Partial<DocumentRow>): Promise<void> {
  await tx.sql('documents').where({ dealer_id: tx.dealerId, id }).update(snakeRow(patch));
}

/** A document of this customer; one of somebody else does not exist. */
export async function getDocument(tx: Tx, customerId: string, id: string): Promise<DocumentRow> {
  const row = await tx
    .sql('documents')
    .where({ dealer_id: tx.dealerId, customer_id: customerId, id })
    .first();
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'document_not_found');
  return camelRow<DocumentRow>(row);
}

export async function currentDocuments(tx: Tx, customerId: string): Promise<DocumentRow[]> {
  return (await listDocuments(tx, customerId)).filter((document) => document.state === 'current');
}

/** Every document the customer ever had, oldest first. */
export async function listDocuments(tx: Tx, customerId: string): Promise<DocumentRow[]> {
  return camelRows<DocumentRow>(
    await tx
      .sql('documents')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy(['uploaded_at', 'id']),
  );
}
