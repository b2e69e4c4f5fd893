import type { CustomerHead, FieldModel, Framed, PillModel, ReasonForm } from './console-models';
import { htmlTemplate } from './engine';

/** A paper on a customer's file, as list and page say it. */
export interface DocumentModel {
  kind: string;
  /** The page that shows it. */
  href: string;
  /** The file itself, to keep. */
  download: string;
  thumb: string;
  thumbAlt: string;
  fileName: string;
  size: string;
  number: string | null;
  issuedOn: string | null;
  expiresOn: string | null;
  /** What is said of its issue day: how old it may be and was when it was taken. */
  age: string | null;
  uploadedAt: string;
  uploadedBy: string | null;
  seen: Attested | null;
  masked: Attested | null;
  state: PillModel;
  rowClass: string;
  ended: (Attested & { reason: string | null }) | null;
  attest: string | null;
  /** The upload form, asking for what takes this one's place. */
  replace: string | null;
  withdraw: ReasonForm | null;
}

export interface Attested {
  by: string | null;
  at: string;
}

export interface DocumentsModel {
  customer: CustomerHead;
  missing: { text: string; basis: string }[];
  documents: DocumentModel[];
  upload: { action: string; fileError: string | null; again: boolean; fields: FieldModel[] } | null;
}

/** One page of a document beside what is known of it. */
export interface DocumentPageModel {
  customer: CustomerHead;
  document: DocumentModel & { mediaType: string; sha256: string; originalSha256: string | null };
  back: string;
  preview: { src: string; alt: string; label: string };
  previous: string | null;
  next: string | null;
}

export const renderCustomerDocuments = htmlTemplate<Framed<DocumentsModel>>('console/customer-documents.hbs');
export const renderCustomerDocument = htmlTemplate<Framed<DocumentPageModel>>(
  'console/customer-document.hbs',
);
