import { getCustomer, type CustomerRow } from '../db/customers';
import { getForm, listForms, type FormRequirement, type FormRow } from '../db/forms';
import { listShownNotices, type ShownNoticeRow } from '../db/privacy';
import type { Tx } from '../db/transaction';
import type { Language, Trigger } from '../domain/customer';
import { TRIGGER_CODES, type FormState, type NoticeChannel } from '../domain/form';
import { open } from '../stores/crypto';
import { openCustomerKey } from './record-envelope';

/** A form as people see it; digests are hex. */
export interface FormView {
  id: string;
  number: string;
  trigger: Trigger;
  triggerCode: string;
  formVersion: string;
  recordVersion: number;
  recordDigest: string;
  language: Language;
  state: FormState;
  requirements: FormRequirement[];
  transaction: Record<string, unknown> | null;
  privacyNotice: { id: string; version: string; channel: NoticeChannel; shownAt: Date };
  pdf: { sha256: string; bytes: number };
  officePdf: { sha256: string; bytes: number };
  issuedAt: Date;
  issuedBy: string | null;
  signature: { documentId: string; sha256: string; at: Date; by: string | null } | null;
  ended: { at: Date; by: string | null; reason: string | null; supersededBy: string | null } | null;
}

export const transactionPlace = (formId: string) => `forms|${formId}|transaction`;

export async function readForm(tx: Tx, customerId: string, formId: string): Promise<FormView> {
  const customer = await getCustomer(tx, customerId);
  return viewOf(await viewer(tx, customer), await getForm(tx, customerId, formId));
}

/** Every form of the customer, newest first. */
export async function readForms(tx: Tx, customerId: string): Promise<FormView[]> {
  const customer = await getCustomer(tx, customerId);
  const by = await viewer(tx, customer);
  return (await listForms(tx, customerId)).map((row) => viewOf(by, row));
}

/** One of a form's two files with what opens it. The view is logged: the customer's sheet shows whole numbers. */
export async function openFormFile(
  tx: Tx,
  customerId: string,
  formId: string,
  which: 'customer' | 'office',
): Promise<{ fileName: string; sha256: string; address: string; key: Buffer }> {
  const customer = await getCustomer(tx, customerId);
  const row = await getForm(tx, customerId, formId);
  const key = await openCustomerKey(tx, customer);
  tx.audit({ event: 'form.viewed', customerId, detail: { formId, which } });
  return which === 'customer'
    ? { fileName: `${row.number}.pdf`, sha256: row.pdfSha256.toString('hex'), address: row.pdfAddress, key }
    : {
        fileName: `${row.number}-office.pdf`,
        sha256: row.officeSha256.toString('hex'),
        address: row.officeAddress,
        key,
      };
}

interface Viewer {
  key: Buffer;
  notices: Map<string, ShownNoticeRow>;
}

async function viewer(tx: Tx, customer: CustomerRow): Promise<Viewer> {
  const notices = await listShownNotices(tx, customer.id);
  return {
    key: await openCustomerKey(tx, customer),
    notices: new Map(notices.map((row) => [row.id, row])),
  };
}

function viewOf({ key, notices }: Viewer, row: FormRow): FormView {
  const notice = notices.get(row.privacyNoticeId);
  if (notice === undefined) throw new Error('A form without the notice it names');
  return {
    id: row.id,
    number: row.number,
    trigger: row.trigger,
    triggerCode: TRIGGER_CODES[row.trigger],
    formVersion: row.formVersion,
    recordVersion: row.recordVersion,
    recordDigest: row.recordDigest.toString('hex'),
    language: row.language,
    state: row.state,
    requirements: row.requirements,
    transaction: transactionOf(key, row),
    privacyNotice: {
      id: notice.id,
      version: notice.version,
      channel: notice.channel,
      shownAt: notice.shownAt,
    },
    pdf: { sha256: row.pdfSha256.toString('hex'), bytes: row.pdfBytes },
    officePdf: { sha256: row.officeSha256.toString('hex'), bytes: row.officeBytes },
    issuedAt: row.issuedAt,
    issuedBy: row.issuedBy,
    signature:
      row.documentId === null || row.signatureSha256 === null || row.signedAt === null
        ? null
        : {
            documentId: row.documentId,
            sha256: row.signatureSha256.toString('hex'),
            at: row.signedAt,
            by: row.signedBy,
          },
    ended:
      row.endedAt === null
        ? null
        : { at: row.endedAt, by: row.endedBy, reason: row.endedReason, supersededBy: row.supersededBy },
  };
}

function transactionOf(key: Buffer, row: FormRow): FormView['transaction'] {
  if (row.transactionEnvelope === null) return null;
  const text = open(key, row.transactionEnvelope, transactionPlace(row.id)).toString();
  return JSON.parse(text) as Record<string, unknown>;
}
