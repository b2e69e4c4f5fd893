import { workOnImport } from '../api/import-steps';
import { textSheet, workbookFile } from '../stores/sheet-files';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { signedIn, textOf, type Page, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let officer: Visitor;
let staff: Visitor;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  officer = await signedIn(api.url, await dealer.addUser('officer'));
  staff = await signedIn(api.url, await dealer.addUser('staff'));
}, 60_000);

const HEAD = ['tip', 'tetik', 'unvan_ad', 'soyad', 'il', 'dogum_tarihi'];
const bring = (content: Buffer, name = 'Müşteri listesi.xlsx') =>
  officer.upload('/imports', {}, { name, content });

async function work({ path }: Page): Promise<void> {
  await workOnImport(installation, { dealerId: dealer.dealerId, importId: path.split('/').at(-1) ?? '' });
}

test('without JavaScript: upload, look at the problems, say the word, and see the records', async () => {
  const file = await workbookFile([
    textSheet('Musteriler', [
      HEAD,
      ['Gerçek kişi (T.C.)', 'Gönüllü', 'Işıl <b>', 'Ağaoğlu', 'Iğdır', '01.02.1990'],
      ['Gerçek kişi (T.C.)', 'Gönüllü', 'Çiğdem', 'Şahin', 'İzmir', '30.02.1990'],
    ]),
  ]);
  const uploaded = await bring(file);
  expect(uploaded.path).toMatch(/^\/imports\/[0-9a-f-]{36}$/);
  expect(textOf(uploaded.html)).toContain('denetleniyor');
  expect(uploaded.html).toContain('http-equiv="refresh"');
  await work(uploaded);

  const checked = await officer.get(uploaded.path);
  expect(textOf(checked.html)).toContain('F3 ✕ hata Tarih değil (örnek: 31.12.1990).');
  expect(textOf(checked.html)).toContain('1 kaydı aç');
  expect(textOf(checked.html)).toContain('Onaylanmazsa');
  expect(checked.html).toContain(`/api/v1${uploaded.path}/errors`);

  const started = await officer.post(`${uploaded.path}/commit`);
  expect(textOf(started.html)).toContain('Kayıtlar açılıyor.');
  await work(uploaded);
  expect(textOf((await officer.get(uploaded.path)).html)).toContain('tamamlandı');
  const list = await officer.get('/customers');
  expect(list.html).toContain('Işıl &lt;b&gt; Ağaoğlu');
  expect(textOf((await officer.get('/imports')).html)).toContain('Müşteri listesi.xlsx');
});

test('a file that is refused says why on the page it came from', async () => {
  const wrong = await bring(await workbookFile([textSheet('Musteriler', [['tip', 'tetik', 'burcu']])]));
  expect(wrong.status).toBe(422);
  expect(textOf(wrong.html)).toContain('Dosya kabul edilmedi C1: Bilinmeyen sütun başlığı var.');
  const none = await bring(Buffer.from('%PDF-1.7\u0000'), 'a.pdf');
  expect(textOf(none.html)).toContain('Dosya bir XLSX ya da CSV dosyası değil.');
  expect((await bring(Buffer.alloc(0), '')).status).toBe(422);
});

test('an import that waits can be cancelled, and staff may look but not act', async () => {
  const page = await bring(
    await workbookFile([textSheet('Musteriler', [HEAD, ['company', 'voluntary', 'Dağ', null, null, null]])]),
  );
  await work(page);
  expect((await staff.get('/imports')).html).not.toContain('type="file"');
  expect((await staff.get(page.path)).html).not.toContain('/commit');
  expect((await staff.post(`${page.path}/commit`)).status).toBe(403);
  const cancelled = await officer.post(`${page.path}/cancel`);
  expect(textOf(cancelled.html)).toContain('Aktarım iptal edildi.');
  expect((await officer.post(`${page.path}/commit`)).status).toBe(409);
});

test('the list offers to be exported as it is filtered, for a reason', async () => {
  const list = await officer.get('/customers?q=agaoglu&type=natural_person_tr');
  expect(list.html).toContain('href="/export?q&#x3D;agaoglu&amp;type&#x3D;natural_person_tr"');
  const page = await officer.get('/export?q=agaoglu&type=natural_person_tr');
  expect(textOf(page.html)).toContain('Listedeki 1 müşteriyi');
  expect(page.html).toContain('name="q" value="agaoglu"');
  const file = await officer.get(
    '/api/v1/customers/export?q=agaoglu&type=natural_person_tr&format=csv&reason=Denetim',
  );
  expect(file.html.split('\r\n')).toHaveLength(3);
  expect((await staff.get('/customers')).html).not.toContain('/export');
  expect((await staff.get('/export')).status).toBe(403);
});
