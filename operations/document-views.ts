import type { CustomerRow } from '../db/customers';
import { listDocuments, type DocumentRow } from '../db/documents';
import type { Tx } from '../db/transaction';
import type { DocumentKind } from '../domain/customer';
import { openCustomerKey, openText } from './record-envelope';

/** A document as people see it; hashes are of clear bytes, as hex. */
export interface DocumentView {
  id: string;
  kind: DocumentKind;
  state: DocumentRow['state'];
  number: string | null;
  issuedOn: string | null;
  expiresOn: string | null;
  fileName: string;
  mediaType: string;
  bytes: number;
  /** Of the file that is kept and downloaded; an image was written anew. */
  sha256: string;
  /** Of the bytes as they were sent. */
  originalSha256: string;
  pages: number | null;
  uploadedBy: string | null;
  uploadedAt: Date;
  originalSeen: { by: string | null; at: Date } | null;
  /** The clerk's word that religion and blood group on an old card are covered. */
  masked: { by: string | null; at: Date } | null;
  ended: { by: string | null; at: Date; reason: string | null; replacedBy: string | null } | null;
}

export const documentPlace = (documentId: string, column: 'number' | 'file_name') =>
  `documents|${documentId}|${column}`;

export function toDocumentView(key: Buffer, row: DocumentRow): DocumentView {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    number:
      row.numberEnvelope === null ? null : openText(key, row.numberEnvelope, documentPlace(row.id, 'number')),
    issuedOn: row.issuedOn,
    expiresOn: row.expiresOn,
    fileName: openText(key, row.fileNameEnvelope, documentPlace(row.id, 'file_name')),
    mediaType: row.mediaType,
    bytes: row.bytes,
    sha256: row.sha256.toString('hex'),
    originalSha256: (row.originalSha256 ?? row.sha256).toString('hex'),
    pages: row.pages,
    uploadedBy: row.uploadedBy,
    uploadedAt: row.uploadedAt,
    originalSeen: row.seenAt === null ? null : { by: row.seenBy, at: row.seenAt },
    masked: row.maskedAt === null ? null : { by: row.maskedBy, at: row.maskedAt },
    ended:
      row.endedAt === null
        ? null
        : { by: row.endedBy, at: row.endedAt, reason: row.endedReason, replacedBy: row.replacedBy },
  };
}

export async function listDocumentViews(tx: Tx, customer: CustomerRow): Promise<DocumentView[]> {
  const key = await openCustomerKey(tx, customer);
  return (await listDocuments(tx, customer.id)).map((row) => toDocumentView(key, row));
}
