import type { Language } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import type { ImportStatus } from '../domain/import-status';
import type { ImportProblem } from '../domain/import-rows';
import { insertRows } from './bulk';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

export interface ImportRow {
  id: string;
  format: 'xlsx' | 'csv';
  fileNameEnvelope: Buffer;
  fileSha256: Buffer;
  bytes: number;
  /** Null when the bytes are gone. */
  address: string | null;
  language: Language;
  dryRun: boolean;
  status: ImportStatus;
  cursorRow: number;
  total: number;
  ok: number;
  warnings: number;
  errors: number;
  created: number;
  requestedBy: string;
  requestedAt: Date;
  committedBy: string | null;
  committedAt: Date | null;
  endedAt: Date | null;
  errorCode: string | null;
  signalAfter: Date;
  attempts: number;
}

const table = (tx: Tx) => tx.sql('imports').where({ dealer_id: tx.dealerId });

/** False when an import of the same file is there that has neither failed nor been cancelled. */
export async function insertImport(
  tx: Tx,
  row: Pick<
    ImportRow,
    | 'id'
    | 'format'
    | 'fileNameEnvelope'
    | 'fileSha256'
    | 'bytes'
    | 'address'
    | 'language'
    | 'dryRun'
    | 'status'
    | 'requestedBy'
    | 'requestedAt'
    | 'signalAfter'
  >,
): Promise<boolean> {
  const inserted = await tx
    .sql('imports')
    .insert({ ...snakeRow(row), dealer_id: tx.dealerId })
    .onConflict()
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

export async function importOfFile(tx: Tx, fileSha256: Buffer): Promise<ImportRow | null> {
  const row = await table(tx)
    .where({ file_sha256: fileSha256 })
    .whereNotIn('status', ['failed', 'cancelled'])
    .first();
  return row === undefined ? null : camelRow<ImportRow>(row);
}

export async function getImport(tx: Tx, id: string): Promise<ImportRow> {
  return found(await table(tx).where({ id }).first());
}

/** The row under lock: whoever holds it decides what becomes of the import. */
export async function lockImport(tx: Tx, id: string): Promise<ImportRow> {
  return found(await table(tx).where({ id }).forUpdate().first());
}

function found(row: Record<string, unknown> | undefined): ImportRow {
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'import_not_found');
  return camelRow<ImportRow>(row);
}

/** Lets this transaction wait for locks longer than people's do: another worker may be in the middle of a batch. */
export async function waitForLocks(tx: Tx, milliseconds: number): Promise<void> {
  await tx.sql.raw("select set_config('lock_timeout', ?, true)", [String(milliseconds)]);
}

export async function updateImport(tx: Tx, id: string, patch: Partial<ImportRow>): Promise<void> {
  await table(tx).where({ id }).update(snakeRow(patch));
}

/** Newest first; `before` is the id of the last row seen (ids are in time order). */
export async function listImportRows(
  tx: Tx,
  query: { before?: string; limit: number },
): Promise<ImportRow[]> {
  const rows = table(tx).orderBy('id', 'desc').limit(query.limit).select('*');
  if (query.before !== undefined) rows.where('id', '<', query.before);
  return camelRows<ImportRow>(await rows);
}

/** What became of one row of a file. */
export interface RowOutcome {
  sheet: string;
  rowNumber: number;
  outcome: 'warning' | 'error' | 'created';
  customerId: string | null;
  problems: readonly ImportProblem[];
}

/** For rows of which nothing stands there yet. */
export async function insertOutcomes(
  tx: Tx,
  importId: string,
  rows: readonly Omit<RowOutcome, 'customerId'>[],
): Promise<void> {
  await insertRows(
    tx,
    'import_rows',
    rows.map((row) => ({ importId, ...row })),
  );
}

/** Rows that became customers; what was said of them before stays. */
export async function markCreated(
  tx: Tx,
  importId: string,
  sheet: string,
  rows: readonly { rowNumber: number; customerId: string }[],
): Promise<void> {
  await tx.sql.raw(
    `insert into import_rows (dealer_id, import_id, sheet, row_number, outcome, customer_id)
     select :dealer, :import, :sheet, r.n, 'created', r.c
     from unnest(:numbers::integer[], :customers::uuid[]) as r(n, c)
     on conflict (dealer_id, import_id, sheet, row_number)
     do update set outcome = 'created', customer_id = excluded.customer_id`,
    {
      dealer: tx.dealerId,
      import: importId,
      sheet,
      numbers: rows.map(({ rowNumber }) => rowNumber),
      customers: rows.map(({ customerId }) => customerId),
    },
  );
}

/** Rows with something to say about them, in the file's order. */
export async function outcomesAfter(
  tx: Tx,
  importId: string,
  query: { sheet: string; after: number; limit: number; onlyErrors?: boolean },
): Promise<RowOutcome[]> {
  const rows = tx
    .sql('import_rows')
    .where({ dealer_id: tx.dealerId, import_id: importId, sheet: query.sheet })
    .where('row_number', '>', query.after)
    .whereRaw("problems <> '[]'::jsonb")
    .orderBy('row_number')
    .limit(query.limit)
    .select('sheet', 'row_number', 'outcome', 'customer_id', 'problems');
  if (query.onlyErrors === true) rows.where({ outcome: 'error' });
  return camelRows<RowOutcome>(await rows);
}

/** The first of all sheets, the customers' own rows before the others. */
export async function firstOutcomes(
  tx: Tx,
  importId: string,
  mainSheet: string,
  limit: number,
): Promise<RowOutcome[]> {
  return camelRows<RowOutcome>(
    await tx
      .sql('import_rows')
      .where({ dealer_id: tx.dealerId, import_id: importId })
      .whereRaw("problems <> '[]'::jsonb")
      .orderByRaw('sheet <> ?, sheet, row_number', [mainSheet])
      .limit(limit)
      .select('sheet', 'row_number', 'outcome', 'customer_id', 'problems'),
  );
}
