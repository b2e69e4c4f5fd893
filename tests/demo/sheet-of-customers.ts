import type { CustomerType, Trigger } from '../../domain/customer';
import {
  IMPORT_CODES,
  KEY_HEADING,
  LANGUAGE_HEADING,
  MAIN_COLUMNS,
  MAIN_SHEET,
  RELATED_SHEETS,
  TRIGGER_HEADING,
  TYPE_HEADING,
  type ImportColumn,
} from '../../domain/import-columns';
import { valueAt } from '../../domain/record-path';
import type { CellValue, Row } from '../../domain/workbook';
import { translator } from '../../locales';
import { importTemplate } from '../../templates/import-template';
import { workbookFile } from '../stores/sheet-files';

export interface SheetCustomer {
  key: string;
  type: CustomerType;
  trigger: Trigger;
  record: Record<string, unknown>;
}

/** The product's own template, filled in as somebody would who knows the customers: words of its lists, days as days. */
export async function filledTemplate(customers: readonly SheetCustomer[]): Promise<Buffer> {
  const sheets = importTemplate({ language: 'tr', has: () => true });
  return workbookFile(
    sheets.map((sheet) => {
      const headings = sheet.columns.map(({ heading }) => heading);
      const rows = customers.flatMap((customer) => rowsFor(sheet.name, headings, customer));
      return { ...sheet, rows: [...(sheet.rows as Iterable<Row>), ...rows] };
    }),
  );
}

function rowsFor(name: string, headings: readonly string[], customer: SheetCustomer): Row[] {
  const { key, type, trigger, record } = customer;
  if (name === MAIN_SHEET) {
    const frame: Record<string, string> = {
      [KEY_HEADING]: key,
      [TYPE_HEADING]: wordOf('type', type),
      [TRIGGER_HEADING]: wordOf('trigger', trigger),
      [LANGUAGE_HEADING]: wordOf('language', 'tr'),
    };
    return [headings.map((heading) => frame[heading] ?? cellOf(MAIN_COLUMNS, heading, type, record))];
  }
  const sheet = RELATED_SHEETS.find((one) => one.name === name);
  const list = sheet?.listFor(type) ?? null;
  const value = list === null ? undefined : record[list.path];
  const items = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return (items as object[]).map((item) =>
    headings.map((heading) =>
      heading === KEY_HEADING ? key : cellOf(sheet?.columns ?? [], heading, type, item),
    ),
  );
}

/** Two columns may hold the same field of some type: the first of them gets it. */
function cellOf(
  columns: readonly ImportColumn[],
  heading: string,
  type: CustomerType,
  from: Record<string, unknown> | object,
): CellValue {
  const column = columns.find((one) => one.heading === heading);
  const path = column?.pathFor(type) ?? null;
  if (column === undefined || path === null) return null;
  if (columns.find((one) => one.pathFor(type) === path) !== column) return null;
  const value = valueAt(from, path);
  return value === undefined ? null : typed(column, value);
}

function typed({ kind, codes }: ImportColumn, value: unknown): CellValue {
  switch (kind) {
    case 'yes_no':
      return value === true ? 'Evet' : 'Hayır';
    case 'percent':
      return Number(value);
    case 'amount':
      return (Number(value) / 100).toLocaleString('tr-TR', { minimumFractionDigits: 2 });
    case 'list':
      return (value as string[]).map((code) => (codes === undefined ? code : wordOf(codes, code))).join('; ');
    case 'code':
      return codes === undefined ? String(value) : wordOf(codes, String(value));
    default:
      return String(value);
  }
}

function wordOf(list: keyof typeof IMPORT_CODES, code: string): string {
  if (!(IMPORT_CODES[list] as readonly string[]).includes(code))
    throw new Error(`The template offers no word for ${list} ${code}`);
  return translator('tr')(`import.code.${list}.${code}`);
}
