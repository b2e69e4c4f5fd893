import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type { Sheet } from '../../domain/workbook';
import { createWorkbookWriter } from '../../stores/xlsx';
import { streamZip } from '../../stores/zip-stream';

/** Sheets as an .xlsx file in memory. */
export async function workbookFile(sheets: readonly Sheet[]): Promise<Buffer> {
  const out = new PassThrough();
  const [file] = await Promise.all([
    buffer(out),
    createWorkbookWriter().write(sheets, { title: 'Deneme', asOf: '2026-11-22T09:00:00Z' }, out),
  ]);
  return file;
}

/** A sheet of texts; the first row is the heading. */
export function textSheet(name: string, [headings = [], ...rows]: (string | null)[][]): Sheet {
  return { name, columns: headings.map((heading) => ({ heading: heading ?? '', kind: 'text' })), rows };
}

/** A workbook written part by part, for what no writer of ours would write. `sheet` is the inside of its first sheet. */
export async function rawWorkbook(
  sheet: string | (() => Readable),
  more: Record<string, string> = {},
): Promise<Buffer> {
  const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
  const parts: Record<string, string | (() => Readable)> = {
    'xl/workbook.xml': `<workbook ${main} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Musteriler" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels':
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': typeof sheet === 'string' ? `<worksheet ${main}>${sheet}</worksheet>` : sheet,
    ...more,
  };
  const out = new PassThrough();
  const entries = Object.entries(parts).map(([path, content]) => ({
    path,
    open: () => (typeof content === 'string' ? Readable.from([Buffer.from(content)]) : content()),
  }));
  const [file] = await Promise.all([buffer(out), streamZip(entries, out)]);
  return file;
}
