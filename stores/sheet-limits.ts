/** Why a file is not read: a clear word instead of a guess, found before anything is stored of it. */
export const SHEET_REFUSALS = [
  'not_a_sheet',
  'damaged_sheet',
  'old_or_encrypted',
  'zip_bomb',
  'macros',
  'external_links',
  'embedded_objects',
  'too_many_parts',
  'missing_sheet',
  'merged_cells',
  'too_many_rows',
  'too_many_empty_rows',
  'too_many_columns',
  'too_long_cell',
  'too_many_texts',
  'unknown_encoding',
  'unknown_sheet',
  'empty_file',
  'too_many_related',
] as const;
export type SheetRefusalCode = (typeof SHEET_REFUSALS)[number];

export class SheetRefusal extends Error {
  override readonly name = 'SheetRefusal';

  constructor(readonly code: SheetRefusalCode) {
    super(code);
  }
}

/** Largest file, in bytes as uploaded. */
export const SHEET_BYTES_MAX = 32 * 1024 * 1024;
/** Rows under the heading. */
export const SHEET_ROWS_MAX = 200_000;
export const SHEET_COLUMNS_MAX = 500;
/** What a spreadsheet itself allows in a cell. */
export const CELL_LENGTH_MAX = 32_767;
/** Formatted rows without content that stand one after the other. */
export const EMPTY_ROWS_MAX = 20_000;
/** All parts of a workbook, unpacked; and how far one part may be blown up from what was sent. */
export const UNPACKED_BYTES_MAX = 1024 * 1024 * 1024;
export const UNPACKED_RATIO_MAX = 250;
/** Below this size nobody asks how well a part was packed. */
export const RATIO_FREE_BYTES = 8 * 1024 * 1024;
export const PARTS_MAX = 2_000;
/** Texts that a workbook keeps apart from its cells stay in memory: this much at most. */
export const SHARED_TEXT_BYTES_MAX = 96 * 1024 * 1024;
/** Rows of all sheets that belong to customers' rows: they wait in memory for theirs. */
export const RELATED_ROWS_MAX = 50_000;
