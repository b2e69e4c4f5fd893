import { v7 as uuidv7 } from 'uuid';

import {
  getHandover,
  insertHandover,
  listDownloadRows,
  listHandoverRows,
  setReceipt,
  type HandoverRow,
} from '../db/package-handovers';
import { getPackage, type PackageLine } from '../db/packages';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import { dayInIstanbul } from '../domain/days';
import { ComplianceError } from '../domain/errors';
import { addPeriod } from '../domain/periods';
import { open, seal } from '../stores/crypto';
import type { StoredFile } from './documents';
import { openPackageKey } from './package-snapshot';
import { requireOfficer } from './packages';
import { decodeCursor, pageOf, type Page } from './pages';
import { loadPolicy, today } from './rules';

export const HANDOVER_WAYS = ['in_person', 'courier', 'post', 'electronic', 'other'] as const;
export type HandoverWay = (typeof HANDOVER_WAYS)[number];

/** Who took a package: an inspector's name is personal, so all of it is sealed under the package's key. */
export interface Recipient {
  name: string;
  office: string;
  how: HandoverWay;
  note?: string;
}

interface Person {
  id: string;
  name: string | null;
}

export interface HandoverView {
  id: string;
  recipient: { name: string; office: string; how: HandoverWay; note: string | null };
  deliveredOn: string;
  recordedBy: Person;
  recordedAt: Date;
  receipt: { mediaType: string; bytes: number; sha256: string; by: Person; at: Date } | null;
}

const place = (packageId: string, id: string) => `audit_package_handovers|${packageId}|${id}`;

/**
 * Records that a sealed package was given to somebody. Throws STATE_FORBIDS before it is sealed, INVALID_INPUT for a day
 * that has not come or lies before the seal.
 */
export async function recordHandover(
  tx: Tx,
  packageId: string,
  { deliveredOn, ...recipient }: Recipient & { deliveredOn: string },
): Promise<string> {
  const person = await requireOfficer(tx);
  const { row, sealedAt } = await sealed(tx, packageId);
  if (deliveredOn > today(tx)) throw wrongDay('day_in_future');
  if (deliveredOn < dayInIstanbul(sealedAt)) throw wrongDay('before_seal');
  const id = uuidv7();
  const key = await openPackageKey(tx, row);
  await insertHandover(tx, {
    id,
    packageId,
    envelope: seal(key, Buffer.from(JSON.stringify(recipient)), place(packageId, id)),
    deliveredOn,
    recordedBy: person,
    recordedAt: tx.now,
  });
  tx.audit({ event: 'package.handed_over', detail: { packageId, handoverId: id, how: recipient.how } });
  return id;
}

const wrongDay = (code: string) =>
  new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/deliveredOn', code }]);

async function sealed(tx: Tx, id: string): Promise<{ row: PackageLine; sealedAt: Date }> {
  const row = await getPackage(tx, id);
  if (row.status !== 'sealed' || row.sealedAt === null)
    throw new ComplianceError('STATE_FORBIDS', 'package_not_sealed');
  return { row, sealedAt: row.sealedAt };
}

/** Hand-overs of a package in the order they were recorded. */
export async function listHandovers(tx: Tx, packageId: string): Promise<HandoverView[]> {
  const key = await openPackageKey(tx, await getPackage(tx, packageId));
  const rows = await listHandoverRows(tx, packageId);
  const names = await userNames(tx, [
    ...new Set(rows.flatMap((row) => [row.recordedBy, ...(row.receiptBy === null ? [] : [row.receiptBy])])),
  ]);
  return rows.map((row) => toView(key, row, (id) => ({ id, name: names.get(id) ?? null })));
}

export async function readHandover(tx: Tx, packageId: string, id: string): Promise<HandoverView> {
  const found = (await listHandovers(tx, packageId)).find((view) => view.id === id);
  if (found === undefined) throw new ComplianceError('NOT_FOUND', 'handover_not_found');
  return found;
}

function toView(key: Buffer, row: HandoverRow, person: (id: string) => Person): HandoverView {
  const { name, office, how, note } = JSON.parse(
    open(key, row.envelope, place(row.packageId, row.id)).toString(),
  ) as Recipient;
  return {
    id: row.id,
    recipient: { name, office, how, note: note ?? null },
    deliveredOn: row.deliveredOn,
    recordedBy: person(row.recordedBy),
    recordedAt: row.recordedAt,
    receipt: receiptOf(row, person),
  };
}

function receiptOf(row: HandoverRow, person: (id: string) => Person): HandoverView['receipt'] {
  const { receiptMediaType, receiptBytes, receiptSha256, receiptBy, receiptAt } = row;
  if (receiptMediaType === null || receiptBytes === null || receiptSha256 === null) return null;
  if (receiptBy === null || receiptAt === null) return null;
  const sha256 = receiptSha256.toString('hex');
  return { mediaType: receiptMediaType, bytes: receiptBytes, sha256, by: person(receiptBy), at: receiptAt };
}

/** The key that a receipt is stored under: the package's own, so that both stand or fall together. */
export async function receiptKey(tx: Tx, packageId: string, id: string): Promise<Buffer> {
  await requireOfficer(tx);
  await getHandover(tx, packageId, id);
  return openPackageKey(tx, await getPackage(tx, packageId));
}

/** Puts the signed receipt on record, once. The same file again changes nothing; another one is STATE_FORBIDS. */
export async function addReceipt(
  tx: Tx,
  packageId: string,
  id: string,
  stored: Pick<StoredFile, 'id' | 'address' | 'mediaType' | 'bytes' | 'sha256'>,
): Promise<string> {
  const person = await requireOfficer(tx);
  const row = await getHandover(tx, packageId, id, true);
  if (row.receiptSha256 !== null) {
    if (row.receiptSha256.equals(stored.sha256)) return id;
    throw new ComplianceError('STATE_FORBIDS', 'receipt_exists');
  }
  await setReceipt(tx, {
    id,
    packageId,
    receiptAddress: stored.address,
    receiptMediaType: stored.mediaType,
    receiptBytes: stored.bytes,
    receiptSha256: stored.sha256,
    receiptBy: person,
    receiptAt: tx.now,
  });
  tx.audit({
    event: 'package.receipt_added',
    detail: { packageId, handoverId: id, sha256: stored.sha256.toString('hex') },
  });
  return stored.id;
}

/** A receipt on its way out; the view is logged. */
export async function openReceipt(
  tx: Tx,
  packageId: string,
  id: string,
): Promise<{ key: Buffer; address: string; mediaType: string; number: string }> {
  const line = await getPackage(tx, packageId);
  const row = await getHandover(tx, packageId, id);
  if (row.receiptAddress === null || row.receiptMediaType === null)
    throw new ComplianceError('NOT_FOUND', 'receipt_not_found');
  tx.audit({ event: 'package.receipt_viewed', detail: { packageId, handoverId: id } });
  const key = await openPackageKey(tx, line);
  return { key, address: row.receiptAddress, mediaType: row.receiptMediaType, number: line.number };
}

export interface DownloadView {
  id: string;
  by: Person;
  at: Date;
}

/** Who downloaded a package when, newest first. */
export async function listDownloads(
  tx: Tx,
  packageId: string,
  query: { cursor?: string; limit: number },
): Promise<Page<DownloadView>> {
  await getPackage(tx, packageId);
  const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
  if (before !== undefined && !/^[0-9a-f-]{36}$/.test(before ?? ''))
    throw new ComplianceError('MALFORMED', 'cursor');
  const rows = await listDownloadRows(tx, packageId, {
    limit: query.limit + 1,
    ...(typeof before === 'string' ? { before } : {}),
  });
  const names = await userNames(tx, [...new Set(rows.map(({ userId }) => userId))]);
  return pageOf(
    rows,
    query.limit,
    ({ id }) => [id],
    ({ id, userId, at }) => ({ id, by: { id: userId, name: names.get(userId) ?? null }, at }),
  );
}

/**
 * The day until which a sealed package is kept, by the policy in force: 8 years (5549 s. Kanun m.8 [read]), counted from
 * the seal [ours]. Nothing deletes one earlier; null before it is sealed.
 */
export async function retainUntil(tx: Tx, packageId: string): Promise<string | null> {
  const { sealedAt } = await getPackage(tx, packageId);
  if (sealedAt === null) return null;
  const { retention } = await loadPolicy(tx);
  return dayInIstanbul(addPeriod(sealedAt, retention, tx.clock.dayMilliseconds));
}
