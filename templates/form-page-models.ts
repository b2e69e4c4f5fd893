import type { CustomerHead, FieldModel, Framed, PillModel, ReasonForm } from './console-models';
import { htmlTemplate } from './engine';

/** The customer's page of forms, privacy notices and permissions. */

export interface IssuedFormModel {
  number: string;
  trigger: string;
  issued: { at: string; by: string };
  recordVersion: string;
  requirements: string;
  state: PillModel;
  ended: { at: string; by: string; reason: string | null } | null;
  pdf: string;
  officePdf: string;
  /** What stands between the form and the scan: the beginning of the PDF's digest. */
  digest: string;
  signature: { href: string; at: string; by: string } | null;
  sign: {
    action: string;
    pdfSha256: string;
    fileId: string;
    fileError: string | null;
    open: boolean;
    originalSeen: FieldModel;
  } | null;
  void: ReasonForm | null;
}

export interface FormsPageModel {
  customer: CustomerHead;
  forms: IssuedFormModel[];
  issue: {
    action: string;
    requestKey: string;
    blanks: string[];
    fields: FieldModel[];
    transaction: FieldModel[];
    /** Whether the transaction's fields stand open: the customer's own trigger asks for them. */
    transactionOpen: boolean;
  } | null;
  /** Nothing says that the customer was informed: no form before that. */
  noticeMissing: boolean;
  privacy: {
    version: string;
    paragraphs: string[];
    action: string | null;
    channel: FieldModel;
    shown: { text: string; at: string; by: string }[];
  };
  marketing: {
    action: string | null;
    now: { channel: string; state: PillModel }[];
    fields: FieldModel[];
    history: { channel: string; state: string; source: string; at: string; by: string }[];
  };
}

export const renderCustomerForms = htmlTemplate<Framed<FormsPageModel>>('console/customer-forms.hbs');
