import { inDealer, type Database, type TransactionOptions, type Tx } from '../db/transaction';
import type { PackageStep } from '../domain/audit-package';
import { SYSTEM } from '../domain/customer';
import { NO_PARTS, type PackageParts } from '../domain/package-parts';
import { freezePackage } from '../operations/package-freeze';
import { endDiscard, forgetFiles, packageFilesAfter } from '../operations/package-seal';
import { stopPackage } from '../operations/package-resolve';
import { advancePackage } from '../operations/packages';
import type { Logger } from '../logger';
import type { FileStore } from '../stores/files';
import { assemble } from './package-assembly';
import { includeChunk } from './package-inclusion';

export interface PackageRef {
  dealerId: string;
  packageId: string;
}

/** Short Postgres steps of a package's workflow, run as local activities. */
export interface PackageSteps {
  lookAtPackage(ref: PackageRef): Promise<PackageStep>;
  notePackageFailure(ref: PackageRef & { code: string }): Promise<void>;
}

/**
 * The work on a package. Each may run twice or break off: what is done stands in rows, and a repeated run goes on from
 * there. Only ids and numbers cross this line.
 */
export interface PackageActivities {
  freezePackage(ref: PackageRef): Promise<void>;
  /** Files of one portion of customers. */
  includeCustomers(ref: PackageRef & { chunk: number }): Promise<void>;
  /** Summary report, workbook and what proves the package; then it waits for its seal. */
  assemblePackage(ref: PackageRef): Promise<void>;
  /** Removes what was made of a package that will not be sealed. */
  discardPackage(ref: PackageRef): Promise<void>;
}

/** Prints a self-contained HTML document: equal HTML and instant give equal bytes. */
export interface Printer {
  print(html: string, asOf: string): Promise<Buffer>;
}

export interface PackageDeps {
  database: Database;
  files: FileStore;
  printer: Printer;
  /** Records that the product does not keep itself; without them their sections say so. */
  parts?: PackageParts;
  /** Rows of customers in one document of the summary report; what a printer can bear unless told otherwise. */
  volumeRows?: number;
  /** Where it is told, by ids and codes, which customer’s file could not be made. */
  logger?: Pick<Logger, 'warn'>;
  /** Tells Temporal that the running activity is alive. */
  heartbeat: () => void;
}

const HEARTBEAT_MS = 10_000;
/** Freezing reads a whole dealer in one transaction, and discarding forgets one. */
const WHOLE_DEALER_MS = 60_000;

export function createPackageSteps(database: Database): PackageSteps {
  return {
    lookAtPackage: ({ dealerId, packageId }) =>
      inDealer(database, dealerId, SYSTEM, (tx) => advancePackage(tx, packageId)),
    notePackageFailure: ({ dealerId, packageId, code }) =>
      inDealer(database, dealerId, SYSTEM, (tx) => stopPackage(tx, packageId, code)),
  };
}

export function createPackageActivities(deps: PackageDeps): PackageActivities {
  const { database, heartbeat } = deps;
  const run = <Ref extends PackageRef>(work: (worker: PackageWorker, ref: Ref) => Promise<void>) => {
    return (ref: Ref): Promise<void> => beating(deps, () => work(workerOf(deps, ref.dealerId), ref));
  };
  return {
    freezePackage: ({ dealerId, packageId }) =>
      beating(deps, () =>
        inDealer(database, dealerId, SYSTEM, (tx) => freezePackage(tx, packageId, heartbeat), {
          isolation: 'repeatable read',
          statementTimeoutMs: WHOLE_DEALER_MS,
        }),
      ),
    includeCustomers: run<PackageRef & { chunk: number }>((worker, { packageId, chunk }) =>
      includeChunk(worker, packageId, chunk),
    ),
    assemblePackage: run((worker, { packageId }) => assemble(worker, packageId)),
    discardPackage: run((worker, { packageId }) => discard(worker, packageId)),
  };
}

/** What the steps of rendering work with, in the name of one dealer. */
export interface PackageWorker extends Pick<PackageDeps, 'files' | 'printer' | 'volumeRows' | 'logger'> {
  parts: PackageParts;
  inTx: <T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions) => Promise<T>;
}

function workerOf({ database, parts = NO_PARTS, ...deps }: PackageDeps, dealerId: string): PackageWorker {
  return {
    ...deps,
    parts,
    inTx: (fn, options) => inDealer(database, dealerId, SYSTEM, fn, options),
  };
}

/** A document may take longer to print than Temporal waits for a sign of life. */
async function beating<T>({ heartbeat }: PackageDeps, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(heartbeat, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Bytes first, then their rows: a run that breaks off leaves the rows that lead the next one to what is left. */
async function discard({ files, inTx }: PackageWorker, packageId: string): Promise<void> {
  for (;;) {
    const rows = await inTx((tx) => packageFilesAfter(tx, packageId, ''));
    if (rows.length === 0) break;
    for (const { address } of rows) await files.remove(address);
    await inTx((tx) =>
      forgetFiles(
        tx,
        packageId,
        rows.map(({ path }) => path),
      ),
    );
  }
  await inTx((tx) => endDiscard(tx, packageId), { statementTimeoutMs: WHOLE_DEALER_MS });
}
