import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import readXlsxFile from 'read-excel-file/node';
import yauzl from 'yauzl';

import type { Sheet } from '../../domain/workbook';
import { createWorkbookWriter, type RowCounts } from '../../stores/xlsx';

const AS_OF = '2026-11-21T09:00:00.000Z';

async function write(...sheets: Sheet[]): Promise<{ bytes: Buffer; counts: RowCounts }> {
  const out = new PassThrough();
  out.on('error', () => undefined);
  const [counts, bytes] = await Promise.all([
    createWorkbookWriter().write(sheets, { title: 'Denetim paketi', asOf: AS_OF }, out),
    buffer(out),
  ]);
  return { bytes, counts };
}

/** One part of the file as text. */
async function partOf(bytes: Buffer, path: string): Promise<string> {
  const archive = await yauzl.fromBufferPromise(bytes, { lazyEntries: true });
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName !== path) continue;
    return (await buffer(await archive.openReadStreamPromise(entry))).toString();
  }
  throw new Error(`${path} is missing`);
}

function texts(...values: (string | null)[]): Sheet {
  return {
    name: 'metin',
    columns: [{ heading: 'değer', kind: 'text' }],
    rows: values.map((value) => [value]),
  };
}

/** Rows of the first sheet, heading first, as another program reads them. */
async function readRows(bytes: Buffer): Promise<readonly (readonly unknown[])[]> {
  return (await readXlsxFile(bytes, { trim: false }))[0]?.data ?? [];
}

async function readTexts(...values: string[]): Promise<unknown[]> {
  const { bytes } = await write(texts(...values));
  return (await readRows(bytes)).slice(1).map((row) => row[0]);
}

test('identity numbers and phones stay text with their zeros', async () => {
  expect(await readTexts('00123456789', '+905321234567', 'TR330006100519786457841326')).toEqual([
    '00123456789',
    '+905321234567',
    'TR330006100519786457841326',
  ]);
});

test('days and instants are real dates on the wall clock of the business, amounts are numbers', async () => {
  const { bytes } = await write({
    name: '05_Islemler',
    columns: [
      { heading: 'gün', kind: 'day' },
      { heading: 'an', kind: 'instant' },
      { heading: 'tutar', kind: 'amount' },
      { heading: 'oran', kind: 'percent' },
      { heading: 'adet', kind: 'number' },
    ],
    rows: [
      ['2026-11-02', '2026-11-21T22:30:00Z', 18_500_050, 87, 3],
      ['1960-02-29', '2015-01-15T12:00:00Z', -5, 0, 0],
      [null, null, null, null, null],
    ],
  });
  const [, first, second] = await readRows(bytes);
  expect(first).toEqual([new Date('2026-11-02'), new Date('2026-11-22T01:30:00Z'), 185_000.5, 0.87, 3]);
  // Before 2016 Istanbul had winter time.
  expect(second).toEqual([new Date('1960-02-29'), new Date('2015-01-15T14:00:00Z'), -0.05, 0, 0]);
  const stylesheet = await partOf(bytes, 'xl/styles.xml');
  expect(stylesheet).toContain(String.raw`formatCode="dd\.mm\.yyyy"`);
});

test.each(['=1+1', '=HYPERLINK("http://x","y")', '+90 532', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
  'what could be read as a formula is text with the mark of an apostrophe: %j',
  async (value) => {
    const { bytes } = await write(texts(value, 'düz'));
    const sheet = await partOf(bytes, 'xl/worksheets/sheet1.xml');
    expect(sheet).not.toContain('<f>');
    expect(sheet).toContain('<c r="A2" s="3" t="inlineStr">');
    expect(sheet).toContain('<c r="A3" s="2" t="inlineStr">');
    const quoted =
      (await partOf(bytes, 'xl/styles.xml')).match(/<xf [^>]*>/g)?.filter((xf) => !xf.includes('xfId'))
        .length ?? 0;
    const formats = (await partOf(bytes, 'xl/styles.xml')).match(/<xf [^>]*xfId[^>]*>/g) ?? [];
    expect(quoted).toBe(1);
    expect(formats[3]).toContain('quotePrefix="1"');
  },
);

test('markup, quotes, emoji and right-to-left marks come back as they were', async () => {
  const values = [
    '<b>&amp;"x"</b>',
    "O'Neil {{x}}",
    '👩‍🔧 \u202eters',
    ' boşluk ',
    'satır\nsonu',
    'Ş'.repeat(300),
  ];
  expect(await readTexts(...values)).toEqual(values);
});

test('characters that XML cannot hold are escaped the way spreadsheets do, and half characters are replaced', async () => {
  const sheet = await partOf(
    (await write(texts('a\u0000b\u0007c', '_x0041_', 'x\ud800y'))).bytes,
    'xl/worksheets/sheet1.xml',
  );
  expect(sheet).toContain('a_x0000_b_x0007_c');
  expect(sheet).toContain('_x005F_x0041_');
  expect(sheet).toContain('x\ufffdy');
});

test('a text longer than a cell can hold is cut, visibly', async () => {
  const [cut] = await readTexts('x'.repeat(40_000));
  expect(cut).toHaveLength(32_767);
  expect(String(cut).endsWith('…')).toBe(true);
});

test('the heading is frozen and filters the rows', async () => {
  const sheet = await partOf((await write(texts('a', 'b'))).bytes, 'xl/worksheets/sheet1.xml');
  expect(sheet).toContain('<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>');
  expect(sheet).toContain('<autoFilter ref="A1:A3"/>');
});

test('a printed sheet is one landscape page wide and repeats its heading; a long text goes on below', async () => {
  const columns = [{ heading: 'adres', kind: 'text' as const, width: 20, folded: true as const }];
  const rows = [['kısa'], ['=uzun '.repeat(10)], ['bir\niki\nüç']];
  const { bytes } = await write({ name: '01_A', columns, rows });
  const sheet = await partOf(bytes, 'xl/worksheets/sheet1.xml');
  expect(sheet).toContain('<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>');
  expect(sheet).toContain('<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>');
  const form = (await write({ ...texts('a'), form: true })).bytes;
  expect(await partOf(form, 'xl/worksheets/sheet1.xml')).not.toContain('fitToPage');
  expect(sheet).toContain('<col min="1" max="1" width="20"');
  expect(sheet).toContain('<row r="2"><c r="A2" s="9"');
  expect(sheet).toContain('<row r="3" ht="52"><c r="A3" s="10"');
  expect(sheet).toContain('<row r="4" ht="39">');
  const formats = (await partOf(bytes, 'xl/styles.xml')).match(/<xf [^>]*xfId.*?(?:\/>|<\/xf>)/g) ?? [];
  for (const style of [9, 10]) expect(formats[style]).toContain('wrapText="1"');
  expect(formats[10]).toContain('quotePrefix="1"');
  expect(await partOf(bytes, 'xl/workbook.xml')).toContain(
    `<definedName name="_xlnm.Print_Titles" localSheetId="0">'01_A'!$1:$1</definedName>`,
  );
});

test('rows are counted by sheet, and the sheets keep their order', async () => {
  const { bytes, counts } = await write({ ...texts('a', 'b'), name: '02_B' }, { ...texts(), name: '01_A' });
  expect(counts).toEqual({ '02_B': 2, '01_A': 0 });
  expect((await readXlsxFile(bytes)).map(({ sheet }) => sheet)).toEqual(['02_B', '01_A']);
});

test('the same sheets give the same bytes', async () => {
  expect((await write(texts('a'))).bytes.equals((await write(texts('a'))).bytes)).toBe(true);
});

test.each([['Müşteriler'], ['x'.repeat(32)], ['a/b'], ['']])(
  'a sheet name that some program refuses is refused: %j',
  async (name) => {
    await expect(write({ ...texts(), name })).rejects.toThrow('Sheet names');
  },
);

test.each([
  ['day', '2026-13-01'],
  ['day', 5],
  ['instant', 'yesterday'],
  ['amount', '12'],
  ['number', 'x'],
] as const)(
  'a value that is not a %s fails, naming the column and not the value: %s',
  async (kind, value) => {
    const sheet: Sheet = { name: 'a', columns: [{ heading: 'sütun', kind }], rows: [[value]] };
    await expect(write(sheet)).rejects.toThrow(/^Sheet a, column sütun: a value does not fit its column$/);
  },
);

test('a hundred thousand rows go through without being held', async () => {
  const row = Array.from({ length: 10 }, (_, index) => `değer ${index}`);
  function* rows(): Generator<string[]> {
    for (let n = 0; n < 100_000; n += 1) yield row;
  }
  const columns = row.map((heading) => ({ heading, kind: 'text' as const }));
  const out = new PassThrough();
  out.resume();
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const counts = await createWorkbookWriter().write(
    [{ name: 'a', columns, rows: rows() }],
    { title: 'x', asOf: AS_OF },
    out,
  );
  expect(counts).toEqual({ a: 100_000 });
  expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
});
