import type { SheetCell } from '../domain/import-cells';
import { openCsv } from './sheet-reader-csv';
import { openXlsx } from './sheet-reader-xlsx';
import { SheetRefusal } from './sheet-limits';

/** A row with content. `rowNumber` is the one that a spreadsheet shows. */
export interface SheetRow {
  rowNumber: number;
  cells: (SheetCell | undefined)[];
}

/** A file of rows, opened; rows are read one after the other and not kept. */
export interface OpenSheets {
  format: 'xlsx' | 'csv';
  /** Names of the sheets; a flat file has one, without a name. */
  names: readonly string[];
  /** The rows of a sheet from its first, heading included. Throws SheetRefusal where the file is not to be read. */
  rows(name: string): AsyncGenerator<SheetRow>;
}

const ZIP = Buffer.from('PK\x03\x04');
/** The form of .xls, and of .xlsx with a password. */
const COMPOUND = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/**
 * Opens a workbook or a flat file by its content, never by its name. Looks over the whole directory of a workbook first:
 * one that links to other files, holds programs, or would unpack to much more than it is, is refused here.
 * @throws SheetRefusal
 */
export async function openSheets(file: Buffer): Promise<OpenSheets> {
  if (file.subarray(0, 4).equals(COMPOUND)) throw new SheetRefusal('old_or_encrypted');
  return file.subarray(0, 4).equals(ZIP) ? openXlsx(file) : openCsv(file);
}
