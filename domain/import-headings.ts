import { isBlank, readCell, type SheetCell } from './import-cells';
import {
  ERRORS_HEADING,
  KEY_HEADING,
  MAIN_COLUMNS,
  RELATED_SHEETS,
  TRIGGER_HEADING,
  TYPE_HEADING,
  type ImportColumn,
  type RelatedSheet,
} from './import-columns';
import { foldKey } from './names';
import { columnLetters } from './workbook';

/** A column of a sheet that is one of ours. */
export interface BoundColumn {
  kind: 'own';
  column: ImportColumn;
}

/** A column of a flat file that belongs to a related sheet: `temsilci2_ad`. */
export interface RelatedColumn {
  kind: 'related';
  sheet: RelatedSheet;
  /** Which of the customer's representatives, owners …, counted from 1. */
  number: number;
  column: ImportColumn;
}

/** Why a sheet cannot be read at all. */
export interface HeadingProblem {
  cell: string;
  code: 'unknown_heading' | 'heading_twice' | 'missing_heading';
  heading: string;
}

export interface Headings<C> {
  /** By place; null for a column without heading, whose cells must be empty. */
  columns: (C | null)[];
  problems: HeadingProblem[];
}

const RELATED_HEADING = /^([a-z]+(?:_[a-z]+)?)([1-9]\d?)_(.+)$/;

const key: ImportColumn = { heading: KEY_HEADING, kind: 'text', pathFor: () => null };
/** What a returned file adds; read past. */
const ignored: ImportColumn = { heading: ERRORS_HEADING, kind: 'text', pathFor: () => null };

/** Binds the headings of the main sheet. Case, accents and spaces do not matter: `Doğum Tarihi` is `dogum_tarihi`. */
export function bindMainHeadings(
  cells: readonly (SheetCell | undefined)[],
): Headings<BoundColumn | RelatedColumn> {
  const headings = bind<BoundColumn | RelatedColumn>(cells, (name) => {
    const column = MAIN_COLUMNS.find(({ heading }) => heading === name);
    return column === undefined ? relatedColumn(name) : { kind: 'own', column };
  });
  for (const needed of [TYPE_HEADING, TRIGGER_HEADING]) {
    const there = headings.columns.some(
      (column) => column?.kind === 'own' && column.column.heading === needed,
    );
    if (!there) headings.problems.push({ cell: 'A1', code: 'missing_heading', heading: needed });
  }
  return headings;
}

/** Binds the headings of a related sheet, whose first duty is to name the customer. */
export function bindRelatedHeadings(
  sheet: RelatedSheet,
  cells: readonly (SheetCell | undefined)[],
): Headings<BoundColumn> {
  const columns = [key, ...sheet.columns];
  const headings = bind<BoundColumn>(cells, (name) => {
    const column = columns.find(({ heading }) => heading === name);
    return column === undefined ? null : { kind: 'own', column };
  });
  if (!headings.columns.some((column) => column?.column === key)) {
    headings.problems.push({ cell: `${sheet.name}!A1`, code: 'missing_heading', heading: KEY_HEADING });
  }
  for (const problem of headings.problems) {
    if (!problem.cell.includes('!')) problem.cell = `${sheet.name}!${problem.cell}`;
  }
  return headings;
}

function relatedColumn(name: string): RelatedColumn | null {
  const [, prefix = '', number = '', rest = ''] = RELATED_HEADING.exec(name) ?? [];
  const sheet = RELATED_SHEETS.find((candidate) => candidate.prefix === prefix);
  const column = sheet?.columns.find(({ heading }) => heading === rest);
  if (sheet === undefined || column === undefined) return null;
  return { kind: 'related', sheet, number: Number(number), column };
}

function bind<C>(
  cells: readonly (SheetCell | undefined)[],
  find: (name: string) => C | null,
): Headings<C | BoundColumn> & { columns: (C | null)[] } {
  const columns: (C | null)[] = [];
  const problems: HeadingProblem[] = [];
  const seen = new Set<string>();
  for (const [index, cell] of Array.from(cells).entries()) {
    const reading = cell === undefined || isBlank(cell) ? null : readCell(cell, 'text', undefined);
    const typed = reading !== null && 'value' in reading ? String(reading.value) : '';
    const name = foldKey(typed).replaceAll(' ', '_');
    const at = `${columnLetters(index)}1`;
    if (name === '') {
      columns.push(null);
      continue;
    }
    if (seen.has(name)) problems.push({ cell: at, code: 'heading_twice', heading: typed.slice(0, 60) });
    seen.add(name);
    const found = name === ERRORS_HEADING ? ({ kind: 'own', column: ignored } as C) : find(name);
    if (found === null) problems.push({ cell: at, code: 'unknown_heading', heading: typed.slice(0, 60) });
    columns.push(found);
  }
  return { columns, problems };
}
