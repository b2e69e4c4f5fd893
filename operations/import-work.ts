import {
  getImport,
  insertOutcomes,
  lockImport,
  markCreated,
  updateImport,
  type RowOutcome,
} from '../db/imports';
import type { Tx } from '../db/transaction';
import { getUser } from '../db/users';
import type { Actor } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import type { ImportedCustomer, ImportProblem } from '../domain/import-rows';
import { foldKey } from '../domain/names';
import { createCustomers, type NewCustomer } from './customer-batch';
import { listBranches } from './dealers';
import { findDuplicates, recordDuplicates, type Subject } from './duplicates';
import type { ImportItem } from './import-reading';
import { atWork, importFileKey } from './imports';

/**
 * How many imported customers a minute fall due to be followed up, a dealer. Fifty thousand rows of one file do not all
 * ask for their missing papers in the same minute of the next day, and the dispatcher has its share for everybody else.
 */
const STARTS_PER_MINUTE = 60;

/** An import in the hands of who works on it. */
export interface ImportInWork {
  id: string;
  address: string;
  key: Buffer;
  format: 'xlsx' | 'csv';
  /** Rows up to this one are done in this pass. */
  cursorRow: number;
  /** In whose name the records are written: who brought the file wrote them, and may not decide about them. */
  author: Actor;
}

/** The import while a pass over its file is under way; null when there is nothing to do any more. */
export async function takeImport(
  tx: Tx,
  id: string,
  status: 'checking' | 'committing',
): Promise<ImportInWork | null> {
  const row = await getImport(tx, id);
  if (row.status !== status || row.address === null) return null;
  const user = await getUser(tx, row.requestedBy);
  return {
    id,
    address: row.address,
    key: await importFileKey(tx),
    format: row.format,
    cursorRow: row.cursorRow,
    author: { kind: 'user', userId: row.requestedBy, role: user?.role ?? 'staff' },
  };
}

/** Rows of one transaction, in the file's order. */
export interface CheckedBatch {
  sheet: string;
  customers: readonly ImportedCustomer[];
  strays: readonly Extract<ImportItem, { kind: 'stray' }>[];
}

/**
 * Writes what was found in a batch of rows and moves the cursor behind it. Rows that an earlier run has done are passed
 * over: the cursor moves in the same transaction as what it counts. False when the import has ended meanwhile.
 */
export async function writeChecks(tx: Tx, id: string, batch: CheckedBatch): Promise<boolean> {
  const row = await lockImport(tx, id);
  if (row.status !== 'checking') return false;
  const fresh = batch.customers.filter(({ rowNumber }) => rowNumber > row.cursorRow);
  await addDatabaseWarnings(tx, fresh);
  const said = fresh.flatMap(({ rowNumber, problems }): Omit<RowOutcome, 'customerId'>[] => {
    const outcome = outcomeOf(problems);
    return outcome === null ? [] : [{ sheet: batch.sheet, rowNumber, outcome, problems }];
  });
  const strays = batch.strays.map(({ sheet, rowNumber, problems }) => ({
    sheet,
    rowNumber,
    outcome: 'error' as const,
    problems,
  }));
  await insertOutcomes(tx, id, [...said, ...strays]);
  const errors = said.filter(({ outcome }) => outcome === 'error').length;
  await updateImport(tx, id, {
    total: row.total + fresh.length,
    errors: row.errors + errors,
    warnings: row.warnings + said.length - errors,
    ok: row.ok + fresh.length - said.length,
    cursorRow: fresh.at(-1)?.rowNumber ?? row.cursorRow,
    ...atWork(tx),
  });
  return true;
}

function outcomeOf(problems: readonly ImportProblem[]): 'error' | 'warning' | null {
  if (problems.some(({ severity }) => severity === 'error')) return 'error';
  return problems.length > 0 ? 'warning' : null;
}

/** What only the database knows: branches that are none, and identities that are on file already. */
async function addDatabaseWarnings(tx: Tx, customers: readonly ImportedCustomer[]): Promise<void> {
  const branches = await branchIds(tx);
  for (const customer of customers) {
    const cell = customer.places.get('/branchId');
    if (customer.branch !== null && cell !== undefined && !branches.has(foldKey(customer.branch))) {
      customer.problems.push({ cell, code: 'unknown_branch', severity: 'error' });
    }
  }
  const judged = customers.flatMap((customer) => {
    const { type, record } = customer;
    return type === null ? [] : [{ customer, subject: { type, record } satisfies Subject }];
  });
  const found = await findDuplicates(
    tx,
    judged.map(({ subject }) => subject),
  );
  for (const [index, { customer }] of judged.entries()) {
    if (found[index]?.candidates.some(({ strength }) => strength !== 'possible') !== true) continue;
    customer.problems.push({
      cell: identityCell(customer),
      code: 'possible_duplicate',
      severity: 'warning',
    });
  }
}

/** Where a word about who the customer is stands best: at their number, else at the row's beginning. */
function identityCell({ places, rowNumber }: ImportedCustomer): string {
  const cells = ['/tckn', '/ykn', '/vkn'].flatMap((pointer) => places.get(pointer) ?? []);
  return cells[0] ?? `A${rowNumber}`;
}

async function branchIds(tx: Tx): Promise<Map<string, string>> {
  return new Map((await listBranches(tx)).map(({ id, name }) => [foldKey(name), id]));
}

/**
 * Opens the files of a batch of rows and moves the cursor behind it, all in one transaction: killed at any moment, the
 * next run begins where the last commit stands, and nothing comes twice. False when the import has ended meanwhile.
 */
export async function writeCustomers(
  tx: Tx,
  id: string,
  sheet: string,
  customers: readonly ImportedCustomer[],
  lastRow: number,
): Promise<boolean> {
  const row = await lockImport(tx, id);
  if (row.status !== 'committing') return false;
  const branches = await branchIds(tx);
  const inputs: (ImportedCustomer & { branchId?: string })[] = customers
    .filter(({ rowNumber }) => rowNumber > row.cursorRow)
    .flatMap((customer) => {
      if (customer.branch === null) return [customer];
      const branchId = branches.get(foldKey(customer.branch));
      return branchId === undefined ? [] : [{ ...customer, branchId }];
    });
  const created = await createCustomers(
    tx,
    inputs.map((customer, index) => newCustomer(id, customer, row.created + index)),
  );
  await markCreated(
    tx,
    id,
    sheet,
    created.map(({ id: customerId }, index) => ({ customerId, rowNumber: inputs[index]?.rowNumber ?? 0 })),
  );
  await recordDuplicates(
    tx,
    created.map(({ id: customerId }) => customerId),
  );
  await updateImport(tx, id, {
    created: row.created + created.length,
    cursorRow: Math.max(row.cursorRow, lastRow),
    ...atWork(tx),
  });
  return true;
}

function newCustomer(importId: string, customer: ImportedCustomer & { branchId?: string }, place: number) {
  const { type, trigger, record, language, branchId, rowNumber } = customer;
  if (type === null || trigger === null) throw new ComplianceError('INVALID_INPUT', 'shape');
  const input: NewCustomer = {
    type,
    trigger,
    record,
    language,
    ...(branchId === undefined ? {} : { branchId }),
  };
  const delayMs = Math.floor((place * 60_000) / STARTS_PER_MINUTE);
  return { ...input, imported: { importId, rowNumber, delayMs } };
}

/** The file's bytes are gone; what became of its rows stays. */
export async function forgetImportFile(tx: Tx, id: string): Promise<void> {
  await lockImport(tx, id);
  await updateImport(tx, id, { address: null });
}
