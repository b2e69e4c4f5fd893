import { getPackage } from '../db/packages';
import { progressRow, recentWork, troubles, type ProgressRow } from '../db/package-progress';
import type { Tx } from '../db/transaction';
import {
  ITEM_ATTEMPTS_MAX,
  secondsLeft,
  type PackagePhase,
  type PackageStatus,
} from '../domain/audit-package';
import { open } from '../stores/crypto';
import { openPackageKey } from './package-snapshot';
import { leftOutPlace } from './package-troubles';

/** Files whose making says how fast it goes. */
const RATE_FILES = 100;
/** Customers in trouble that are listed. */
const TROUBLES_MAX = 100;

/** How far the customers' files are. */
export interface PackageCount {
  done: number;
  total: number;
  /** Customers whose file failed when it was last tried. */
  failing: number;
  /** Seconds until the last file is made at the rate of the latest ones; null where nothing says so. */
  secondsLeft: number | null;
}

/** Where a package stands, in numbers and codes: what a stream of events carries. */
export interface PackageProgress extends PackageCount {
  /** Rises with every change. */
  seq: number;
  status: PackageStatus;
  phase: PackagePhase;
}

/** A customer whose file could not be made. */
export interface PackageTrouble {
  customerId: string;
  code: string;
  /** Code of what went wrong last. */
  errorCode: string;
  attempts: number;
  /** When it is tried again; null where a person has to decide, or has. */
  retryAt: Date | null;
  /** The officer's reason to leave the file out. */
  leftOut: string | null;
}

export interface PackageProgressView extends PackageProgress {
  /** Until then a person may say what becomes of a package that stopped. */
  blockedUntil: Date | null;
  troubles: PackageTrouble[];
}

/** Throws NOT_FOUND for a package of nobody, or of another dealer. */
export async function readProgress(tx: Tx, id: string): Promise<PackageProgress> {
  const { blockedUntil: _, ...progress } = await progressOf(tx, id, await progressRow(tx, id));
  return progress;
}

/** The progress with what holds it up, for those who read the package. */
export async function readProgressView(tx: Tx, id: string): Promise<PackageProgressView> {
  return { ...(await progressOf(tx, id, await progressRow(tx, id))), troubles: await troublesOf(tx, id) };
}

async function progressOf(
  tx: Tx,
  id: string,
  row: ProgressRow,
): Promise<Omit<PackageProgressView, 'troubles'>> {
  return { ...row, secondsLeft: await estimateOf(tx, { id, ...row }) };
}

/** Seconds until a package's last file is made; null where nothing says so. */
export async function estimateOf(
  tx: Tx,
  { id, phase, done, total }: Pick<ProgressRow, 'phase' | 'done' | 'total'> & { id: string },
): Promise<number | null> {
  if (phase !== 'including') return null;
  const { files, since } = await recentWork(tx, id, RATE_FILES);
  const elapsedMs = since === null ? 0 : tx.now.getTime() - since.getTime();
  return secondsLeft({ files, elapsedMs, left: total - done });
}

async function troublesOf(tx: Tx, id: string): Promise<PackageTrouble[]> {
  const rows = await troubles(tx, id, TROUBLES_MAX);
  if (rows.length === 0) return [];
  const key = await openPackageKey(tx, await getPackage(tx, id));
  return rows.map(({ customerId, code, errorCode, attempts, retryAt, leftOutEnvelope }) => ({
    customerId,
    code,
    errorCode: errorCode ?? 'FILE',
    attempts,
    retryAt: attempts >= ITEM_ATTEMPTS_MAX ? null : retryAt,
    leftOut:
      leftOutEnvelope === null ? null : open(key, leftOutEnvelope, leftOutPlace(id, code)).toString('utf8'),
  }));
}
