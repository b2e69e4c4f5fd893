import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Page } from 'puppeteer-core';

import { specimenPdf } from '../../operations/demo/specimens';
import { requestPackage } from '../../operations/package-request';
import { sealPackage } from '../../operations/package-seal';
import { cancelPackage, readPackage } from '../../operations/packages';
import { addPaper, addPerson, drive, usePackageWorld, type PackageWorld } from '../package/package-world';
import { useApi } from '../support/api';
import { useBrowser } from '../support/browser';
import { makeDealer, PASSWORD, type TestDealer } from '../support/dealer';
import { until } from '../support/wait';

const world = usePackageWorld();
const chrome = useBrowser();
const proxy = {
  get database() {
    return world.installation.database;
  },
  get folder() {
    return world.installation.folder;
  },
} as PackageWorld['installation'];
const api = useApi(proxy);

let dealer: TestDealer;
let page: Page;
let lost: string;
const complaints: string[] = [];
/** Pictures are kept where somebody wants to look at them. */
const kept = process.env['SICIL_SCREENSHOTS'];
const shots = kept ?? mkdtempSync(join(tmpdir(), 'sicil-screens-'));
mkdirSync(shots, { recursive: true });
afterAll(() => {
  if (kept === undefined) rmSync(shots, { recursive: true, force: true });
});

beforeAll(async () => {
  dealer = await makeDealer(world.db, world.installation);
  for (let n = 0; n < 4; n += 1) {
    const id = await dealer.run((tx) =>
      addPerson(tx, n === 0 ? { email: undefined, purpose: undefined } : {}),
    );
    if (n === 1) lost = id;
  }
  await addPaper({ ...world, dealer }, lost, 'identity_card');
  const address: string[] = await dealer.run((tx) => tx.sql('documents').pluck('address'));
  await world.files.remove(address[0] ?? '');
  page = await chrome.browser.newPage();
  await page.setViewport({ width: 1200, height: 900 });
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${api.url}/login`);
  await page.type('#f-email', dealer.admin.email);
  await page.type('#f-password', PASSWORD);
  await Promise.all([page.waitForNavigation(), page.click('main button.primary')]);
}, 120_000);

const look = (name: string) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
const text = async () => String(await page.evaluate('document.querySelector("main").innerText'));
const send = (selector: string) => Promise.all([page.waitForNavigation(), page.click(selector)]);
const fill = (name: string, value: string) =>
  page.evaluate(`document.querySelector('[name="${name}"]').value = ${JSON.stringify(value)}`);
const idOfPage = () => page.url().split('/')[4]?.split(/[?#]/)[0] ?? '';

test('the form counts who is in scope, keeps what was typed, and names what is wrong', async () => {
  await page.goto(`${api.url}/packages/new`);
  await fill('sampleSize', '2');
  await fill('sampleSeed', 'tohum-1');
  await fill('exclude', 'KYM-2026-000004; İnceleme dışı');
  await send('button[value="count"]');
  expect(await text()).toContain('pakete 2 müşteri girerdi (evren: 3');
  await look('new-package-count');
  await fill('sampleSize', 'iki');
  await fill('include', 'KYM-2026-999999; yok');
  await fill('exclude', 'KYM-2026-000004');
  await send('button[value="make"]');
  const refused = await text();
  for (const words of [
    'Müşteri sayısı: En az bir',
    'Ayrıca ekle: Böyle bir müşteri yok',
    'Dışarıda bırak: ',
  ]) {
    expect(refused).toContain(words);
  }
  expect(await page.evaluate(`document.querySelector('[name="sampleSeed"]').value`)).toBe('tohum-1');
  await look('new-package-refused');
}, 60_000);

test('a rehearsal lists what an inspector would find missing, and cannot be sealed', async () => {
  await page.goto(`${api.url}/packages/new`);
  await send('button[value="rehearse"]');
  const id = idOfPage();
  expect(await text()).not.toContain('ikinci bir kişi');
  await page.evaluate('window.stayed = true');
  await drive(world, { dealerId: dealer.dealerId, packageId: id });
  const statementLink = `a[href="/packages/${id}/completeness"]`;
  await until(
    'its page leads to the statement by itself',
    async () => (await page.$(statementLink)) !== null,
    10_000,
  );
  expect(await page.evaluate('window.stayed')).toBe(true);
  expect(await text()).toContain('Denetim provası PR-2026-0001');
  expect(await page.$('form[action$="/seal"]')).toBeNull();
  await look('rehearsal');
  await page.goto(`${api.url}/packages/${id}/completeness`);
  const statement = await text();
  expect(statement).toContain('KYM-2026-000001');
  expect(statement).toContain('Eksik');
  await look('rehearsal-completeness');
  await page.goto(`${api.url}/packages?kind=rehearsals`);
  expect(await text()).toContain('PR-2026-0001');
}, 60_000);

test('an open page follows its package by events, and a stopped one takes a reason to leave a file out', async () => {
  await page.goto(`${api.url}/packages/new`);
  await fill('note', 'Yıllık denetim için');
  await send('button[value="make"]');
  const id = idOfPage();
  const ref = { dealerId: dealer.dealerId, packageId: id };
  expect(await text()).toContain('Sırada');
  await until(
    'the page listens',
    async () =>
      (await page.evaluate(
        'performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/events")) || document.querySelector("[data-events]") !== null',
      )) === true,
  );
  await page.evaluate('window.stayed = true');
  await world.activities.freezePackage(ref);
  await world.activities.includeCustomers({ ...ref, chunk: 0 });
  await until(
    'the page shows the progress by itself',
    async () => (await text()).includes('3 / 4') || (await text()).includes('4 dosyadan 3'),
    10_000,
  );
  expect(await page.evaluate('window.stayed')).toBe(true);
  await look('package-failing');
  for (let turn = 0; turn < 5; turn += 1) {
    await drive(world, ref);
    world.installation.clock.moveBy(turn < 4 ? 300_000 : 0);
  }
  await page.goto(`${api.url}/packages/${id}`);
  const stopped = await text();
  for (const words of ['Takıldı', 'KYM-2026-000002', 'Belge depoda bulunamadı', '5 kez denendi'])
    expect(stopped).toContain(words);
  // The fourth customer's PDF is made, but without the lost document it does not come in.
  expect(stopped).toMatch(/dosyalar\/\s3 dosya/);
  await page.evaluate('document.querySelectorAll("details").forEach((one) => (one.open = true))');
  await look('package-blocked');
  await page.evaluate(`document.querySelector('[name="reason"]').value = 'Belge arşivde aranıyor'`);
  await send('form[action$="/leave-out"] button');
  await drive(world, ref);
  await page.goto(`${api.url}/packages/${id}`);
  expect(await text()).toContain('Belge arşivde aranıyor');
  expect((await dealer.run((tx) => readPackage(tx, id))).status).toBe('awaiting_seal');
  await look('package-awaiting');
  await page.goto(`${api.url}/tasks`);
  expect(await text()).not.toContain('Takılan denetim paketi');
  expect(complaints).toEqual([]);
}, 120_000);

test('a sealed package is handed over on its page, and shows who took it and the receipt', async () => {
  const id = (
    await dealer.run((tx) => tx.sql('audit_packages').where({ dry_run: false }).pluck('id'))
  )[0] as string;
  const manager = await dealer.addUser('manager');
  await dealer.run((tx) => sealPackage(tx, id), manager.userId);
  await page.goto(`${api.url}/packages/${id}`);
  expect(await text()).toContain('Paket henüz kimseye teslim edilmedi.');
  await page.click('#handover summary');
  await send('#handover details button');
  expect(await text()).toContain('Kurum ve birim: ');
  await page.click('#handover summary');
  await fill('name', 'Müfettiş Gülşen Şıkoğlu');
  await fill('office', 'MASAK Denetim Dairesi');
  await send('#handover details button');
  expect(await text()).toContain('Müfettiş Gülşen Şıkoğlu');
  const receipt = join(shots, 'tutanak.pdf');
  writeFileSync(receipt, specimenPdf(['Teslim tutanağı']));
  const input = await page.$('#handover input[type="file"]');
  await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(receipt);
  await send('#handover .package-receipt button');
  expect(await text()).toContain('Tutanağı indir');
  await look('package-sealed');
}, 60_000);

test('a sealed page shows every digest whole and says whether the signature holds; a newer one is named there', async () => {
  const old = (
    await dealer.run((tx) => tx.sql('audit_packages').where({ dry_run: false }).pluck('id'))
  )[0] as string;
  const { proof, keyFingerprint } = await dealer.run((tx) => readPackage(tx, old));
  const row = (await world.db.owner('audit_packages').where({ id: old }).first()) as Record<string, Buffer>;
  const snapshot = row['snapshot_sha256']?.toString('hex');
  const manifest = createHash('sha256')
    .update(row['manifest'] ?? '')
    .digest('hex');
  expect(proof).toMatchObject({
    snapshotSha256: snapshot,
    manifest: { sha256: manifest, signatureHolds: true },
    checkpoint: { n: row['checkpoint'] },
  });
  await page.goto(`${api.url}/packages/${old}`);
  const said = await text();
  for (const words of [
    snapshot,
    manifest,
    keyFingerprint,
    'Ed25519 imzası',
    `No ${String(row['checkpoint'])}, `,
  ])
    expect(said).toContain(words);
  expect(said).not.toContain('Yerine yenisi geçti');

  const newer = await dealer.run((tx) =>
    requestPackage(tx, {
      profile: 'masak',
      period: { from: '2026-01-01', to: '2027-01-01' },
      supersedes: old,
    }),
  );
  await world.activities.freezePackage({ dealerId: dealer.dealerId, packageId: newer.id });
  await world.db
    .owner('audit_packages')
    .where({ id: newer.id })
    .update({ status: 'sealed', phase: 'ended', sealed_by: row['sealed_by'], sealed_at: new Date() })
    .update({ four_eyes: 'enforced', manifest: Buffer.from('{}'), signature: Buffer.alloc(64) });
  await page.reload();
  const replaced = await text();
  for (const words of ['Yerine yenisi geçti', `güncel olan: ${newer.number}`, 'Paketi indir'])
    expect(replaced).toContain(words);
  await look('package-superseded');
  await page.goto(`${api.url}/packages/${newer.id}`);
  expect(await text()).toContain('İmza yukarıdaki anahtarla doğrulanmıyor');
  await page.goto(`${api.url}/packages`);
  expect(await text()).toContain('Yerine yenisi geçti');
}, 60_000);

test('the pages of packages read well in English and on a narrow screen', async () => {
  const id = (
    await dealer.run((tx) => tx.sql('audit_packages').where({ dry_run: false }).pluck('id'))
  )[0] as string;
  await page.goto(`${api.url}/packages`);
  await look('packages-tr');
  await page.setViewport({ width: 320, height: 700 });
  for (const path of ['/packages', '/packages/new', `/packages/${id}`, `/packages/${id}/completeness`]) {
    await page.goto(api.url + path);
    expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320]);
  }
  await page.goto(`${api.url}/packages/${id}`);
  expect(await page.evaluate('document.querySelector("h1 .package-number").getClientRects().length')).toBe(1);
  await look('narrow');
  await page.setViewport({ width: 1200, height: 900 });
  await page.goto(`${api.url}/packages/${id}`);
  await send('form[action="/language"] button');
  expect(await text()).toContain('Statement of completeness');
  await look('package-en');
}, 60_000);

test('a package about nobody ends with its reason, and does not say how to verify what is not there', async () => {
  await page.goto(`${api.url}/packages/new`);
  await send('form[action="/language"] button');
  await fill('q', 'zzzyok');
  await send('button[value="make"]');
  expect(await text()).toContain('Nasıl doğrulanır');
  const id = idOfPage();
  await drive(world, { dealerId: dealer.dealerId, packageId: id });
  await page.goto(`${api.url}/packages/${id}`);
  expect(await text()).toContain('Bu kapsamda kimse yok');
  expect(await text()).not.toContain('Nasıl doğrulanır');
}, 60_000);

test('a form that is sent twice asks once, and one that was changed after going back asks for something else', async () => {
  const key = '01910000-0000-4000-8000-000000000001';
  const ask = async (act: string) => {
    await page.goto(`${api.url}/packages/new`);
    // As a browser fills it in again that remembers a form.
    await fill('requestKey', key);
    await send(`button[value="${act}"]`);
    return idOfPage();
  };
  const rehearsal = await ask('rehearse');
  expect(await ask('rehearse')).toBe(rehearsal);
  const made = await ask('make');
  expect(made).toMatch(/^[0-9a-f-]{36}$/);
  expect(made).not.toBe(rehearsal);
  expect(await ask('make')).toBe(made);
  await dealer.run((tx) => cancelPackage(tx, made));
}, 60_000);
