import { htmlTemplate } from './engine';
import type { Framed, Pager, PillModel } from './console-models';

export interface ImportLine {
  href: string;
  fileName: string;
  status: PillModel;
  total: number;
  created: number;
  errors: number;
  requestedBy: string | null;
  requestedAt: string;
}

export interface ImportsModel {
  /** Null for who may look but not bring files. */
  upload: { action: string } | null;
  templates: { xlsx: string; csv: string };
  rows: ImportLine[];
  pager: Pager;
}

export interface ImportModel extends ImportLine {
  counts: { ok: number; warnings: number };
  /** Where the page refreshes itself while the import runs. */
  poll: string | null;
  progress: { done: number; max: number; text: string } | null;
  failure: string | null;
  expiresAt: string | null;
  commit: { action: string; label: string } | null;
  cancel: string | null;
  errorFile: string | null;
  problems: { cell: string; text: string; severity: PillModel }[];
  /** Says that not all problems are shown. */
  more: string | null;
  checked: boolean;
}

export interface ExportModel {
  lead: string;
  action: string;
  back: string;
  filters: { name: string; value: string }[];
  /** What the list was narrowed to, in words. */
  words: string[];
}

export const renderImports = htmlTemplate<Framed<ImportsModel>>('console/imports.hbs');
export const renderImport = htmlTemplate<Framed<{ import: ImportModel }>>('console/import.hbs');
export const renderExport = htmlTemplate<Framed<ExportModel>>('console/export.hbs');
