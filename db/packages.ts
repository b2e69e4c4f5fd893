import type { CompletenessCounts } from '../domain/completeness';
import type { Language } from '../domain/customer';
import type { PackagePhase, PackageStatus } from '../domain/audit-package';
import type { PackageProfile } from '../domain/package-manifest';
import { ComplianceError } from '../domain/errors';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

export interface PackageRow {
  id: string;
  number: string;
  profile: PackageProfile;
  periodFrom: string;
  periodTo: string;
  filterEnvelope: Buffer;
  language: Language;
  status: PackageStatus;
  phase: PackagePhase;
  asOf: Date | null;
  done: number;
  total: number;
  /** Customers whose file failed when it was last tried. */
  failing: number;
  requestedBy: string;
  requestedAt: Date;
  wrappedKey: Buffer;
  /** SPKI DER of the key that will sign it. */
  publicKey: Buffer;
  frameEnvelope: Buffer | null;
  snapshotSha256: Buffer | null;
  sheets: Record<string, number>;
  /** Canonical JSON as it was signed. */
  manifest: Buffer | null;
  signature: Buffer | null;
  sealedBy: string | null;
  sealedAt: Date | null;
  fourEyes: 'enforced' | 'recorded' | null;
  errorCode: string | null;
  /** Code of the customer whose file could not be made. */
  errorCustomer: string | null;
  signalAfter: Date;
  attempts: number;
  /** A rehearsal: it says what would be missing, and is never rendered. */
  dryRun: boolean;
  /** Customers by name, sample, note: sealed under the package's key; null before 0015. */
  scopeEnvelope: Buffer | null;
  /** The sealed package that this one replaces. */
  supersedes: string | null;
  fixDays: number;
  /** End of the fix window; null where there is none, or nothing is frozen yet. */
  fixUntil: Date | null;
  /** Code of the last customer for whose gaps a task was opened; null when all are. */
  fixCursor: string | null;
  /** Counts of the statement of completeness; null before it is made. */
  statement: CompletenessCounts | null;
  population: number;
  excluded: number;
  /** Number of the checkpoint that saw the same snapshot, or the end of its fix window; null where there is none. */
  checkpoint: number | null;
}

/** The manifest may be large: views leave it out. */
export type PackageLine = Omit<PackageRow, 'manifest' | 'frameEnvelope'>;

const LINE = [
  'id',
  'number',
  'profile',
  'period_from',
  'period_to',
  'filter_envelope',
  'language',
  'status',
  'phase',
  'as_of',
  'done',
  'total',
  'failing',
  'requested_by',
  'requested_at',
  'wrapped_key',
  'public_key',
  'snapshot_sha256',
  'sheets',
  'signature',
  'sealed_by',
  'sealed_at',
  'four_eyes',
  'error_code',
  'error_customer',
  'signal_after',
  'attempts',
  'dry_run',
  'scope_envelope',
  'supersedes',
  'fix_days',
  'fix_until',
  'fix_cursor',
  'statement',
  'population',
  'excluded',
  'checkpoint',
];

const table = (tx: Tx) => tx.sql('audit_packages').where({ dealer_id: tx.dealerId });

/** The next package of this dealer, or its next rehearsal, counted from 1. */
export async function nextPackageCount(
  tx: Tx,
  counter: 'package_counter' | 'rehearsal_counter' = 'package_counter',
): Promise<number> {
  const [row] = await tx.sql('dealers').where({ id: tx.dealerId }).increment(counter, 1).returning(counter);
  return (row as Record<typeof counter, number>)[counter];
}

export async function insertPackage(
  tx: Tx,
  row: Pick<
    PackageRow,
    | 'id'
    | 'number'
    | 'profile'
    | 'periodFrom'
    | 'periodTo'
    | 'filterEnvelope'
    | 'language'
    | 'status'
    | 'phase'
    | 'requestedBy'
    | 'requestedAt'
    | 'wrappedKey'
    | 'publicKey'
    | 'signalAfter'
    | 'dryRun'
    | 'scopeEnvelope'
    | 'supersedes'
    | 'fixDays'
  >,
): Promise<void> {
  await tx.sql('audit_packages').insert({ ...snakeRow(row), dealer_id: tx.dealerId });
}

export async function getPackage(tx: Tx, id: string): Promise<PackageLine> {
  return found(await table(tx).where({ id }).first(LINE)) as PackageLine;
}

/**
 * The whole row under lock: whoever holds it decides what becomes of the package. No stronger lock than that: it does not
 * wait for a transaction that holds the package for long work, nor for rows that refer to the package.
 */
export async function lockPackage(tx: Tx, id: string): Promise<PackageRow> {
  return found(await table(tx).where({ id }).forNoKeyUpdate().first('*')) as PackageRow;
}

/**
 * The row for minutes of work in one REPEATABLE READ transaction. A second such transaction waits and the sweep passes the
 * package by, but people are not kept from it: what they change, `requireUnchanged` and the final update find.
 */
export async function holdPackage(tx: Tx, id: string): Promise<PackageRow> {
  await tx.sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`package|${id}`]);
  await requireUnchanged(tx, id);
  return found(await table(tx).where({ id }).forKeyShare().first('*')) as PackageRow;
}

/**
 * Raises a serialization failure, with which a REPEATABLE READ transaction begins again, where somebody has changed the
 * package since it began. Keeps no lock.
 */
export async function requireUnchanged(tx: Tx, id: string): Promise<void> {
  await tx.sql.raw('savepoint unchanged');
  await table(tx).where({ id }).forNoKeyUpdate().first('id');
  await tx.sql.raw('rollback to savepoint unchanged');
}

function found(row: Record<string, unknown> | undefined): unknown {
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'package_not_found');
  return camelRow(row);
}

export async function updatePackage(tx: Tx, id: string, patch: Partial<PackageRow>): Promise<void> {
  const row = snakeRow(patch);
  if (patch.sheets !== undefined) row['sheets'] = JSON.stringify(patch.sheets);
  if (patch.statement !== undefined) row['statement'] = JSON.stringify(patch.statement);
  await table(tx).where({ id }).update(row);
}

/** Newest first, packages or rehearsals; `before` is the id of the last row seen (ids are in time order). */
export async function listPackageRows(
  tx: Tx,
  query: { before?: string; limit: number; dryRun?: boolean },
): Promise<PackageLine[]> {
  const rows = table(tx)
    .where({ dry_run: query.dryRun ?? false })
    .orderBy('id', 'desc')
    .limit(query.limit)
    .select(LINE);
  if (query.before !== undefined) rows.where('id', '<', query.before);
  return camelRows<PackageLine>(await rows);
}

/** Whether a package is being made or waits for its seal. */
export async function isAnyUnsealed(tx: Tx): Promise<boolean> {
  const row: unknown = await table(tx)
    .where({ dry_run: false })
    .whereIn('status', ['rendering', 'awaiting_seal'])
    .first('id');
  return row !== undefined;
}

/** Number and id of these packages, and of the sealed ones that replace them. */
export async function supersedingLinks(
  tx: Tx,
  ids: readonly string[],
): Promise<{ id: string; number: string; supersedes: string | null }[]> {
  return table(tx)
    .whereIn('id', ids)
    .orWhere((by) => void by.where({ dealer_id: tx.dealerId, status: 'sealed' }).whereIn('supersedes', ids))
    .orderBy('id')
    .select('id', 'number', 'supersedes');
}

/** Rehearsals that were asked for before an instant and still hold their customers. */
export async function endedRehearsals(tx: Tx, before: Date): Promise<string[]> {
  const rows: { id: string }[] = await table(tx)
    .where({ status: 'rehearsed' })
    .where('requested_at', '<', before)
    .whereRaw(
      'exists (select from audit_package_items i where i.dealer_id = audit_packages.dealer_id and i.package_id = audit_packages.id)',
    )
    .select('id');
  return rows.map(({ id }) => id);
}

/** Manifest and signature of a sealed package. */
export async function sealOf(tx: Tx, id: string): Promise<{ manifest: Buffer; signature: Buffer }> {
  return found(await table(tx).where({ id, status: 'sealed' }).first('manifest', 'signature')) as {
    manifest: Buffer;
    signature: Buffer;
  };
}

export async function frameEnvelopeOf(tx: Tx, id: string): Promise<Buffer> {
  const { frameEnvelope } = found(await table(tx).where({ id }).first('frame_envelope')) as {
    frameEnvelope: Buffer | null;
  };
  if (frameEnvelope === null) throw new Error('This package has not been frozen yet');
  return frameEnvelope;
}

export async function insertDownload(
  tx: Tx,
  row: { id: string; packageId: string; userId: string },
): Promise<void> {
  await tx.sql('audit_package_downloads').insert({ ...snakeRow(row), dealer_id: tx.dealerId, at: tx.now });
}
