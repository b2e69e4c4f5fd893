import { v7 as uuidv7 } from 'uuid';

import { countEventsUpTo } from '../db/checkpoints';
import { deleteFiles, deleteItems, filesAfter, type FileRow } from '../db/package-items';
import {
  getPackage,
  insertDownload,
  lockPackage,
  sealOf,
  supersedingLinks,
  updatePackage,
  type PackageRow,
} from '../db/packages';
import { lockProgress } from '../db/package-progress';
import { endTaskOf } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { getUser } from '../db/users';
import { ComplianceError } from '../domain/errors';
import {
  buildManifest,
  type PackageFacts,
  type PackageFile,
  type PackageManifest,
} from '../domain/package-manifest';
import { canonicalDigest, signManifest } from '../stores/package-signature';
import { peopleBehind } from './api-tokens';
import { readCheckpoint, sha256 } from './checkpoints';
import { openFrame, openPackageKey } from './package-snapshot';
import { exclusionsOf, manifestScope } from './package-scope-facts';
import { leftOutOf } from './package-troubles';
import { readPackage, requireOfficer, sealTask, type PackageView } from './packages';
import { loadPolicy } from './rules';
import { signingKeys } from './signing-keys';

/** Files on the list are read in portions of this size. */
const PAGE = 1000;

/**
 * Seals a package: the manifest over all its files, signed with the dealer's key, in this one transaction. The person
 * must be another than the one who asked for it; a one-person shop's policy `fourEyes: recorded` is the exception, and the
 * manifest says so. The same person may ask twice. Throws STATE_FORBIDS where it is not ready, or another package has
 * replaced the one that it names.
 */
export async function sealPackage(tx: Tx, id: string): Promise<PackageView> {
  const person = await requireOfficer(tx);
  const row = await lockPackage(tx, id);
  if (row.status === 'sealed' && row.sealedBy === person) return readPackage(tx, id);
  if (row.status !== 'awaiting_seal') throw new ComplianceError('STATE_FORBIDS', 'package_not_ready');
  const fourEyes = await requireOtherPerson(tx, row);
  if (row.supersedes !== null) await requireUnreplaced(tx, row.supersedes);
  const manifest = await manifestOf(tx, row, person, fourEyes.reason);
  const { privateKey } = await signingKeys(tx);
  const signed = signManifest(manifest, privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
  await updatePackage(tx, id, {
    status: 'sealed',
    phase: 'ended',
    sealedBy: person,
    sealedAt: tx.now,
    fourEyes: fourEyes.mode,
    manifest: signed.manifest,
    signature: signed.signature,
  });
  await endTaskOf(tx, sealTask(id), 'done');
  tx.audit({
    event: 'package.sealed',
    detail: { packageId: id, fourEyes: fourEyes.mode, files: manifest.files.length },
  });
  return readPackage(tx, id);
}

/** Two that are to replace the same package may be under way: the first seal, under that package's lock, decides. */
async function requireUnreplaced(tx: Tx, id: string): Promise<void> {
  await lockProgress(tx, id);
  const links = await supersedingLinks(tx, [id]);
  if (links.some(({ supersedes }) => supersedes === id))
    throw new ComplianceError('STATE_FORBIDS', 'package_replaced');
}

async function requireOtherPerson(
  tx: Tx,
  row: PackageRow,
): Promise<{ mode: 'enforced' | 'recorded'; reason: string | null }> {
  if (!(await peopleBehind(tx)).includes(row.requestedBy)) return { mode: 'enforced', reason: null };
  const { fourEyes } = await loadPolicy(tx);
  if (fourEyes.mode === 'enforced') throw new ComplianceError('FOUR_EYES', 'package_four_eyes');
  return fourEyes;
}

async function manifestOf(
  tx: Tx,
  row: PackageRow,
  person: string,
  fourEyesReason: string | null,
): Promise<PackageManifest> {
  if (row.frameEnvelope === null || row.snapshotSha256 === null)
    throw new Error('This package has not been frozen yet');
  const frame = openFrame(await openPackageKey(tx, row), row.id, row.frameEnvelope);
  const files: PackageFile[] = [];
  for await (const file of listedFiles((after) => filesAfter(tx, row.id, after, PAGE))) {
    files.push({ path: file.path, bytes: file.bytes, sha256: file.sha256.toString('hex') });
  }
  return buildManifest(
    {
      packageNo: row.number,
      profile: row.profile,
      dealer: { title: frame.dealer.title, vkn: frame.dealer.vkn ?? '' },
      asOf: frame.asOf,
      period: frame.period,
      ruleSet: frame.ruleSet,
      filter: frame.filter,
      snapshotSha256: row.snapshotSha256.toString('hex'),
      excluded: exclusionsOf(frame).map(({ customer, reason }) => ({ customer, reason })),
      ...manifestScope(frame, row.statement?.totals ?? null),
      ...(await leftOutFacts(tx, row.id)),
      ...(await historyFacts(tx, row)),
      sheets: row.sheets,
      requestedBy: frame.requestedBy,
      sealedBy: (await getUser(tx, person))?.name ?? person,
      sealedAt: tx.now.toISOString(),
      ...(fourEyesReason === null ? {} : { fourEyesRecorded: fourEyesReason }),
    },
    files,
    sha256,
  );
}

/** Customers whose own file could not be made and was left out, with the officer's reason. */
async function leftOutFacts(tx: Tx, id: string): Promise<Pick<PackageFacts, 'leftOut'>> {
  const leftOut = await leftOutOf(tx, id);
  if (leftOut.length === 0) return {};
  return { leftOut: leftOut.map(({ code, reason }) => ({ customer: code, reason })) };
}

/** What the manifest says of the events; nothing for a package frozen before there were checkpoints. */
async function historyFacts(
  tx: Tx,
  { id, checkpoint }: PackageRow,
): Promise<Pick<PackageFacts, 'checkpoint' | 'events'>> {
  if (checkpoint === null) return {};
  const { statement } = await readCheckpoint(tx, checkpoint);
  return {
    checkpoint: { n: checkpoint, sha256: canonicalDigest(statement) },
    events: await countEventsUpTo(tx, checkpoint, id),
  };
}

/** A sealed package on its way out: what opens its files, and the two that live in the row. */
export interface OpenedPackage {
  id: string;
  number: string;
  key: Buffer;
  manifest: Buffer;
  signature: Buffer;
}

/** Opens a sealed package for download, which is logged. Throws STATE_FORBIDS before it is sealed. */
export async function openPackage(tx: Tx, id: string): Promise<OpenedPackage> {
  const row = await getPackage(tx, id);
  if (tx.actor.kind !== 'user') throw new ComplianceError('FORBIDDEN', 'person_required');
  if (row.status !== 'sealed') throw new ComplianceError('STATE_FORBIDS', 'package_not_sealed');
  const { manifest, signature } = await sealOf(tx, id);
  await insertDownload(tx, { id: uuidv7(), packageId: id, userId: tx.actor.userId });
  tx.audit({ event: 'package.downloaded', detail: { packageId: id, number: row.number } });
  return { id, number: row.number, key: await openPackageKey(tx, row), manifest, signature };
}

/** Files of a package from `after` on: a sealed one's never change, so that they may be read over many transactions. */
export async function packageFilesAfter(tx: Tx, id: string, after: string): Promise<FileRow[]> {
  return filesAfter(tx, id, after, PAGE);
}

/** All files, a page at a time, by path. */
export async function* listedFiles(page: (after: string) => Promise<FileRow[]>): AsyncGenerator<FileRow> {
  let after = '';
  for (;;) {
    const rows = await page(after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.path;
  }
}

/** Takes files off the list of a package that will not be sealed, after their bytes are gone. */
export async function forgetFiles(tx: Tx, id: string, paths: readonly string[]): Promise<void> {
  const row = await lockPackage(tx, id);
  if (row.phase === 'discarding') await deleteFiles(tx, id, paths);
}

/** The end of a package that will not be sealed: nothing of its customers is left in it. */
export async function endDiscard(tx: Tx, id: string): Promise<void> {
  const row = await lockPackage(tx, id);
  if (row.phase !== 'discarding') return;
  await deleteItems(tx, id);
  await updatePackage(tx, id, { phase: 'ended', frameEnvelope: null, sheets: {} });
}
