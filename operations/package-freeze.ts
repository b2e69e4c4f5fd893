import { createHash, type Hash } from 'node:crypto';

import { listBranchRows } from '../db/dealers';
import { insertItems } from '../db/package-items';
import { lockPackage, updatePackage, type PackageRow } from '../db/packages';
import { parametersBetween, readSources, ruleSetOn } from '../db/package-sources';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import { CHUNK_CUSTOMERS } from '../domain/audit-package';
import { addDays, dayInIstanbul, instantOfDay } from '../domain/days';
import { canonicalBytes } from '../stores/package-signature';
import { filterCustomers, type CustomerFilter } from './customer-list';
import { readProfile } from './dealers';
import { freezeCustomer, namesIn } from './package-item';
import { openFilter, openPackageKey, sealFrame, sealItem, type PackageFrame } from './package-snapshot';
import { loadPolicy } from './rules';

/** Customers read at a time: what memory holds of a dealer while it is frozen. */
const BATCH = 100;

/**
 * Freezes what the package will say: every customer but a lead whose file overlaps the period and whom the filter takes
 * in, as they stand in this transaction, which must be REPEATABLE READ. Later edits do not enter. Does nothing when the
 * package is frozen already or will not be made; `progress` is called between batches.
 */
export async function freezePackage(tx: Tx, packageId: string, progress: () => void): Promise<void> {
  const row = await lockPackage(tx, packageId);
  if (row.status !== 'rendering' || row.phase !== 'queued') return;
  const key = await openPackageKey(tx, row);
  const scope = await drawScope(tx, row, openFilter(key, row));
  const frame = await freezeFrame(tx, row, openFilter(key, row), scope.outside);
  const branches = new Map((await listBranchRows(tx)).map(({ id, name }) => [id, name]));
  const digest = createHash('sha256');
  digest.update(canonicalBytes(frame));
  for (let start = 0; start < scope.inside.length; start += BATCH) {
    const ids = scope.inside.slice(start, start + BATCH).map(({ id }) => id);
    const sources = await readSources(tx, ids);
    const names = await namesIn(tx, sources, branches);
    const items = [];
    for (const [index, source] of sources.entries()) {
      const item = await freezeCustomer(tx, source, names);
      addLine(digest, item);
      items.push({
        customerId: item.customerId,
        code: item.code,
        version: item.version,
        chunk: Math.floor((start + index) / CHUNK_CUSTOMERS),
        snapshot: sealItem(key, packageId, item),
      });
    }
    await insertItems(tx, packageId, items);
    progress();
  }
  await updatePackage(tx, packageId, {
    phase: 'including',
    asOf: tx.now,
    total: scope.inside.length,
    frameEnvelope: sealFrame(key, packageId, frame),
    snapshotSha256: digest.digest(),
    attempts: 0,
  });
  tx.audit({
    event: 'package.frozen',
    detail: { packageId, customers: scope.inside.length, outside: scope.outside.length },
  });
}

/** The snapshot's digest runs over the frame and then the customers in the order of their codes, a line each. */
function addLine(digest: Hash, item: object): void {
  digest.update('\n');
  digest.update(canonicalBytes(item));
}

interface Scope {
  inside: { id: string; code: string }[];
  /** Codes of customers whom the filter takes in and the period leaves out. */
  outside: string[];
}

/**
 * A file begins when the customer is created and ends when it is rejected, withdrawn, expired or closed; its cases lie
 * inside that time. It overlaps the period when it began before the period's end and had not ended before its beginning.
 */
async function drawScope(tx: Tx, row: PackageRow, filter: CustomerFilter): Promise<Scope> {
  const rows = tx
    .sql('customers')
    .where({ dealer_id: tx.dealerId })
    .whereNot({ status: 'lead' })
    .orderByRaw('code collate "C"')
    .select('id', 'code')
    .select(
      tx.sql.raw(
        `created_at < ?::timestamptz and (
           status not in ('rejected', 'withdrawn', 'expired', 'closed')
           or coalesce((select max(k.closed_at) from cases k
                        where k.dealer_id = customers.dealer_id and k.customer_id = customers.id), updated_at)
              >= ?::timestamptz) as inside`,
        [instantOfDay(addDays(row.periodTo, 1), 0), instantOfDay(row.periodFrom, 0)],
      ),
    );
  await filterCustomers(tx, rows, filter);
  const found = (await rows) as { id: string; code: string; inside: boolean }[];
  return {
    inside: found.filter(({ inside }) => inside),
    outside: found.filter(({ inside }) => !inside).map(({ code }) => code),
  };
}

async function freezeFrame(
  tx: Tx,
  row: PackageRow,
  filter: CustomerFilter,
  outside: string[],
): Promise<PackageFrame> {
  const profile = await readProfile(tx);
  const names = await userNames(tx, [row.requestedBy]);
  const { fourEyes } = await loadPolicy(tx);
  const parameters = await parametersBetween(tx, row.periodFrom, row.periodTo);
  return {
    number: row.number,
    profile: row.profile,
    language: row.language,
    dealer: { title: profile.title, vkn: profile.vkn, licenceNumber: profile.licenceNumber },
    period: { from: row.periodFrom, to: row.periodTo },
    asOf: tx.now.toISOString(),
    ruleSet: await ruleSetOn(tx, dayInIstanbul(tx.now)),
    requestedBy: names.get(row.requestedBy) ?? row.requestedBy,
    filter: filterInWords(filter),
    fourEyes,
    parameters: parameters.map(({ key, value, validFrom, validTo, legalBasis, confidence }) => ({
      key,
      value,
      validFrom,
      validTo,
      legalBasis,
      confidence,
    })),
    outside,
  };
}

/** The filter as the list query would carry it: one string a name. */
export function filterInWords(filter: CustomerFilter): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]: [string, string | readonly string[]]) => [
      name,
      typeof value === 'string' ? value : value.join(','),
    ]),
  );
}
