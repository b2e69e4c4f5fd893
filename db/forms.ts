import type { Trigger } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import type { FormState } from '../domain/form';
import type { Confidence, Severity } from '../domain/requirements';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

/** One requirement as it stood when a form was printed. */
export interface FormRequirement {
  id: string;
  version: string;
  field: string;
  severity: Severity;
  legalBasis: string;
  confidence: Confidence;
  met: boolean;
}

export interface FormRow {
  id: string;
  customerId: string;
  caseId: string | null;
  number: string;
  trigger: Trigger;
  formVersion: string;
  language: 'tr' | 'en';
  recordVersion: number;
  recordDigest: Buffer;
  requirements: FormRequirement[];
  transactionEnvelope: Buffer | null;
  privacyNoticeId: string;
  issuedAt: Date;
  issuedBy: string | null;
  pdfAddress: string;
  pdfSha256: Buffer;
  pdfBytes: number;
  officeAddress: string;
  officeSha256: Buffer;
  officeBytes: number;
  state: FormState;
  documentId: string | null;
  signatureSha256: Buffer | null;
  signedAt: Date | null;
  signedBy: string | null;
  endedAt: Date | null;
  endedBy: string | null;
  endedReason: string | null;
  supersededBy: string | null;
}

/** What is written when a form ends; everything else is written once. */
export type FormEnding =
  | 'state'
  | 'documentId'
  | 'signatureSha256'
  | 'signedAt'
  | 'signedBy'
  | 'endedAt'
  | 'endedBy'
  | 'endedReason'
  | 'supersededBy';

export async function insertForm(tx: Tx, row: Omit<FormRow, FormEnding>): Promise<void> {
  await tx.sql('forms').insert({
    ...snakeRow(row),
    dealer_id: tx.dealerId,
    requirements: JSON.stringify(row.requirements),
  });
}

/** Everything but its end stays as it was printed: the database grants no more. */
export async function updateForm(
  tx: Tx,
  id: string,
  patch: Partial<Pick<FormRow, FormEnding>>,
): Promise<void> {
  await tx.sql('forms').where({ dealer_id: tx.dealerId, id }).update(snakeRow(patch));
}

/** A form of this customer; one of somebody else does not exist. */
export async function getForm(tx: Tx, customerId: string, id: string): Promise<FormRow> {
  const row = await tx.sql('forms').where({ dealer_id: tx.dealerId, customer_id: customerId, id }).first();
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'form_not_found');
  return camelRow<FormRow>(row);
}

/** Every form the customer was ever given, newest first. */
export async function listForms(tx: Tx, customerId: string): Promise<FormRow[]> {
  return camelRows<FormRow>(
    await tx
      .sql('forms')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy([
        { column: 'issued_at', order: 'desc' },
        { column: 'number', order: 'desc' },
      ]),
  );
}

/** The unsigned form for this occasion; the database allows one. */
export async function openForm(tx: Tx, customerId: string, trigger: Trigger): Promise<FormRow | null> {
  const row = await tx
    .sql('forms')
    .where({ dealer_id: tx.dealerId, customer_id: customerId, trigger, state: 'issued' })
    .first();
  return row === undefined ? null : camelRow<FormRow>(row);
}

/** The next form number of the dealer: `FRM-<year>-<six digits>`. One whose printing failed is not used again. */
export async function nextFormNumber(tx: Tx, year: string): Promise<string> {
  const [row] = await tx
    .sql('dealers')
    .where({ id: tx.dealerId })
    .increment('form_counter', 1)
    .returning('form_counter');
  return `FRM-${year}-${String((row as { form_counter: number }).form_counter).padStart(6, '0')}`;
}
