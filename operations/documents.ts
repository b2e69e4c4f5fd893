import { getDocument, insertDocument, updateDocument, type DocumentRow } from '../db/documents';
import { getCustomer } from '../db/customers';
import { actorId, type Tx } from '../db/transaction';
import type { DocumentKind } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { provesIdentity } from '../domain/findings';
import { lockFile, type LockedFile } from './customer-file';
import { documentPlace, toDocumentView, type DocumentView } from './document-views';
import { afterChange } from './file-changes';
import { openCustomerKey, sealText } from './record-envelope';
import { scheduleDocumentExpiry } from './review-dates';

/** A file that lies encrypted in the store, waiting for its row. */
export interface StoredFile {
  /** Also the document's id: the file's key is derived from it. */
  id: string;
  address: string;
  mediaType: string;
  bytes: number;
  sha256: Buffer;
  fileName: string;
}

export interface NewDocument {
  stored: StoredFile;
  kind: DocumentKind;
  number?: string;
  issuedOn?: string;
  expiresOn?: string;
  originalSeen?: boolean;
  replaces?: string;
  reason?: string;
}

/** Puts a stored file on a customer's record, with "aslı görüldü" when the clerk attests it (TY m.6/2). */
export async function addDocument(tx: Tx, customerId: string, input: NewDocument): Promise<DocumentView> {
  const file = await lockFile(tx, customerId);
  const { customer, key, openCase } = file;
  if (['closed', 'rejected', 'withdrawn', 'expired'].includes(customer.status))
    throw new ComplianceError('STATE_FORBIDS', 'customer_closed');
  // Copying an identity card is lawful only inside the duty to identify (D-9): below the triggers no image is taken.
  if (customer.trigger === 'voluntary' && provesIdentity(input.kind)) {
    throw new ComplianceError('INVALID_INPUT', 'no_identity_image', [
      { pointer: '/kind', code: 'no_identity_image' },
    ]);
  }
  const { stored } = input;
  const row: Parameters<typeof insertDocument>[1] = {
    id: stored.id,
    customerId,
    kind: input.kind,
    issuedOn: input.issuedOn ?? null,
    expiresOn: input.expiresOn ?? null,
    mediaType: stored.mediaType,
    bytes: stored.bytes,
    sha256: stored.sha256,
    address: stored.address,
    caseId: openCase?.id ?? null,
    numberEnvelope:
      input.number === undefined ? null : sealText(key, input.number, documentPlace(stored.id, 'number')),
    fileNameEnvelope: sealText(key, stored.fileName, documentPlace(stored.id, 'file_name')),
    uploadedBy: actorId(tx.actor),
    uploadedAt: tx.now,
    ...(input.originalSeen === true ? seenNow(tx, openCase?.id ?? null) : {}),
  };
  await insertDocument(tx, row);
  const detail = { documentId: stored.id, kind: input.kind, sha256: stored.sha256.toString('hex') };
  tx.audit({ event: 'document.uploaded', customerId, ...caseOf(file), detail });
  if (input.originalSeen === true)
    tx.audit({
      event: 'document.original_seen',
      customerId,
      ...caseOf(file),
      detail: { documentId: stored.id },
    });
  if (input.replaces !== undefined)
    await endDocument(tx, file, input.replaces, 'replaced', input.reason ?? '', stored.id);
  await settle(tx, file, stored.id);
  return toDocumentView(key, await getDocument(tx, customerId, stored.id));
}

/** A clerk's word that the original was shown, with name and time. */
export async function attestOriginal(tx: Tx, customerId: string, documentId: string): Promise<DocumentView> {
  const file = await lockFile(tx, customerId);
  const document = await getDocument(tx, customerId, documentId);
  if (document.state !== 'current') throw new ComplianceError('STATE_FORBIDS', 'document_ended');
  if (document.seenAt === null) {
    await updateDocument(tx, documentId, seenNow(tx, file.openCase?.id ?? null));
    tx.audit({ event: 'document.original_seen', customerId, ...caseOf(file), detail: { documentId } });
    await settle(tx, file, documentId);
  }
  return toDocumentView(file.key, await getDocument(tx, customerId, documentId));
}

/** Takes a document out of the current file; it stays readable, with who, when and why. */
export async function withdrawDocument(
  tx: Tx,
  customerId: string,
  documentId: string,
  reason: string,
): Promise<DocumentView> {
  const file = await lockFile(tx, customerId);
  await endDocument(tx, file, documentId, 'withdrawn', reason, null);
  await settle(tx, file, documentId);
  return toDocumentView(file.key, await getDocument(tx, customerId, documentId));
}

/** A document with what opens its file. The view is logged: who looked at whose papers. */
export async function openDocument(
  tx: Tx,
  customerId: string,
  documentId: string,
): Promise<{ view: DocumentView; address: string; key: Buffer }> {
  const customer = await getCustomer(tx, customerId);
  const row = await getDocument(tx, customerId, documentId);
  const key = await openCustomerKey(tx, customer);
  tx.audit({ event: 'document.viewed', customerId, detail: { documentId } });
  return { view: toDocumentView(key, row), address: row.address, key };
}

async function endDocument(
  tx: Tx,
  file: LockedFile,
  documentId: string,
  state: 'replaced' | 'withdrawn',
  reason: string,
  replacedBy: string | null,
): Promise<void> {
  if (reason.trim() === '')
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/reason', code: 'reason_required' }]);
  const document = await getDocument(tx, file.customer.id, documentId);
  if (document.state !== 'current') throw new ComplianceError('STATE_FORBIDS', 'document_ended');
  await updateDocument(tx, documentId, {
    state,
    endedBy: actorId(tx.actor),
    endedAt: tx.now,
    endedReason: reason,
    replacedBy,
  });
  tx.audit({
    event: state === 'replaced' ? 'document.replaced' : 'document.withdrawn',
    customerId: file.customer.id,
    ...caseOf(file),
    detail: { documentId, replacedBy },
  });
}

/** What every change of documents brings: findings, the case's next step, the next expiry. */
async function settle(tx: Tx, file: LockedFile, documentId: string): Promise<void> {
  const caseId = await afterChange(tx, file, { what: 'document', identityChanged: false });
  if (caseId !== null)
    await tx
      .sql('documents')
      .where({ dealer_id: tx.dealerId, id: documentId })
      .whereNull('case_id')
      .update({ case_id: caseId });
  if (['active', 'suspended', 'passive'].includes(file.customer.status))
    await scheduleDocumentExpiry(tx, file.customer, file.record);
}

function seenNow(tx: Tx, caseId: string | null): Partial<DocumentRow> {
  return { seenBy: actorId(tx.actor), seenAt: tx.now, seenCaseId: caseId };
}

function caseOf(file: LockedFile): { caseId?: string } {
  return file.openCase === null ? {} : { caseId: file.openCase.id };
}
