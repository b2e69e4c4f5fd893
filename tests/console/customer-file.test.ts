import { createCustomer } from '../../operations/customers';
import { PrinterBusy, type PdfPrinter } from '../../printing/pdf-printer';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { PERSON } from './files';
import { signedIn, textOf, valueOf, visitorOf, type Visitor } from './visitor';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
const busy: PdfPrinter = {
  print: () => Promise.reject(new PrinterBusy('full')),
  close: async () => undefined,
};
const busyApi = useApi(installation, () => ({ printer: busy }));
let dealer: TestDealer;
let auditor: Visitor;
let page: string;

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  auditor = await signedIn(api.url, await dealer.addUser('auditor'));
});

beforeEach(async () => {
  const file = { type: 'natural_person_tr', trigger: 'continuous', record: PERSON } as const;
  page = `/customers/${(await dealer.run((tx) => createCustomer(tx, file))).id}`;
});

/** Fields of the form that asks for the file, with what each offers. */
function offered(html: string): Record<string, string[]> {
  const form = new RegExp(`<form method="get" action="${page}/file"[\\s\\S]*?</form>`).exec(html)?.[0] ?? '';
  const selects = form.matchAll(/<select[^>]*name="(\w+)"[\s\S]*?<\/select>/g);
  return Object.fromEntries(
    [...selects].map(([select, name = '']) => [
      name,
      [...select.matchAll(/<option value="(\w+)"/g)].map(([, value = '']) => value),
    ]),
  );
}

test('an auditor chooses for whom and in which language, and saves the file; the history says so', async () => {
  expect(offered((await auditor.get(page)).html)).toEqual({
    profile: ['masak', 'maliye'],
    language: ['tr', 'en'],
  });
  const file = await auditor.get(`${page}/file?profile=maliye&language=en`);
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="KYM-2026-\d{6}\.pdf"/);
  expect(file.headers.get('cache-control')).toBe('private, no-store');
  const history = textOf((await auditor.get(`${page}/timeline`)).html);
  expect(history).toMatch(/Dosyanın dökümü alındı Maliye denetimi · özet [0-9a-f]{16}/);
});

test('a busy printer is told on the customer’s own page, which keeps what was chosen', async () => {
  const visitor = visitorOf(busyApi.url);
  for (const [name, value] of auditor.cookies) visitor.cookies.set(name, value);
  const refused = await visitor.get(`${page}/file?profile=maliye&language=en`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(textOf(refused.html)).toContain('Bir sorun var Şu anda çok sayıda belge basılıyor');
  expect([valueOf(refused.html, 'profile'), valueOf(refused.html, 'language')]).toEqual(['maliye', 'en']);
  expect(offered(refused.html)).toHaveProperty('profile');
  expect(busyApi.logged).toContainEqual(expect.objectContaining({ errorClass: 'ComplianceError' }));
  expect(textOf((await auditor.get(`${page}/timeline`)).html)).not.toContain('Dosyanın dökümü alındı');
});

test('an address without its answers leads to where they are asked', async () => {
  for (const query of ['', '?profile=masak', '?profile=police&language=tr'])
    expect((await auditor.get(`${page}/file${query}`)).path).toBe(page);
});

test('a customer who is not there and a role without files are refused', async () => {
  const query = 'file?profile=masak&language=tr';
  expect((await auditor.get(`/customers/01890000-0000-7000-8000-000000000000/${query}`)).status).toBe(404);
  const admin = await dealer.addUser('admin');
  expect((await (await signedIn(api.url, admin)).get(`${page}/${query}`)).status).toBe(403);
});
