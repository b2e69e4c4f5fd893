import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Signer } from '../domain/form';
import { projectRoot } from '../project-root';
import { htmlTemplate, type Pieces } from './engine';
import { printStyle } from './print-style';
import type { LightsLine } from './reports';

/**
 * The customer form (D-2.9): the sheet that the customer reads and signs, and the office's own sheet, which is a file of its
 * own because it must never reach the customer. What is not known is null and is printed as a line to fill in by hand.
 * Texts come translated from whoever builds the model; `…On` are days, `…At` instants.
 */

/** What every page of both sheets carries. */
export interface FormFrame {
  dealer: { title: string; vkn: string | null; licenceNumber: string | null };
  branch: string | null;
  number: string;
  formVersion: string;
  issuedAt: string;
  issuedBy: string;
  customerCode: string;
  /** T1, T2, T3, TG or T6: never which of the two behind TG. */
  triggerCode: string;
  trigger: string;
  recordVersion: number;
  /** Keyed digest of what was printed, hex. */
  recordDigest: string;
}

export interface FormField {
  label: string;
  value: string | null;
  /** Takes the whole width. */
  wide: boolean;
  /** May stay empty: no gap of the form. */
  optional: boolean;
}

/** A box to tick. */
export interface FormTick {
  label: string;
  on: boolean;
}

/** A person or body with a part in the relationship. */
export interface FormCard {
  title: string;
  fields: FormField[];
}

export interface FormSheet {
  frame: FormFrame;
  identity: FormField[];
  ownAccount: FormTick[];
  onBehalfOf: FormField[];
  representatives: FormCard[];
  /** Partners of an unincorporated body, shareholders of a company; null where the type has none. */
  holders: {
    title: string;
    kindTitle: string;
    rows: { name: string; kind: string | null; share: string | null }[];
  } | null;
  purpose: FormTick[];
  /** Null unless the form is about a transaction. */
  transaction: FormField[] | null;
  funds: FormTick[];
  fundsFields: FormField[];
  /** For a person the statement alone: who else there is stands in section 3. */
  owners: { statement: string; cards: FormCard[] };
  influence: FormTick[];
  influenceFields: FormField[];
  taxResidency: FormField[];
  signatures: { boxes: { role: Signer['role']; name: string | null }[]; anyOf: boolean };
  privacy: { version: string; shownAt: string; channel: string; sha256: string; paragraphs: string[] };
  marketing: string[];
}

export interface OfficeSheet {
  frame: FormFrame;
  customer: {
    displayName: string;
    type: string;
    status: string;
    risk: string | null;
    riskFactors: string | null;
    completeness: number;
  };
  lights: LightsLine[];
  verifications: { what: string; source: string; result: string; simulated: boolean; at: string }[];
  requirements: {
    field: string;
    severity: 'blocking' | 'warning';
    met: boolean;
    legalBasis: string;
    version: string;
  }[];
  findings: { message: string; severity: 'blocking' | 'warning'; legalBasis: string }[];
  decision: { decision: 'approve' | 'reject'; reason: string; by: string; at: string } | null;
}

/** The customer's sheet as HTML for the PDF printer, everything inlined. */
export const renderFormSheet = htmlTemplate<FormSheet>('forms/customer-form.hbs', pieces);

/** The office's sheet. */
export const renderOfficeSheet = htmlTemplate<OfficeSheet>('forms/office-form.hbs', pieces);

function pieces(): Pieces {
  return {
    'form-style': [printStyle(), read('form.css')].join('\n'),
    'form-head': read('head.hbs'),
    'form-fields': read('fields.hbs'),
    'form-ticks': read('ticks.hbs'),
  };
}

function read(name: string): string {
  return readFileSync(join(projectRoot, 'templates', 'forms', name), 'utf8');
}
