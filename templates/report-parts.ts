import type { CustomerType, RiskLevel } from '../domain/customer';
import type { CustomerPart, PartName } from '../domain/package-parts';
import type { PartTable } from './part-columns';
import type { CustomerTables } from './reports';

/** Pieces of the reports' models beside those of reports.ts; the same rules hold. */

/** Parts whose records may not be kept: null then, and the report says so. */
export type PartTables = Record<PartName, PartTable | null>;

/** How customers came into the package. */
export interface ScopeModel {
  filter: { name: string; value: string }[];
  /** Reason for the policy `fourEyes: recorded` of a one-person shop; null when two people decide. */
  fourEyesRecorded: string | null;
  /** Codes of customers who were asked for by name; null where the filter alone drew the scope. */
  named: string | null;
  included: { customerCode: string; reason: string }[];
  /** How many customers filter and period take in. */
  population: number | null;
  /** Null where no sample was drawn; the codes of the population are written as ranges. */
  sample: { rule: string; seed: string; size: number; population: string } | null;
  note: string | null;
  supersedes: string | null;
  /** `endedEarlyAt` where somebody ended it before its time. */
  fixWindow: { days: number; until: string; endedEarlyAt: string | null } | null;
}

interface Counts {
  met: number;
  missing: number;
  notApplicable: number;
  completedLate: number;
}

/** Totals of the statement of completeness: met + missing + notApplicable = customers × requirements. */
export interface CompletenessModel {
  totals: Counts & { customers: number; requirements: number; product: number };
  byType: (Counts & { type: CustomerType; customers: number })[];
  /** Requirements that ask something of a customer in scope. */
  byRequirement: (Counts & {
    id: string;
    version: string;
    field: string;
    legalBasis: string;
    confidence: string;
  })[];
  /** Ids of the others, which apply to nobody in scope, and how many they are. */
  unasked: string;
  unaskedCount: number;
}

/** What each requirement says of one customer. */
export interface FileStatement {
  met: number;
  missing: number;
  notApplicable: number;
  /** Requirements that apply. */
  lines: {
    id: string;
    field: string;
    legalBasis: string;
    state: 'met' | 'missing';
    problems: string | null;
    evidence: string | null;
    completedOn: string | null;
  }[];
  /** Ids of the others, as ranges. */
  others: string;
}

/** Who acts for somebody else's account. */
export interface OnBehalfLine {
  principal: string;
  maskedIdentity: string | null;
  authority: string | null;
}

/** A high risk or a person of public influence, and who approved. */
export interface HeightenedLine {
  customerCode: string;
  displayName: string;
  risk: RiskLevel | null;
  influence: string | null;
  approvedBy: string | null;
  approvedAt: string | null;
}

export interface FormLine {
  number: string;
  trigger: string;
  formVersion: string;
  recordVersion: number;
  state: string;
  issuedAt: string;
  issuedBy: string | null;
  transaction: string | null;
  signature: { at: string; by: string | null; documentSha256: string } | null;
  ended: string | null;
  pdfSha256: string;
}

export interface RatingLine {
  level: RiskLevel;
  score: number;
  factors: string | null;
  ruleVersion: string;
  at: string;
}

export interface ShownNoticeLine {
  version: string;
  channel: string;
  at: string;
  by: string | null;
  textSha256: string;
}

export interface PermissionLine {
  channel: string;
  state: string;
  source: string;
  at: string;
  by: string | null;
}

export interface MergeLine {
  what: string;
  reason: string;
  at: string;
  by: string | null;
  undone: string | null;
}

/** What came between the snapshot and the end of the fix window, apart from what was frozen. */
export interface LateModel {
  until: string;
  values: { field: string; value: string; on: string }[];
  documents: { kind: string; path: string | null; sha256: string }[];
}

/** A document's picture, or the note that it is on file without one. */
export interface PictureLine {
  kind: string;
  path: string;
  /** `data:image/jpeg;base64,…`; null where only the note is printed. */
  source: string | null;
  note: string | null;
}

/** A document with a part of the customers, in the order of their codes. */
export interface VolumeLine {
  number: number;
  path: string;
  /** Codes of its first and last customer; a customer with very many rows may go on in the next one. */
  from: string;
  to: string;
  customers: number;
  /** Of all its tables. */
  rows: number;
}

export type VolumeTable = keyof CustomerTables | CustomerPart;

/** The volumes of a summary, and in which of them each table is; paths are null for a table without rows. */
export interface TablesInVolumes {
  lines: VolumeLine[];
  tables: Record<VolumeTable, { rows: number; first: string | null; last: string | null }>;
}
