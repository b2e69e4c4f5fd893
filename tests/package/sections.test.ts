import { buffer } from 'node:stream/consumers';
import { PassThrough } from 'node:stream';

import readXlsxFile from 'read-excel-file/node';

import { CUSTOMER_TYPES } from '../../domain/customer';
import { NO_PARTS, type PackageParts } from '../../domain/package-parts';
import { PACKAGE_PROFILES, type PackageProfile } from '../../domain/package-manifest';
import { LANGUAGES } from '../../locales';
import { isPictured } from '../../operations/package-paper-lines';
import { ofCustomer, partTables } from '../../operations/package-parts';
import { summaryCollector } from '../../operations/package-summary';
import { customerFile as fileOf } from '../../operations/package-reports';
import { packageWords } from '../../operations/package-words';
import type { PackageItem } from '../../operations/package-snapshot';
import { workbookModel, type Items } from '../../operations/package-workbook';
import { createWorkbookWriter } from '../../stores/xlsx';
import { renderCustomerFile, renderSummaryReport } from '../../templates/reports';
import { workbookSheets, workbookTitle } from '../../templates/workbook';
import {
  CUSTOMER,
  frameOf,
  fromSources,
  FROZEN,
  ITEM,
  KEPT,
  noVolumes,
  NUMBER,
  numbered,
  RULES,
  SECTIONS,
  withRules,
} from './sample-frozen';
import { FRAME, SCOPE, customerFile, summaryReport } from './sample-reports';

const FILE_PARTS = { masak: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], maliye: [1, 2, 7, 12] };

describe.each(PACKAGE_PROFILES)('for %s', (profile) => {
  test.each(LANGUAGES)(
    'the report has its sections in order, and its contents list the same, in %s',
    (language) => {
      const html = renderSummaryReport({ ...summaryReport(2), frame: frameOf(profile) }, language);
      expect(html).toContain('id="s0"');
      expect(numbered(html)).toEqual(SECTIONS[profile]);
      const heads = [...html.matchAll(/<h2 id="s\d+">(.*?)<\/h2>/g)].map(([, head]) => head);
      const contents = [...html.matchAll(/<a href="#s\d+">(.*?)<\/a>/g)].map(([, entry]) => entry);
      expect(contents).toEqual(heads);
    },
  );

  test.each(LANGUAGES)('a customer’s file has its parts in order in %s', (language) => {
    const html = renderCustomerFile({ ...customerFile(), frame: frameOf(profile) }, language);
    expect(numbered(html)).toEqual(FILE_PARTS[profile]);
  });
});

test('the section on payments names the amount of the policy in force, and none where there was none', () => {
  const report = { ...summaryReport(1), frame: frameOf('maliye') };
  expect(renderSummaryReport(report, 'tr')).toContain(
    '12 · Ödeme tevsiki: 30.000,00 ₺ üzeri işlemler ve dekontlar',
  );
  const without = { ...report, frame: { ...report.frame, paymentEvidenceKurus: null } };
  expect(renderSummaryReport(without, 'tr')).toContain('12 · Ödeme tevsiki: ödemeler ve dekontlar');
});

test('a sample is described so that it can be drawn again', () => {
  const sample = { rule: 'sha256(seed:code)', seed: 'tohum-7', size: 3, population: 'A-01 – A-60 (60)' };
  const html = renderSummaryReport(
    { ...summaryReport(3), scope: { ...SCOPE, population: 60, sample } },
    'tr',
  );
  for (const text of ['tohum-7', 'A-01 – A-60 (60)', 'Evren (60 müşteri)']) expect(html).toContain(text);
  expect(html).not.toContain('Örnekleme yapılmamıştır');
});

test.each([
  [null, [], null],
  ['A-01', [], 'Bunlardan yalnız aşağıda adı verilenler alınmıştır.'],
  [null, SCOPE.filter, 'Bunlardan yalnız aşağıdaki süzgece uyanlar alınmıştır.'],
])('the report says that not everybody of the period was taken: %s %j', (named, filter, said) => {
  const html = renderSummaryReport({ ...summaryReport(1), scope: { ...SCOPE, named, filter } }, 'tr');
  if (said === null) expect(html).not.toContain('Bunlardan yalnız');
  else expect(html).toContain(said);
});

async function* nobody(): AsyncGenerator<PackageItem> {}

async function workbook(profile: PackageProfile, parts: PackageParts, items: Items = nobody) {
  const frame = { ...FROZEN, profile };
  const model = workbookModel(frame, frameOf(profile), items, packageWords('tr'), fromSources(parts));
  const out = new PassThrough();
  const properties = { title: workbookTitle(model.frame, 'tr'), asOf: model.frame.asOf };
  const [, bytes] = await Promise.all([
    createWorkbookWriter().write(workbookSheets(model, 'tr'), properties, out),
    buffer(out),
  ]);
  const sheets = await readXlsxFile(bytes);
  return new Map<string, readonly (readonly unknown[])[]>(sheets.map(({ sheet, data }) => [sheet, data]));
}

/** Sheets and columns as the dossier names them (D-7.2); a star marks what is MASAK's alone. */
const SHEETS: Record<string, string> = {
  '01_Musteriler':
    'musteri_kodu tip unvan_ad soyad tckn_vkn_ykn dogum_tarihi uyruk meslek_faaliyet il ilce adres telefon eposta durum tetik risk* kns* kayit_tarihi son_islem sonraki_guncelleme eksiksizlik eksikler',
  '02_Belgeler':
    'musteri_kodu belge_turu belge_no duzenlenme gecerlilik asli_goruldu goren gorulme_zamani dosya_adi sha256',
  '03_Temsilciler': 'musteri_kodu ad_soyad kimlik_no sifat dayanak baslangic bitis imza_sekli',
  '04_GercekFaydalanici*': 'musteri_kodu ad_soyad kimlik_no uyruk yontem pay_yuzde zincir belge tarih',
  '05_Islemler':
    'islem_no tarih_saat sube yon urun ayar gram adet seri_no brut_tl doviz kur musteri_kodu temsilci form_no tetik grup_no belge_turu belge_no',
  '06_BaglantiliGruplar*': 'grup_no kural ilk_islem son_islem adet toplam_tl esik karar karar_veren gerekce',
  '07_Odemeler': 'islem_no odeme_sekli tutar odeyen iban_pos_ref dekont_no tevsik_durumu',
  '08_Eksikler': 'musteri_kodu alan dayanak ilk_tespit son_hatirlatma asama kapanis',
  '09_Dogrulamalar*': 'musteri_kodu yontem kaynak istek_ozeti sonuc zaman personel',
  '10_Risk*': 'musteri_kodu puan seviye faktorler surum onaylayan tarih',
  '11_Guncellemeler*': 'musteri_kodu tur planlanan tamamlanan sonuc',
  '12_Taramalar*': 'musteri_kodu liste liste_surumu skor sonuc gerekce kapatan zaman',
  '13_DegisiklikIzi': 'zaman personel nesne alan onceki_ozet yeni_ozet sebep',
  '14_Parametreler': 'ad deger gecerlilik_bas gecerlilik_bit dayanak',
};

test.each(PACKAGE_PROFILES)(
  'the workbook for %s has the sheets and columns of the dossier',
  async (profile) => {
    const kept = (name: string) => profile === 'masak' || !name.endsWith('*');
    const plain = (name: string) => name.replace('*', '');
    const sheets = await workbook(profile, KEPT);
    const names = Object.keys(SHEETS).filter(kept).map(plain);
    expect([...sheets.keys()]).toEqual(['00_Kapak', ...names, '15_Eksiksizlik', '99_Sozluk']);
    for (const [name, columns] of Object.entries(SHEETS).filter(([sheet]) => kept(sheet)))
      expect([name, sheets.get(plain(name))?.[0]]).toEqual([
        name,
        columns.split(' ').filter(kept).map(plain),
      ]);
  },
);

test('a source that keeps records fills sheet, section and file, and without one each says so', async () => {
  const absent = await workbook('masak', NO_PARTS);
  const cover = absent.get('00_Kapak')?.map((row) => row.join(': ')) ?? [];
  for (const name of ['05_Islemler', '06_BaglantiliGruplar', '07_Odemeler', '12_Taramalar']) {
    expect(absent.has(name)).toBe(false);
    expect(cover).toContain(`yer almayan sayfa: ${name}: bu sistemde böyle bir kayıt tutulmamaktadır`);
  }
  const sheets = await workbook('masak', KEPT);
  const [headings = [], row = []] = sheets.get('05_Islemler') ?? [];
  const transaction = Object.fromEntries(headings.map((heading, index) => [String(heading), row[index]]));
  expect(transaction).toMatchObject({
    islem_no: 'ISL-1',
    seri_no: '000123',
    brut_tl: 190_000.5,
    gram: 12.5,
    // A formula of somebody's making stays text.
    belge_no: '=1+1',
  });
  expect(sheets.get('00_Kapak')?.flat()).not.toContain('yer almayan sayfa');

  const parts = await partTables(fromSources(KEPT));
  const report = { ...summaryReport(1), parts };
  const masak = renderSummaryReport(report, 'tr');
  for (const text of [
    'ISL-1',
    '190.000,50 ₺',
    'GRP-1',
    'BM listesi',
    'Kimlik tespiti',
    'Süresi dolan dosyalar',
  ])
    expect(masak).toContain(text);
  for (const sentence of [
    'işlem kaydı tutulmamaktadır',
    'liste taraması kaydı',
    'imha tutanağı kaydı',
    'eğitim ve iç kontrol kaydı',
  ])
    expect(masak).not.toContain(`Bu sistemde ${sentence}`);
  const maliye = renderSummaryReport({ ...report, frame: frameOf('maliye') }, 'tr');
  for (const text of ['havale', 'KMTS-5']) expect(maliye).toContain(text);
  expect(maliye).not.toContain('BM listesi');

  const own = await partTables(ofCustomer(fromSources(KEPT), CUSTOMER));
  const others = await partTables(ofCustomer(fromSources(KEPT), 'KYM-2026-000002'));
  expect(renderCustomerFile({ ...customerFile(), parts: own }, 'tr')).toContain('ISL-1');
  expect(renderCustomerFile({ ...customerFile(), parts: others }, 'tr')).not.toContain('ISL-1');
});

test('who was left out stands there with the reason, in a code’s words or in the officer’s own', async () => {
  const scope = {
    branches: [],
    customers: null,
    included: [{ code: 'K-3', reason: 'şikâyet üzerine' }],
    excluded: [{ code: 'K-2', reason: 'inceleme dışında' }],
    population: 2,
    sample: null,
    note: 'Yıllık denetim',
    supersedes: 'DP-2026-0001',
    fixWindow: null,
  };
  const frame = { ...FROZEN, outside: ['K-1'], scope };
  const report = await summaryCollector(frame, FRAME, packageWords('tr'), noVolumes).report();
  expect(report.exclusions).toEqual([
    { customerCode: 'K-1', reason: 'Dosya dönemin dışında kalıyor' },
    { customerCode: 'K-2', reason: 'inceleme dışında' },
  ]);
  const html = renderSummaryReport(report, 'tr');
  for (const text of ['şikâyet üzerine', 'Yıllık denetim', 'DP-2026-0001']) expect(html).toContain(text);
});

test.each([
  ['2026-11-23T09:00:00.000Z', 'Süre, dolmadan önce 23.11.2026 12:00 anında sona erdirilmiştir.'],
  ['2026-11-24T21:00:04.000Z', null],
])('a fix window that ended at %s says when it did where it ended early', async (endedAt, said) => {
  const fixWindow = { days: 2, until: '2026-11-24T21:00:00.000Z', endedAt };
  const scope = {
    branches: [],
    customers: null,
    included: [],
    excluded: [],
    population: 1,
    sample: null,
    note: null,
    supersedes: null,
    fixWindow,
  };
  const report = await summaryCollector({ ...FROZEN, scope }, FRAME, packageWords('tr'), noVolumes).report();
  const html = renderSummaryReport(report, 'tr');
  expect(html).toContain('25.11.2026 00:00');
  if (said === null) expect(html).not.toContain('dolmadan');
  else expect(html).toContain(said);
});

test('a file without forms says where one on paper is among its documents', () => {
  const [paper] = ITEM.documents;
  if (paper === undefined) throw new Error('The sample has a document');
  const said = (state: 'current' | 'withdrawn') => {
    const documents = [{ ...paper, kind: 'kyc_form' as const, state }];
    const { papers: _, ...withoutForms } = { ...ITEM, documents };
    return renderCustomerFile(fileOf(withoutForms, withRules, packageWords('tr')), 'tr');
  };
  expect(said('current')).toContain('kâğıt üzerindeki form belgeler arasındadır');
  expect(said('current')).not.toContain('Düzenlenmiş form yoktur.');
  expect(said('withdrawn')).toContain('Düzenlenmiş form yoktur.');
});

test.each([
  ['approve', 'Umut Uyum'],
  ['reject', null],
] as const)('after the decision %s the workbook names as approver of a rating: %s', async (decision, by) => {
  async function* items() {
    yield { ...ITEM, decisions: ITEM.decisions.map((one) => ({ ...one, decision })) };
  }
  const [headings = [], row = []] = (await workbook('masak', NO_PARTS, items)).get('10_Risk') ?? [];
  expect(row[headings.indexOf('onaylayan')]).toBe(by);
});

test('papers that are not current stand in the workbook with their state in the place of a file', async () => {
  const [paper] = ITEM.documents;
  if (paper === undefined) throw new Error('The sample has a document');
  const documents = [
    paper,
    { ...paper, state: 'withdrawn' as const, path: null },
    { ...paper, state: 'replaced' as const, path: null },
  ];
  async function* items() {
    yield { ...ITEM, documents };
  }
  const sheets = await workbook('masak', NO_PARTS, items);
  const column = sheets.get('02_Belgeler')?.[0]?.indexOf('dosya_adi') ?? -1;
  expect(sheets.get('02_Belgeler')?.map((row) => row[column])).toEqual([
    'dosya_adi',
    paper.path,
    '(geri çekildi)',
    '(yenilendi)',
  ]);
});

describe.each(CUSTOMER_TYPES)('a file of the type %s', (type) => {
  test.each(LANGUAGES)(
    'has every part, in words and without an identity number in clear, in %s',
    (language) => {
      const file = fileOf({ ...ITEM, type }, withRules, packageWords(language));
      const html = renderCustomerFile(file, language);
      expect(html).not.toContain(NUMBER);
      for (const text of [
        'FRM-2026-000001',
        'T2 · ',
        'KVKK-3',
        'KYM-2026-000099',
        'Veli Öğüt',
        '2026.11.2',
        'R-2 – R-3 (2)',
      ])
        expect(html).toContain(text);
      expect(html).not.toMatch(/top_executive|counter_screen|>joint<|public_influence_foreign/);
    },
  );
});

test('the tax office’s file says nothing of public influence, origin of money and on whose behalf', () => {
  const record = {
    ...ITEM.record,
    publicInfluence: { kind: 'foreign', office: 'Bakan' },
    sourcesOfFunds: ['salary'],
    sourceOfWealth: 'miras',
  };
  const values = ['publicInfluence.kind', 'phone'].map((field) => ({ field, value: 'x', on: '2026-11-24' }));
  const light = { format: 'green', checksum: 'green', register: 'grey', simulated: false } as const;
  const identities = ['tckn', 'onBehalfOf.vkn'].map((field) => ({ field, ...light }));
  const item = { ...ITEM, record, lights: { identities }, late: { ...ITEM.late!, values } };
  const file = (profile: PackageProfile) => fileOf(item, { ...withRules, profile }, packageWords('tr'));
  const labels = (profile: PackageProfile) => file(profile).identity.map(({ label }) => label);
  const declared = ['Kamusal nüfuz durumu', 'Kamusal görev', 'Fonların kaynakları', 'Servetin kaynağı'];
  const masak = labels('masak');
  expect(masak).toEqual(expect.arrayContaining([...declared, 'Hesabına hareket edilen']));
  expect(labels('maliye')).toEqual(
    masak.filter((label) => ![...declared, 'Hesabına hareket edilen'].includes(label)),
  );
  const late = (profile: PackageProfile) => file(profile).late?.values.map(({ field }) => field);
  expect(late('masak')).toEqual(['Kamusal nüfuz durumu', 'Telefon']);
  expect(late('maliye')).toEqual(['Telefon']);
  expect(file('masak').lights).toHaveLength(2);
  expect(file('maliye').lights).toMatchObject([{ label: 'T.C. kimlik no' }]);
});

test('a partner’s share is written as the language writes it, and a country beside its address', () => {
  const person = { givenNames: 'Ali', surname: 'Işık' };
  const record = { address: { line: 'Cadde 1', country: 'TUR' }, partners: [{ person, share: 12.5 }] };
  const rows = (language: 'tr' | 'en') =>
    fileOf({ ...ITEM, type: 'unincorporated', record }, withRules, packageWords(language)).identity;
  expect(rows('tr').at(-1)).toEqual({ label: 'Ortaklar', value: 'Ali Işık (%12,5)' });
  expect(rows('en').at(-1)).toEqual({ label: 'Partners', value: 'Ali Işık (12.5%)' });
  const labels = rows('en').map(({ label }) => label);
  expect(labels.indexOf('Country')).toBe(labels.indexOf('Province') + 1);
});

test('an old identity card is shown as a picture only where its special categories are covered', () => {
  const pictures = new Map([['aa'.repeat(32), 'data:image/jpeg;base64,AAAA']]);
  const unmasked = fileOf(ITEM, withRules, packageWords('tr'));
  expect(unmasked.pictures).toEqual([
    expect.objectContaining({ source: null, note: expect.stringContaining('din ve kan grubunun') as string }),
  ]);
  expect(isPictured(ITEM, ITEM.documents[0]!)).toBe(false);
  const masked = { ...ITEM, papers: { ...ITEM.papers!, masked: ['aa'.repeat(32)] } };
  expect(isPictured(masked, masked.documents[0]!)).toBe(true);
  const file = fileOf(masked, withRules, packageWords('tr'), { parts: unmasked.parts, pictures });
  expect(renderCustomerFile(file, 'tr')).toContain('<img src="data:image/jpeg;base64,AAAA"');
});

test('a paper without a picture is in the package, and of a file printed alone in the record', () => {
  const documents = ITEM.documents.map((paper) => ({ ...paper, mediaType: 'application/pdf' as const }));
  const notes = (packageNo: string | null) =>
    fileOf({ ...ITEM, documents }, { ...withRules, packageNo } as typeof withRules, packageWords('tr'))
      .pictures;
  expect(notes('DP-2026-0001')).toMatchObject([{ note: 'Kaydedildi; dosyası pakettedir.' }]);
  expect(notes(null)).toMatchObject([{ note: 'Kaydedildi; dosyası müşteri kaydındadır.' }]);
});

test('what came inside the fix window is shown apart with its day and stays missing', () => {
  const file = fileOf(ITEM, withRules, packageWords('tr'));
  expect(file.statement).toMatchObject({ met: 0, missing: 1, notApplicable: 2 });
  const html = renderCustomerFile(file, 'tr');
  expect(html).toContain('Denetim öncesi tamamlandı: 24.11.2026');
  expect(html).toContain('+905321112233');
});

test('high risk, influence, who acts for whom and forms about transactions reach the report', async () => {
  const frame = { ...FROZEN, requirements: RULES };
  const collector = summaryCollector(frame, withRules, packageWords('tr'), noVolumes);
  await collector.add(ITEM);
  const report = await collector.report();
  expect(report.heightened).toEqual([
    expect.objectContaining({ risk: 'high', influence: 'yabancı', approvedBy: 'Umut Uyum' }),
  ]);
  expect(report.onBehalf).toEqual([expect.objectContaining({ principal: 'Veli Öğüt' })]);
  expect(report.completeness).toMatchObject({
    totals: { product: 3, met: 0, missing: 1, notApplicable: 2, completedLate: 1 },
    byRequirement: [expect.objectContaining({ id: 'R-1', confidence: 'teyit edilecek' })],
    unasked: 'R-2 – R-3 (2)',
  });
  const html = renderSummaryReport(report, 'tr');
  expect(html).toContain('1 müşteri × 3 gereklilik &#x3D; 3: 0 karşılandı + 1 eksik + 2 uygulanmaz.');
  expect(html).toContain('satış · Altın · 33,4 g · 200.000,00 ₺');
  expect(html).not.toContain(NUMBER);
});
