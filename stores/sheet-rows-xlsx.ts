import { DAYS_TO_1904, dayOfSerial, type SheetCell } from '../domain/import-cells';
import { parseDay } from '../domain/days';
import type { SheetRow } from './sheet-reader';
import type { NumberLook } from './sheet-reader-xlsx';
import type { SharedTexts } from './shared-texts';
import {
  CELL_LENGTH_MAX,
  EMPTY_ROWS_MAX,
  SHEET_COLUMNS_MAX,
  SHEET_ROWS_MAX,
  SheetRefusal,
} from './sheet-limits';
import { xmlParser } from './sheet-xml';

export interface SheetContext {
  texts: SharedTexts;
  /** Look of numbers by style index. */
  formats: readonly NumberLook[];
  from1904: boolean;
}

/** Rows of a worksheet as its XML passes by: memory holds what one piece of it unpacks to. */
export async function* readRows(
  source: AsyncIterable<Buffer>,
  context: SheetContext,
): AsyncGenerator<SheetRow> {
  const reader = new RowReader(context);
  const parser = xmlParser(reader);
  for await (const chunk of source) {
    parser.write(chunk);
    yield* reader.take();
  }
  parser.end();
  yield* reader.take();
}

class RowReader {
  private ready: SheetRow[] = [];
  private row: SheetRow = { rowNumber: 0, cells: [] };
  private filled = 0;
  private empty = 0;
  private column = -1;
  private type = '';
  private look: NumberLook = 'plain';
  private value = '';
  private hasFormula = false;
  private formula = '';
  private inFormula = false;
  private hasValue = false;
  private reading = false;
  private phonetic = false;

  constructor(private readonly context: SheetContext) {}

  take(): SheetRow[] {
    const rows = this.ready;
    this.ready = [];
    return rows;
  }

  open(name: string, attributes: Record<string, string>): void {
    if (name === 'c') this.openCell(attributes);
    else if (name === 'v' || name === 't') {
      this.reading = !this.phonetic;
      if (name === 'v' || !this.hasValue) this.hasValue = true;
    } else if (name === 'f') this.hasFormula = this.inFormula = true;
    else if (name === 'rPh') this.phonetic = true;
    else if (name === 'row') this.openRow(attributes);
    else if (name === 'mergeCell') throw new SheetRefusal('merged_cells');
  }

  text(piece: string): void {
    if (this.inFormula && this.formula.length <= CELL_LENGTH_MAX) this.formula += piece;
    if (!this.reading) return;
    this.value += piece;
    if (this.value.length > CELL_LENGTH_MAX) throw new SheetRefusal('too_long_cell');
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.reading = false;
    else if (name === 'f') this.inFormula = false;
    else if (name === 'rPh') this.phonetic = false;
    else if (name === 'c') this.closeCell();
    else if (name === 'row') this.closeRow();
  }

  private openRow(attributes: Record<string, string>): void {
    const number = attributes['r'] === undefined ? this.row.rowNumber + 1 : Number(attributes['r']);
    if (!Number.isInteger(number) || number <= this.row.rowNumber) throw new SheetRefusal('damaged_sheet');
    this.row = { rowNumber: number, cells: [] };
    this.column = -1;
  }

  private openCell(attributes: Record<string, string>): void {
    this.column = attributes['r'] === undefined ? this.column + 1 : columnOf(attributes['r']);
    this.type = attributes['t'] ?? 'n';
    this.look = this.context.formats[Number(attributes['s'] ?? 0)] ?? 'plain';
    this.value = '';
    this.hasFormula = false;
    this.formula = '';
    this.hasValue = false;
  }

  private closeCell(): void {
    const cell = this.cell();
    if (cell === undefined) return;
    if (this.column < 0 || this.column >= SHEET_COLUMNS_MAX) throw new SheetRefusal('too_many_columns');
    this.row.cells[this.column] = cell;
  }

  private closeRow(): void {
    if (this.row.cells.length === 0) {
      this.empty += 1;
      if (this.empty > EMPTY_ROWS_MAX) throw new SheetRefusal('too_many_empty_rows');
      return;
    }
    this.empty = 0;
    this.filled += 1;
    if (this.filled > SHEET_ROWS_MAX + 1) throw new SheetRefusal('too_many_rows');
    this.ready.push(this.row);
  }

  /**
   * What was calculated last counts. A formula that nobody has calculated, as programs write for a text that begins with
   * `=`, is that text; it is never run.
   */
  private cell(): SheetCell | undefined {
    if (this.hasFormula && this.value === '' && this.type !== 'str')
      return this.formula === '' ? { kind: 'broken' } : { kind: 'text', text: `=${this.formula}` };
    if (!this.hasValue) return undefined;
    switch (this.type) {
      case 's':
        return textCell(this.context.texts.at(Number(this.value)));
      case 'inlineStr':
      case 'str':
        return textCell(this.value);
      case 'b':
        return { kind: 'yes_no', yes: this.value.trim() === '1' };
      case 'e':
        return { kind: 'broken' };
      case 'd':
        return isoCell(this.value);
      default:
        return this.numberCell();
    }
  }

  private numberCell(): SheetCell | undefined {
    if (this.value.trim() === '') return undefined;
    const number = Number(this.value);
    if (!Number.isFinite(number)) throw new SheetRefusal('damaged_sheet');
    const day =
      this.look === 'day' ? dayOfSerial(this.context.from1904 ? number + DAYS_TO_1904 : number) : null;
    if (day !== null) return { kind: 'day', day };
    return { kind: 'number', number, percent: this.look === 'percent' };
  }
}

function isoCell(value: string): SheetCell {
  const day = parseDay(value.slice(0, 10));
  return day === null ? { kind: 'text', text: value } : { kind: 'day', day };
}

/** `_x000D_` is how a sheet writes what XML cannot hold. */
function textCell(text: string | undefined): SheetCell | undefined {
  if (text === undefined || text === '') return undefined;
  const plain = text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;
  return { kind: 'text', text: plain };
}

/** The place of `AB12`, counted from 0. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference) {
    const value = letter.charCodeAt(0) - 64;
    if (value < 1 || value > 26) break;
    column = column * 26 + value;
    if (column > 1_000_000) break;
  }
  return column - 1;
}
