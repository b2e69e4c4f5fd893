import { Readable } from 'node:stream';

import { parse } from 'csv-parse';

import type { SheetCell } from '../domain/import-cells';
import type { OpenSheets, SheetRow } from './sheet-reader';
import {
  CELL_LENGTH_MAX,
  EMPTY_ROWS_MAX,
  SHEET_COLUMNS_MAX,
  SHEET_ROWS_MAX,
  SheetRefusal,
} from './sheet-limits';

const CHUNK = 64 * 1024;
/** Characters of the first line that say what separates the columns. */
const HEAD = 64 * 1024;

/** A text file of rows: UTF-8, UTF-16 with its mark, or the Turkish Windows code page; semicolon, comma or tab. */
export function openCsv(file: Buffer): OpenSheets {
  const text = decode(file);
  const delimiter = delimiterOf(text.slice(0, HEAD));
  return { format: 'csv', names: [''], rows: () => rows(text, delimiter) };
}

/** @throws SheetRefusal where no encoding fits: better none than a name with wrong letters. */
function decode(file: Buffer): string {
  if (file[0] === 0xff && file[1] === 0xfe) return new TextDecoder('utf-16le').decode(file);
  if (file.subarray(0, HEAD).includes(0)) throw new SheetRefusal('not_a_sheet');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    const text = new TextDecoder('windows-1254').decode(file);
    // Bytes that the code page leaves open come out as control characters.
    if (/(?![\t\r\n])\p{Cc}/u.test(text)) throw new SheetRefusal('unknown_encoding');
    return text;
  }
}

/** What stands most often in the first line, outside of quotes. */
function delimiterOf(head: string): string {
  const line = (head.replaceAll(/"[^"]*"/g, '').split(/\r\n|\n|\r/)[0] ?? '') + '\n';
  const count = (delimiter: string) => line.split(delimiter).length;
  return [';', ',', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
}

async function* rows(text: string, delimiter: string): AsyncGenerator<SheetRow> {
  const parser = parse({
    delimiter,
    relax_column_count: true,
    max_record_size: SHEET_COLUMNS_MAX * 4096,
  });
  const source = Readable.from(slices(text));
  // `pipe` does not hand on an error or an early end.
  source.pipe(parser);
  let rowNumber = 0;
  let empty = 0;
  let filled = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      rowNumber += 1;
      const cells = record.map(toCell);
      if (cells.every((cell) => cell === undefined)) {
        empty += 1;
        if (empty > EMPTY_ROWS_MAX) throw new SheetRefusal('too_many_empty_rows');
        continue;
      }
      empty = 0;
      filled += 1;
      if (filled > SHEET_ROWS_MAX + 1) throw new SheetRefusal('too_many_rows');
      if (cells.length > SHEET_COLUMNS_MAX) throw new SheetRefusal('too_many_columns');
      yield { rowNumber, cells };
    }
  } catch (error) {
    throw error instanceof SheetRefusal ? error : new SheetRefusal('damaged_sheet');
  } finally {
    source.destroy();
    parser.destroy();
  }
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + CHUNK, text.length);
    // A character of two halves stays whole: the parser turns each piece into bytes.
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end += 1;
    yield text.slice(at, end);
    at = end;
  }
}

/** An apostrophe that an export put before a formula is taken off again; the formula stays text. */
function toCell(value: string): SheetCell | undefined {
  if (value.length > CELL_LENGTH_MAX) throw new SheetRefusal('too_long_cell');
  const text = /^'[=+\-@\t\r＝＋－＠]/.test(value) ? value.slice(1) : value;
  return text === '' ? undefined : { kind: 'text', text };
}
