import sharp from 'sharp';

import { readForPrint } from '../../operations/customer-print';
import { freezePackage } from '../../operations/package-freeze';
import { requestPackage } from '../../operations/package-request';
import { itemsToRender, takePackage } from '../../operations/package-work';
import { PrinterBusy, type PdfPrinter } from '../../printing/pdf-printer';
import { useApi, type Json } from '../support/api';
import { completeFile } from '../support/complete-files';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { pdfPages } from '../support/pdf-text';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let failure: Error = new Error('Target closed');
const failing: PdfPrinter = { print: () => Promise.reject(failure), close: async () => undefined };
const failingApi = useApi(installation, () => ({ printer: failing }));
let dealer: TestDealer;
let staff: TestUser;
let auditor: TestUser;

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  staff = await dealer.addUser('staff');
  auditor = await dealer.addUser('auditor');
}, 60_000);

async function newCustomer(type = 'natural_person_tr', record: object = {}): Promise<Json> {
  const complete = completeFile(type as 'company');
  const body = { type, trigger: 'continuous', record: { ...complete.record, ...record } };
  return (await api.call('POST', '/api/v1/customers', { token: staff.token, body })).body;
}

const fileOf = (id: Json | string | undefined, query = 'profile=masak') =>
  `/api/v1/customers/${String(id)}/file?${query}`;

async function download(path: string, token = auditor.token) {
  const answer = await fetch(api.url + path, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(20_000),
  });
  expect(answer.status).toBe(200);
  const pdf = Buffer.from(await answer.arrayBuffer());
  const pages = () => pdfPages(pdf).map((page) => page.replaceAll(/\s+/g, ' '));
  return { headers: answer.headers, pdf, pages };
}

const pathOf = (id: Json | string | undefined) => `/api/v1/customers/${String(id)}`;

/** Sends a photograph with these fields. */
async function upload(method: string, path: string, fields: Record<string, string>, headers = {}) {
  const raw = new FormData();
  for (const [name, value] of Object.entries(fields)) raw.append(name, value);
  const photo = sharp({ create: { width: 600, height: 400, channels: 3, background: '#a06020' } }).jpeg();
  raw.append('file', new Blob([new Uint8Array(await photo.toBuffer())]), 'belge.jpg');
  const { status } = await api.call(method, path, { token: staff.token, raw, headers });
  expect(status).toBe(method === 'POST' ? 201 : 200);
}

/** A form on record whose signed scan is on file. */
async function signedForm(id: Json | string | undefined): Promise<void> {
  const body = { privacyNotice: { version: '2026-11', channel: 'print' } };
  const issued = await api.call('POST', `${pathOf(id)}/forms`, { token: staff.token, body });
  const headers = { 'if-match': `"${String(issued.body['pdf']?.['sha256'])}"` };
  await upload('PUT', `${pathOf(id)}/forms/${String(issued.body['id'])}/signature`, {}, headers);
}

const textOf = ({ pages }: { pages: () => string[] }) => pages().join(' ');

async function printsOf(id: Json | string | undefined): Promise<Json[]> {
  const { body } = await api.call('GET', `/api/v1/customers/${String(id)}/timeline`, { token: staff.token });
  return (body['data'] ?? []).filter(({ event }) => event === ('customer.file_printed' as unknown as Json));
}

test('every page of the print says that it is no part of a package, and the entry in the history names it', async () => {
  const customer = await newCustomer('natural_person_tr', { surname: 'Iğdırlıoğlu', tckn: '10000000146' });
  const { headers, pdf, pages: read } = await download(fileOf(customer['id']));
  const pages = read();
  const text = pages.join(' ');
  expect(headers.get('content-type')).toBe('application/pdf');
  expect(headers.get('cache-control')).toBe('private, no-store');
  expect(headers.get('content-disposition')).toContain(
    `attachment; filename="${String(customer['code'])}.pdf"`,
  );
  const [entry] = await printsOf(customer['id']);
  expect(entry).toMatchObject({
    actor: { id: auditor.userId },
    detail: { profile: 'masak', language: 'tr', digest: expect.stringMatching(/^[0-9a-f]{16}$/) },
  });
  expect(pages.length).toBeGreaterThan(1);
  pages.forEach((page, index) => {
    expect(page).toContain(`paket parçası değildir · ${String(entry?.['detail']?.['digest'])}`);
    expect(page).toContain(`Sayfa ${index + 1} / ${pages.length}`);
    expect(page).toContain('Gizli – kişisel veri içerir');
  });
  expect(text).toContain('Iğdırlıoğlu');
  expect(text).toContain('Mühürlü bir denetim paketinin parçası değildir');
  expect(text).toContain('Dökümü alan Deneme auditor');
  expect(text).toContain('Risk ve onay notu');
  expect(text).not.toContain('10000000146');
  const raw = pdf.toString('latin1');
  for (const mark of ['/Marked true', '/Lang (tr)', '/OutputIntents', 'pdfaid:part'])
    expect(raw).toContain(mark);
});

test('the tax profile in English leaves out what only MASAK asks for', async () => {
  const { id } = await newCustomer('company', { title: 'İğneli Gümüş Ltd. Şti.' });
  const text = textOf(await download(fileOf(id, 'profile=maliye&language=en')));
  expect(text).toContain('İğneli Gümüş Ltd. Şti.');
  expect(text).toContain('It is no part of a sealed audit package');
  expect(text).toContain('Tax inspection');
  expect(text).not.toContain('Risk and approval');
});

test('a print says of a customer what a package frozen at the same instant says', async () => {
  const { id } = await newCustomer();
  await upload('POST', `${pathOf(id)}/documents`, { kind: 'identity_card', originalSeen: 'true' });
  await signedForm(id);
  const frozen = await dealer.run(async (tx) => {
    const period = { from: '2026-01-01', to: '2026-11-22' };
    const { id: packageId } = await requestPackage(tx, { profile: 'masak', period, customers: [String(id)] });
    await freezePackage(tx, packageId, () => undefined);
    const work = await takePackage(tx, packageId);
    if (work === null) throw new Error('Nothing to render');
    return (await itemsToRender(tx, work, 0)).map(({ item }) => item);
  });
  const { item, frame } = await dealer.run((tx) =>
    readForPrint(tx, String(id), { profile: 'masak', language: 'tr' }),
  );
  expect([item]).toEqual(frozen);
  const evidence = item.statement?.flatMap((verdict) => verdict.evidence.map(({ kind }) => kind));
  expect(new Set(evidence)).toEqual(new Set(['record', 'document', 'form']));
  expect(frame).toMatchObject({ packageNo: null, printedBy: 'Ayşe Yönetici' });
});

test('a later change enters the next print, under another digest', async () => {
  const { id } = await newCustomer('natural_person_tr', { occupation: 'Öğretmen' });
  await download(fileOf(id));
  const change = {
    token: staff.token,
    body: { record: { occupation: 'Kuyumcu çırağı' } },
    headers: { 'if-match': '*' },
  };
  expect((await api.call('PATCH', `/api/v1/customers/${String(id)}`, change)).status).toBe(200);
  expect(textOf(await download(fileOf(id)))).toContain('Kuyumcu çırağı');
  const digests = (await printsOf(id)).map(({ detail }) => detail?.['digest']);
  expect(new Set(digests).size).toBe(2);
});

test('documents are shown as pictures to MASAK, and nowhere with a path of a package', async () => {
  const { id } = await newCustomer();
  await upload('POST', `${pathOf(id)}/documents`, { kind: 'identity_card' });
  const masak = await download(fileOf(id));
  const maliye = await download(fileOf(id, 'profile=maliye'));
  const images = [masak, maliye].map(({ pdf }) => pdf.toString('latin1').includes('/Subtype /Image'));
  expect(images).toEqual([true, false]);
  expect(textOf(masak)).not.toContain('belgeler/');
});

test('two people who ask at once get the same file, and both are on record', async () => {
  const { id } = await newCustomer();
  const both = await Promise.all([download(fileOf(id), staff.token), download(fileOf(id), auditor.token)]);
  const titles = both.map(({ pdf }) => /\/Title <[^>]*>/.exec(pdf.toString('latin1'))?.[0]);
  expect(titles[0]).toBeDefined();
  expect(titles[1]).toBe(titles[0]);
  const actors = (await printsOf(id)).map(({ actor }) => actor?.['id']);
  expect(actors).toHaveLength(2);
  expect(new Set(actors)).toEqual(new Set([staff.userId, auditor.userId]));
});

test.each([
  ['a full queue', new PrinterBusy('full'), 'çok sayıda belge'],
  ['a dead Chromium', new Error('Target closed'), 'basılamadı'],
])('%s is told with when to try again, and leaves no entry', async (_what, error, words) => {
  const { id } = await newCustomer();
  failure = error;
  const refused = await failingApi.call('GET', fileOf(id), { token: staff.token });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('2');
  expect(String(refused.body['detail'])).toContain(words);
  expect(await printsOf(id)).toEqual([]);
});

test('what is asked wrongly, or about a customer of another dealer, is refused', async () => {
  const { id } = await newCustomer();
  const ask = async (path: string, token = auditor.token) => (await api.call('GET', path, { token })).status;
  expect(await ask(fileOf(id, 'profile=police'))).toBe(400);
  expect(await ask(fileOf(id, 'language=tr'))).toBe(400);
  expect(await ask(fileOf(id, 'profile=masak&language=de'))).toBe(400);
  expect(await ask(fileOf(id, 'profile=masak&colour=red'))).toBe(400);
  const neighbour = await makeDealer(db, installation);
  const stranger = await neighbour.addUser('officer');
  expect(await ask(fileOf(id), stranger.token)).toBe(404);
  expect(await printsOf(id)).toEqual([]);
});
