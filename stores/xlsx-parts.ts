import { BUSINESS_TIME_ZONE } from '../locales';
import { dataValidations, notesReference, noteTypes } from './xlsx-extras';
import { escapeXml } from './xlsx-text';
import {
  columnLetters as letters,
  type CellKind,
  type CellValue,
  type Column,
  type Row,
} from '../domain/workbook';

/** The XML inside an .xlsx file (ECMA-376), as far as plain sheets need it. */

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const HEADING_STYLE = 1;
/** Text that a spreadsheet could take for a formula carries the mark of a typed apostrophe, which keeps it text for good. */
const QUOTED_STYLE = 3;
/** How much further on the same two are, folded. */
const FOLDED = 7;

/** Index into `cellXfs` of the style sheet below. */
const STYLES: Record<CellKind, number> = { text: 2, number: 4, amount: 5, percent: 6, day: 7, instant: 8 };
const WIDTHS: Record<CellKind, number> = {
  text: 20,
  number: 10,
  amount: 14,
  percent: 11,
  day: 12,
  instant: 17,
};

const MAX_TEXT = 32_767;

/** Height of a line in points, the most that a row can have, and the part of a line that words fill before they fold. */
const LINE = 13;
const HEIGHT_MAX = 409;
const FULL = 0.95;

/** @param noted numbers of the sheets that have notes */
export function contentTypes(sheets: number, noted: readonly number[] = []): string {
  const sheet = (n: number) =>
    `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${SHEET_TYPE}.worksheet+xml"/>`;
  return (
    `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
    `<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${SHEET_TYPE}.sheet.main+xml"/>` +
    `<Override PartName="/xl/styles.xml" ContentType="${SHEET_TYPE}.styles+xml"/>` +
    `<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>` +
    `${numbered(sheets).map(sheet).join('')}${noteTypes(noted)}</Types>`
  );
}

export function rootRelations(): string {
  return (
    `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/>` +
    `<Relationship Id="rId2" Type="${PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`
  );
}

export function coreProperties(title: string, asOf: string): string {
  const at = `${new Date(asOf).toISOString().slice(0, 19)}Z`;
  const time = (name: string) => `<dcterms:${name} xsi:type="dcterms:W3CDTF">${at}</dcterms:${name}>`;
  return (
    `${XML}<cp:coreProperties xmlns:cp="${PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
    `xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>${escapeXml(title)}</dc:title>` +
    `<dc:creator>Sicil</dc:creator>${time('created')}${time('modified')}</cp:coreProperties>`
  );
}

export function workbook(shown: readonly { name: string; hidden?: true }[]): string {
  const sheets = shown.map(
    ({ name, hidden }, index) =>
      `<sheet name="${name}" sheetId="${index + 1}"${hidden === true ? ' state="hidden"' : ''} r:id="rId${index + 1}"/>`,
  );
  // Every printed page begins with the heading.
  const titles = shown.map(
    ({ name }, index) =>
      `<definedName name="_xlnm.Print_Titles" localSheetId="${index}">'${name}'!$1:$1</definedName>`,
  );
  return (
    `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${sheets.join('')}</sheets>` +
    `<definedNames>${titles.join('')}</definedNames></workbook>`
  );
}

export function workbookRelations(sheets: number): string {
  const sheet = (n: number) =>
    `<Relationship Id="rId${n}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n}.xml"/>`;
  return (
    `${XML}<Relationships xmlns="${PACKAGE}/relationships">${numbered(sheets).map(sheet).join('')}` +
    `<Relationship Id="rId${sheets + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`
  );
}

/** Number formats are written the English way; every program shows them its own way, so Turkish Excel says 1.234,56. */
export function styles(): string {
  const plain = (format: number, more = '', align = '') =>
    `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyAlignment="1"${more}><alignment vertical="top"${align}/></xf>`;
  const quoted = ' quotePrefix="1"';
  const fold = ' wrapText="1"';
  // Beside a text, days that keep to the right run into it.
  const left = ' horizontal="left"';
  return (
    `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/><numFmt numFmtId="165" formatCode="dd\\.mm\\.yyyy\\ hh:mm"/></numFmts>` +
    `<fonts count="2"><font><sz val="10"/><name val="Arial"/></font><font><b/><sz val="10"/><name val="Arial"/></font></fonts>` +
    `<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFF5EBD2"/><bgColor indexed="64"/></patternFill></fill></fills>` +
    `<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
    `<cellXfs count="11">${plain(0)}<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>` +
    `${plain(49)}${plain(49, quoted)}${plain(1)}${plain(4)}${plain(9)}${plain(164, '', left)}${plain(165, '', left)}${plain(49, '', fold)}${plain(49, quoted, fold)}</cellXfs>` +
    `<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
  );
}

/** A sheet up to its first row: heading frozen, one printed page wide; a form's columns also keep their format. */
export function sheetStart(columns: readonly Column[], selected: boolean, form = false): string {
  const cols = columns.map(
    (column, i) =>
      `<col min="${i + 1}" max="${i + 1}" width="${widthOf(column)}"${form ? ` style="${STYLES[column.kind]}"` : ''} customWidth="1"/>`,
  );
  const headings = columns.map(({ heading }, index) =>
    textCell(`${letters(index)}1`, heading, HEADING_STYLE),
  );
  return (
    `${XML}<worksheet xmlns="${MAIN}">${form ? '' : ONE_PAGE_WIDE}<sheetViews><sheetView workbookViewId="0"${selected ? ' tabSelected="1"' : ''}>` +
    `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
    `<cols>${cols.join('')}</cols><sheetData><row r="1">${headings.join('')}</row>`
  );
}

function widthOf({ heading, kind, width = WIDTHS[kind] }: Column): number {
  return Math.max(width, heading.length + 3);
}

/** A row's own height where a text is folded; not every program looks for it by itself. */
export function rowHeight(columns: readonly Column[], row: Row): string {
  let lines = 1;
  for (const [index, column] of columns.entries()) {
    const text = row[index];
    if (column.folded === true && typeof text === 'string')
      lines = Math.max(lines, linesOf(text, widthOf(column)));
  }
  return lines === 1 ? '' : ` ht="${Math.min(lines * LINE, HEIGHT_MAX)}"`;
}

function linesOf(text: string, width: number): number {
  if (text.length <= width && !text.includes('\n')) return 1;
  const folds = (line: string) => (line.length <= width ? 1 : Math.ceil(line.length / (width * FULL)));
  return text.split('\n').reduce((lines, line) => lines + folds(line), 0);
}

/** Not for a form: a page cannot hold its hundred columns so that one could read them. */
const ONE_PAGE_WIDE = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>';

/** Landscape A4, margins in inches, name of the sheet and number of the page at the foot. */
const PAGE =
  '<pageMargins left="0.4" right="0.4" top="0.4" bottom="0.6" header="0.3" footer="0.3"/>' +
  '<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>' +
  '<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>';

/** What follows the last row: a filter over heading and rows, what may be chosen, how it is printed, and the notes. */
export function sheetEnd(columns: readonly Column[], rows: number): string {
  const filter = `<autoFilter ref="A1:${letters(columns.length - 1)}${rows + 1}"/>`;
  return `</sheetData>${filter}${dataValidations(columns)}${PAGE}${notesReference(columns)}</worksheet>`;
}

/** One cell, or nothing for null. @throws Error when the value does not fit its column's kind. */
export function cell({ kind, folded }: Column, value: CellValue, at: string): string {
  if (value === null) return '';
  if (kind === 'text') {
    const style = /^[=+\-@\t\r]/.test(String(value)) ? QUOTED_STYLE : STYLES.text;
    return textCell(at, String(value), folded === true ? style + FOLDED : style);
  }
  return `<c r="${at}" s="${STYLES[kind]}"><v>${numeric(kind, value)}</v></c>`;
}

function numeric(kind: Exclude<CellKind, 'text'>, value: string | number): number {
  const result = kind === 'day' || kind === 'instant' ? serial(kind, value) : scaled(kind, value);
  if (!Number.isFinite(result)) throw new Error('a value does not fit its column');
  return result;
}

function scaled(kind: 'number' | 'amount' | 'percent', value: string | number): number {
  if (typeof value !== 'number') return Number.NaN;
  return kind === 'number' ? value : value / 100;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** Day 0 of spreadsheets is 30 December 1899, in milliseconds before 1970. */
const SERIAL_ZERO = Date.UTC(1899, 11, 30);

function serial(kind: 'day' | 'instant', value: string | number): number {
  if (typeof value !== 'string') return Number.NaN;
  if (kind === 'day')
    return /^\d{4}-\d\d-\d\d$/.test(value) ? (Date.parse(value) - SERIAL_ZERO) / DAY : Number.NaN;
  const at = Date.parse(value);
  // To the minute, as shown.
  const minute = Math.floor((at + offsetAt(at)) / 60_000) * 60_000;
  return (minute - SERIAL_ZERO) / DAY;
}

const wallClock = new Intl.DateTimeFormat('en-US', {
  timeZone: BUSINESS_TIME_ZONE,
  timeZoneName: 'longOffset',
});
const offsets = new Map<number, number>();

/** The business's distance from UTC at an instant in ms, remembered by hour: asking Intl for each cell takes most of the time. */
function offsetAt(at: number): number {
  if (!Number.isFinite(at)) return Number.NaN;
  const hour = Math.floor(at / HOUR);
  let offset = offsets.get(hour);
  if (offset === undefined) {
    const name = wallClock.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [undefined, '+', '0', '0'];
    offset = (Number(hours) * HOUR + Number(minutes) * 60_000) * (sign === '-' ? -1 : 1);
    if (offsets.size > 100_000) offsets.clear();
    offsets.set(hour, offset);
  }
  return offset;
}

function textCell(at: string, text: string, style: number): string {
  const kept = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text;
  return `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(kept)}</t></is></c>`;
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
