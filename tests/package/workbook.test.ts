import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import readXlsxFile from 'read-excel-file/node';

import { createWorkbookWriter } from '../../stores/xlsx';
import { workbookSheets, workbookTitle } from '../../templates/workbook';
import { FRAME, workbookModel } from './sample-reports';

type Read = Record<string, readonly (readonly unknown[])[]>;

async function written(model = workbookModel()): Promise<{ read: Read; counts: Record<string, number> }> {
  const out = new PassThrough();
  const properties = { title: workbookTitle(model.frame, 'tr'), asOf: model.frame.asOf };
  const [counts, bytes] = await Promise.all([
    createWorkbookWriter().write(workbookSheets(model, 'tr'), properties, out),
    buffer(out),
  ]);
  const sheets = await readXlsxFile(bytes);
  return { counts, read: Object.fromEntries(sheets.map(({ sheet, data }) => [sheet, data])) };
}

test('the sheets and headings are those an inspector is promised', async () => {
  const { read } = await written();
  expect(Object.keys(read)).toEqual([
    '00_Kapak',
    '01_Musteriler',
    '02_Belgeler',
    '03_Temsilciler',
    '04_GercekFaydalanici',
    '08_Eksikler',
    '09_Dogrulamalar',
    '10_Risk',
    '11_Guncellemeler',
    '13_DegisiklikIzi',
    '14_Parametreler',
    '99_Sozluk',
  ]);
  expect(read['02_Belgeler']?.[0]).toEqual([
    'musteri_kodu',
    'belge_turu',
    'belge_no',
    'duzenlenme',
    'gecerlilik',
    'asli_goruldu',
    'goren',
    'gorulme_zamani',
    'dosya_adi',
    'sha256',
  ]);
});

test('the tax profile has no sheet and no column that is the business of MASAK', async () => {
  const { read } = await written({ ...workbookModel(), frame: { ...FRAME, profile: 'maliye' } });
  const names = Object.keys(read);
  for (const absent of ['04_GercekFaydalanici', '09_Dogrulamalar', '10_Risk', '11_Guncellemeler']) {
    expect(names).not.toContain(absent);
  }
  expect(read['01_Musteriler']?.[0]).not.toContain('risk');
  expect(read['01_Musteriler']?.[0]).not.toContain('kns');
});

test('sheets without records are named on the cover', async () => {
  const { read } = await written();
  const cover = read['00_Kapak']?.map((row) => row.join(': ')) ?? [];
  expect(cover).toContain('işletme: Şahinoğlu Kuyumculuk İç ve Dış Ticaret Ltd. Şti.');
  for (const absent of ['05_Islemler', '06_BaglantiliGruplar', '07_Odemeler', '12_Taramalar']) {
    expect(cover).toContain(`yer almayan sayfa: ${absent}: bu sistemde böyle bir kayıt tutulmamaktadır`);
  }
});

test('a customer stands there in clear, with words for codes and real dates', async () => {
  const { read, counts } = await written();
  const [headings = [], row = []] = read['01_Musteriler'] ?? [];
  const customer = Object.fromEntries(headings.map((heading, index) => [String(heading), row[index]]));
  expect(customer).toMatchObject({
    musteri_kodu: 'KYM-2026-000001',
    tip: 'gerçek kişi (T.C.)',
    tckn_vkn_ykn: '00123456789',
    dogum_tarihi: new Date('1980-02-29'),
    telefon: '+905321234567',
    durum: 'etkin',
    risk: 'düşük',
    eksiksizlik: 0.87,
  });
  expect(counts).toMatchObject({ '01_Musteriler': 1, '02_Belgeler': 1, '10_Risk': 0 });
});

test('a simulated verification says so in its result', async () => {
  const { read } = await written();
  expect(read['09_Dogrulamalar']?.[1]).toContain('doğru (benzetim)');
});

test('every column of every sheet is explained in the glossary', async () => {
  const { read } = await written();
  const explained = new Set(read['99_Sozluk']?.slice(1).map((row) => row[0]));
  for (const [name, [headings = []]] of Object.entries(read).filter(([sheet]) => /^(0[1-9]|1)/.test(sheet))) {
    for (const heading of headings) expect(explained).toContain(`${name}.${String(heading)}`);
  }
});
