import {
  CUSTOMER_PARTS,
  NO_PARTS,
  type CustomerPart,
  type PackageParts,
  type PartName,
  type PartRows,
  type PartScope,
  type RecordSource,
} from '../domain/package-parts';
import type { Language } from '../domain/customer';
import { partHead, partRow, partTable, type PartTable } from '../templates/part-columns';
import type { PartTables } from '../templates/report-parts';
import type { PackageFrame } from './package-snapshot';

/** Parts whose records may not be kept, and for which package they are asked. */
export interface PartsOfPackage {
  parts: PackageParts;
  scope: PartScope;
}

/** The parts of a package that is being made; what the product keeps unless other sources are given. */
export function partsOf(
  work: { id: string; frame: PackageFrame },
  parts: PackageParts = NO_PARTS,
): PartsOfPackage {
  const { profile, language, period, asOf } = work.frame;
  return { parts, scope: { packageId: work.id, profile, language, period, asOf, customerCode: null } };
}

/** The same for one customer's rows. */
export function ofCustomer({ parts, scope }: PartsOfPackage, customerCode: string): PartsOfPackage {
  return { parts, scope: { ...scope, customerCode } };
}

/** Rows of a part; null where none are kept. */
export function partRows<Name extends PartName>(
  { parts, scope }: PartsOfPackage,
  name: Name,
): AsyncIterable<PartRows[Name]> | null {
  const source: RecordSource<PartRows[Name]> = parts[name];
  return source.kept ? source.rows(scope) : null;
}

/** Every part as a table of a report. */
export async function partTables(from: PartsOfPackage): Promise<PartTables> {
  return {
    transactions: await tableOf(from, 'transactions'),
    linkedGroups: await tableOf(from, 'linkedGroups'),
    payments: await tableOf(from, 'payments'),
    invoices: await tableOf(from, 'invoices'),
    screenings: await tableOf(from, 'screenings'),
    trainings: await tableOf(from, 'trainings'),
    destructions: await tableOf(from, 'destructions'),
  };
}

/** Groups of linked transactions on paper; all of them are in the workbook. */
const GROUPS_MAX = 500;

/** The same for the summary report, without the rows of customers: these come a customer at a time. */
export async function summaryTables(from: PartsOfPackage): Promise<PartTables> {
  return {
    ...partHeads(from),
    linkedGroups: await tableOf(from, 'linkedGroups', GROUPS_MAX),
    trainings: await tableOf(from, 'trainings'),
    destructions: await tableOf(from, 'destructions'),
  };
}

/** The tables of customers' rows before any is in them; null where none are kept. */
export function partHeads({ parts, scope }: PartsOfPackage): Record<CustomerPart, PartTable | null> {
  const head = (name: CustomerPart) => (parts[name].kept ? partHead(name, scope.language) : null);
  return Object.fromEntries(CUSTOMER_PARTS.map((name) => [name, head(name)])) as ReturnType<typeof partHeads>;
}

/** A part's rows as they stand on paper, a row at a time. */
export async function* paperRows(from: PartsOfPackage, name: PartName): AsyncGenerator<string[]> {
  for await (const row of partRows(from, name) ?? []) yield partRow(name, row, from.scope.language);
}

/** What reports say of these parts as long as nothing is kept. */
export const NO_TABLES: PartTables = {
  transactions: null,
  linkedGroups: null,
  payments: null,
  invoices: null,
  screenings: null,
  trainings: null,
  destructions: null,
};

async function tableOf(from: PartsOfPackage, name: PartName, rowsMax = Infinity): Promise<PartTable | null> {
  const language: Language = from.scope.language;
  const rows = partRows(from, name);
  return rows === null ? null : partTable(name, rows, language, rowsMax);
}

/** Transactions that asked for identification; null where no transactions are kept. */
export async function countTriggered(from: PartsOfPackage): Promise<number | null> {
  const rows = partRows(from, 'transactions');
  if (rows === null) return null;
  let count = 0;
  for await (const { trigger } of rows) if (trigger !== null) count += 1;
  return count;
}

/** Day of each customer's last transaction, by code; empty where none are kept. */
export async function lastTransactions(from: PartsOfPackage): Promise<Map<string, string>> {
  const last = new Map<string, string>();
  for await (const { customerCode, at } of partRows(from, 'transactions') ?? []) {
    if (at > (last.get(customerCode) ?? '')) last.set(customerCode, at);
  }
  return last;
}
