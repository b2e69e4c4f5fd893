import { setTimeout as pause } from 'node:timers/promises';

import { getImport, waitForLocks } from '../db/imports';
import { inDealer, type Database, type Tx } from '../db/transaction';
import { SYSTEM, type Actor } from '../domain/customer';
import { MAIN_SHEET } from '../domain/import-columns';
import type { ImportedCustomer } from '../domain/import-rows';
import { IMPORT_BATCH_ROWS, type ImportStep } from '../domain/import-status';
import { importItems, type ImportItem } from '../operations/import-reading';
import {
  forgetImportFile,
  takeImport,
  writeChecks,
  writeCustomers,
  type ImportInWork,
} from '../operations/import-work';
import { advanceImport, endCheck, endCommit, failImport } from '../operations/imports';
import type { FileStore } from '../stores/files';
import { SheetRefusal } from '../stores/sheet-limits';
import { openSheets } from '../stores/sheet-reader';

export interface ImportRef {
  dealerId: string;
  importId: string;
}

/** Short Postgres steps of an import's workflow, run as local activities. */
export interface ImportSteps {
  lookAtImport(ref: ImportRef): Promise<ImportStep>;
  noteImportFailure(ref: ImportRef & { code: string }): Promise<void>;
}

/** Passes over a file. Each may run twice or break off: it goes on behind the last row that was committed. */
export interface ImportActivities {
  /** Judges every row and writes down what is wrong with it. */
  checkImport(ref: ImportRef): Promise<void>;
  /** Opens a file for every row without errors. */
  commitImport(ref: ImportRef): Promise<void>;
  /** Removes the uploaded file. */
  forgetImport(ref: ImportRef): Promise<void>;
}

export interface ImportDeps {
  database: Database;
  files: FileStore;
  /** Tells Temporal that the running activity is alive. */
  heartbeat: () => void;
}

const HEARTBEAT_MS = 4_000;
/** A batch writes thousands of rows; people's transactions keep their four seconds. */
const BATCH_STATEMENT_MS = 30_000;
/** Rest after a batch of records, as a part of the time it took: the database belongs to people first. */
const REST = 0.3;

export function createImportSteps(database: Database): ImportSteps {
  return {
    lookAtImport: ({ dealerId, importId }) =>
      inDealer(database, dealerId, SYSTEM, (tx) => advanceImport(tx, importId)),
    noteImportFailure: ({ dealerId, importId, code }) =>
      inDealer(database, dealerId, SYSTEM, (tx) => failImport(tx, importId, code)),
  };
}

export function createImportActivities(deps: ImportDeps): ImportActivities {
  const run = (work: (worker: ImportWorker) => Promise<void>) => (ref: ImportRef) =>
    beating(deps, () => refusing(workerOf(deps, ref), work));
  return { checkImport: run(check), commitImport: run(commit), forgetImport: run(forget) };
}

interface ImportWorker extends ImportRef {
  files: FileStore;
  inTx: <T>(actor: Actor, fn: (tx: Tx) => Promise<T>) => Promise<T>;
}

function workerOf({ database, files }: ImportDeps, ref: ImportRef): ImportWorker {
  return {
    ...ref,
    files,
    inTx: (actor, fn) =>
      inDealer(
        database,
        ref.dealerId,
        actor,
        async (tx) => {
          await waitForLocks(tx, BATCH_STATEMENT_MS);
          return fn(tx);
        },
        { statementTimeoutMs: BATCH_STATEMENT_MS },
      ),
  };
}

/** A file that is not to be read is the sender's business: no retry makes it another. */
async function refusing(worker: ImportWorker, work: (worker: ImportWorker) => Promise<void>): Promise<void> {
  try {
    await work(worker);
  } catch (error) {
    if (!(error instanceof SheetRefusal)) throw error;
    await worker.inTx(SYSTEM, (tx) => failImport(tx, worker.importId, error.code));
  }
}

async function check(worker: ImportWorker): Promise<void> {
  const { importId, inTx } = worker;
  const work = await inTx(SYSTEM, (tx) => takeImport(tx, importId, 'checking'));
  if (work === null) return;
  const sheet = work.format === 'csv' ? '' : MAIN_SHEET;
  for await (const batch of batches(worker, work, () => true)) {
    const write = (tx: Tx) => writeChecks(tx, importId, { sheet, ...batch });
    if (!(await inTx(SYSTEM, write))) return;
  }
  await inTx(SYSTEM, (tx) => endCheck(tx, importId));
}

async function commit(worker: ImportWorker): Promise<void> {
  const { importId, inTx } = worker;
  const work = await inTx(SYSTEM, (tx) => takeImport(tx, importId, 'committing'));
  if (work === null) return;
  const sheet = work.format === 'csv' ? '' : MAIN_SHEET;
  const isGood = ({ problems }: ImportedCustomer) => problems.every(({ severity }) => severity !== 'error');
  for await (const { customers } of batches(worker, work, isGood)) {
    const last = customers.at(-1);
    if (last === undefined) continue;
    const write = (tx: Tx) => writeCustomers(tx, importId, sheet, customers, last.rowNumber);
    if (!(await politely(() => inTx(work.author, write)))) return;
  }
  await inTx(SYSTEM, (tx) => endCommit(tx, importId));
}

interface Batch {
  customers: ImportedCustomer[];
  strays: Extract<ImportItem, { kind: 'stray' }>[];
}

/** What the file holds behind the cursor, a transaction's worth at a time; strays come with the last. */
async function* batches(
  { files }: ImportWorker,
  work: ImportInWork,
  wanted: (customer: ImportedCustomer) => boolean,
): AsyncGenerator<Batch> {
  const file = await bytesOf(files, work);
  let batch: Batch = { customers: [], strays: [] };
  for await (const item of importItems(await openSheets(file))) {
    if (item.kind === 'stray') batch.strays.push(item);
    else if (item.customer.rowNumber > work.cursorRow && wanted(item.customer))
      batch.customers.push(item.customer);
    if (batch.customers.length < IMPORT_BATCH_ROWS) continue;
    yield batch;
    batch = { customers: [], strays: [] };
  }
  yield batch;
}

/** Whole, because a workbook's directory stands at its end; no file is larger than SHEET_BYTES_MAX. */
async function bytesOf(files: FileStore, { key, address }: ImportInWork): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of await files.open(key, address)) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function politely<T>(work: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work();
  await pause((performance.now() - begin) * REST);
  return result;
}

async function forget({ importId, files, inTx }: ImportWorker): Promise<void> {
  const { address } = await inTx(SYSTEM, (tx) => getImport(tx, importId));
  if (address === null) return;
  await files.remove(address);
  await inTx(SYSTEM, (tx) => forgetImportFile(tx, importId));
}

/** A batch may take longer than Temporal waits for a sign of life. */
async function beating<T>({ heartbeat }: ImportDeps, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
