import { createPublicKey } from 'node:crypto';

import {
  getPackage,
  listPackageRows,
  lockPackage,
  supersedingLinks,
  updatePackage,
  type PackageLine,
  type PackageRow,
} from '../db/packages';
import { progressRow } from '../db/package-progress';
import { endTaskOf, endTasksOfPackage } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { getUser, userNames } from '../db/users';
import { type PackagePhase, type PackageStatus, type PackageStep } from '../domain/audit-package';
import type { CompletenessTotals } from '../domain/completeness';
import type { Language } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import type { PackageProfile } from '../domain/package-manifest';
import type { SampleRequest } from '../domain/sample';
import { fingerprintOf } from '../stores/package-signature';
import type { CustomerFilter } from './customer-list';
import { estimateOf, type PackageCount } from './package-progress';
import { readProof, type PackageProof } from './package-proof';
import { openFilter, openPackageKey, openScope, type PackageScope } from './package-snapshot';
import { BLOCKED_TASK, nextInclusion } from './package-troubles';
import { decodeCursor, pageOf, type Page } from './pages';

/** A workflow that has not been heard of for this long is woken again by the sweep. */
const WATCHDOG_MS = 300_000;
const SOON_MS = 30_000;

/** An audit package as people see it. */
export interface PackageView {
  id: string;
  number: string;
  profile: PackageProfile;
  period: { from: string; to: string };
  filter: CustomerFilter;
  language: Language;
  status: PackageStatus;
  phase: PackagePhase;
  progress: PackageCount;
  requestedBy: { id: string; name: string | null };
  requestedAt: Date;
  /** Instant of the frozen snapshot. */
  asOf: Date | null;
  sealedBy: { id: string; name: string | null } | null;
  sealedAt: Date | null;
  /** SHA-256 of the signing key, hex in groups of four: what an inspector compares. */
  keyFingerprint: string;
  errorCode: string | null;
  /** Code of the customer whose file could not be made. */
  errorCustomer: string | null;
  /** A rehearsal: it ends `rehearsed`, with a statement and without files. */
  dryRun: boolean;
  /** What was named beside period and filter. */
  customers: string[] | null;
  include: { customerId: string; reason: string }[];
  exclude: { customerId: string; reason: string }[];
  sample: SampleRequest | null;
  note: string | null;
  supersedes: PackageLink | null;
  /** The sealed package that replaces this one. */
  supersededBy: PackageLink | null;
  /** Business days for closing gaps after the snapshot, and when they end; `until` is null before the freeze. */
  fixWindow: { days: number; until: Date | null } | null;
  /** How many are in the population that filter and period give, and how many were left out; null before the freeze. */
  scope: { population: number; excluded: number } | null;
  /** Totals of the statement of completeness; null before the freeze. */
  completeness: CompletenessTotals | null;
}

export interface PackageLink {
  id: string;
  number: string;
}

/** One package, with what proves it. */
export interface PackageDetail extends PackageView {
  proof: PackageProof;
}

export async function readPackage(tx: Tx, id: string): Promise<PackageDetail> {
  const row = await getPackage(tx, id);
  const [view] = await toViews(tx, [row]);
  return { ...(view as PackageView), proof: await readProof(tx, row) };
}

/** Packages, or rehearsals, newest first. */
export async function listPackages(
  tx: Tx,
  query: { cursor?: string; limit: number; dryRun?: boolean },
): Promise<Page<PackageView>> {
  const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
  if (before !== undefined && !/^[0-9a-f-]{36}$/.test(before ?? '')) {
    throw new ComplianceError('MALFORMED', 'cursor');
  }
  const rows = await listPackageRows(tx, {
    limit: query.limit + 1,
    dryRun: query.dryRun ?? false,
    ...(typeof before === 'string' ? { before } : {}),
  });
  const views = await toViews(tx, rows);
  return pageOf(
    views,
    query.limit,
    (view) => [view.id],
    (view) => view,
  );
}

async function toViews(tx: Tx, rows: readonly PackageLine[]): Promise<PackageView[]> {
  const people = rows.flatMap((row) => [row.requestedBy, ...(row.sealedBy === null ? [] : [row.sealedBy])]);
  const names = await userNames(tx, [...new Set(people)]);
  const person = (id: string) => ({ id, name: names.get(id) ?? null });
  const links = await supersedingLinks(
    tx,
    rows.flatMap(({ id, supersedes }) => (supersedes === null ? [id] : [id, supersedes])),
  );
  const views: PackageView[] = [];
  for (const row of rows) {
    const key = await openPackageKey(tx, row);
    views.push({
      id: row.id,
      number: row.number,
      profile: row.profile,
      period: { from: row.periodFrom, to: row.periodTo },
      filter: openFilter(key, row),
      language: row.language,
      status: row.status,
      phase: row.phase,
      progress: {
        done: row.done,
        total: row.total,
        failing: row.failing,
        secondsLeft: await estimateOf(tx, row),
      },
      requestedBy: person(row.requestedBy),
      requestedAt: row.requestedAt,
      asOf: row.asOf,
      sealedBy: row.sealedBy === null ? null : person(row.sealedBy),
      sealedAt: row.sealedAt,
      keyFingerprint: fingerprintOfDer(row.publicKey),
      errorCode: row.errorCode,
      errorCustomer: row.errorCustomer,
      ...askedIn(row, openScope(key, row)),
      supersedes: linkOf(links.find(({ id }) => id === row.supersedes)),
      supersededBy: linkOf(links.findLast(({ supersedes }) => supersedes === row.id)),
    });
  }
  return views;
}

function askedIn(row: PackageLine, scope: PackageScope) {
  const { customers = null, include = [], exclude = [], sample = null, note = null } = scope;
  return {
    dryRun: row.dryRun,
    customers,
    include,
    exclude,
    sample,
    note,
    fixWindow: row.fixDays === 0 ? null : { days: row.fixDays, until: row.fixUntil },
    scope: row.asOf === null ? null : { population: row.population, excluded: row.excluded },
    completeness: row.statement?.totals ?? null,
  };
}

function linkOf(row: PackageLink | undefined): PackageLink | null {
  return row === undefined ? null : { id: row.id, number: row.number };
}

export function fingerprintOfDer(publicKey: Buffer): string {
  return fingerprintOf(createPublicKey({ key: publicKey, format: 'der', type: 'spki' }));
}

/**
 * Ends a package before it is sealed; what was made of it is removed by its workflow, which has to be woken. Answers the
 * same for one that is cancelled already. Throws STATE_FORBIDS for one that is sealed or has failed.
 */
export async function cancelPackage(tx: Tx, id: string): Promise<PackageView> {
  await requireOfficer(tx);
  const row = await lockPackage(tx, id);
  if (row.status !== 'cancelled') {
    if (row.status !== 'rendering' && row.status !== 'awaiting_seal') {
      throw new ComplianceError('STATE_FORBIDS', 'package_ended');
    }
    await giveUp(tx, row, 'cancelled');
    tx.audit({ event: 'package.cancelled', detail: { packageId: id, from: row.status } });
  }
  return readPackage(tx, id);
}

/** Ends a package that cannot be made; `customerCode` names whose file it was. Does nothing when it is not being made. */
export async function failPackage(
  tx: Tx,
  id: string,
  code: string,
  customerCode: string | null = null,
): Promise<void> {
  const row = await lockPackage(tx, id);
  if (row.status !== 'rendering') return;
  await giveUp(tx, row, 'failed');
  await updatePackage(tx, id, { errorCode: code, errorCustomer: customerCode });
  tx.audit({ event: 'package.failed', detail: { packageId: id, code, customerCode } });
}

/** The tasks that ask people to close a customer's gaps inside a fix window. */
export const FIX_TASK = 'complete_for_package';

/** The task that asks a second person for the seal, by package. */
export const sealTask = (packageId: string) => `seal:${packageId}`;

async function giveUp(tx: Tx, row: PackageRow, status: 'cancelled' | 'failed'): Promise<void> {
  await endTaskOf(tx, sealTask(row.id), 'cancelled');
  await endTasksOfPackage(tx, row.id, FIX_TASK);
  await endTasksOfPackage(tx, row.id, BLOCKED_TASK);
  await updatePackage(tx, row.id, {
    status,
    phase: 'discarding',
    attempts: 0,
    signalAfter: wakeSoonAt(tx),
  });
}

/** Looks where a package stands and says what its workflow does next; moves on when the last customer is in. */
export async function advancePackage(tx: Tx, id: string): Promise<PackageStep> {
  const row = await lockPackage(tx, id);
  switch (row.phase) {
    case 'queued':
      return { do: 'freeze' };
    case 'fixing':
      return (await waitsForFixing(tx, row)) ? { do: 'rest' } : { do: 'freeze' };
    case 'including': {
      const next = await nextInclusion(tx, row);
      if (next !== null) return next;
      await updatePackage(tx, id, { phase: 'assembling' });
      return { do: 'assemble' };
    }
    case 'assembling':
      return { do: 'assemble' };
    case 'blocked':
      await failUnanswered(tx, row);
      return { do: 'rest' };
    case 'discarding':
      return { do: 'discard' };
    default:
      return { do: 'rest' };
  }
}

/** Whether there is nothing to do but wait: every task is open, and the window's end lies ahead. */
async function waitsForFixing(tx: Tx, { id, fixUntil, fixCursor }: PackageRow): Promise<boolean> {
  if (fixUntil === null || fixUntil <= tx.now || fixCursor !== null) return false;
  await updatePackage(tx, id, { signalAfter: fixUntil, attempts: 0 });
  return true;
}

/** Nobody said what becomes of a package that stopped: its files do not lie there for ever. */
async function failUnanswered(tx: Tx, row: PackageRow): Promise<void> {
  const { blockedUntil } = await progressRow(tx, row.id);
  if (blockedUntil !== null && blockedUntil <= tx.now)
    await failPackage(tx, row.id, row.errorCode ?? 'STUCK', row.errorCustomer);
}

/** A sign of life: the sweep leaves the package alone for a while, and its failed wake-ups are forgotten. */
export async function stillAtWork(tx: Tx, id: string): Promise<void> {
  await updatePackage(tx, id, { signalAfter: watchdogAt(tx), attempts: 0 });
}

/** For work that nobody does yet: where its wake-up is lost with Temporal, the next sweep brings it. */
export function wakeSoonAt(tx: Tx): Date {
  return new Date(tx.now.getTime() + SOON_MS);
}

/** When the sweep looks after a package of which nothing has been heard. */
export function watchdogAt(tx: Tx): Date {
  return new Date(tx.now.getTime() + WATCHDOG_MS);
}

/** The officer or manager who acts; packages are never asked for by the machine. */
export async function requireOfficer(tx: Tx): Promise<string> {
  if (tx.actor.kind !== 'user') throw new ComplianceError('FORBIDDEN', 'person_required');
  const user = await getUser(tx, tx.actor.userId);
  const allowed = user?.role === 'officer' || user?.role === 'manager' || user?.alsoManager === true;
  if (!allowed) throw new ComplianceError('FORBIDDEN', 'role_forbids');
  return tx.actor.userId;
}
