import { parseDay } from './days';
import type { ImportKind } from './import-columns';
import { foldKey } from './names';

/** A cell as a sheet holds it. A formula is what it was calculated to, never calculated here. */
export type SheetCell =
  | { kind: 'text'; text: string }
  /** `percent`: shown as one, so that 0.25 means 25. */
  | { kind: 'number'; number: number; percent: boolean }
  /** A number that the sheet shows as a date. */
  | { kind: 'day'; day: string }
  | { kind: 'yes_no'; yes: boolean }
  /** What the sheet could not calculate. */
  | { kind: 'broken' };

/** A value of a record, or why the cell is none. */
export type CellReading = { value: unknown } | { problem: string };

/** The words that a sheet offers for codes, folded, in every language; by list. */
export type CodeWords = ReadonlyMap<string, ReadonlyMap<string, string>>;

const YES = new Set(['evet', 'e', 'var', 'yes', 'y', 'true', 'dogru', '1', 'x']);
const NO = new Set(['hayir', 'h', 'yok', 'no', 'n', 'false', 'yanlis', '0']);

/** Whether a cell says nothing. */
export function isBlank(cell: SheetCell | undefined): boolean {
  return cell === undefined || (cell.kind === 'text' && cell.text.trim() === '');
}

/** A cell by its column's kind; texts stay exactly as typed. Words of a code list become codes, other words stay words. */
export function readCell(
  cell: SheetCell,
  kind: ImportKind,
  words: ReadonlyMap<string, string> | undefined,
): CellReading {
  if (cell.kind === 'broken') return { problem: 'broken_formula' };
  switch (kind) {
    case 'text':
      return textOf(cell);
    case 'day':
      return dayOf(cell);
    case 'yes_no':
      return yesNoOf(cell);
    case 'percent':
      return percentOf(cell);
    case 'amount':
      return amountOf(cell);
    case 'list':
      return mapText(cell, (text) => ({
        value: text
          .split(';')
          .map((item) => item.trim())
          .filter((item) => item !== '')
          .map((item) => words?.get(foldKey(item)) ?? item),
      }));
    case 'code':
      return mapText(cell, (text) => ({ value: words?.get(foldKey(text)) ?? text }));
  }
}

function mapText(cell: SheetCell, read: (text: string) => CellReading): CellReading {
  const text = textOf(cell);
  return 'problem' in text ? text : read(String(text.value));
}

/** Digits beyond the fifteenth are lost in a sheet's number: a MERSIS number or an IBAN must be text. */
const EXACT_MAX = 10 ** 15;

function textOf(cell: SheetCell): CellReading {
  if (cell.kind === 'text') return { value: cell.text };
  if (cell.kind !== 'number') return { problem: 'not_text' };
  if (Math.abs(cell.number) >= EXACT_MAX) return { problem: 'imprecise_number' };
  return { value: String(cell.number) };
}

/** Days that people type: 31.12.1990, 31/12/1990, 31-12-1990, 1990-12-31, with one digit where one is enough. */
const DAY_FIRST = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})$/;

function dayOf(cell: SheetCell): CellReading {
  if (cell.kind === 'day') return { value: cell.day };
  // A column formatted as text or as a plain number keeps the sheet's own count of days.
  const day =
    cell.kind === 'number' ? dayOfSerial(cell.number) : cell.kind === 'text' ? typedDay(cell.text) : null;
  return day === null ? { problem: 'not_a_day' } : { value: day };
}

function typedDay(text: string): string | null {
  const typed = text.trim();
  const [, day = '', month = '', year = ''] = DAY_FIRST.exec(typed) ?? [];
  return parseDay(year === '' ? typed : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

const DAY_MS = 86_400_000;
/** Sheets count from 30 December 1899, because they take 1900 for a leap year; earlier than March 1900 they are wrong. */
const SERIAL_ZERO = Date.UTC(1899, 11, 30);
const SERIAL_MIN = 61;
const SERIAL_MAX = 2_958_465;
/** Files made on old Macs count from 1904. */
export const DAYS_TO_1904 = 1462;

/** The day of a sheet's date number, or null where it is none. */
export function dayOfSerial(serial: number): string | null {
  const days = Math.floor(serial);
  if (!(days >= SERIAL_MIN && days <= SERIAL_MAX)) return null;
  return new Date(SERIAL_ZERO + days * DAY_MS).toISOString().slice(0, 10);
}

function yesNoOf(cell: SheetCell): CellReading {
  if (cell.kind === 'yes_no') return { value: cell.yes };
  const word = cell.kind === 'text' ? foldKey(cell.text) : cell.kind === 'number' ? String(cell.number) : '';
  if (YES.has(word)) return { value: true };
  return NO.has(word) ? { value: false } : { problem: 'not_yes_no' };
}

function percentOf(cell: SheetCell): CellReading {
  if (cell.kind === 'number') return { value: cell.percent ? tidyNumber(cell.number * 100) : cell.number };
  const number = cell.kind === 'text' ? typedNumber(cell.text.replace('%', '')) : null;
  return number === null ? { problem: 'not_a_number' } : { value: number };
}

/** Lira in a sheet, kuruş in a record. */
function amountOf(cell: SheetCell): CellReading {
  const lira =
    cell.kind === 'number'
      ? cell.number
      : cell.kind === 'text'
        ? typedNumber(cell.text.replace(/₺|TL/i, ''))
        : null;
  if (lira === null) return { problem: 'not_a_number' };
  const kurus = Math.round(lira * 100);
  return Math.abs(lira * 100 - kurus) > 1e-4 ? { problem: 'too_precise' } : { value: kurus };
}

/** What adding and multiplying left behind the twelfth digit. */
const tidyNumber = (value: number) => Number(value.toPrecision(12));

/** `1.234,56`, `1234,56`, `1,234.56` and `1234.56`; a lone `1.234` is Turkish for one thousand two hundred thirty-four. */
function typedNumber(text: string): number | null {
  const typed = text.trim().replaceAll(/\s/g, '');
  const turkish = /^-?\d{1,3}(\.\d{3})*(,\d+)?$|^-?\d+(,\d+)?$/;
  const english = /^-?\d{1,3}(,\d{3})+(\.\d+)?$|^-?\d+\.\d+$/;
  if (turkish.test(typed)) return Number(typed.replaceAll('.', '').replace(',', '.'));
  return english.test(typed) ? Number(typed.replaceAll(',', '')) : null;
}
