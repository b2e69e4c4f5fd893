import ExcelJs from 'exceljs';

import { isVkn } from '../../domain/identity-numbers';
import { listCustomers } from '../../operations/customer-list';
import { readCustomer } from '../../operations/customers';
import { openSheets } from '../../stores/sheet-reader';
import { columnLetters } from '../../domain/workbook';
import { rawWorkbook, textSheet, workbookFile } from '../stores/sheet-files';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { inventedTckn } from '../workflows/files';
import { workOnImport } from './import-steps';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
let staff: TestUser;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  [officer, staff] = [await dealer.addUser('officer'), await dealer.addUser('staff')];
}, 60_000);

const DAY = 86_400_000;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

async function upload(file: Buffer, fields: Record<string, string> = {}, who = officer) {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(file)], { type: XLSX }), 'müşteriler.xlsx');
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return api.call('POST', '/api/v1/imports', { token: who.token, raw: form });
}

const work = (importId: string) => workOnImport(installation, { dealerId: dealer.dealerId, importId });

const HEAD = [
  'musteri_no',
  'tip',
  'tetik',
  'unvan_ad',
  'soyad',
  'tckn_vkn_ykn',
  'dogum_tarihi',
  'il',
  'telefon',
];
const person = (no: string, seed: number, ...rest: (string | null)[]): (string | null)[] => [
  no,
  'Gerçek kişi (T.C.)',
  'Sürekli iş ilişkisi',
  'Işıl',
  `Örnek${seed}`,
  inventedTckn(seed),
  ...(rest.length > 0 ? rest : ['17.05.1990', 'İstanbul', '0532 111 22 33']),
];

/** A tax number that begins with a zero. */
const LOST_ZERO =
  ['0123456', '0000001']
    .flatMap((start) => Array.from({ length: 1000 }, (_, n) => `${start}${String(n).padStart(3, '0')}`))
    .find(isVkn) ?? '';

async function download(path: string, who = officer): Promise<Buffer> {
  const response = await fetch(api.url + path, {
    headers: { authorization: `Bearer ${who.token}` },
    signal: AbortSignal.timeout(20_000),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`${path} → ${response.status}: ${bytes.toString()}`);
  return bytes;
}

const read = (id: string) => api.call('GET', `/api/v1/imports/${id}`, { token: officer.token });

test('a file is checked, its good rows become records on a word, and its bad rows come back with cell addresses', async () => {
  const file = await workbookFile([
    textSheet('Musteriler', [
      HEAD,
      ['ÖRNEK', 'Şirket', 'Gönüllü', 'Örnek', null, null, null, null, null],
      person('1', 901),
      person('2', 902, '31.02.1990', 'İstanbul', null),
      ['3', 'Dükkân', 'Gönüllü', '=cmd|calc', null, null, null, null, null],
      ['4', 'company', 'continuous', 'Örnek Ticaret', null, LOST_ZERO.slice(1), null, 'Atlantis', null],
      ['5', 'company', 'voluntary', 'Örnek', 'Soyadı olmaz', '2222222222', null, null, null],
    ]),
    textSheet('Temsilciler', [
      ['musteri_no', 'ad', 'soyad', 'sifat', 'bitis'],
      ['4', '=HYPERLINK("http://x")', 'Örnek', 'director', '01.01.2035'],
      ['99', 'Kimsesiz', 'Örnek', null, null],
    ]),
  ]);
  const started = await upload(file);
  expect(started).toMatchObject({ status: 202, body: { status: 'checking', fileName: 'müşteriler.xlsx' } });
  const id = String(started.body['id']);
  expect(started.headers.get('location')).toBe(`/api/v1/imports/${id}`);
  expect(api.importsWoken).toContain(id);

  await work(id);
  const checked = await read(id);
  expect(checked.body).toMatchObject({
    status: 'checked',
    counts: { total: 5, ok: 1, warnings: 1, errors: 3, created: 0 },
  });
  const problems = checked.body['problems'] as unknown as { cell: string; code: string }[];
  expect(problems.map(({ cell, code }) => `${cell} ${code}`)).toEqual([
    'G4 not_a_day',
    'B5 unknown_type',
    'F6 lost_leading_zero',
    'E7 not_for_type',
    'F7 filler',
    'Temsilciler!A3 unknown_key',
  ]);
  const before = await dealer.run(async (tx) => (await listCustomers(tx, { limit: 100 })).data.length);
  expect(before).toBe(0);

  expect(
    (await api.call('POST', `/api/v1/imports/${id}/commit`, { token: officer.token, body: {} })).status,
  ).toBe(202);
  await work(id);
  expect((await read(id)).body).toMatchObject({ status: 'done', counts: { created: 2 } });
  const created = await dealer.run(async (tx) => {
    const { data } = await listCustomers(tx, { limit: 100, sort: 'code' });
    return Promise.all(data.map((row) => readCustomer(tx, row.id)));
  });
  expect(created.map(({ displayName, status }) => `${displayName} ${status}`)).toEqual([
    'Işıl Örnek901 onboarding',
    'Örnek Ticaret onboarding',
  ]);
  expect(created[1]?.record).toMatchObject({
    representatives: [
      {
        person: { givenNames: '=HYPERLINK("http://x")', surname: 'Örnek' },
        authority: { kind: 'director', until: '2035-01-01' },
      },
    ],
  });
  expect(created[1]?.findings.map(({ field }) => field)).toContain('vkn');

  const returned = await download(`/api/v1/imports/${id}/errors`);
  const rows = await sheetTexts(returned, 'Musteriler');
  expect(rows.map((row) => row[0])).toEqual(['musteri_no', '2', '3', '5']);
  expect(rows[1]?.at(-1)).toBe('G4: Tarih değil (örnek: 31.12.1990).');
  expect(rows[2]?.[3]).toBe('=cmd|calc');
  const strays = await sheetTexts(returned, 'Temsilciler');
  expect(strays.map((row) => row[0])).toEqual(['musteri_no', '99']);
});

async function sheetTexts(file: Buffer, name: string): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  for await (const { cells } of (await openSheets(file)).rows(name)) {
    rows.push(Array.from(cells, (cell) => (cell?.kind === 'text' ? cell.text : null)));
  }
  return rows;
}

test('the same file again is the same import, and only an officer may bring one', async () => {
  const file = await workbookFile([textSheet('Musteriler', [HEAD, person('1', 911)])]);
  const first = await upload(file);
  const again = await upload(file);
  expect(again.body['id']).toBe(first.body['id']);
  expect((await upload(file, {}, staff)).status).toBe(403);
  await work(String(first.body['id']));
  const cancelled = await api.call('POST', `/api/v1/imports/${String(first.body['id'])}/cancel`, {
    token: officer.token,
    body: {},
  });
  expect(cancelled.body).toMatchObject({ status: 'cancelled' });
  const anew = await upload(file);
  expect(anew.body['id']).not.toBe(first.body['id']);
});

test('without a dry run the good rows are opened at once, in the name of who brought the file', async () => {
  const file = await workbookFile([textSheet('Musteriler', [HEAD, person('1', 921), person('2', 921)])]);
  const id = String((await upload(file, { dryRun: 'false' })).body['id']);
  await work(id);
  const done = await read(id);
  expect(done.body).toMatchObject({ status: 'done', counts: { total: 2, created: 2, warnings: 1 } });
  expect(done.body['problems']).toEqual([
    {
      cell: 'F3',
      code: 'repeated_in_file',
      severity: 'warning',
      message: 'Bu kimlik numarası dosyada daha önce geçiyor.',
    },
  ]);
  const [author] = await dealer.run((tx) =>
    tx
      .sql('import_rows as r')
      .join('customer_versions as v', (on) => on.on('v.customer_id', 'r.customer_id'))
      .where({ 'r.import_id': id })
      .select('v.author_id'),
  );
  expect(author).toEqual({ author_id: officer.userId });
});

test.each<[code: string, file: () => Promise<Buffer> | Buffer, pointer: string]>([
  ['not_a_sheet', () => Buffer.from('%PDF-1.7\u0000'), '/file'],
  ['unknown_heading', () => workbookFile([textSheet('Musteriler', [['tip', 'tetik', 'burcu']])]), '/file/C1'],
  ['heading_twice', () => workbookFile([textSheet('Musteriler', [['tip', 'tetik', 'Tip']])]), '/file/C1'],
  ['missing_heading', () => workbookFile([textSheet('Musteriler', [['tip', 'soyad']])]), '/file/A1'],
  [
    'unknown_sheet',
    () => workbookFile([textSheet('Musteriler', [HEAD]), textSheet('Temsilci', [['ad']])]),
    '/file',
  ],
  ['macros', () => rawWorkbook('<sheetData/>', { 'xl/vbaProject.bin': 'x' }), '/file'],
])(
  '%s: a file that cannot be read is refused at once, and nothing of it is kept',
  async (code, file, pointer) => {
    const refused = await upload(await file());
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer, code }] } });
    const [{ count } = { count: -1 }] = (await dealer.run((tx) =>
      tx.sql('imports').where({ format: 'csv' }).count('* as count'),
    )) as { count: number }[];
    expect(count).toBe(0);
  },
);

test('a workbook that betrays itself only while it is read fails with a reason, and its file goes', async () => {
  const head = HEAD.map(
    (heading, index) => `<c r="${columnLetters(index)}1" t="inlineStr"><is><t>${heading}</t></is></c>`,
  );
  // Far enough behind the headings that these are read without it.
  const rows = Array.from(
    { length: 5000 },
    (_, n) => `<row r="${n + 2}"><c r="A${n + 2}"><v>${n}</v></c></row>`,
  );
  const file = await rawWorkbook(
    `<sheetData><row r="1">${head.join('')}</row>${rows.join('')}</sheetData><mergeCells><mergeCell ref="A3:B3"/></mergeCells>`,
  );
  const id = String((await upload(file)).body['id']);
  await work(id);
  expect((await read(id)).body).toMatchObject({
    status: 'failed',
    errorCode: 'merged_cells',
    errorMessage: 'Birleştirilmiş hücre var; hücreleri çözüp kaydedin.',
    hasErrorFile: false,
  });
  const [row] = await dealer.run((tx) => tx.sql('imports').where({ id }).select('address'));
  expect(row).toEqual({ address: null });
});

test('what nobody gives a word for ends by itself after a week, and an ended file goes after a month', async () => {
  const id = String(
    (await upload(await workbookFile([textSheet('Musteriler', [HEAD, person('1', 931)])]))).body['id'],
  );
  await work(id);
  const before = installation.clock.now();
  installation.clock.moveBy(7 * DAY);
  await work(id);
  expect((await read(id)).body).toMatchObject({ status: 'cancelled' });
  installation.clock.moveBy(30 * DAY);
  await work(id);
  const [row] = await dealer.run((tx) => tx.sql('imports').where({ id }).select('address'));
  expect(row).toEqual({ address: null });
  installation.clock.moveTo(before);
});

test('the template can be imported as it comes: its example is passed over, and its headings are known', async () => {
  const template = await download('/api/v1/imports/template?format=xlsx');
  const started = await upload(template);
  expect(started.status).toBe(202);
  await work(String(started.body['id']));
  expect((await read(String(started.body['id']))).body).toMatchObject({
    status: 'failed',
    errorCode: 'no_rows',
  });

  const book = new ExcelJs.Workbook();
  await book.xlsx.load(new Uint8Array(template).buffer);
  const sheet = book.getWorksheet('Musteriler');
  expect(sheet?.getCell('B1').text).toBe('tip');
  expect(sheet?.getCell('B1').note).toBe('Zorunlu. Listeden seçin.');
  expect(sheet?.getCell('B7').dataValidation).toMatchObject({
    type: 'list',
    formulae: ['Listeler!$C$2:$C$11'],
  });
  expect(sheet?.getColumn(8).numFmt).toBe('@');
  expect(book.getWorksheet('Listeler')?.state).toBe('hidden');
  expect(book.getWorksheet('Listeler')?.getCell('C2').text).toBe('Gerçek kişi (T.C.)');

  const flat = (await download('/api/v1/imports/template?format=csv&type=company')).toString();
  expect(flat).toContain(';temsilci1_ad;');
  expect(flat).not.toContain('soyad_yok;dogum');
  expect((await upload(Buffer.from(flat))).status).toBe(202);
});

test('a flat file makes the same customer as a workbook', async () => {
  const file = Buffer.from(
    'tip;tetik;unvan_ad;tckn_vkn_ykn;temsilci1_ad;temsilci1_soyad;gf1_ad;gf1_pay_yuzde;gf2_ad;gf2_pay_yuzde;ortak1_ad_unvan;ortak1_pay_yuzde\r\n' +
      "Şirket;Sürekli iş ilişkisi;'=Ilgaz Ticaret;1234567890;Işık;Tığ;Ali;27,5;Veli;%72,5;Ali;100\r\n",
  );
  const id = String((await upload(file, { dryRun: 'false' })).body['id']);
  await work(id);
  const record = await dealer.run(async (tx) => {
    const [row] = await tx
      .sql('import_rows')
      .where({ import_id: id, outcome: 'created' })
      .select('customer_id');
    return (await readCustomer(tx, String((row as { customer_id: string }).customer_id))).record;
  });
  expect(record).toMatchObject({
    title: '=Ilgaz Ticaret',
    representatives: [{ person: { givenNames: 'Işık', surname: 'Tığ' } }],
    beneficialOwners: [
      { person: { givenNames: 'Ali' }, share: 27.5 },
      { person: { givenNames: 'Veli' }, share: 72.5 },
    ],
    shareholders: [{ name: 'Ali', share: 100 }],
  });
});

test('an export holds the rows of the list, typed, and its reason stands in the audit log', async () => {
  const list = await api.call('GET', '/api/v1/customers?type=natural_person_tr&limit=100', {
    token: officer.token,
  });
  const shown = (list.body['data'] as unknown as { code: string }[]).map(({ code }) => code);
  const path = '/api/v1/customers/export?type=natural_person_tr&reason=Denetim';
  const book = new ExcelJs.Workbook();
  await book.xlsx.load(new Uint8Array(await download(path)).buffer);
  const sheet = book.getWorksheet('01_Musteriler');
  const rows = (sheet?.getRows(2, (sheet.rowCount ?? 1) - 1) ?? []).map((row) => row.getCell(1).text);
  expect(rows).toEqual(shown);
  expect(rows.length).toBeGreaterThan(1);
  const first = sheet?.getRow(2);
  expect(first?.getCell(5).value).toMatch(/^\d{11}$/);
  expect(first?.getCell(6).value).toBeInstanceOf(Date);
  expect(typeof first?.getCell(21).value).toBe('number');
  expect(sheet?.autoFilter).toBe(`A1:V${rows.length + 1}`);

  const csv = (await download('/api/v1/customers/export?format=csv&type=company&reason=Denetim')).toString();
  expect(csv).toContain(";'=Ilgaz Ticaret;");
  const refused = await api.call('GET', '/api/v1/customers/export', { token: officer.token });
  expect(refused.status).toBe(400);
  expect((await api.call('GET', path, { token: staff.token })).status).toBe(403);
  const auditor = await dealer.addUser('auditor');
  expect((await api.call('GET', path, { token: auditor.token })).status).toBe(200);
  const entries: { detail: unknown }[] = await dealer.run((tx) =>
    tx.sql('audit_log').where({ event: 'customers.exported' }).orderBy('seq').select('detail'),
  );
  expect(entries[0]?.detail).toEqual({
    format: 'xlsx',
    count: shown.length,
    filter: ['type'],
    reason: 'Denetim',
  });
});

test('two workers that open the records of one file at once open each of them once', async () => {
  const rows = Array.from({ length: 300 }, (_, n) => person(String(n), 5000 + n));
  const id = String(
    (await upload(await workbookFile([textSheet('Musteriler', [HEAD, ...rows])]))).body['id'],
  );
  await work(id);
  await api.call('POST', `/api/v1/imports/${id}/commit`, { token: officer.token, body: {} });
  await Promise.all([work(id), work(id)]);
  expect((await read(id)).body).toMatchObject({ status: 'done', counts: { total: 300, created: 300 } });
  const [{ count } = { count: 0 }] = (await dealer.run((tx) =>
    tx.sql('customers').whereRaw("display_name ~ 'Örnek5[0-2][0-9]{2}$'").count('* as count'),
  )) as { count: number }[];
  expect(count).toBe(300);
});
