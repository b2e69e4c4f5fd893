import { Readable } from 'node:stream';

import ExcelJs from 'exceljs';

import type { SheetCell } from '../../domain/import-cells';
import { openSheets, type SheetRow } from '../../stores/sheet-reader';
import { rawWorkbook, textSheet, workbookFile } from './sheet-files';

async function rowsOf(file: Buffer, name?: string): Promise<SheetRow[]> {
  const opened = await openSheets(file);
  const rows: SheetRow[] = [];
  for await (const row of opened.rows(name ?? opened.names[0] ?? '')) rows.push(row);
  return rows;
}

const texts = (row: SheetRow | undefined) =>
  Array.from(row?.cells ?? [], (cell) => (cell?.kind === 'text' ? cell.text : cell));
const row = (inside: string) => `<sheetData><row r="1">${inside}</row></sheetData>`;
const inline = (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`;

test('what our writer wrote is read back as it was, in its place', async () => {
  const hostile = ['=HYPERLINK("http://x")', "'tek", ' boşluk ', 'satır\nsonu', '_x000D_', '😀', '<a>&amp;'];
  const file = await workbookFile([
    textSheet('Musteriler', [
      ['a', 'b'],
      [null, 'İğdır'],
      hostile.slice(0, 2),
      hostile.slice(2, 4),
      hostile.slice(4, 6),
      [hostile[6] ?? '', null],
    ]),
  ]);
  const rows = await rowsOf(file);
  expect(rows.map(({ rowNumber }) => rowNumber)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(texts(rows[1])).toEqual([undefined, 'İğdır']);
  expect(rows.slice(2).flatMap(texts)).toEqual(hostile);
});

test('a workbook of another program is read by type: shared texts, dates, percentages, results of formulas', async () => {
  const book = new ExcelJs.Workbook();
  const sheet = book.addWorksheet('Musteriler');
  sheet.addRow(['metin', 'gün', 'yüzde', 'sayı', 'formül', 'mantık', 'kırık']);
  sheet.addRow([
    'Çiğdem',
    new Date('1990-12-31T00:00:00Z'),
    0.275,
    1234.5,
    { formula: '1+1', result: 2 },
    true,
    { error: '#N/A' },
  ]);
  sheet.getCell('B2').numFmt = 'dd.mm.yyyy';
  sheet.getCell('C2').numFmt = '0.00%';
  sheet.addRow([
    { richText: [{ text: 'Çiğ' }, { text: 'dem', font: { bold: true } }] },
    'x',
    null,
    { formula: 'A1&B1' },
  ]);
  const rows = await rowsOf(Buffer.from(await book.xlsx.writeBuffer()));
  const expected: (SheetCell | undefined)[] = [
    { kind: 'text', text: 'Çiğdem' },
    { kind: 'day', day: '1990-12-31' },
    { kind: 'number', number: 0.275, percent: true },
    { kind: 'number', number: 1234.5, percent: false },
    { kind: 'number', number: 2, percent: false },
    { kind: 'yes_no', yes: true },
    { kind: 'broken' },
  ];
  expect(rows[1]?.cells).toEqual(expected);
  expect(rows[2]?.cells[0]).toEqual({ kind: 'text', text: 'Çiğdem' });
  // Nobody has calculated it: programs write a text that begins with an equals sign in this way.
  expect(rows[2]?.cells[3]).toEqual({ kind: 'text', text: '=A1&B1' });
});

const BIG = 'a'.repeat(1024);

test.each<[code: string, file: () => Buffer | Promise<Buffer>]>([
  ['not_a_sheet', () => Buffer.from('\u0000\u0001\u0002 no sheet')],
  ['not_a_sheet', zipWithout],
  ['damaged_sheet', async () => (await rawWorkbook(row(inline('A1', 'x')))).subarray(0, 300)],
  ['damaged_sheet', () => rawWorkbook('<sheetData><row r="1">')],
  ['damaged_sheet', () => rawWorkbook('<sheetData><row r="2"></row><row r="1"></row></sheetData>')],
  ['old_or_encrypted', () => Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.alloc(600)])],
  ['macros', () => rawWorkbook(row(''), { 'xl/vbaProject.bin': 'x' })],
  ['external_links', () => rawWorkbook(row(''), { 'xl/externalLinks/externalLink1.xml': '<x/>' })],
  [
    'external_links',
    () =>
      rawWorkbook(row(''), {
        'xl/_rels/workbook.xml.rels':
          '<Relationships><Relationship Id="rId1" TargetMode="External" Target="http://example.com"/></Relationships>',
      }),
  ],
  ['embedded_objects', () => rawWorkbook(row(''), { 'xl/embeddings/oleObject1.bin': 'x' })],
  [
    'merged_cells',
    () => rawWorkbook(`${row(inline('A1', 'x'))}<mergeCells><mergeCell ref="A1:B1"/></mergeCells>`),
  ],
  ['too_many_columns', () => rawWorkbook(row(inline('ZZZ1', 'x')))],
  ['too_long_cell', () => rawWorkbook(row(inline('A1', 'x'.repeat(33_000))))],
  ['zip_bomb', () => rawWorkbook(() => repeated(' '.repeat(65_536), 512))],
  ['too_many_empty_rows', () => rawWorkbook(() => emptyRows(1_000_000))],
])('%s: a file that is not to be read is refused by name', async (code, file) => {
  await expect(rowsOf(await file())).rejects.toMatchObject({ name: 'SheetRefusal', code });
});

async function zipWithout(): Promise<Buffer> {
  const file = await rawWorkbook('');
  // Another kind of document in the same wrapping: its directory names no workbook.
  return Buffer.from(file.toString('latin1').replaceAll('xl/workbook.xml', 'xx/workbook.xml'), 'latin1');
}

function repeated(piece: string, times: number): Readable {
  return Readable.from(Array.from({ length: times }, () => Buffer.from(piece)));
}

function emptyRows(count: number): Readable {
  return Readable.from(
    (function* () {
      yield Buffer.from('<worksheet><sheetData>');
      for (let from = 1; from <= count; from += 1000) {
        let text = '';
        for (let n = from; n < from + 1000; n += 1)
          text += `<row r="${n}" spans="${n % 97}:${n % 89}" s="1"/>`;
        yield Buffer.from(text);
      }
      yield Buffer.from('</sheetData></worksheet>');
    })(),
  );
}

test("a document type of somebody's own is refused before its entities can grow", async () => {
  const file = await rawWorkbook(() =>
    Readable.from([
      Buffer.from(
        `<!DOCTYPE a [<!ENTITY b "${BIG}"><!ENTITY c "&b;&b;&b;">]><worksheet>${row(inline('A1', '&c;'))}</worksheet>`,
      ),
    ]),
  );
  await expect(rowsOf(file)).rejects.toMatchObject({ code: 'damaged_sheet' });
});

test('a million empty rows are refused within the memory of a few', async () => {
  const file = await rawWorkbook(() => emptyRows(1_000_000));
  global.gc?.();
  const before = process.memoryUsage().rss;
  await expect(rowsOf(file)).rejects.toMatchObject({ code: 'too_many_empty_rows' });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
});

test.each([
  ['UTF-8 with its mark, semicolons', Buffer.from('\ufefftip;ad\r\nŞirket;Ilgaz "A"\r\n')],
  ['UTF-8, commas', Buffer.from('tip,ad\nŞirket,"Ilgaz ""A"""\n')],
  ['UTF-16, tabs', Buffer.from('\ufefftip\tad\r\nŞirket\t"Ilgaz ""A"""\r\n', 'utf16le')],
  // Ş is DE in the Turkish code page.
  [
    'Windows-1254',
    Buffer.from([...Buffer.from('tip;ad\r\n'), 0xde, ...Buffer.from('irket;"Ilgaz ""A"""\r\n')]),
  ],
])('a flat file in %s is read', async (name, file) => {
  if (name.startsWith('UTF-8 with')) {
    // An unescaped quote inside a bare field is a slip of the file.
    await expect(rowsOf(file)).rejects.toMatchObject({ code: 'damaged_sheet' });
    return;
  }
  expect((await rowsOf(file)).map(texts)).toEqual([
    ['tip', 'ad'],
    ['Şirket', 'Ilgaz "A"'],
  ]);
});

test('empty lines keep their numbers, and an apostrophe before a formula is not part of it', async () => {
  const rows = await rowsOf(Buffer.from("a;b\r\n\r\n;\r\n'=1+1;'tek\r\n'＝1+1;x\r\n"));
  expect(rows.map(({ rowNumber }) => rowNumber)).toEqual([1, 4, 5]);
  expect(texts(rows[1])).toEqual(['=1+1', "'tek"]);
  expect(texts(rows[2])).toEqual(['＝1+1', 'x']);
});

test('bytes that are no text of any kind we know are refused', async () => {
  await expect(rowsOf(Buffer.from([0x61, 0x3b, 0xff, 0x81, 0x0a]))).rejects.toMatchObject({
    code: 'unknown_encoding',
  });
});
