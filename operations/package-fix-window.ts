import { createHash } from 'node:crypto';

import { getCustomers } from '../db/customers';
import { itemsAfter, setLate } from '../db/package-items';
import { readStatementSources, type StatementSources } from '../db/package-statements';
import { lockPackage, requireUnchanged, updatePackage, type PackageRow } from '../db/packages';
import { endTasksOfPackage, openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import { addBusinessDays } from '../domain/business-calendar';
import { completedBetween, type LateCompletion } from '../domain/completeness';
import type { CustomerStatus } from '../domain/customer';
import { dayInIstanbul, instantOfDay } from '../domain/days';
import { ComplianceError } from '../domain/errors';
import { isAbsent, valueAt } from '../domain/record-path';
import { canonicalBytes } from '../stores/package-signature';
import { makeCheckpoint } from './checkpoints';
import {
  completenessCollector,
  countsOf,
  stateFile,
  statementRules,
  type StatementRules,
} from './package-completeness';
import { freezeDocuments } from './package-item';
import {
  openFrame,
  openItem,
  openPackageKey,
  sealFrame,
  sealLate,
  type LateLayer,
  type PackageFrame,
  type PackageItem,
} from './package-snapshot';
import { FIX_TASK, readPackage, requireOfficer, watchdogAt, type PackageView } from './packages';
import { openCustomerKey, openRecord } from './record-envelope';

/** Customers looked at in one go. */
const BATCH = 100;
/** A file that has ended is not completed any more: nobody is asked to. */
const ENDED: readonly CustomerStatus[] = ['rejected', 'withdrawn', 'expired', 'closed'];

/** The end of the n-th business day after the snapshot's, in Türkiye. */
export function windowEnd(tx: Tx, days: number): Date {
  return instantOfDay(addBusinessDays(dayInIstanbul(tx.now), days), 24);
}

/** What a package in its fix window waits for: tasks for the next customers with gaps, or its end. */
export async function serveFixWindow(tx: Tx, row: PackageRow, progress: () => void): Promise<void> {
  if (row.fixUntil === null) throw new Error('A package in its fix window without an end');
  if (row.fixUntil <= tx.now) await endWindow(tx, row, progress);
  else if (row.fixCursor !== null) await openFixTasks(tx, row, row.fixCursor, row.fixUntil);
}

/** Opens a task for each of the next customers whose files have gaps; portions, so that nobody's file is held up for long. */
async function openFixTasks(tx: Tx, row: PackageRow, cursor: string, until: Date): Promise<void> {
  const items = await itemsAfter(tx, row.id, cursor, BATCH, { missing: true });
  const ids = items.map(({ customerId }) => customerId);
  const open = (await getCustomers(tx, ids)).filter(({ status }) => !ENDED.includes(status));
  const missing = new Map(items.map((item) => [item.customerId, item.missing]));
  // In the order of their ids, as everybody takes customers' locks.
  for (const { id } of open.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    await openTask(tx, {
      customerId: id,
      caseId: null,
      kind: FIX_TASK,
      forRole: 'staff',
      detail: {
        packageId: row.id,
        number: row.number,
        missing: missing.get(id) ?? 0,
        // The last day on which it can be done.
        on: dayInIstanbul(new Date(until.getTime() - 1)),
      },
      dedupe: `fix:${row.id}:${id}`,
    });
  }
  const last = items.length < BATCH ? undefined : items.at(-1);
  await updatePackage(tx, row.id, {
    fixCursor: last?.code ?? null,
    attempts: 0,
    signalAfter: last === undefined ? until : watchdogAt(tx),
  });
}

/**
 * Ends the window: what was missing at the snapshot and is there now enters as a second layer with its days, and the digest
 * runs over both; so does the checkpoint, which sees the same instant. The snapshot itself stays as it was.
 */
async function endWindow(tx: Tx, row: PackageRow, progress: () => void): Promise<void> {
  if (row.frameEnvelope === null || row.asOf === null) throw new Error('A fix window without a snapshot');
  const key = await openPackageKey(tx, row);
  const frame = endedFrame(openFrame(key, row.id, row.frameEnvelope), tx.now);
  const rules = await statementRules(tx, row.asOf);
  const statement = completenessCollector(frame);
  const digest = createHash('sha256').update(canonicalBytes(frame));
  for (let after = ''; ;) {
    const rows = await itemsAfter(tx, row.id, after, BATCH);
    const last = rows.at(-1);
    if (last === undefined) break;
    const withGaps = rows.filter(({ missing }) => missing > 0).map(({ customerId }) => customerId);
    const now = new Map(
      (await readStatementSources(tx, withGaps)).map((sources) => [sources.customer.id, sources]),
    );
    for (const sealed of rows) {
      const item = openItem(key, row.id, sealed);
      const sources = now.get(item.customerId);
      const late = sources === undefined ? null : await lateLayer(tx, rules, item, sources, row.asOf);
      if (late !== null)
        await setLate(tx, row.id, item.customerId, sealLate(key, row.id, item.customerId, late));
      const whole = late === null ? item : { ...item, late };
      digest.update('\n').update(canonicalBytes(whole));
      statement.add(whole);
    }
    after = last.code;
    await requireUnchanged(tx, row.id);
    progress();
  }
  const counts = countsOf(statement.breakdown());
  // In place of the freeze's: the events that brought the late papers are proven with all before them.
  const checkpoint = await makeCheckpoint(tx);
  await updatePackage(tx, row.id, {
    phase: 'including',
    checkpoint,
    frameEnvelope: sealFrame(key, row.id, frame),
    snapshotSha256: digest.digest(),
    statement: counts,
    fixCursor: null,
    attempts: 0,
    signalAfter: watchdogAt(tx),
  });
  await endTasksOfPackage(tx, row.id, FIX_TASK);
  tx.audit({
    event: 'package.fix_window_ended',
    detail: { packageId: row.id, completed: counts.totals.completedLate },
  });
}

function endedFrame(frame: PackageFrame, at: Date): PackageFrame {
  const { scope } = frame;
  if (scope === undefined || scope.fixWindow === null) return frame;
  return { ...frame, scope: { ...scope, fixWindow: { ...scope.fixWindow, endedAt: at.toISOString() } } };
}

/** What completes the file since the snapshot; null where nothing does. Other edits stay out. */
async function lateLayer(
  tx: Tx,
  rules: StatementRules,
  item: PackageItem,
  sources: StatementSources,
  asOf: Date,
): Promise<LateLayer | null> {
  const { customer } = sources;
  const key = await openCustomerKey(tx, customer);
  const record = openRecord(key, customer.id, customer.version, customer.envelope);
  const window = { from: dayInIstanbul(asOf), until: dayInIstanbul(tx.now) };
  const before = item.statement ?? [];
  const completed = completedBetween(before, stateFile(tx, rules, sources, record), window);
  if (completed.length === 0) return null;
  const papers = new Set(completed.flatMap(({ evidence }) => evidence.map(({ id }) => id)));
  const known = new Set(item.documents.map(({ id }) => id));
  const rows = sources.documents.filter(
    ({ id }) => !known.has(id) && (papers.has(id) || papers.has(sources.forms.get(id) ?? '')),
  );
  const users = await userNames(
    tx,
    rows.flatMap(({ seenBy }) => seenBy ?? []),
  );
  return {
    until: tx.now.toISOString(),
    version: customer.version,
    completed,
    values: valuesOf(completed, before, record),
    documents: freezeDocuments(item.code, rows, key, { users }, item.documents),
  };
}

/** Fields of the record that were found missing or wrong, with what stands there now. */
function valuesOf(
  completed: readonly LateCompletion[],
  before: NonNullable<PackageItem['statement']>,
  record: unknown,
): LateLayer['values'] {
  const values = new Map<string, LateLayer['values'][number]>();
  for (const { id, on } of completed) {
    const problems = before.find((verdict) => verdict.id === id)?.problems ?? [];
    for (const { field } of problems) {
      const value = field.startsWith('documents.') ? undefined : valueAt(record, field);
      if (!isAbsent(value)) values.set(field, { field, value, on });
    }
  }
  return [...values.values()].sort((a, b) => (a.field < b.field ? -1 : 1));
}

/**
 * Ends the fix window before its time; its workflow has to be woken. Answers the same where it has ended already. Throws
 * STATE_FORBIDS for a package that has none open.
 */
export async function endFixWindow(tx: Tx, id: string): Promise<PackageView> {
  await requireOfficer(tx);
  const row = await lockPackage(tx, id);
  if (row.phase !== 'fixing') throw new ComplianceError('STATE_FORBIDS', 'package_not_fixing');
  if (row.fixUntil === null || row.fixUntil > tx.now) {
    await updatePackage(tx, id, { fixUntil: tx.now, signalAfter: watchdogAt(tx) });
    tx.audit({ event: 'package.fix_window_cut', detail: { packageId: id } });
  }
  return readPackage(tx, id);
}
