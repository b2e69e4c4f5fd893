import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { stringify } from 'csv-stringify/sync';

import type { CellKind, CellValue, Sheet } from '../domain/workbook';
import { BUSINESS_TIME_ZONE } from '../locales';

/** What spreadsheets on Turkish Windows expect: a mark for UTF-8, semicolons, and lines that end as theirs do. */
const MARK = '\ufeff';
const OPTIONS = { delimiter: ';', record_delimiter: '\r\n' };
const PORTION = 500;

/**
 * Writes one sheet as a flat file and ends `out`; answers the rows under the heading. A text that a spreadsheet could take
 * for a formula begins with an apostrophe (D-7.2); reading such a file takes it off again.
 */
export async function writeCsv(sheet: Sheet, out: Writable): Promise<number> {
  let rows = 0;
  await pipeline(
    Readable.from(
      pieces(sheet, (count) => {
        rows = count;
      }),
    ),
    out,
  );
  return rows;
}

async function* pieces(sheet: Sheet, done: (rows: number) => void): AsyncGenerator<Buffer> {
  const { columns } = sheet;
  let portion: string[][] = [columns.map(({ heading }) => heading)];
  let rows = 0;
  yield Buffer.from(MARK);
  for await (const row of sheet.rows) {
    rows += 1;
    portion.push(columns.map(({ kind }, index) => field(kind, row[index] ?? null)));
    if (portion.length < PORTION) continue;
    yield Buffer.from(stringify(portion, OPTIONS));
    portion = [];
  }
  yield Buffer.from(stringify(portion, OPTIONS));
  done(rows);
}

const instants = new Intl.DateTimeFormat('tr-TR', {
  timeZone: BUSINESS_TIME_ZONE,
  dateStyle: 'short',
  timeStyle: 'short',
});

/** Days and amounts as Turkish spreadsheets read them. */
function field(kind: CellKind, value: CellValue): string {
  if (value === null) return '';
  if (typeof value === 'number') {
    const number = kind === 'amount' ? (value / 100).toFixed(2) : String(value);
    return number.replace('.', ',');
  }
  if (kind === 'day') return value.split('-').reverse().join('.');
  if (kind === 'instant') return instants.format(new Date(value));
  return /^[=+\-@\t\r＝＋－＠]/.test(value) ? `'${value}` : value;
}
