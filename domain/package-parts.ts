import type { Language } from './customer';
import type { PackageProfile } from './package-manifest';

/**
 * Parts of an audit package whose records may not be kept yet (D-7.1, 7.2 and 7.4 [ours, from read duties]). Each takes its
 * rows through one interface: as long as nothing is kept, reports say so in words and the workbook leaves the sheet out
 * and names it; a source that keeps records fills both without another line of the package changing.
 */

/** What a part is asked for. Rows must be those of the frozen package: the same at every call. */
export interface PartScope {
  /** Null for a customer's file printed by itself. */
  packageId: string | null;
  profile: PackageProfile;
  language: Language;
  /** Days, both included. */
  period: { from: string; to: string };
  /** Instant of the frozen snapshot. */
  asOf: string;
  /** One customer's rows only; null for all customers of the package, in the order of their codes. */
  customerCode: string | null;
}

/** Records of one kind: none are kept, or they can be read a row at a time. */
export type RecordSource<Row> =
  { kept: false } | { kept: true; rows: (scope: PartScope) => AsyncIterable<Row> };

/** A purchase or sale; amounts are integer kuruş, `at` is an instant, words come in the language of the scope. */
export interface TransactionRow {
  number: string;
  at: string;
  branch: string | null;
  direction: string;
  product: string;
  fineness: string | null;
  grams: number | null;
  pieces: number | null;
  serial: string | null;
  grossKurus: number;
  currency: string;
  rate: number | null;
  customerCode: string;
  representative: string | null;
  formNumber: string | null;
  trigger: string | null;
  groupNumber: string | null;
  documentKind: string | null;
  documentNumber: string | null;
}

export interface LinkedGroupRow {
  number: string;
  rule: string;
  firstAt: string;
  lastAt: string;
  count: number;
  totalKurus: number;
  thresholdKurus: number;
  decision: string;
  decidedBy: string | null;
  reason: string | null;
}

export interface PaymentRow {
  transactionNumber: string;
  customerCode: string;
  method: string;
  amountKurus: number;
  payer: string | null;
  /** IBAN or the reference of a card terminal. */
  reference: string | null;
  receiptNumber: string | null;
  evidence: string;
}

/** An invoice or expense voucher of a transaction, and its serials in the KMTS register. */
export interface InvoiceRow {
  transactionNumber: string;
  customerCode: string;
  kind: string;
  number: string;
  on: string;
  grossKurus: number;
  kmtsSerial: string | null;
}

export interface ScreeningRow {
  customerCode: string;
  list: string;
  listVersion: string;
  score: number | null;
  result: string;
  reason: string | null;
  closedBy: string | null;
  at: string;
}

/** A training or an internal control that was held. */
export interface TrainingRow {
  on: string;
  subject: string;
  participants: string;
  by: string | null;
}

/** A record that some data were destroyed when their time was over. */
export interface DestructionRow {
  on: string;
  what: string;
  count: number;
  basis: string;
  by: string | null;
}

export type TransactionSource = RecordSource<TransactionRow>;
export type LinkedGroupSource = RecordSource<LinkedGroupRow>;
export type PaymentSource = RecordSource<PaymentRow>;
export type InvoiceSource = RecordSource<InvoiceRow>;
export type ScreeningSource = RecordSource<ScreeningRow>;
export type TrainingSource = RecordSource<TrainingRow>;
export type DestructionSource = RecordSource<DestructionRow>;

/** Row of each part, by the part's name. */
export interface PartRows {
  transactions: TransactionRow;
  linkedGroups: LinkedGroupRow;
  payments: PaymentRow;
  invoices: InvoiceRow;
  screenings: ScreeningRow;
  trainings: TrainingRow;
  destructions: DestructionRow;
}

export type PartName = keyof PartRows;

/** Parts whose rows each belong to a customer. */
export const CUSTOMER_PARTS = ['transactions', 'payments', 'invoices', 'screenings'] as const;
export type CustomerPart = (typeof CUSTOMER_PARTS)[number];

export type PackageParts = { [Name in PartName]: RecordSource<PartRows[Name]> };

const NOT_KEPT = { kept: false } as const;

/** What the product keeps today of these parts: nothing. */
export const NO_PARTS: PackageParts = {
  transactions: NOT_KEPT,
  linkedGroups: NOT_KEPT,
  payments: NOT_KEPT,
  invoices: NOT_KEPT,
  screenings: NOT_KEPT,
  trainings: NOT_KEPT,
  destructions: NOT_KEPT,
};
