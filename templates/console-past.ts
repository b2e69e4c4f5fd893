import type { CustomerHead, FieldModel, FindingModel, Framed, PillModel } from './console-models';
import { htmlTemplate } from './engine';

/** A part of a record as it was, in words; a value is a text, or a day. */
export interface PastSection {
  title: string;
  rows: { label: string; value: string; day: string | null }[];
}

/** A form that asks for a day to look back to. */
export interface DayPick {
  action: string;
  day: FieldModel;
}

export interface PastModel {
  customer: CustomerHead;
  at: string;
  back: string;
  pick: DayPick;
  version: number;
  findings: Omit<FindingModel, 'href'>[];
  current: {
    title: string;
    stage: PillModel;
    owner: string;
    waitingOn: string;
    since: string;
    next: string | null;
    nextAt: string | null;
  } | null;
  sections: PastSection[];
  documents: {
    kind: string;
    fileName: string;
    number: string | null;
    issuedOn: string | null;
    expiresOn: string | null;
    uploadedAt: string;
    seenAt: string | null;
  }[];
}

/** A customer's file as it was at an instant. */
export const renderPast = htmlTemplate<Framed<PastModel>>('console/customer-past.hbs');
