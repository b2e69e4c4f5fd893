import { getImport, outcomesAfter, type RowOutcome } from '../db/imports';
import type { Tx } from '../db/transaction';
import { check } from '../domain/checks';
import type { Language } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { isBlank, type SheetCell } from '../domain/import-cells';
import { ERRORS_HEADING, MAIN_SHEET, RELATED_SHEETS } from '../domain/import-columns';
import { bindMainHeadings, bindRelatedHeadings } from '../domain/import-headings';
import { keyOf, type ImportProblem } from '../domain/import-rows';
import { foldKey } from '../domain/names';
import { columnLetters, type Row, type Sheet } from '../domain/workbook';
import { translator, type Translate } from '../locales';
import type { OpenSheets } from '../stores/sheet-reader';
import { importProblemText } from '../templates/import-words';
import { mainSheetOf } from './import-upload';
import { importFileKey } from './imports';

/** Runs in a transaction of its own: whoever reads slowly must not hold one. */
type Run = <T>(fn: (tx: Tx) => Promise<T>) => Promise<T>;

/** Rows of problems that are fetched at once. */
const PAGE = 1_000;

/** What is needed to open the file of an import that has rows with errors. Throws NOT_FOUND when there is none. */
export async function openReturned(
  tx: Tx,
  id: string,
): Promise<{ id: string; key: Buffer; address: string; format: 'xlsx' | 'csv' }> {
  const row = await getImport(tx, id);
  if (row.errors === 0 || row.address === null || row.status === 'checking') {
    throw new ComplianceError('NOT_FOUND', 'import_without_errors');
  }
  return { id, key: await importFileKey(tx), address: row.address, format: row.format };
}

/**
 * The rows with errors as they came, with a column that says what is wrong at which cell of the file that was sent. Put
 * right, this file can be imported: rows that became records are not in it.
 */
export async function returnedSheets(
  opened: OpenSheets,
  id: string,
  run: Run,
  language: Language,
): Promise<Sheet[]> {
  const t = translator(language);
  const main = mainSheetOf(opened);
  const mainName = opened.format === 'csv' ? '' : MAIN_SHEET;
  /** Customers with errors: their rows on the other sheets come back too. The main sheet is written first. */
  const keys = new Set<string>();
  const sheets = [
    await returnedSheet(opened, main, MAIN_SHEET, () =>
      mainRows(opened, main, problemsOf(run, id, mainName), t, keys),
    ),
  ];
  for (const { name: ownName } of RELATED_SHEETS) {
    const name = opened.names.find((candidate) => foldKey(candidate) === foldKey(ownName));
    if (name === undefined || name === main) continue;
    sheets.push(
      await returnedSheet(opened, name, ownName, () =>
        relatedRows(opened, name, ownName, problemsOf(run, id, ownName), t, keys),
      ),
    );
  }
  return sheets;
}

async function returnedSheet(
  opened: OpenSheets,
  source: string,
  name: string,
  rows: () => AsyncGenerator<Row>,
): Promise<Sheet> {
  const all = opened.rows(source);
  const first = await all.next();
  await all.return(undefined);
  const cells: readonly (SheetCell | undefined)[] = first.done === true ? [] : first.value.cells;
  const headings = Array.from(cells, (cell) => textOf(cell) ?? '').filter((heading) => !isErrors(heading));
  return {
    name,
    columns: [...headings, ERRORS_HEADING].map((heading) => ({ heading, kind: 'text' })),
    rows: { [Symbol.asyncIterator]: rows },
  };
}

const isErrors = (heading: string) => foldKey(heading) === ERRORS_HEADING;

async function* mainRows(
  opened: OpenSheets,
  source: string,
  problems: AsyncGenerator<RowOutcome>,
  t: Translate,
  keys: Set<string>,
): AsyncGenerator<Row> {
  let columns: ReturnType<typeof bindMainHeadings>['columns'] | undefined;
  let kept: number[] = [];
  let next = await problems.next();
  for await (const { rowNumber, cells } of opened.rows(source)) {
    if (columns === undefined) {
      columns = bindMainHeadings(cells).columns;
      kept = keptPlaces(cells);
      continue;
    }
    while (next.done !== true && next.value.rowNumber < rowNumber) next = await problems.next();
    if (next.done === true) break;
    if (next.value.rowNumber !== rowNumber) continue;
    const key = keyOf(columns, cells);
    if (key !== null) keys.add(key);
    yield [...kept.map((place) => textOf(cells[place])), errorText(next.value.problems, cells, t)];
  }
}

async function* relatedRows(
  opened: OpenSheets,
  source: string,
  ownName: string,
  problems: AsyncGenerator<RowOutcome>,
  t: Translate,
  keys: ReadonlySet<string>,
): AsyncGenerator<Row> {
  const sheet = RELATED_SHEETS.find(({ name }) => name === ownName);
  if (sheet === undefined) return;
  let columns: ReturnType<typeof bindRelatedHeadings>['columns'] | undefined;
  let kept: number[] = [];
  let next = await problems.next();
  for await (const { rowNumber, cells } of opened.rows(source)) {
    if (columns === undefined) {
      columns = bindRelatedHeadings(sheet, cells).columns;
      kept = keptPlaces(cells);
      continue;
    }
    while (next.done !== true && next.value.rowNumber < rowNumber) next = await problems.next();
    const own = next.done !== true && next.value.rowNumber === rowNumber ? next.value.problems : [];
    if (own.length === 0 && !keys.has(keyOf(columns, cells) ?? '')) continue;
    yield [...kept.map((place) => textOf(cells[place])), errorText(own, cells, t)];
  }
}

/** Places of the sheet's own columns: errors of an earlier round are left out. */
function keptPlaces(headings: readonly (SheetCell | undefined)[]): number[] {
  return Array.from(headings, (cell, place) => (isErrors(textOf(cell) ?? '') ? -1 : place)).filter(
    (place) => place >= 0,
  );
}

/** Rows with errors in the file's order, a page at a time. */
async function* problemsOf(run: Run, id: string, sheet: string): AsyncGenerator<RowOutcome> {
  for (let after = 0; ;) {
    const from = after;
    const page = await run((tx) =>
      outcomesAfter(tx, id, { sheet, after: from, limit: PAGE, onlyErrors: true }),
    );
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.rowNumber;
  }
}

/** `B7: …` for each cell that somebody has to look at. */
function errorText(
  problems: readonly ImportProblem[],
  cells: readonly (SheetCell | undefined)[],
  t: Translate,
): string | null {
  const texts = problems.map(({ cell, code }) => {
    const suggestion = code === 'lost_leading_zero' ? suggestionFor(cell, cells) : null;
    const text =
      suggestion === null
        ? importProblemText(t, code)
        : t('import.problem.lost_leading_zero_fix', { suggestion });
    return `${cell}: ${text}`;
  });
  return texts.length === 0 ? null : texts.join(' | ');
}

/** The number with its zero, where that makes it right (T19). It is nowhere stored: only who has the file sees it. */
function suggestionFor(address: string, cells: readonly (SheetCell | undefined)[]): string | null {
  const place = cells.findIndex(
    (_, index) =>
      address.startsWith(columnLetters(index)) && /^\d/.test(address.slice(columnLetters(index).length)),
  );
  const text = textOf(cells[place]);
  return text === null ? null : (check('vkn', text).fields?.['suggested'] ?? null);
}

/** A cell as text that reads back as the same value. */
function textOf(cell: SheetCell | undefined): string | null {
  if (cell === undefined || isBlank(cell)) return null;
  switch (cell.kind) {
    case 'text':
      return cell.text;
    case 'day':
      return cell.day.split('-').reverse().join('.');
    case 'yes_no':
      return cell.yes ? 'Evet' : 'Hayır';
    case 'number':
      return cell.percent ? `${Number((cell.number * 100).toPrecision(12))}%` : String(cell.number);
    case 'broken':
      return null;
  }
}
