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
import { watchExpiry } from './review-dates';
import type { PreviewSize } from '../stores/previews';

/** A file that lies encrypted in the store, waiting for its row. */
export interface StoredFile {
  /** Also the document's id: the file's key is derived from it. */
  id: string;
  address: string;
  mediaType: string;
  bytes: number;
  /** Of the file that is kept. */
  sha256: Buffer;
  /** Of the bytes as they were sent, by which the same upload is recognised; as `sha256` where it is left out. */
  originalSha256?: Buffer;
  pages?: number;
  fileName: string;
}

export interface NewDocument {
  stored: StoredFile;
  kind: DocumentKind;
  number?: string;
  issuedOn?: string;
  expiresOn?: string;
  originalSeen?: boolean;
  /** The clerk's word that religion and blood group on an old card are covered. */
  masked?: boolean;
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
  const old = input.kind === 'old_identity_card';
  // Religion and blood group are special categories (KVKK m.6, D-9): the card is taken only when they cannot be read.
  if (old && input.masked !== true)
    throw new ComplianceError('INVALID_INPUT', 'masking_required', [
      { pointer: '/masked', code: 'masking_required' },
    ]);
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
    originalSha256: stored.originalSha256 ?? null,
    pages: stored.pages ?? null,
    address: stored.address,
    caseId: openCase?.id ?? null,
    numberEnvelope:
      input.number === undefined ? null : sealText(key, input.number, documentPlace(stored.id, 'number')),
    fileNameEnvelope: sealText(key, stored.fileName, documentPlace(stored.id, 'file_name')),
    uploadedBy: actorId(tx.actor),
    uploadedAt: tx.now,
    ...(input.originalSeen === true ? seenNow(tx, openCase?.id ?? null) : {}),
    ...(old ? { maskedBy: actorId(tx.actor), maskedAt: tx.now } : {}),
  };
  await insertDocument(tx, row);
  const detail = { documentId: stored.id, kind: input.kind, sha256: stored.sha256.toString('hex') };
  tx.audit({ event: 'document.uploaded', customerId, ...caseOf(file), detail });
  const attested = (event: 'document.original_seen' | 'document.masking_attested') =>
    tx.audit({ event, customerId, ...caseOf(file), detail: { documentId: stored.id } });
  if (input.originalSeen === true) attested('document.original_seen');
  if (old) attested('document.masking_attested');
  if (input.replaces !== undefined)
    await endDocument(tx, file, input.replaces, 'replaced', input.reason ?? '', stored.id);
  await settle(tx, file);
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
    await settle(tx, file);
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
  await settle(tx, file);
  return toDocumentView(file.key, await getDocument(tx, customerId, documentId));
}

/** Looks at pages within so many milliseconds of each other are one look. */
const ONE_LOOK_MS = 10 * 60_000;

/**
 * A document with what opens the preview of one of its pages. A page that can be read is logged as a look at the document,
 * once while somebody turns its pages; a thumbnail shows nothing that the list does not say.
 */
export async function openDocumentPreview(
  tx: Tx,
  customerId: string,
  documentId: string,
  size: PreviewSize,
): Promise<{ mediaType: string; address: string; key: Buffer }> {
  const customer = await getCustomer(tx, customerId);
  const { mediaType, address } = await getDocument(tx, customerId, documentId);
  const key = await openCustomerKey(tx, customer);
  if (size === 'page' && !(await sawLately(tx, customerId, documentId)))
    tx.audit({ event: 'document.viewed', customerId, detail: { documentId, as: 'preview' } });
  return { mediaType, address, key };
}

async function sawLately(tx: Tx, customerId: string, documentId: string): Promise<boolean> {
  const row: unknown = await tx
    .sql('audit_log')
    .where({ dealer_id: tx.dealerId, chain_id: customerId, actor_id: actorId(tx.actor) })
    .where({ event: 'document.viewed' })
    .whereRaw(`detail ->> 'documentId' = ?`, [documentId])
    // The log's instants are the database's own.
    .whereRaw(`at > clock_timestamp() - ? * interval '1 millisecond'`, [ONE_LOOK_MS])
    .first('seq');
  return row !== undefined;
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
    endedCaseId: file.openCase?.id ?? null,
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
async function settle(tx: Tx, file: LockedFile): Promise<void> {
  const caseId = await afterChange(tx, file, { what: 'document', identityChanged: false });
  if (caseId !== null && file.openCase === null) await joinCase(tx, file.customer.id, caseId);
  await watchExpiry(tx, file.customer, file.record);
}

/** The change has opened a case: what this transaction did to documents belongs to it, so that its author cannot decide it. */
async function joinCase(tx: Tx, customerId: string, caseId: string): Promise<void> {
  const own = { dealer_id: tx.dealerId, customer_id: customerId };
  for (const [act, column] of [
    ['uploaded', 'case_id'],
    ['seen', 'seen_case_id'],
    ['ended', 'ended_case_id'],
  ] as const) {
    await tx
      .sql('documents')
      .where({ ...own, [`${act}_at`]: tx.now, [`${act}_by`]: actorId(tx.actor) })
      .whereNull(column)
      .update({ [column]: caseId });
  }
}

function seenNow(tx: Tx, caseId: string | null): Partial<DocumentRow> {
  return { seenBy: actorId(tx.actor), seenAt: tx.now, seenCaseId: caseId };
}

function caseOf(file: LockedFile): { caseId?: string } {
  return file.openCase === null ? {} : { caseId: file.openCase.id };
}
