import { createHash } from 'node:crypto';

import { listBranchRows } from '../db/dealers';
import { insertItems } from '../db/package-items';
import { readSources } from '../db/package-sources';
import { readStatementSources } from '../db/package-statements';
import { holdPackage, requireUnchanged, updatePackage, type PackageRow } from '../db/packages';
import type { Tx } from '../db/transaction';
import { CHUNK_CUSTOMERS } from '../domain/audit-package';
import { canonicalBytes } from '../stores/package-signature';
import { makeCheckpoint } from './checkpoints';
import {
  completenessCollector,
  countsOf,
  missingIn,
  stateFile,
  statementRules,
  type StatementRules,
} from './package-completeness';
import { serveFixWindow, windowEnd } from './package-fix-window';
import { freezeFrame } from './package-frame';
import { freezeCustomer, namesIn } from './package-item';
import { drawScope } from './package-scope';
import {
  openFilter,
  openPackageKey,
  openScope,
  sealFrame,
  sealItem,
  type PackageItem,
  type StatedItem,
} from './package-snapshot';
import { failPackage, watchdogAt } from './packages';
import { openCustomerKey, openRecord } from './record-envelope';

/** Customers read at a time: what memory holds of a dealer while it is frozen. */
const BATCH = 100;

/**
 * Does what a package's rows wait for before its files are made, in this transaction, which must be REPEATABLE READ:
 * freezes what it will say, or only states how complete it would be (a rehearsal), or opens or ends its fix window. What
 * is frozen are the customers of its scope as they stand; later edits do not enter. Does nothing when that is done already
 * or the package will not be made; `progress` is called between batches. Nobody waits for it: a package that is cancelled
 * meanwhile is found so with the next batch, and nothing is left of what was frozen.
 */
export async function freezePackage(tx: Tx, packageId: string, progress: () => void): Promise<void> {
  const row = await holdPackage(tx, packageId);
  if (row.status !== 'rendering') return;
  if (row.phase === 'fixing') await serveFixWindow(tx, row, progress);
  if (row.phase === 'queued') await freeze(tx, row, progress);
}

async function freeze(tx: Tx, row: PackageRow, progress: () => void): Promise<void> {
  const key = await openPackageKey(tx, row);
  const filter = openFilter(key, row);
  const scope = await drawScope(tx, row, filter, openScope(key, row));
  // Nobody is to seal a package about nobody; a rehearsal says that it would be one.
  if (scope.inside.length === 0 && !row.dryRun) return failPackage(tx, row.id, 'EMPTY_SCOPE');
  const rules = await statementRules(tx);
  const fixUntil = row.fixDays === 0 ? null : windowEnd(tx, row.fixDays);
  const frame = await freezeFrame(tx, row, {
    filter,
    scope,
    note: openScope(key, row).note,
    rules,
    fixUntil,
  });
  const read = row.dryRun ? rehearsalReader(tx, rules) : await snapshotReader(tx, rules);
  const statement = completenessCollector(frame);
  const digest = createHash('sha256').update(canonicalBytes(frame));
  let missing = 0;
  for (let start = 0; start < scope.inside.length; start += BATCH) {
    const ids = scope.inside.slice(start, start + BATCH).map(({ id }) => id);
    const rows = (await read(ids)).map((item, index) => {
      digest.update('\n').update(canonicalBytes(item));
      statement.add(item);
      return {
        customerId: item.customerId,
        code: item.code,
        version: item.version,
        chunk: Math.floor((start + index) / CHUNK_CUSTOMERS),
        missing: missingIn(item.statement),
        snapshot: sealItem(key, row.id, item),
      };
    });
    missing += rows.reduce((sum, item) => sum + item.missing, 0);
    await insertItems(tx, row.id, rows);
    await requireUnchanged(tx, row.id);
    progress();
  }
  const customers = scope.inside.length;
  // Before the row: from its update to the commit people wait.
  const checkpoint = row.dryRun ? null : await makeCheckpoint(tx);
  await updatePackage(tx, row.id, {
    checkpoint,
    asOf: tx.now,
    total: customers,
    population: scope.population,
    excluded: scope.outside.length + scope.excluded.length,
    frameEnvelope: sealFrame(key, row.id, frame),
    snapshotSha256: digest.digest(),
    statement: countsOf(statement.breakdown()),
    attempts: 0,
    ...nextOf(tx, row, { customers, missing, fixUntil }),
  });
  tx.audit({
    event: row.dryRun ? 'package.rehearsed' : 'package.frozen',
    detail: { packageId: row.id, customers, outside: scope.outside.length, excluded: scope.excluded.length },
  });
}

/** A rehearsal is over; a package waits for its fix window where there is something to fix, or is rendered. */
function nextOf(
  tx: Tx,
  { dryRun }: PackageRow,
  { customers, missing, fixUntil }: { customers: number; missing: number; fixUntil: Date | null },
): Partial<PackageRow> {
  if (dryRun) return { status: 'rehearsed', phase: 'ended', done: customers };
  if (fixUntil === null || missing === 0) return { phase: 'including' };
  return { phase: 'fixing', fixUntil, fixCursor: '', signalAfter: watchdogAt(tx) };
}

type Reader<Item> = (ids: readonly string[]) => Promise<(Item & Pick<StatedItem, 'statement'>)[]>;

/** Whole files, in the order of their codes. */
async function snapshotReader(tx: Tx, rules: StatementRules): Promise<Reader<PackageItem>> {
  const branches = new Map((await listBranchRows(tx)).map(({ id, name }) => [id, name]));
  return async (ids) => {
    const sources = await readSources(tx, ids);
    const stated = new Map((await readStatementSources(tx, ids)).map((one) => [one.customer.id, one]));
    const names = await namesIn(tx, sources, branches);
    const items = [];
    for (const source of sources) {
      const item = await freezeCustomer(tx, source, names);
      const ofCustomer = stated.get(item.customerId);
      if (ofCustomer === undefined) throw new Error('A customer without sources');
      items.push({ ...item, statement: stateFile(tx, rules, ofCustomer, item.record) });
    }
    return items;
  };
}

/** Only what a statement says of each file. */
function rehearsalReader(tx: Tx, rules: StatementRules): Reader<StatedItem> {
  return async (ids) => {
    const items: StatedItem[] = [];
    for (const sources of await readStatementSources(tx, ids)) {
      const { id, code, type, displayName, version, envelope } = sources.customer;
      const record = openRecord(await openCustomerKey(tx, sources.customer), id, version, envelope);
      const statement = stateFile(tx, rules, sources, record);
      items.push({ customerId: id, code, type, displayName, version, statement });
    }
    return items;
  };
}
