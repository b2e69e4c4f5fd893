import type { FieldModel, Framed, PillModel, ReasonForm } from './console-models';
import { htmlTemplate } from './engine';

/** Another file that a page leads to. */
export interface OtherFile {
  href: string;
  name: string;
  code: string;
}

/** A file that may be the same customer, with why. */
export interface CandidateModel extends OtherFile {
  status: PillModel;
  strength: PillModel;
  reasons: string[];
}

/** Asked before a file is opened: nothing that was typed is lost. */
export interface DuplicateQuestion {
  title: string;
  candidates: CandidateModel[];
}

/** What a customer's page says about other files. */
export interface KinModel {
  mergedInto: OtherFile | null;
  duplicates: (CandidateModel & { compare: string | null; dismiss: ReasonForm | null })[];
  merged: (OtherFile & { at: string; until: string; undo: ReasonForm | null })[];
  network: (OtherFile & { reasons: string[] })[];
}

/** One field of both files; `pick` is absent where both say the same. */
export interface MergeRowModel {
  field: string;
  label: string;
  survivor: string[];
  absorbed: string[];
  same: boolean;
  takes: boolean;
}

export interface MergeModel {
  survivor: OtherFile & { about: string };
  absorbed: OtherFile & { about: string };
  rows: MergeRowModel[];
  action: string;
  absorbId: string;
  swap: string;
  until: string;
  reason: FieldModel;
  cancel: string;
}

export const renderMerge = htmlTemplate<Framed<MergeModel>>('console/merge.hbs');
/** A reason that was left out is asked for on a page of its own. */
export const renderDuplicateReason = htmlTemplate<
  Framed<{ title: string; action: string; back: string; from: string; reason: FieldModel; button: string }>
>('console/duplicate-reason.hbs');
