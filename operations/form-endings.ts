import { getForm, updateForm, type FormRow } from '../db/forms';
import { endTaskOf } from '../db/tasks';
import { actorId, type Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import { lockFile } from './customer-file';
import { addDocument, type StoredFile } from './documents';

/** How an issued form ends: signed, superseded by a newer one, or void. All three are final; the file stays readable. */

export interface Signature {
  /** The scan, encrypted in the store. */
  stored: StoredFile;
  /** SHA-256 of the PDF that the caller holds in hand (If-Match). */
  pdfSha256: Buffer;
  originalSeen?: boolean;
}

/** Throws NOT_FOUND, or VERSION_STALE where the caller holds another PDF than this form's. */
export async function matchForm(
  tx: Tx,
  customerId: string,
  formId: string,
  pdfSha256: Buffer,
): Promise<FormRow> {
  const form = await getForm(tx, customerId, formId);
  if (!form.pdfSha256.equals(pdfSha256)) throw new ComplianceError('VERSION_STALE', 'form_pdf_stale');
  return form;
}

/**
 * Binds a signed scan to its form: a document of kind `kyc_form`, tied by the form's id and the digest of what was signed.
 * The same bytes again change nothing. Answers with the document's id.
 * Throws NOT_FOUND, VERSION_STALE, CONFLICT for another file on a signed form, STATE_FORBIDS for a form that has ended.
 */
export async function signForm(
  tx: Tx,
  customerId: string,
  formId: string,
  { stored, pdfSha256, originalSeen }: Signature,
): Promise<string> {
  const { openCase } = await lockFile(tx, customerId);
  const form = await matchForm(tx, customerId, formId, pdfSha256);
  const sent = sentBytes(stored);
  if (form.state === 'signed') {
    if (form.documentId !== null && form.signatureSha256?.equals(sent) === true) return form.documentId;
    throw new ComplianceError('CONFLICT', 'form_signed');
  }
  if (form.state !== 'issued') throw new ComplianceError('STATE_FORBIDS', 'form_ended');
  const document = await addDocument(tx, customerId, {
    stored,
    kind: 'kyc_form',
    ...(originalSeen === undefined ? {} : { originalSeen }),
  });
  await updateForm(tx, formId, {
    state: 'signed',
    documentId: document.id,
    signatureSha256: sent,
    signedAt: tx.now,
    signedBy: actorId(tx.actor),
  });
  await endTaskOf(tx, `form:${formId}`, 'done');
  tx.audit({
    event: 'form.signed',
    customerId,
    ...(openCase === null ? {} : { caseId: openCase.id }),
    detail: {
      formId,
      number: form.number,
      documentId: document.id,
      pdfSha256: form.pdfSha256.toString('hex'),
      signatureSha256: sent.toString('hex'),
    },
  });
  return document.id;
}

/** Images are made anew before they are kept: whether a file comes twice is told by the bytes that were sent. */
function sentBytes(stored: StoredFile): Buffer {
  return stored.originalSha256 ?? stored.sha256;
}

/** Voids an unsigned form, for a reason. Throws STATE_FORBIDS for one that is signed or has ended. */
export async function voidForm(tx: Tx, customerId: string, formId: string, reason: string): Promise<void> {
  if (reason.trim() === '')
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/reason', code: 'reason_required' }]);
  await lockFile(tx, customerId);
  const form = await getForm(tx, customerId, formId);
  if (form.state !== 'issued')
    throw new ComplianceError('STATE_FORBIDS', form.state === 'signed' ? 'form_signed' : 'form_ended');
  await endUnsigned(tx, form, { state: 'void', endedReason: reason, supersededBy: null });
}

/** Ends a form that nobody signed, and the task that waits for its signature. Call it under the customer's lock. */
export async function endUnsigned(
  tx: Tx,
  form: FormRow,
  end: Pick<FormRow, 'endedReason' | 'supersededBy'> & { state: 'superseded' | 'void' },
): Promise<void> {
  await updateForm(tx, form.id, { ...end, endedAt: tx.now, endedBy: actorId(tx.actor) });
  await endTaskOf(tx, `form:${form.id}`, 'cancelled');
  tx.audit({
    event: end.state === 'void' ? 'form.voided' : 'form.superseded',
    customerId: form.customerId,
    detail: { formId: form.id, number: form.number, supersededBy: end.supersededBy },
  });
}
