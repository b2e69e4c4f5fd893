import { insertForm, openForm } from '../db/forms';
import { fileArrived } from '../db/pending-files';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { ComplianceError } from '../domain/errors';
import type { StoredBlob } from '../stores/files';
import { lockFile } from './customer-file';
import { endUnsigned } from './form-endings';
import { refuseClosed, type PreparedForm } from './form-preparation';
import { keepNotice } from './privacy';

/**
 * Puts a printed form on record; an unsigned one of the same trigger is superseded. Throws CONFLICT where the record has
 * moved since the form was prepared: what was printed is not what stands there.
 */
export async function recordForm(
  tx: Tx,
  prepared: PreparedForm,
  files: { pdf: StoredBlob; office: StoredBlob },
): Promise<string> {
  const { customer, openCase } = await lockFile(tx, prepared.customerId);
  refuseClosed(customer);
  const { row, notice } = prepared;
  if (customer.version !== row.recordVersion) throw new ComplianceError('CONFLICT', 'form_record_moved');
  for (const { address } of [files.pdf, files.office])
    if (!(await fileArrived(tx, address))) throw new ComplianceError('UNAVAILABLE', 'printer_away');
  if (notice !== null) await keepNotice(tx, notice);
  const before = await openForm(tx, customer.id, row.trigger);
  if (before !== null)
    await endUnsigned(tx, before, { state: 'superseded', supersededBy: row.id, endedReason: null });
  await insertForm(tx, {
    ...row,
    caseId: openCase?.id ?? null,
    pdfAddress: files.pdf.address,
    pdfSha256: files.pdf.sha256,
    pdfBytes: files.pdf.bytes,
    officeAddress: files.office.address,
    officeSha256: files.office.sha256,
    officeBytes: files.office.bytes,
  });
  // A paper that lies somewhere unsigned is a wait: it has an owner and a place on a page.
  await openTask(tx, {
    customerId: customer.id,
    caseId: null,
    kind: 'form_signature',
    forRole: 'staff',
    detail: { formId: row.id },
    dedupe: `form:${row.id}`,
  });
  tx.audit({
    event: 'form.issued',
    customerId: customer.id,
    ...(openCase === null ? {} : { caseId: openCase.id }),
    detail: {
      formId: row.id,
      number: row.number,
      formVersion: row.formVersion,
      version: row.recordVersion,
      pdfSha256: files.pdf.sha256.toString('hex'),
    },
  });
  return row.id;
}
