import {
  firstOutcomes,
  getImport,
  importOfFile,
  insertImport,
  listImportRows,
  lockImport,
  updateImport,
  type ImportRow,
} from '../db/imports';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import type { Language } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { MAIN_SHEET } from '../domain/import-columns';
import type { ImportProblem } from '../domain/import-rows';
import type { ImportStatus, ImportStep } from '../domain/import-status';
import { deriveKey } from '../stores/crypto';
import { requireOfficer } from './packages';
import { decodeCursor, pageOf, type Page } from './pages';
import { dealerKey, openText, sealText } from './record-envelope';
import type { StoredFile } from './documents';

/** A workflow that has not been heard of for this long is woken again by the sweep. */
const WATCHDOG_MS = 300_000;
const DAY_MS = 86_400_000;
/** How long a checked file waits for a word, and how long an ended import keeps the file for its error list. */
const WORD_DAYS = 7;
const KEPT_DAYS = 30;
/** Problems that an answer holds; all of them stand in the returned file. */
const SHOWN_PROBLEMS = 200;

/** An import as people see it. */
export interface ImportView {
  id: string;
  fileName: string;
  format: 'xlsx' | 'csv';
  dryRun: boolean;
  language: Language;
  status: ImportStatus;
  /** Rows of the pass under way. */
  progress: { done: number; total: number };
  /** Rows of the file by what was found; `created` are the customers opened so far. */
  counts: { total: number; ok: number; warnings: number; errors: number; created: number };
  requestedBy: { id: string; name: string | null };
  requestedAt: Date;
  committedBy: { id: string; name: string | null } | null;
  endedAt: Date | null;
  /** When a checked import ends by itself. */
  expiresAt: Date | null;
  errorCode: string | null;
  /** Whether the rows with errors can be had as a file. */
  hasErrorFile: boolean;
}

/** The key that uploaded files lie under. */
export async function importFileKey(tx: Tx): Promise<Buffer> {
  return deriveKey(await dealerKey(tx), 'imports');
}

/**
 * Puts an uploaded file on record; its check begins when the workflow is woken. A file that is there already, and has
 * neither failed nor been cancelled, makes nothing new: the answer names the earlier import.
 */
export async function registerImport(
  tx: Tx,
  input: { stored: StoredFile; dryRun: boolean; language: Language },
): Promise<string> {
  const person = await requireOfficer(tx);
  const { stored } = input;
  const key = await importFileKey(tx);
  const isNew = await insertImport(tx, {
    id: stored.id,
    format: stored.mediaType === 'text/csv' ? 'csv' : 'xlsx',
    fileNameEnvelope: sealText(key, stored.fileName, namePlace(stored.id)),
    fileSha256: stored.sha256,
    bytes: stored.bytes,
    address: stored.address,
    language: input.language,
    dryRun: input.dryRun,
    status: 'checking',
    requestedBy: person,
    requestedAt: tx.now,
    signalAfter: after(tx, WATCHDOG_MS),
  });
  if (!isNew) {
    const earlier = await importOfFile(tx, stored.sha256);
    if (earlier === null) throw new ComplianceError('CONFLICT', 'conflict');
    return earlier.id;
  }
  const sha256 = stored.sha256.toString('hex');
  tx.audit({ event: 'import.requested', detail: { importId: stored.id, sha256, dryRun: input.dryRun } });
  return stored.id;
}

const namePlace = (id: string) => `imports|${id}|file_name`;
const after = (tx: Tx, milliseconds: number) => new Date(tx.now.getTime() + milliseconds);

export async function readImport(tx: Tx, id: string): Promise<ImportView> {
  return (await toViews(tx, [await getImport(tx, id)]))[0] as ImportView;
}

/** Imports, newest first. */
export async function listImports(
  tx: Tx,
  query: { cursor?: string; limit: number },
): Promise<Page<ImportView>> {
  const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, 1);
  if (before !== undefined && !/^[0-9a-f-]{36}$/.test(before ?? '')) {
    throw new ComplianceError('MALFORMED', 'cursor');
  }
  const rows = await listImportRows(tx, {
    limit: query.limit + 1,
    ...(typeof before === 'string' ? { before } : {}),
  });
  return pageOf(
    await toViews(tx, rows),
    query.limit,
    (view) => [view.id],
    (view) => view,
  );
}

async function toViews(tx: Tx, rows: readonly ImportRow[]): Promise<ImportView[]> {
  const people = rows.flatMap((row) => [
    row.requestedBy,
    ...(row.committedBy === null ? [] : [row.committedBy]),
  ]);
  const names = await userNames(tx, [...new Set(people)]);
  const key = await importFileKey(tx);
  const person = (id: string) => ({ id, name: names.get(id) ?? null });
  return rows.map((row) => ({
    id: row.id,
    fileName: openText(key, row.fileNameEnvelope, namePlace(row.id)),
    format: row.format,
    dryRun: row.dryRun,
    language: row.language,
    status: row.status,
    progress: progressOf(row),
    counts: {
      total: row.total,
      ok: row.ok,
      warnings: row.warnings,
      errors: row.errors,
      created: row.created,
    },
    requestedBy: person(row.requestedBy),
    requestedAt: row.requestedAt,
    committedBy: row.committedBy === null ? null : person(row.committedBy),
    endedAt: row.endedAt,
    expiresAt: row.status === 'checked' ? new Date(waitsUntil(row)) : null,
    errorCode: row.errorCode,
    hasErrorFile: row.errors > 0 && row.address !== null,
  }));
}

/** While a file is checked, nobody knows yet how long it is. */
function progressOf(row: ImportRow): { done: number; total: number } {
  if (row.status === 'checking') return { done: row.total, total: 0 };
  return {
    done: row.status === 'committing' ? row.created : row.total - row.errors,
    total: row.total - row.errors,
  };
}

/** The first problems of an import's rows: cell addresses and codes. */
export async function importProblems(
  tx: Tx,
  id: string,
): Promise<{ problems: ImportProblem[]; more: boolean }> {
  const { format } = await getImport(tx, id);
  const rows = await firstOutcomes(tx, id, format === 'csv' ? '' : MAIN_SHEET, SHOWN_PROBLEMS + 1);
  const problems = rows.flatMap((row) => row.problems);
  return { problems: problems.slice(0, SHOWN_PROBLEMS), more: problems.length > SHOWN_PROBLEMS };
}

/**
 * A person's word that the rows without errors become records. Wake the workflow after the commit. Answers the same when
 * it has been given before. Throws STATE_FORBIDS before the check has ended, after the end, and when no row is left.
 */
export async function commitImport(tx: Tx, id: string): Promise<void> {
  const person = await requireOfficer(tx);
  const row = await lockImport(tx, id);
  if (row.status === 'committing' || row.status === 'done') return;
  if (row.status !== 'checked') throw new ComplianceError('STATE_FORBIDS', 'import_not_checked');
  if (row.total === row.errors) throw new ComplianceError('STATE_FORBIDS', 'import_without_rows');
  await beginCommit(tx, row, person);
}

async function beginCommit(tx: Tx, row: ImportRow, person: string): Promise<void> {
  await updateImport(tx, row.id, {
    status: 'committing',
    cursorRow: 0,
    committedBy: person,
    committedAt: tx.now,
    attempts: 0,
    signalAfter: after(tx, WATCHDOG_MS),
  });
  tx.audit({ event: 'import.committed', detail: { importId: row.id, rows: row.total - row.errors } });
}

/** Ends an import; records that were opened stay. Answers the same for one that is cancelled already. */
export async function cancelImport(tx: Tx, id: string): Promise<void> {
  await requireOfficer(tx);
  const row = await lockImport(tx, id);
  if (row.status === 'cancelled') return;
  if (row.status === 'done' || row.status === 'failed') {
    throw new ComplianceError('STATE_FORBIDS', 'import_ended');
  }
  await endImport(tx, row, 'cancelled');
}

async function endImport(
  tx: Tx,
  row: ImportRow,
  status: 'done' | 'failed' | 'cancelled',
  errorCode: string | null = null,
): Promise<void> {
  // Of a file that was refused nothing is kept; what else ended keeps it for its list of errors.
  const keptMs = status === 'failed' ? 0 : KEPT_DAYS * DAY_MS;
  await updateImport(tx, row.id, {
    status,
    errorCode,
    endedAt: tx.now,
    attempts: 0,
    signalAfter: after(tx, keptMs),
  });
  const { created } = row;
  tx.audit({
    event: `import.${status}`,
    detail: { importId: row.id, created, ...(errorCode === null ? {} : { code: errorCode }) },
  });
}

/** Ends an import that cannot go on. Does nothing when it has ended. */
export async function failImport(tx: Tx, id: string, code: string): Promise<void> {
  const row = await lockImport(tx, id);
  if (row.status === 'checking' || row.status === 'committing') await endImport(tx, row, 'failed', code);
}

/** The check has seen every row. Without a dry run, that is the word to open the records. */
export async function endCheck(tx: Tx, id: string): Promise<void> {
  const row = await lockImport(tx, id);
  if (row.status !== 'checking') return;
  if (row.total === 0) return endImport(tx, row, 'failed', 'no_rows');
  const { total, errors, warnings } = row;
  tx.audit({ event: 'import.checked', detail: { importId: id, rows: total, errors, warnings } });
  if (!row.dryRun && total > errors) return beginCommit(tx, row, row.requestedBy);
  await updateImport(tx, id, { status: 'checked', attempts: 0, signalAfter: new Date(waitsUntil(row)) });
}

/** Every row that can be a record is one. */
export async function endCommit(tx: Tx, id: string): Promise<void> {
  const row = await lockImport(tx, id);
  if (row.status === 'committing') await endImport(tx, row, 'done');
}

/** Looks where an import stands and says what its workflow does next; ends one that waited too long for a word. */
export async function advanceImport(tx: Tx, id: string): Promise<ImportStep> {
  const row = await lockImport(tx, id);
  switch (row.status) {
    case 'checking':
      return { do: 'check' };
    case 'committing':
      return { do: 'commit' };
    case 'checked':
      if (tx.now.getTime() >= waitsUntil(row)) await endImport(tx, row, 'cancelled');
      else await updateImport(tx, id, { signalAfter: new Date(waitsUntil(row)) });
      return { do: 'rest' };
    default:
      return endedStep(tx, row);
  }
}

/** The sweep has moved `signal_after` on, so the end of the wait is counted from the beginning again. */
const waitsUntil = (row: ImportRow) => row.requestedAt.getTime() + WORD_DAYS * DAY_MS;

async function endedStep(tx: Tx, row: ImportRow): Promise<ImportStep> {
  if (row.address === null) return { do: 'rest' };
  const keptMs = row.status === 'failed' ? 0 : KEPT_DAYS * DAY_MS;
  const until = (row.endedAt ?? row.requestedAt).getTime() + keptMs;
  if (tx.now.getTime() >= until) return { do: 'forget' };
  await updateImport(tx, row.id, { signalAfter: new Date(until) });
  return { do: 'rest' };
}

/** A sign of life: the sweep leaves the import alone for a while, and its failed wake-ups are forgotten. */
export const atWork = (tx: Tx): Pick<ImportRow, 'signalAfter' | 'attempts'> => ({
  signalAfter: after(tx, WATCHDOG_MS),
  attempts: 0,
});
