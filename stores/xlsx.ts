import { Readable, type Writable } from 'node:stream';

import { columnLetters as letters, type Row, type Sheet } from '../domain/workbook';
import {
  cell,
  contentTypes,
  coreProperties,
  rootRelations,
  rowHeight,
  sheetEnd,
  sheetStart,
  styles,
  workbook,
  workbookRelations,
} from './xlsx-parts';
import { comments, hasNotes, noteRelations, noteShapes } from './xlsx-extras';
import { streamZip, type ZipEntry } from './zip-stream';

export interface WorkbookProperties {
  title: string;
  /** Instant that stands as the file's date. */
  asOf: string;
}

/** Rows under the heading of each sheet, by name. */
export type RowCounts = Record<string, number>;

/** The one way to a spreadsheet file, so that another writer can take its place. */
export interface WorkbookWriter {
  /** Streams the sheets as .xlsx to `out` and ends it; equal sheets give equal bytes. `out` is destroyed on failure. */
  write(sheets: readonly Sheet[], properties: WorkbookProperties, out: Writable): Promise<RowCounts>;
}

const MAX_ROWS = 1_048_575;
const SHEET_NAME = /^[A-Za-z0-9_-]{1,31}$/;
const CHUNK = 64 * 1024;

/** Writes .xlsx a row at a time: memory does not grow with the number of rows. */
export function createWorkbookWriter(): WorkbookWriter {
  return { write };
}

async function write(
  sheets: readonly Sheet[],
  properties: WorkbookProperties,
  out: Writable,
): Promise<RowCounts> {
  refuseBadNames(sheets);
  const counts: RowCounts = {};
  await streamZip(parts(sheets, properties, counts), out);
  return counts;
}

function* parts(
  sheets: readonly Sheet[],
  properties: WorkbookProperties,
  counts: RowCounts,
): Generator<ZipEntry> {
  const noted = sheets.flatMap((sheet, index) => (hasNotes(sheet.columns) ? [index + 1] : []));
  yield part('[Content_Types].xml', contentTypes(sheets.length, noted));
  yield part('_rels/.rels', rootRelations());
  yield part('docProps/core.xml', coreProperties(properties.title, properties.asOf));
  yield part('xl/workbook.xml', workbook(sheets));
  yield part('xl/_rels/workbook.xml.rels', workbookRelations(sheets.length));
  yield part('xl/styles.xml', styles());
  for (const [index, sheet] of sheets.entries()) {
    yield {
      path: `xl/worksheets/sheet${index + 1}.xml`,
      open: () => Readable.from(sheetXml(sheet, index === 0, (rows) => (counts[sheet.name] = rows))),
    };
    if (!noted.includes(index + 1)) continue;
    yield part(`xl/worksheets/_rels/sheet${index + 1}.xml.rels`, noteRelations(index + 1));
    yield part(`xl/comments${index + 1}.xml`, comments(sheet.columns));
    yield part(`xl/drawings/vmlDrawing${index + 1}.vml`, noteShapes(sheet.columns));
  }
}

function part(path: string, text: string): ZipEntry {
  return { path, open: () => Readable.from([Buffer.from(text)]) };
}

async function* sheetXml(
  sheet: Sheet,
  selected: boolean,
  done: (rows: number) => void,
): AsyncGenerator<Buffer> {
  let text = sheetStart(sheet.columns, selected, sheet.form === true);
  let rows = 0;
  for await (const row of sheet.rows) {
    rows += 1;
    if (rows > MAX_ROWS) throw new Error(`Sheet ${sheet.name} has more rows than a spreadsheet can hold`);
    text += rowXml(sheet, row, rows + 1);
    if (text.length > CHUNK) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text + sheetEnd(sheet.columns, rows));
  done(rows);
}

function rowXml(sheet: Sheet, row: Row, number: number): string {
  let cells = '';
  for (const [index, column] of sheet.columns.entries()) {
    try {
      cells += cell(column, row[index] ?? null, `${letters(index)}${number}`);
    } catch (error) {
      throw new Error(`Sheet ${sheet.name}, column ${column.heading}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
  return `<row r="${number}"${rowHeight(sheet.columns, row)}>${cells}</row>`;
}

function refuseBadNames(sheets: readonly Sheet[]): void {
  const names = new Set(sheets.map(({ name }) => name.toLowerCase()));
  if (
    sheets.length === 0 ||
    names.size !== sheets.length ||
    !sheets.every(({ name }) => SHEET_NAME.test(name))
  ) {
    throw new Error('Sheet names are ASCII, 31 characters at most, each once');
  }
}
