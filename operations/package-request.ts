import { v7 as uuidv7 } from 'uuid';

import { deleteItems } from '../db/package-items';
import {
  endedRehearsals,
  getPackage,
  insertPackage,
  nextPackageCount,
  supersedingLinks,
} from '../db/packages';
import { currentSigningKey } from '../db/signing-keys';
import type { Tx } from '../db/transaction';
import { FIX_WINDOW_DAYS_MAX, packageNumber, rehearsalNumber } from '../domain/audit-package';
import type { Language } from '../domain/customer';
import { ComplianceError, type FieldError } from '../domain/errors';
import type { PackageProfile } from '../domain/package-manifest';
import type { CustomerFilter } from './customer-list';
import { requireScope } from './package-scope';
import { newPackageKey, sealFilter, sealScope, type PackageScope } from './package-snapshot';
import { readPackage, requireOfficer, wakeSoonAt, type PackageView } from './packages';
import { today } from './rules';

/** How long the findings of a rehearsal are kept: long enough to work through them, and no copy for good. */
const REHEARSAL_KEPT_MS = 7 * 86_400_000;

export interface PackageRequest extends PackageScope {
  profile: PackageProfile;
  /** Days, both included; only `to` may lie in the future. */
  period: { from: string; to: string };
  filter?: CustomerFilter;
  language?: Language;
  /** Id of the sealed package that this one is to replace. */
  supersedes?: string;
  /** Business days after the snapshot in which gaps may be closed; none where absent. */
  fixWindowDays?: number;
  /** Only says what an inspector would find missing. */
  dryRun?: boolean;
}

/**
 * Asks for a package, or for the rehearsal of one. Wake its workflow after the commit; a wake-up that is lost is made good
 * by the sweep. Throws INVALID_INPUT for a period that ends before it begins or has not begun, a branch or a customer who cannot be named
 * so, or a package that cannot be replaced.
 */
export async function requestPackage(tx: Tx, request: PackageRequest): Promise<PackageView> {
  const person = await requireOfficer(tx);
  const { period, filter = {}, dryRun = false, profile } = request;
  if (period.from > period.to) refuse([{ pointer: '/period/to', code: 'before_start' }]);
  if (period.from > today(tx)) refuse([{ pointer: '/period/from', code: 'day_in_future' }]);
  const { fixWindowDays = 0 } = request;
  if (!Number.isInteger(fixWindowDays) || fixWindowDays < 0 || fixWindowDays > FIX_WINDOW_DAYS_MAX)
    refuse([{ pointer: '/fixWindowDays', code: 'not_a_number_of_days' }]);
  const scope = scopeIn(request);
  await requireScope(tx, scope, filter);
  await requireReplaceable(tx, request.supersedes);
  const id = uuidv7();
  const { key, wrappedKey } = await newPackageKey(tx, id);
  const number = await nextNumber(tx, dryRun);
  await insertPackage(tx, {
    id,
    number,
    profile,
    periodFrom: period.from,
    periodTo: period.to,
    filterEnvelope: sealFilter(key, id, filter),
    scopeEnvelope: sealScope(key, id, scope),
    language: request.language ?? 'tr',
    status: 'rendering',
    phase: 'queued',
    requestedBy: person,
    requestedAt: tx.now,
    wrappedKey,
    publicKey: (await currentSigningKey(tx)).publicKey,
    signalAfter: wakeSoonAt(tx),
    dryRun,
    supersedes: request.supersedes ?? null,
    // A rehearsal has nothing to wait for.
    fixDays: dryRun ? 0 : fixWindowDays,
  });
  if (dryRun) await forgetOldRehearsals(tx);
  tx.audit({
    event: 'package.requested',
    detail: { packageId: id, number, profile, period, ...namedIn(request), ...(dryRun ? { dryRun } : {}) },
  });
  return readPackage(tx, id);
}

/** What the log says of a scope: which filters, how many by name. Reasons and notes are sealed with the package. */
function namedIn({ filter = {}, customers, include = [], exclude = [], sample }: PackageRequest) {
  return {
    filter: Object.keys(filter).sort(),
    ...(customers === undefined ? {} : { customers: customers.length }),
    ...(include.length === 0 ? {} : { included: include.length }),
    ...(exclude.length === 0 ? {} : { excluded: exclude.length }),
    ...(sample === undefined ? {} : { sample: sample.size }),
  };
}

function scopeIn({ customers, include, exclude, sample, note }: PackageRequest): PackageScope {
  return {
    ...(customers === undefined ? {} : { customers }),
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(sample === undefined ? {} : { sample }),
    ...(note === undefined || note.trim() === '' ? {} : { note }),
  };
}

function refuse(problems: FieldError[]): never {
  throw new ComplianceError('INVALID_INPUT', 'shape', problems);
}

/** Only a sealed package is replaced, and once: a chain of packages has one end. */
async function requireReplaceable(tx: Tx, id: string | undefined): Promise<void> {
  if (id === undefined) return;
  const pointer = '/supersedes';
  const links = await supersedingLinks(tx, [id]);
  if (!links.some((link) => link.id === id)) refuse([{ pointer, code: 'unknown_package' }]);
  if ((await getPackage(tx, id)).status !== 'sealed') refuse([{ pointer, code: 'package_not_sealed' }]);
  if (links.some(({ supersedes }) => supersedes === id)) refuse([{ pointer, code: 'superseded_already' }]);
}

async function nextNumber(tx: Tx, dryRun: boolean): Promise<string> {
  const year = today(tx).slice(0, 4);
  if (dryRun) return rehearsalNumber(year, await nextPackageCount(tx, 'rehearsal_counter'));
  return packageNumber(year, await nextPackageCount(tx));
}

/** Lists of gaps by customer are no record to keep: a rehearsal's go when the next one is asked for after a week. */
async function forgetOldRehearsals(tx: Tx): Promise<void> {
  const before = new Date(tx.now.getTime() - REHEARSAL_KEPT_MS);
  for (const id of await endedRehearsals(tx, before)) await deleteItems(tx, id);
}
