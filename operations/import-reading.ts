import { check } from '../domain/checks';
import { hasProblem } from '../domain/check-result';
import { ComplianceError } from '../domain/errors';
import type { CodeWords } from '../domain/import-cells';
import { RELATED_SHEETS } from '../domain/import-columns';
import { bindMainHeadings, bindRelatedHeadings } from '../domain/import-headings';
import {
  isSample,
  keyOf,
  readCustomerRow,
  type ImportedCustomer,
  type ImportProblem,
  type RelatedRow,
} from '../domain/import-rows';
import { foldKey } from '../domain/names';
import { RELATED_ROWS_MAX, SheetRefusal } from '../stores/sheet-limits';
import type { OpenSheets } from '../stores/sheet-reader';
import { importCodeWords } from '../templates/import-template';
import { mainSheetOf } from './import-upload';
import { parseRecord } from './record-shape';

/** What a pass over a file comes by: a customer of the main sheet, or a row elsewhere that names none. */
export type ImportItem =
  | { kind: 'customer'; customer: ImportedCustomer }
  | { kind: 'stray'; sheet: string; rowNumber: number; problems: ImportProblem[] };

/**
 * The customers of a file in its order, each judged by the same shapes as a form's record; at the end the rows of other
 * sheets that belong to nobody. The same file gives the same items, so that a pass may stop and begin again.
 * @throws SheetRefusal
 */
export async function* importItems(opened: OpenSheets): AsyncGenerator<ImportItem> {
  const words = codeWords();
  const main = mainSheetOf(opened);
  const related = await relatedRows(opened, main);
  const seen = new Set<string>();
  const numbers = new Set<string>();
  let columns: ReturnType<typeof bindMainHeadings>['columns'] | undefined;
  for await (const row of opened.rows(main)) {
    if (columns === undefined) {
      columns = bindMainHeadings(row.cells).columns;
      continue;
    }
    const key = keyOf(columns, row.cells);
    if (isSample(key)) continue;
    const own = key === null ? [] : (related.get(key) ?? []);
    const customer = readCustomerRow({ ...row, columns }, own, words);
    if (key !== null && seen.has(key)) {
      customer.problems.push({ cell: `A${row.rowNumber}`, code: 'key_twice', severity: 'error' });
    }
    if (key !== null) seen.add(key);
    judged(customer);
    warnOfRepeats(customer, numbers);
    yield { kind: 'customer', customer };
  }
  for (const [key, rows] of related) {
    if (!seen.has(key)) yield* rows.map((row) => stray(row, key));
  }
}

function stray(row: RelatedRow, key: string): ImportItem {
  const code = key === '' ? 'key_missing' : 'unknown_key';
  const problems: ImportProblem[] = [
    { cell: `${row.sheet.name}!A${row.rowNumber}`, code, severity: 'error' },
  ];
  return { kind: 'stray', sheet: row.sheet.name, rowNumber: row.rowNumber, problems };
}

/** Rows of the sheets beside the main one, by the customer they name. */
async function relatedRows(opened: OpenSheets, main: string): Promise<Map<string, RelatedRow[]>> {
  const byKey = new Map<string, RelatedRow[]>();
  let count = 0;
  for (const sheet of RELATED_SHEETS) {
    const name = opened.names.find((candidate) => foldKey(candidate) === foldKey(sheet.name));
    if (name === undefined || name === main) continue;
    let columns: RelatedRow['columns'] | undefined;
    for await (const { rowNumber, cells } of opened.rows(name)) {
      if (columns === undefined) {
        columns = bindRelatedHeadings(sheet, cells).columns;
        continue;
      }
      count += 1;
      if (count > RELATED_ROWS_MAX) throw new SheetRefusal('too_many_related');
      const key = keyOf(columns, cells) ?? '';
      if (isSample(key)) continue;
      const rows = byKey.get(key) ?? [];
      rows.push({ sheet, rowNumber, cells, columns });
      byKey.set(key, rows);
    }
  }
  return byKey;
}

/** Adds what the form would refuse, at the cells it came from, and what is worth a word. */
function judged(customer: ImportedCustomer): void {
  const { type, problems, places } = customer;
  if (type === null) return;
  try {
    parseRecord(type, customer.record);
  } catch (error) {
    if (!(error instanceof ComplianceError)) throw error;
    for (const { pointer, code } of error.fields) {
      const cell = cellOf(places, pointer.slice('/record'.length)) ?? `A${customer.rowNumber}`;
      const known = problems.some((problem) => problem.cell === cell);
      if (!known)
        problems.push({ cell, code: code === 'unknown_field' ? 'not_for_type' : code, severity: 'error' });
    }
  }
  problems.push(...numberWarnings(customer));
}

/** A number that stands in the file twice is one customer twice, or a slip. */
function warnOfRepeats({ record, places, problems }: ImportedCustomer, seen: Set<string>): void {
  for (const number of ['tckn', 'ykn', 'vkn'] as const) {
    const cell = places.get(`/${number}`);
    const checked = cell === undefined ? null : check(number, String(record[number])).normalized;
    if (cell === undefined || checked === null) continue;
    if (seen.has(checked)) problems.push({ cell, code: 'repeated_in_file', severity: 'warning' });
    seen.add(checked);
  }
}

/** The cell of a pointer: its own, or that of the first value below it. */
function cellOf(places: ReadonlyMap<string, string>, pointer: string): string | undefined {
  const exact = places.get(pointer);
  if (exact !== undefined) return exact;
  return [...places].find(([place]) => place.startsWith(`${pointer}/`))?.[1];
}

/** Numbers that a sheet has spoiled or that stand for none: the record takes them as a form would, with a word here. */
function numberWarnings({ record, places }: ImportedCustomer): ImportProblem[] {
  const warnings: ImportProblem[] = [];
  for (const [pointer, cell] of places) {
    const kind = (['tckn', 'ykn', 'vkn'] as const).find((name) => pointer.endsWith(`/${name}`));
    if (kind === undefined) continue;
    const value = valueAtPointer(record, pointer);
    if (typeof value !== 'string') continue;
    const result = check(kind, value);
    for (const code of ['lost_leading_zero', 'filler'] as const) {
      if (hasProblem(result, code)) warnings.push({ cell, code, severity: 'warning' });
    }
  }
  return warnings;
}

/** The value at a JSON pointer below a record. */
export function valueAtPointer(record: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      record,
    );
}

let known: CodeWords | undefined;

function codeWords(): CodeWords {
  if (known !== undefined) return known;
  const words = new Map<string, Map<string, string>>();
  for (const [list, code, word] of importCodeWords()) {
    const own = words.get(list) ?? new Map<string, string>();
    own.set(foldKey(word), code);
    words.set(list, own);
  }
  known = words;
  return words;
}
