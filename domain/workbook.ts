/** Sheets as values: what a report decides to show, before anybody knows how a spreadsheet file looks. */

/**
 * How a column is stored and shown. `text` also for identity numbers, phones, IBANs and serials, which must keep their
 * zeros; `day` is `YYYY-MM-DD`, `instant` ISO, `amount` integer kuruş, `percent` a whole percentage.
 */
export type CellKind = 'text' | 'number' | 'amount' | 'percent' | 'day' | 'instant';

export type CellValue = string | number | null;

export interface Column {
  heading: string;
  kind: CellKind;
}

export type Row = readonly CellValue[];
export type Rows<Item> = Iterable<Item> | AsyncIterable<Item>;

export interface Sheet {
  /** ASCII, 31 characters at most, unique in its workbook. */
  name: string;
  columns: readonly Column[];
  rows: Rows<Row>;
}
