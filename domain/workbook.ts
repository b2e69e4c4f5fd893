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
  /** In characters; as its kind has it unless given. */
  width?: number;
  /** Text wider than the column goes on below, in a higher row. */
  folded?: true;
  /** Shown when somebody points at the heading. */
  note?: string;
  /** Cells that hold what may be chosen here: `Listeler!$A$2:$A$11`. Anything else may still be typed. */
  choices?: string;
}

export type Row = readonly CellValue[];
export type Rows<Item> = Iterable<Item> | AsyncIterable<Item>;

export interface Sheet {
  /** ASCII, 31 characters at most, unique in its workbook. */
  name: string;
  columns: readonly Column[];
  rows: Rows<Row>;
  /** Of no interest to who reads it. */
  hidden?: true;
  /** To be filled in: columns keep their format for rows that are still to come. */
  form?: true;
}

/** Column letters by index: 0 is A, 26 is AA. */
export function columnLetters(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest > 0 ? columnLetters(rest - 1) : '') + String.fromCharCode(65 + (index % 26));
}
