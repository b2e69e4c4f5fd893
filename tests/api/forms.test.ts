import { randomBytes } from 'node:crypto';

import sharp from 'sharp';

import { sha256 } from '../../stores/crypto';
import { folderStore } from '../../stores/files';
import { updateRecord } from '../../operations/customers';
import { openFormFile } from '../../operations/form-views';
import { useApi, type Json } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { pdfPages } from '../support/pdf-text';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: TestUser;

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  staff = await dealer.addUser('staff');
}, 60_000);

const PERSON = {
  givenNames: 'Işık İsmail',
  surname: 'Çığıroğlu',
  birthDate: '1985-03-04',
  nationality: 'TUR',
  tckn: '10000000146',
  idDocument: { type: 'identity_card', number: 'A12B34567', expiresOn: '2031-05-06', issuingCountry: 'TUR' },
  address: { country: 'TUR', province: 'Şanlıurfa', district: 'Eyyübiye', line: 'Örnek Hanı Sok. No: 9/2' },
  phone: '+905321234567',
  occupation: 'öğretmen',
  purpose: 'jewellery',
  onOwnAccount: true,
  publicInfluence: { kind: 'none' },
  sourcesOfFunds: ['salary'],
};
const NOTICE = { version: '2026-11', channel: 'counter_screen' };

async function newCustomer(record: object = PERSON, trigger = 'continuous', type = 'natural_person_tr') {
  const { body } = await post('/api/v1/customers', { type, trigger, record });
  return String(body['id']);
}

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  api.call('POST', path, { token: staff.token, body, headers });
const get = (path: string, token = staff.token) => api.call('GET', path, { token });
const formsOf = (id: string) => `/api/v1/customers/${id}/forms`;

async function issue(id: string, body: object = { privacyNotice: NOTICE }) {
  const issued = await post(formsOf(id), body);
  expect(issued.status).toBe(201);
  return issued.body;
}

function sign(id: string, form: Json, file: Buffer, ifMatch: string | null = `"${form['pdf']?.['sha256']}"`) {
  const raw = new FormData();
  raw.append('originalSeen', 'true');
  raw.append('file', new Blob([new Uint8Array(file)]), 'imzalı form.png');
  return api.call('PUT', `${formsOf(id)}/${form['id']}/signature`, {
    token: staff.token,
    raw,
    headers: ifMatch === null ? {} : { 'if-match': ifMatch },
  });
}

/** A photograph of nothing in particular, another one every time. */
const scan = (): Promise<Buffer> => {
  const [r = 0, g = 0, b = 0] = randomBytes(3);
  return sharp({ create: { width: 300, height: 400, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
};

/** The bytes of one of a form's files, as they lie in the store. */
async function pdfOf(id: string, form: Json, which: 'customer' | 'office' = 'customer'): Promise<Buffer> {
  const { key, address } = await dealer.run((tx) => openFormFile(tx, id, String(form['id']), which));
  return buffer(await folderStore(join(installation.folder, 'files')).open(key, address));
}

test('a form is asked for only after the privacy notice was shown, and says so', async () => {
  const id = await newCustomer();
  const refused = await post(formsOf(id), {});
  expect(refused.status).toBe(409);
  expect(String(refused.body['detail'])).toContain('aydınlatma metni');
  expect((await get(formsOf(id))).body['data']).toEqual([]);

  const shown = await post(`/api/v1/customers/${id}/privacy-notices`, {
    version: '2026-11',
    channel: 'print',
  });
  expect(shown.status).toBe(201);
  const form = await issue(id, {});
  expect(form['privacyNotice']).toMatchObject({ id: shown.body['id'], version: '2026-11', channel: 'print' });
});

test('a notice shown in the same call is recorded with the form, and an outdated one is refused', async () => {
  const id = await newCustomer();
  const old = await post(formsOf(id), { privacyNotice: { version: '2019-01', channel: 'print' } });
  expect(old.status).toBe(422);
  expect(old.body['errors']).toMatchObject([{ pointer: '/privacyNotice/version' }]);
  await issue(id);
  const { body } = await get(`/api/v1/customers/${id}/privacy-notices`);
  expect(body).toMatchObject({ current: '2026-11', data: [{ channel: 'counter_screen', language: 'tr' }] });
});

test('the form names its version, the record it was printed from and each rule that held, met or not', async () => {
  const id = await newCustomer();
  const issued = await post(formsOf(id), { privacyNotice: NOTICE });
  expect(issued.body).toMatchObject({
    number: expect.stringMatching(/^FRM-2026-\d{6}$/),
    trigger: 'continuous',
    triggerCode: 'T1',
    formVersion: '2026-11',
    recordVersion: 1,
    state: 'issued',
    signature: null,
    transaction: null,
    issuedBy: staff.userId,
  });
  const rules: Json[] = issued.body['requirements'] ?? [];
  expect(rules.find((rule) => rule['field'] === 'surname')).toMatchObject({ met: true });
  expect(rules.find((rule) => String(rule['field']).startsWith('documents.'))).toMatchObject({ met: false });
  expect(issued.headers.get('location')).toBe(`${formsOf(id)}/${issued.body['id']}`);
  expect((await get(`${formsOf(id)}/${issued.body['id']}`)).body).toEqual(issued.body);
  expect((await get(formsOf(id))).body['data']).toEqual([issued.body]);
});

test('the PDF is kept encrypted, comes back under its digest, and holds every Turkish letter', async () => {
  const id = await newCustomer();
  const form = await issue(id);
  const answer = await get(`${formsOf(id)}/${form['id']}/pdf`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/pdf');
  expect(answer.headers.get('etag')).toBe(`"${form['pdf']?.['sha256']}"`);
  const pdf = await pdfOf(id, form);
  expect(sha256(pdf).toString('hex')).toBe(form['pdf']?.['sha256']);
  const text = pdfPages(pdf).join('\n');
  for (const expected of ['Işık İsmail', 'Çığıroğlu', '10000000146', 'Şanlıurfa', 'öğretmen', 'X Maaş'])
    expect(text.replaceAll(/\s+/g, ' ')).toContain(expected);
  const events = (await get(`/api/v1/customers/${id}/timeline`)).body['data'] ?? [];
  expect(events.map((event) => event['event'])).toContain('form.viewed');
});

test('each page carries the form number, its version, the digest and page x of y, and the file is tagged', async () => {
  const id = await newCustomer();
  const form = await issue(id);
  for (const which of ['customer', 'office'] as const) {
    const pdf = await pdfOf(id, form, which);
    const pages = pdfPages(pdf).map((page) => page.replaceAll(/\s+/g, ' '));
    expect(pages.length).toBeGreaterThan(1);
    pages.forEach((page, index) => {
      expect(page).toContain(`${form['number']} · form sürümü 2026-11`);
      expect(page).toContain(`kayıt özeti ${String(form['recordDigest']).slice(0, 16)}`);
      expect(page).toContain(`Sayfa ${index + 1} / ${pages.length}`);
    });
    const raw = pdf.toString('latin1');
    for (const mark of ['/Marked true', '/Lang (tr)', '/FontFile2', '/Title <FEFF'])
      expect(raw).toContain(mark);
  }
});

test('what the office thinks stands in a file of its own and nowhere in what the customer gets', async () => {
  const id = await newCustomer({ ...PERSON, tckn: '10000000147' });
  const form = await issue(id);
  const [own, office] = [await pdfOf(id, form), await pdfOf(id, form, 'office')].map((pdf) =>
    pdfPages(pdf).join('\n'),
  );
  expect(office).toContain('MÜŞTERİYE VERİLMEZ');
  expect(office).toContain('Risk');
  expect(own).not.toContain('Risk');
  expect(own).not.toMatch(/eksik/i);
  const { body } = await get(`/api/v1/customers/${id}`);
  expect(body['documents']).toEqual([]);
});

test('a form that a suspicion or a doubt asked for shows one neutral code', async () => {
  const id = await newCustomer(PERSON, 'confirmation');
  const form = await issue(id);
  expect(form['triggerCode']).toBe('TG');
  const text = (
    pdfPages(await pdfOf(id, form)).join('\n') + pdfPages(await pdfOf(id, form, 'office')).join('\n')
  ).replaceAll(/\s+/g, ' ');
  expect(text).toContain('TG · Tutar gözetmeksizin');
  expect(text).not.toMatch(/şüphe|T4|T5|teyit edil/i);
});

test('a form about a transaction names what its block lacks, and prints what it holds', async () => {
  const id = await newCustomer(PERSON, 'threshold');
  const refused = await post(formsOf(id), { privacyNotice: NOTICE, transaction: { kind: 'sale' } });
  expect(refused.status).toBe(422);
  expect(refused.body['errors']?.map((error) => error['pointer'])).toEqual([
    '/transaction/amountKurus',
    '/transaction/currency',
    '/transaction/payment',
  ]);
  const transaction = {
    kind: 'sale',
    metal: 'gold',
    purity: '22 ayar',
    grams: '41,125',
    amountKurus: 18_500_001,
    currency: 'TRY',
    payment: 'cash',
  };
  const form = await issue(id, { privacyNotice: NOTICE, transaction });
  expect(form['transaction']).toEqual(transaction);
  const text = pdfPages(await pdfOf(id, form))
    .join('\n')
    .replaceAll(/\s+/g, ' ');
  for (const expected of ['185.000,01 ₺', '22 ayar', '41,125', 'Nakit', 'Altın'])
    expect(text).toContain(expected);
  const wrong = await post(formsOf(id), { trigger: 'continuous', transaction });
  expect(wrong.status).toBe(422);
});

test('a second form of one trigger supersedes the unsigned first, which stays readable', async () => {
  const id = await newCustomer();
  const first = await issue(id);
  await dealer.run((tx) => updateRecord(tx, id, { patch: { occupation: 'kuyumcu' }, ifVersion: null }));
  const second = await issue(id, {});
  const before = (await get(`${formsOf(id)}/${first['id']}`)).body;
  expect(before).toMatchObject({ state: 'superseded', ended: { supersededBy: second['id'] } });
  expect(second).toMatchObject({ state: 'issued', recordVersion: 2 });
  expect(sha256(await pdfOf(id, first)).toString('hex')).toBe(first['pdf']?.['sha256']);
  expect((await sign(id, first, await scan())).status).toBe(409);
});

test('the same call again prints no second form', async () => {
  const id = await newCustomer();
  const headers = { 'idempotency-key': `forms-${id}` };
  const calls = await Promise.all([
    post(formsOf(id), { privacyNotice: NOTICE }, headers),
    post(formsOf(id), { privacyNotice: NOTICE }, headers),
  ]);
  const numbers = () => dealer.run(({ sql }) => sql('dealers').select('form_counter'));
  const taken = await numbers();
  const third = await post(formsOf(id), { privacyNotice: NOTICE }, headers);
  expect(await numbers()).toEqual(taken);
  expect(new Set([...calls, third].map(({ body }) => body['id'])).size).toBe(1);
  expect((await get(formsOf(id))).body['data']).toHaveLength(1);
  expect((await post(formsOf(id), {}, headers)).status).toBe(422);
});

describe('a signature', () => {
  let id: string;
  let form: Json;
  let file: Buffer;

  beforeAll(async () => {
    id = await newCustomer();
    form = await issue(id);
    file = await scan();
  });

  test('must name the PDF that was signed', async () => {
    expect((await sign(id, form, file, null)).status).toBe(428);
    expect((await sign(id, form, file, `"${'0'.repeat(64)}"`)).status).toBe(412);
    expect((await sign(id, form, file, '"v1"')).status).toBe(412);
    expect((await get(`/api/v1/customers/${id}`)).body['documents']).toEqual([]);
  });

  test('becomes a document bound to that PDF, once, and the form is signed', async () => {
    const signed = await sign(id, form, file);
    expect(signed.status).toBe(200);
    expect(signed.body).toMatchObject({
      state: 'signed',
      signature: { sha256: sha256(file).toString('hex'), by: staff.userId },
    });
    const again = await sign(id, form, file);
    expect(again.body).toEqual(signed.body);
    const { body } = await get(`/api/v1/customers/${id}`);
    expect(body['documents']).toMatchObject([
      { kind: 'kyc_form', id: signed.body['signature']?.['documentId'], originalSeen: { by: staff.userId } },
    ]);
  });

  test('is not exchanged for another, and the form is not voided any more', async () => {
    expect((await sign(id, form, await scan())).status).toBe(409);
    expect((await post(`${formsOf(id)}/${form['id']}/void`, { reason: 'yanlış' })).status).toBe(409);
    expect((await get(`/api/v1/customers/${id}`)).body['documents']).toHaveLength(1);
  });
});

test('an unsigned form is voided for a reason, and the task that waits for its signature goes', async () => {
  const id = await newCustomer();
  const form = await issue(id);
  const tasks = async () =>
    ((await get(`/api/v1/tasks?customerId=${id}`)).body['data'] ?? []).map((task) => task['kind']);
  expect(await tasks()).toContain('form_signature');
  const path = `${formsOf(id)}/${form['id']}/void`;
  expect((await post(path, { reason: ' ' })).status).toBe(422);
  expect((await post(path, { reason: 'müşteri vazgeçti' })).body).toMatchObject({
    state: 'void',
    ended: { reason: 'müşteri vazgeçti', by: staff.userId },
  });
  expect(await tasks()).not.toContain('form_signature');
  expect((await post(path, { reason: 'bir daha' })).status).toBe(409);
});

test('permissions to advertise are a ledger of their own: the newest entry of a channel counts', async () => {
  const id = await newCustomer();
  const path = `/api/v1/customers/${id}/marketing-permissions`;
  expect((await get(path)).body).toEqual({ current: { email: 'none', sms: 'none', call: 'none' }, data: [] });
  await post(path, { channel: 'sms', state: 'given', source: 'form' });
  installation.clock.moveBy(60_000);
  await post(path, { channel: 'sms', state: 'withdrawn', source: 'phone' });
  const { body } = await get(path);
  expect(body['current']).toEqual({ email: 'none', sms: 'withdrawn', call: 'none' });
  expect(body['data']?.map((row) => row['state'])).toEqual(['withdrawn', 'given']);
  expect((await get(`/api/v1/customers/${id}/privacy-notices`)).body['data']).toEqual([]);
});

test("another dealer's forms do not exist", async () => {
  const id = await newCustomer();
  const form = await issue(id);
  const stranger = await (await makeDealer(db, installation)).addUser('manager');
  for (const path of [formsOf(id), `${formsOf(id)}/${form['id']}`, `${formsOf(id)}/${form['id']}/office-pdf`])
    expect((await get(path, stranger.token)).status).toBe(404);
  const auditor = await dealer.addUser('auditor');
  expect((await get(`${formsOf(id)}/${form['id']}/pdf`, auditor.token)).status).toBe(200);
  const refused = await api.call('POST', formsOf(id), { token: auditor.token, body: {} });
  expect(refused.status).toBe(403);
});
