import { mkdirSync } from 'node:fs';

import { createCustomer, readCustomer } from '../../operations/customers';
import { openDuplicates } from '../../operations/duplicates';
import { mergedFiles } from '../../operations/merge-views';
import { useApi } from '../support/api';
import { useBrowser } from '../support/browser';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { HOSTILE, PERSON } from './files';
import { formAt, signedIn, textOf, valueOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);

let dealer: TestDealer;
let staff: Visitor;
let officer: Visitor;
beforeEach(async () => {
  dealer = await makeDealer(db, installation);
  staff = await signedIn(api.url, await dealer.addUser('staff'));
  officer = await signedIn(api.url, await dealer.addUser('officer'));
});

const open = (changes: Record<string, unknown> = {}) =>
  dealer.run(
    async (tx) =>
      (
        await createCustomer(tx, {
          type: 'natural_person_tr',
          trigger: 'continuous',
          record: { ...PERSON, ...changes },
        })
      ).id,
  );
const form = {
  type: 'natural_person_tr',
  trigger: 'continuous',
  givenNames: 'Başka',
  surname: 'Biri',
  tckn: '100 000 00146',
  birthDate: '',
  phone: '0532 999 00 11',
  email: '',
  branchId: '',
  language: 'tr',
};
const count = () =>
  dealer.run(async (tx) => (await tx.sql('customers').where({ dealer_id: tx.dealerId }).select('id')).length);

test('a clerk is asked before a second file is opened, and loses nothing of what was typed', async () => {
  const id = await open();
  const asked = await staff.post('/customers', form);
  const text = textOf(asked.html);
  expect(text).toContain('Bu kişi kayıtlı olabilir');
  expect(text).toContain('Kimlik veya vergi numarası aynı');
  expect(asked.html).toContain(`href="/customers/${id}"`);
  expect(valueOf(asked.html, 'tckn')).toBe('100 000 00146');
  expect(valueOf(asked.html, 'phone')).toBe('0532 999 00 11');
  expect(await count()).toBe(1);

  const sent = formAt(asked.html, '/customers');
  const opened = await staff.post('/customers', { ...sent, fileAnyway: 'yes' });
  expect(textOf(opened.html)).toContain('Müşteri dosyası açıldı');
  // A second click on the same button is answered with the same file.
  expect((await staff.post('/customers', { ...sent, fileAnyway: 'yes' })).path).toBe(opened.path);
  expect(await count()).toBe(2);
});

test('nobody who resembles nobody is asked anything', async () => {
  await open();
  const opened = await staff.post('/customers', { ...form, tckn: '' });
  expect(textOf(opened.html)).toContain('Müşteri dosyası açıldı');
});

test('a pair stands on both customers’ pages and is dismissed with a reason', async () => {
  const [first, second] = [await open(), await open()];
  for (const id of [first, second])
    expect(textOf((await staff.get(`/customers/${id}`)).html)).toContain('Olası mükerrer kayıtlar');
  const [pair] = await dealer.run((tx) => openDuplicates(tx, first));
  const action = `/duplicates/${pair?.id}/dismiss?from=${first}`;
  const page = await staff.get(`/customers/${first}`);
  // Merging is an officer's act: a clerk is not offered it.
  expect(page.html).not.toContain('/merge?absorb=');
  const refused = await staff.post(action, { reason: '  ' });
  expect(refused.status).toBe(422);
  expect(textOf(refused.html)).toContain('Gerekçe');
  const dismissed = await staff.post(action, { reason: 'Babası' });
  expect(textOf(dismissed.html)).toContain('Aynı olmadığı kaydedildi.');
  expect(textOf(dismissed.html)).not.toContain('Olası mükerrer kayıtlar');
  expect((await staff.get(`/customers/${second}/merge?absorb=${first}`)).status).toBe(403);
});

test('an officer merges field by field and takes it back, with plain forms alone', async () => {
  const survivor = await open({ occupation: 'Öğretmen', phone: undefined });
  const absorbed = await open({ occupation: 'Kuyumcu', surname: HOSTILE, phone: '0532 111 22 33' });
  const path = `/customers/${survivor}/merge`;
  const page = await officer.get(`${path}?absorb=${absorbed}`);
  const text = textOf(page.html);
  expect(text).toContain('Kapanan dosya');
  expect(text).toContain('100******46');
  expect(text).toContain('04.03.1985');
  expect(text).toContain('T.C. kimlik kartı');
  expect(page.html).not.toContain('10000000146');
  expect(page.html).not.toContain("<script>alert('x')");
  // What only the other file knows is taken unless somebody says otherwise.
  expect(page.html).toMatch(/name="pick\.phone" value="take" checked/);
  expect(page.html).toMatch(/name="pick\.occupation" value="keep" checked/);

  const refused = await officer.post(path, { absorb: absorbed, 'pick.occupation': 'take', reason: '' });
  expect(refused.status).toBe(422);
  expect(refused.html).toMatch(/name="pick\.occupation" value="take" checked/);
  const merged = await officer.post(path, {
    absorb: absorbed,
    'pick.occupation': 'take',
    'pick.surname': 'keep',
    reason: 'Aynı kişi',
  });
  expect(textOf(merged.html)).toContain('Dosyalar birleştirildi.');
  expect(textOf(merged.html)).toContain('Birleşen kayıtlar');
  expect((await dealer.run((tx) => readCustomer(tx, survivor))).record).toMatchObject({
    occupation: 'Kuyumcu',
    surname: 'Çınar',
  });
  expect(textOf((await staff.get(`/customers/${absorbed}`)).html)).toContain(
    'Bu dosya başka bir dosyada birleştirildi',
  );

  const [file] = await dealer.run((tx) => mergedFiles(tx, survivor));
  const undone = await officer.post(`/merges/${file?.mergeId}/undo?from=${survivor}`, { reason: 'Yanlış' });
  expect(textOf(undone.html)).toContain('Birleştirme geri alındı.');
  expect((await dealer.run((tx) => readCustomer(tx, absorbed))).status).toBe('onboarding');
});

test('the two files are compared in words: no country, purpose or amount stands there as a code', async () => {
  const survivor = await open({ nationality: 'TUR', purpose: 'jewellery', sourcesOfFunds: ['salary'] });
  const absorbed = await open({
    nationality: 'DEU',
    purpose: 'gift',
    sourcesOfFunds: ['salary', 'vehicle_sale'],
  });
  const { html } = await officer.get(`/customers/${survivor}/merge?absorb=${absorbed}`);
  const text = textOf(html);
  for (const word of ['Türkiye', 'Almanya', 'Takı', 'Hediye', 'Araç satışı']) expect(text).toContain(word);
  expect(text).not.toMatch(/TUR|DEU|gift|vehicle_sale/);
});

test('a merge with a file that is not there, or with itself, is answered, not crashed', async () => {
  const id = await open();
  expect((await officer.get(`/customers/${id}/merge?absorb=${crypto.randomUUID()}`)).status).toBe(404);
  expect((await officer.get(`/customers/${id}/merge?absorb=biri`)).status).toBe(404);
  const same = await officer.get(`/customers/${id}/merge?absorb=${id}`);
  expect([same.status, textOf(same.html).includes('Bir dosya kendisiyle birleştirilemez.')]).toEqual([
    409,
    true,
  ]);
  const self = await officer.post(`/customers/${id}/merge`, { absorb: id, reason: 'x' });
  expect(self.status).toBe(409);
});

const chromium = useBrowser();

test('the question, the cards and the two files side by side fit a phone and a desk', async () => {
  const survivor = await open({ occupation: 'Öğretmen', phone: undefined });
  const absorbed = await open({ occupation: 'Kuyumcu' });
  const page = await chromium.browser.newPage();
  const cookies = [...officer.cookies].map(([name, value]) => ({ name, value, url: api.url }));
  await page.setCookie(...cookies);
  const folder = process.env['SICIL_SCREENSHOTS'];
  if (folder !== undefined) mkdirSync(folder, { recursive: true });
  for (const [name, width] of [
    ['desk', 1280],
    ['phone', 390],
  ] as const) {
    await page.setViewport({ width, height: 900 });
    for (const [what, path] of [
      ['cards', `/customers/${survivor}`],
      ['merge', `/customers/${survivor}/merge?absorb=${absorbed}`],
    ] as const) {
      await page.goto(api.url + path, { waitUntil: 'load' });
      const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      expect(overflow).toBeLessThanOrEqual(0);
      if (folder !== undefined)
        await page.screenshot({ path: `${folder}/${what}-${name}.png`, fullPage: true });
    }
  }
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${api.url}/customers/new`, { waitUntil: 'load' });
  await page.type('[name=tckn]', '10000000146');
  await Promise.all([page.waitForNavigation(), page.click('form[action="/customers"] button.primary')]);
  expect(await page.$eval('#duplicates', (element) => element.textContent)).toContain('kayıtlı olabilir');
  if (folder !== undefined) await page.screenshot({ path: `${folder}/question-desk.png`, fullPage: true });
  await page.close();
}, 60_000);
