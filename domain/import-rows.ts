import { CUSTOMER_TYPES, TRIGGERS, type CustomerType, type Language, type Trigger } from './customer';
import { isBlank, readCell, type CodeWords, type SheetCell } from './import-cells';
import {
  BRANCH_HEADING,
  ERRORS_HEADING,
  KEY_HEADING,
  LANGUAGE_HEADING,
  SAMPLE_KEY,
  TRIGGER_HEADING,
  TYPE_HEADING,
  type ImportColumn,
  type RelatedSheet,
} from './import-columns';
import type { BoundColumn, RelatedColumn } from './import-headings';
import { foldKey } from './names';
import { columnLetters } from './workbook';

/** What is wrong with a row, and where. An error keeps the row out; a warning only says something. Never a value. */
export interface ImportProblem {
  /** `B7`, or `Temsilciler!B7` on another sheet. */
  cell: string;
  code: string;
  severity: 'error' | 'warning';
}

/** A row of a sheet that belongs to a customer's row. */
export interface RelatedRow {
  sheet: RelatedSheet;
  rowNumber: number;
  cells: readonly (SheetCell | undefined)[];
  columns: readonly (BoundColumn | null)[];
}

/** One customer of a file, before anybody judges the record's shape. */
export interface ImportedCustomer {
  rowNumber: number;
  key: string | null;
  type: CustomerType | null;
  trigger: Trigger | null;
  language: Language;
  branch: string | null;
  record: Record<string, unknown>;
  problems: ImportProblem[];
  /** JSON pointer of each value in the record → its cell. */
  places: Map<string, string>;
}

/** A cell with its column and its address; the column is null where the sheet has no heading for it. */
type PlacedCell = [column: BoundColumn | null, cell: SheetCell, at: string];

/** A row of the main sheet in the hands of who reads it. */
export interface MainRow {
  rowNumber: number;
  cells: readonly (SheetCell | undefined)[];
  columns: readonly (BoundColumn | RelatedColumn | null)[];
}

/** The text in the row's key column, trimmed; null where there is none. */
export function keyOf(
  columns: readonly (BoundColumn | RelatedColumn | null)[],
  cells: readonly (SheetCell | undefined)[],
): string | null {
  const at = columns.findIndex((column) => column?.kind === 'own' && column.column.heading === KEY_HEADING);
  const cell = cells[at];
  const text = cell === undefined ? null : readCell(cell, 'text', undefined);
  return text !== null && 'value' in text && String(text.value).trim() !== ''
    ? String(text.value).trim()
    : null;
}

/** Whether a row is the template's example. */
export function isSample(key: string | null): boolean {
  return key !== null && foldKey(key) === SAMPLE_KEY;
}

/**
 * Reads a customer out of a row and the rows of other sheets that name it. Shapes are not judged here: whoever takes the
 * record in does that, and finds the cell of each pointer in `places`.
 */
export function readCustomerRow(
  row: MainRow,
  related: readonly RelatedRow[],
  words: CodeWords,
): ImportedCustomer {
  const customer: ImportedCustomer = {
    rowNumber: row.rowNumber,
    key: keyOf(row.columns, row.cells),
    type: null,
    trigger: null,
    language: 'tr',
    branch: null,
    record: {},
    problems: [],
    places: new Map(),
  };
  readFrame(customer, row, words);
  const { type } = customer;
  if (type === null) return customer;
  const flat = new Map<string, { sheet: RelatedSheet; cells: PlacedCell[] }>();
  for (const [index, cell] of Array.from(row.cells).entries()) {
    if (cell === undefined || isBlank(cell)) continue;
    const column = row.columns[index] ?? null;
    const at = `${columnLetters(index)}${row.rowNumber}`;
    if (column === null) problem(customer, at, 'no_heading');
    else if (column.kind === 'related') {
      const name = `${column.sheet.prefix}${column.number}`;
      const item = flat.get(name) ?? { sheet: column.sheet, cells: [] };
      item.cells.push([{ kind: 'own', column: column.column }, cell, at]);
      flat.set(name, item);
    } else put(customer, column.column, type, '', cell, at, words);
  }
  const items = [...flat.values(), ...related.map(itemOf)];
  for (const item of items) attach(customer, type, item, words);
  return customer;
}

function itemOf({ sheet, rowNumber, cells, columns }: RelatedRow) {
  const filled: PlacedCell[] = [];
  for (const [index, cell] of Array.from(cells).entries()) {
    const column = columns[index] ?? null;
    if (cell === undefined || isBlank(cell) || column?.column.heading === KEY_HEADING) continue;
    filled.push([column, cell, `${sheet.name}!${columnLetters(index)}${rowNumber}`]);
  }
  return { sheet, cells: filled };
}

function problem(customer: ImportedCustomer, cell: string, code: string): void {
  customer.problems.push({ cell, code, severity: 'error' });
}

/** Type, trigger, language and branch: words of the file, codes of ours. */
function readFrame(customer: ImportedCustomer, row: MainRow, words: CodeWords): void {
  const frame = (heading: string): { text: string; at: string } => {
    const index = row.columns.findIndex(
      (column) => column?.kind === 'own' && column.column.heading === heading,
    );
    const cell = row.cells[index];
    const column = row.columns[index];
    const codes = column?.kind === 'own' ? column.column.codes : undefined;
    const reading =
      cell === undefined || isBlank(cell)
        ? null
        : readCell(cell, codes === undefined ? 'text' : 'code', words.get(codes ?? ''));
    const text = reading !== null && 'value' in reading ? String(reading.value).trim() : '';
    return { text, at: `${columnLetters(Math.max(index, 0))}${row.rowNumber}` };
  };
  const type = frame(TYPE_HEADING);
  customer.type = CUSTOMER_TYPES.find((code) => code === type.text) ?? null;
  if (customer.type === null) problem(customer, type.at, type.text === '' ? 'required' : 'unknown_type');
  const trigger = frame(TRIGGER_HEADING);
  customer.trigger = TRIGGERS.find((code) => code === trigger.text) ?? null;
  if (customer.trigger === null) {
    problem(customer, trigger.at, trigger.text === '' ? 'required' : 'unknown_trigger');
  }
  const language = frame(LANGUAGE_HEADING);
  if (language.text === 'en') customer.language = 'en';
  else if (language.text !== '' && language.text !== 'tr') problem(customer, language.at, 'unknown_language');
  const branch = frame(BRANCH_HEADING);
  if (branch.text !== '') {
    customer.branch = branch.text;
    customer.places.set('/branchId', branch.at);
  }
}

function attach(
  customer: ImportedCustomer,
  type: CustomerType,
  { sheet, cells }: { sheet: RelatedSheet; cells: readonly PlacedCell[] },
  words: CodeWords,
): void {
  const [first] = cells;
  if (first === undefined) return;
  const list = sheet.listFor(type);
  if (list === null) return problem(customer, first[2], 'not_for_type');
  const before = customer.record[list.path];
  if (!list.many && before !== undefined) return problem(customer, first[2], 'only_one');
  const count = Array.isArray(before) ? before.length : 0;
  const at = list.many ? `${list.path}.${count}` : list.path;
  if (list.many && before === undefined) customer.record[list.path] = [];
  for (const [bound, cell, address] of cells) {
    if (bound === null) problem(customer, address, 'no_heading');
    else put(customer, bound.column, type, `${at}.`, cell, address, words);
  }
}

function put(
  customer: ImportedCustomer,
  column: ImportColumn,
  type: CustomerType,
  prefix: string,
  cell: SheetCell,
  at: string,
  words: CodeWords,
): void {
  const path = column.pathFor(type);
  if (path === null) {
    if (!FRAME_HEADINGS.has(column.heading)) problem(customer, at, 'not_for_type');
    return;
  }
  const reading = readCell(cell, column.kind, words.get(column.codes ?? ''));
  if ('problem' in reading) return problem(customer, at, reading.problem);
  const pointer = `/${`${prefix}${path}`.replaceAll('.', '/')}`;
  if (customer.places.has(pointer)) return problem(customer, at, 'said_twice');
  customer.places.set(pointer, at);
  setAt(customer.record, `${prefix}${path}`.split('.'), reading.value);
}

const FRAME_HEADINGS = new Set([
  ERRORS_HEADING,
  KEY_HEADING,
  TYPE_HEADING,
  TRIGGER_HEADING,
  LANGUAGE_HEADING,
  BRANCH_HEADING,
]);

/** Sets a value below a record; parts that are numbers name items of a list that is there. */
function setAt(target: Record<string, unknown>, [first = '', ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const inner = (target[first] ?? {}) as Record<string, unknown>;
  target[first] = inner;
  setAt(inner, rest, value);
}
