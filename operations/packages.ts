import { createPublicKey } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

import { openChunks } from '../db/package-items';
import {
  getPackage,
  insertPackage,
  listPackageRows,
  lockPackage,
  nextPackageCount,
  updatePackage,
  type PackageLine,
  type PackageRow,
} from '../db/packages';
import { endTaskOf } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { getUser, userNames } from '../db/users';
import {
  CHUNKS_AT_ONCE,
  packageNumber,
  type PackagePhase,
  type PackageStatus,
  type PackageStep,
} from '../domain/audit-package';
import type { Language } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import type { PackageProfile } from '../domain/package-manifest';
import { fingerprintOf } from '../stores/package-signature';
import type { CustomerFilter } from './customer-list';
import { newPackageKey, openFilter, openPackageKey, sealFilter } from './package-snapshot';
import { decodeCursor, pageOf, type Page } from './pages';
import { today } from './rules';

/** A workflow that has not been heard of for this long is woken again by the sweep. */
const WATCHDOG_MS = 300_000;

export interface PackageRequest {
  profile: PackageProfile;
  /** Days, both included; `to` may lie in the future. */
  period: { from: string; to: string };
  filter?: CustomerFilter;
  language?: Language;
}

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
  progress: { done: number; total: number };
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
}

/**
 * Asks for a package. Wake its workflow after the commit; a wake-up that is lost is made good by the sweep.
 * Throws INVALID_INPUT for a period that ends before it begins.
 */
export async function requestPackage(tx: Tx, request: PackageRequest): Promise<PackageView> {
  const person = await requireOfficer(tx);
  const { period, filter = {} } = request;
  if (period.from > period.to) {
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/period/to', code: 'before_start' }]);
  }
  const id = uuidv7();
  const { key, wrappedKey } = await newPackageKey(tx, id);
  const number = packageNumber(today(tx).slice(0, 4), await nextPackageCount(tx));
  await insertPackage(tx, {
    id,
    number,
    profile: request.profile,
    periodFrom: period.from,
    periodTo: period.to,
    filterEnvelope: sealFilter(key, id, filter),
    language: request.language ?? 'tr',
    status: 'rendering',
    phase: 'queued',
    requestedBy: person,
    requestedAt: tx.now,
    wrappedKey,
    publicKey: await signingPublicKey(tx),
    signalAfter: watchdogAt(tx),
  });
  tx.audit({
    event: 'package.requested',
    detail: { packageId: id, number, profile: request.profile, period, filter: Object.keys(filter).sort() },
  });
  return readPackage(tx, id);
}

async function signingPublicKey(tx: Tx): Promise<Buffer> {
  const row = await tx.sql('dealers').where({ id: tx.dealerId }).first('signing_public_key');
  return (row as { signing_public_key: Buffer }).signing_public_key;
}

export async function readPackage(tx: Tx, id: string): Promise<PackageView> {
  return (await toViews(tx, [await getPackage(tx, id)]))[0] as PackageView;
}

/** Packages, newest first. */
export async function listPackages(
  tx: Tx,
  query: { cursor?: string; limit: number },
): Promise<Page<PackageView>> {
  const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
  if (before !== undefined && !/^[0-9a-f-]{36}$/.test(before ?? '')) {
    throw new ComplianceError('MALFORMED', 'cursor');
  }
  const rows = await listPackageRows(tx, {
    limit: query.limit + 1,
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
  const views: PackageView[] = [];
  for (const row of rows) {
    views.push({
      id: row.id,
      number: row.number,
      profile: row.profile,
      period: { from: row.periodFrom, to: row.periodTo },
      filter: openFilter(await openPackageKey(tx, row), row),
      language: row.language,
      status: row.status,
      phase: row.phase,
      progress: { done: row.done, total: row.total },
      requestedBy: person(row.requestedBy),
      requestedAt: row.requestedAt,
      asOf: row.asOf,
      sealedBy: row.sealedBy === null ? null : person(row.sealedBy),
      sealedAt: row.sealedAt,
      keyFingerprint: fingerprintOfDer(row.publicKey),
      errorCode: row.errorCode,
      errorCustomer: row.errorCustomer,
    });
  }
  return views;
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

/** The task that asks a second person for the seal, by package. */
export const sealTask = (packageId: string) => `seal:${packageId}`;

async function giveUp(tx: Tx, row: PackageRow, status: 'cancelled' | 'failed'): Promise<void> {
  await endTaskOf(tx, sealTask(row.id), 'cancelled');
  await updatePackage(tx, row.id, {
    status,
    phase: 'discarding',
    attempts: 0,
    signalAfter: watchdogAt(tx),
  });
}

/** Looks where a package stands and says what its workflow does next; moves on when the last customer is in. */
export async function advancePackage(tx: Tx, id: string): Promise<PackageStep> {
  const row = await lockPackage(tx, id);
  switch (row.phase) {
    case 'queued':
      return { do: 'freeze' };
    case 'including': {
      const chunks = await openChunks(tx, id, CHUNKS_AT_ONCE);
      if (chunks.length > 0) return { do: 'include', chunks };
      await updatePackage(tx, id, { phase: 'assembling' });
      return { do: 'assemble' };
    }
    case 'assembling':
      return { do: 'assemble' };
    case 'discarding':
      return { do: 'discard' };
    default:
      return { do: 'rest' };
  }
}

/** A sign of life: the sweep leaves the package alone for a while, and its failed wake-ups are forgotten. */
export async function stillAtWork(tx: Tx, id: string): Promise<void> {
  await updatePackage(tx, id, { signalAfter: watchdogAt(tx), attempts: 0 });
}

function watchdogAt(tx: Tx): Date {
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
