import { ComplianceError } from '../domain/errors';
import { bindMainHeadings, bindRelatedHeadings, type HeadingProblem } from '../domain/import-headings';
import { MAIN_SHEET, RELATED_SHEETS } from '../domain/import-columns';
import { foldKey } from '../domain/names';
import type { FileStore, StoredBlob } from '../stores/files';
import { SHEET_BYTES_MAX, SheetRefusal } from '../stores/sheet-limits';
import { openSheets, type OpenSheets, type SheetRow } from '../stores/sheet-reader';

const MEDIA_TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv',
} as const;

/**
 * Takes in a file of customers: looks at its directory and its headings before a byte of it is stored.
 * @throws ComplianceError TOO_LARGE, EMPTY_FILE, or INVALID_INPUT with what is wrong with the file, or with which heading
 */
export async function takeSheets(
  files: FileStore,
  key: Buffer,
  source: AsyncIterable<Buffer>,
  address: string,
): Promise<StoredBlob & { mediaType: string }> {
  const file = await collect(source);
  const opened = await refusing(() => openSheets(file));
  await refusing(() => checkHeadings(opened));
  return { ...(await files.putBlob(key, inPieces(file), address)), mediaType: MEDIA_TYPES[opened.format] };
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of source) {
    bytes += part.length;
    if (bytes > SHEET_BYTES_MAX) throw new ComplianceError('TOO_LARGE', 'sheet_too_large');
    parts.push(part);
  }
  if (bytes === 0) throw new ComplianceError('EMPTY_FILE', 'file_empty');
  return Buffer.concat(parts);
}

async function* inPieces(file: Buffer): AsyncGenerator<Buffer> {
  yield file;
}

/** What a file is refused for, as the API says it. */
async function refusing<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SheetRefusal)) throw error;
    throw new ComplianceError('INVALID_INPUT', 'import_file', [{ pointer: '/file', code: error.code }]);
  }
}

/** Name of the sheet that holds the customers. @throws SheetRefusal */
export function mainSheetOf(opened: OpenSheets): string {
  if (opened.format === 'csv') return '';
  const [only] = opened.names;
  if (opened.names.length === 1 && only !== undefined) return only;
  const known = new Set(
    [MAIN_SHEET, ...RELATED_SHEETS.map(({ name }) => name), 'Listeler', 'Uyarilar'].map(foldKey),
  );
  if (opened.names.some((name) => !known.has(foldKey(name)))) throw new SheetRefusal('unknown_sheet');
  const main = opened.names.find((name) => foldKey(name) === foldKey(MAIN_SHEET));
  if (main === undefined) throw new SheetRefusal('missing_sheet');
  return main;
}

/** The first row of a sheet, or null of an empty one. */
export async function headingRow(rows: AsyncGenerator<SheetRow>): Promise<SheetRow | null> {
  const first = await rows.next();
  return first.done === true ? null : first.value;
}

async function checkHeadings(opened: OpenSheets): Promise<void> {
  const main = mainSheetOf(opened);
  const heading = await peek(opened, main);
  if (heading === null) throw new SheetRefusal('empty_file');
  const problems: HeadingProblem[] = bindMainHeadings(heading.cells).problems;
  for (const sheet of RELATED_SHEETS) {
    const name = opened.names.find((candidate) => foldKey(candidate) === foldKey(sheet.name));
    if (name === undefined || name === main) continue;
    const row = await peek(opened, name);
    if (row !== null) problems.push(...bindRelatedHeadings(sheet, row.cells).problems);
  }
  if (problems.length > 0) {
    throw new ComplianceError(
      'INVALID_INPUT',
      'import_headings',
      problems.slice(0, 50).map(({ cell, code }) => ({ pointer: `/file/${cell.replace('!', '/')}`, code })),
    );
  }
}

async function peek(opened: OpenSheets, name: string): Promise<SheetRow | null> {
  const rows = opened.rows(name);
  try {
    return await headingRow(rows);
  } finally {
    await rows.return(undefined);
  }
}
