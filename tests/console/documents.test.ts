import { mkdirSync } from 'node:fs';

import sharp from 'sharp';

import { createCustomer } from '../../operations/customers';
import { useApi } from '../support/api';
import { useBrowser } from '../support/browser';
import { useDatabase } from '../support/database';
import { makeDealer, PASSWORD, useInstallation, type TestDealer } from '../support/dealer';
import { paperPdf } from '../support/pdf-files';
import { PERSON } from './files';
import { formAt, signedIn, textOf, valueOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
const chrome = useBrowser();

let dealer: TestDealer;
let staff: Visitor;
let photo: Buffer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  staff = await signedIn(api.url, await dealer.addUser('staff'));
  photo = await sharp({ create: { width: 600, height: 380, channels: 3, background: '#c9d6e8' } })
    .jpeg()
    .toBuffer();
}, 60_000);

async function newCustomer(): Promise<string> {
  const input = { type: 'natural_person_tr', trigger: 'continuous', record: { ...PERSON } } as const;
  const { id } = await dealer.run((tx) => createCustomer(tx, input));
  return `/customers/${id}/documents`;
}

const pdf = (pages: number) => ({ name: 'Ödeme belgesi (son).pdf', content: paperPdf({ pages }) });

/** Where the list's first document leads. */
const firstLink = (html: string) => /class="thumb" href="([^"]+)"/.exec(html)?.[1] ?? '';

test('the upload form offers first what the rules ask for, and says how old it may be', async () => {
  const path = await newCustomer();
  const { html } = await staff.get(`${path}?kind=address_proof`);
  const options = [...html.matchAll(/<option value="([a-z_]+)"[^>]*>([^<]*)</g)].map(([, value, label]) => [
    value,
    label,
  ]);
  expect(options[0]?.[1]).toMatch(/isteniyor/);
  expect(options.find(([value]) => value === 'address_proof')?.[1]).toMatch(/isteniyor, azami yaşı 3 ay/);
  expect(options.find(([value]) => value === 'trade_gazette')?.[1]).not.toMatch(/isteniyor/);
  expect(valueOf(html, 'kind')).toBe('address_proof');
});

test('a refused upload keeps everything else that was typed', async () => {
  const path = await newCustomer();
  const form = {
    kind: 'old_identity_card',
    number: 'K12 345678',
    issuedOn: '2019-02-03',
    originalSeen: 'yes',
  };
  const uncovered = await staff.upload(path, form, { name: 'cüzdan.jpg', content: photo });
  expect(uncovered.status).toBe(422);
  expect(textOf(uncovered.html)).toContain('Din ve kan grubu örtülmeden eski kimlik alınmaz.');
  const kept = () => formAt(uncovered.html, path);
  expect(kept()).toMatchObject({ kind: form.kind, number: form.number, issuedOn: form.issuedOn });
  expect(uncovered.html).toMatch(/name="originalSeen" value="yes" checked/);
  expect(uncovered.html).not.toMatch(/name="masked" value="yes" checked/);
  expect(textOf(uncovered.html)).toContain('dosyayı yeniden seçin');

  const wrong = await staff.upload(path, { ...form, masked: 'yes' }, { name: 'x.pdf', content: photo });
  expect(wrong.status).toBe(415);
  expect(/id="f-file-error">(.*?)<\/p>/.exec(wrong.html)?.[1]).toMatch(/adı PDF diyor, içeriği JPEG/);
  expect(formAt(wrong.html, path)).toMatchObject({ number: form.number });
  expect(wrong.html).toMatch(/name="masked" value="yes" checked/);

  const taken = await staff.upload(path, { ...form, masked: 'yes' }, { name: 'x.jpg', content: photo });
  expect(taken.status).toBe(200);
  expect(textOf(taken.html)).toContain('Din ve kan grubu örtülü');
});

test('a document is read page by page without JavaScript, with what is known of it beside it', async () => {
  const path = await newCustomer();
  const form = { kind: 'address_proof', issuedOn: '01.11.2026', expiresOn: '2026-11-20' };
  const list = await staff.upload(path, form, pdf(3));
  const own = firstLink(list.html);
  expect(own).toMatch(/\/documents\/[0-9a-f-]{36}$/);
  const first = await staff.get(own);
  expect(first.status).toBe(200);
  expect(textOf(first.html)).toMatch(/Sayfa 1 \/ 3/);
  expect(textOf(first.html)).toMatch(/azami yaşı 3 ay; alındığında 21 günlüktü/);
  expect(textOf(first.html)).toContain('Süresi doldu');
  expect(first.html).not.toContain('rel="prev"');
  const next = /href="([^"]*)" rel="next"/.exec(first.html)?.[1]?.replace('&#x3D;', '=') ?? '';
  const second = await staff.get(next.replace('#page', ''));
  expect(textOf(second.html)).toMatch(/Sayfa 2 \/ 3/);
  const source = /<img src="([^"]*size&#x3D;page)"/
    .exec(second.html)?.[1]
    ?.replaceAll('&#x3D;', '=')
    .replaceAll('&amp;', '&');
  expect(source).toMatch(/preview\?page=2&size=page$/);
  expect(second.html).toMatch(/alt="[^"]*3 sayfanın 2\. sayfası"/);
  expect((await staff.get(source ?? '')).headers.get('content-type')).toBe('image/jpeg');
  expect(textOf((await staff.get(`${own}?page=99`)).html)).toMatch(/Sayfa 3 \/ 3/);
  expect((await staff.get(`${own.slice(0, -36)}01890000-0000-7000-8000-000000000000`)).status).toBe(404);
});

test('a paper that was too old when it was taken is not called valid', async () => {
  const path = await newCustomer();
  const { html } = await staff.upload(path, { kind: 'address_proof', issuedOn: '2026-01-05' }, pdf(1));
  expect(textOf(html)).toContain('Alındığında çok eskiydi');
  expect(textOf((await staff.get(firstLink(html))).html)).not.toContain('Geçerli ');
});

test('in a browser thumbnails and pages are pictures, and nothing breaks the policy', async () => {
  const path = await newCustomer();
  await staff.upload(path, { kind: 'identity_card' }, { name: 'Kimlik ön yüz.jpg', content: photo });
  const list = await staff.upload(path, { kind: 'address_proof', issuedOn: '2026-11-01' }, pdf(2));
  const page = await chrome.browser.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${api.url}/login`);
  await page.type('#f-email', dealer.admin.email);
  await page.type('#f-password', PASSWORD);
  await Promise.all([page.waitForNavigation(), page.click('main button.primary')]);
  const pictures = () =>
    page.evaluate(
      '[...document.querySelectorAll("main img")].map((one) => [one.complete, one.naturalWidth, one.alt])',
    ) as Promise<[boolean, number, string][]>;
  await page.goto(api.url + path, { waitUntil: 'networkidle0' });
  await shoot(page, 'list');
  expect(await pictures()).toEqual([
    [true, 170, 'Adres belgesi: küçük görünüm'],
    [true, 240, expect.stringMatching(/küçük görünüm/)],
  ]);
  await page.goto(api.url + firstLink(list.html), { waitUntil: 'networkidle0' });
  await shoot(page, 'page');
  expect(await pictures()).toEqual([[true, 1135, expect.stringMatching(/2 sayfanın 1\. sayfası/)]]);
  await page.setViewport({ width: 390, height: 800 });
  await shoot(page, 'page-narrow');
  const wide = await page.evaluate(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth',
  );
  expect([wide, complaints]).toEqual([false, []]);
  await page.close();
});

/** Keeps a picture of the page where somebody asked for it: SICIL_SHOTS=folder. */
async function shoot(page: { screenshot(options: object): Promise<unknown> }, name: string): Promise<void> {
  const folder = process.env['SICIL_SHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/documents-${name}.png`, fullPage: true });
}
