import type { CustomerHead, FieldModel, Framed, PillModel } from './console-models';
import { htmlTemplate } from './engine';

/** The customer's page of evidence, and the lights of each identity on a case. */

export interface EvidenceRequestModel {
  kind: string;
  field: string;
  provider: string;
  link: string | null;
  basis: string;
  /** Said where the rule is not certain. */
  confidence: string | null;
  state: PillModel;
}

export interface EvidenceRowModel {
  kind: string;
  field: string;
  provider: string;
  link: string | null;
  result: PillModel;
  seenAt: string;
  recordedAt: string;
  recordedBy: string | null;
  note: string;
  barcode: string | null;
  hash: string | null;
  /** Said where the record has changed since. */
  stale: boolean;
}

/** One spelling that the card may show, with the button that vouches for it. */
export interface RetryModel {
  label: string;
  name: string;
  how: string;
  field: string;
  spelling: string;
}

export interface EvidencePageModel {
  customer: CustomerHead;
  requests: EvidenceRequestModel[];
  retry: { action: string; spellings: RetryModel[] } | null;
  record: { action: string; fields: FieldModel[] } | null;
  evidence: EvidenceRowModel[];
}
export const renderCustomerEvidence = htmlTemplate<Framed<EvidencePageModel>>(
  'console/customer-evidence.hbs',
);

/** The three lights of one identity number, under the name of its owner. */
export interface IdentityLightsModel {
  field: string;
  name: string | null;
  /** Each with the name of what was looked at. */
  lights: (PillModel & { of: string })[];
}
