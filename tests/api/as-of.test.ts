import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { signedIn, textOf, type Visitor } from '../console/visitor';
import { PERSON } from '../console/files';

const db = useDatabase();
const installation = useInstallation(db, '2026-11-18T08:00:00Z');
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
let id: string;
/** Instants of three days, and what GET answered then. */
const then: { asOf: string; file: unknown; list: unknown }[] = [];

const get = (path: string) => api.call('GET', path, { token: officer.token });
const patch = async (version: number, record: object) => {
  const headers = { 'if-match': `"${version}"` };
  const answer = await api.call('PATCH', `/api/v1/customers/${id}`, {
    token: officer.token,
    headers,
    body: { record },
  });
  expect(answer.status).toBe(200);
};

async function remember(): Promise<void> {
  installation.clock.moveBy(60_000);
  const [file, list] = [await get(`/api/v1/customers/${id}`), await get('/api/v1/customers?q=cinar')];
  then.push({ asOf: installation.clock.now().toISOString(), file: file.body, list: list.body });
  installation.clock.moveBy(86_400_000);
}

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
  const body = { type: 'natural_person_tr', trigger: 'continuous', record: { ...PERSON, phone: undefined } };
  const created = await api.call('POST', '/api/v1/customers', { token: officer.token, body });
  id = String(created.body['id']);
  await remember();
  await patch(1, { address: null, phone: '0532 111 22 33', givenNames: 'Yeni' });
  await remember();
  await api.call('POST', `/api/v1/customers/${id}/withdraw`, {
    token: officer.token,
    body: { reason: 'vazgeçti' },
  });
  await patch2();
  await remember();
});

/** The name that a search finds belongs to the past from here on; a withdrawn file is changed by nobody. */
async function patch2(): Promise<void> {
  const { status } = await api.call('PATCH', `/api/v1/customers/${id}`, {
    token: officer.token,
    headers: { 'if-match': '*' },
    body: { record: { surname: 'Yok' } },
  });
  expect(status).toBe(409);
}

describe('GET as of an instant', () => {
  test('answers with what GET answered then: data, findings, status and due dates', async () => {
    for (const { asOf, file } of then)
      expect((await get(`/api/v1/customers/${id}?asOf=${asOf}`)).body).toEqual(file);
    expect(new Set(then.map(({ file }) => JSON.stringify(file))).size).toBe(3);
  });

  test('answers with the list of then, and with its pages', async () => {
    for (const { asOf, list } of then)
      expect((await get(`/api/v1/customers?q=cinar&asOf=${asOf}`)).body).toEqual(list);
    const [first] = then;
    const page = await get(`/api/v1/customers?status=onboarding&limit=1&sort=-createdAt&asOf=${first?.asOf}`);
    expect(page.body['data']).toHaveLength(1);
    expect((await get('/api/v1/customers?status=onboarding')).body['data']).toHaveLength(0);
  });

  test('takes a day as its end in Türkiye, and an offset with a plus that nobody encoded', async () => {
    const [first, second] = then;
    const ofDay = await get(`/api/v1/customers/${id}?asOf=2026-11-18`);
    expect(ofDay.body).toEqual(first?.file);
    expect((await get(`/api/v1/customers/${id}?asOf=2026-11-20T02:00:00+03:00`)).body).toEqual(second?.file);
  });

  test.each([
    ['tomorrow', 400, 'as_of_shape'],
    ['2026-02-30', 400, 'as_of_shape'],
    ['2026-11-18T25:00:00Z', 400, 'as_of_shape'],
    ['2099-01-01', 400, 'as_of_future'],
    ['2099-01-01T00:00:00Z', 400, 'as_of_future'],
    ['2001-01-01', 404, undefined],
  ])('refuses %s', async (asOf, status, code) => {
    const answer = await get(`/api/v1/customers/${id}?asOf=${asOf}`);
    expect([answer.status, answer.body['errors']?.[0]?.['code']]).toEqual([status, code]);
  });

  test('refuses what is not final yet, and says what to do', async () => {
    const soon = new Date(installation.clock.now().getTime() - 30_000);
    const today = new Date(installation.clock.now().getTime() + 3 * 3_600_000).toISOString().slice(0, 10);
    for (const asOf of [soon.toISOString(), today]) {
      const answer = await get(`/api/v1/customers?asOf=${asOf}`);
      expect(answer.status).toBe(422);
      expect(String(answer.body['detail'])).toContain('asOf');
    }
  });
});

describe('the console on a past day', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await signedIn(api.url, officer);
  });

  test('shows the file of that day under a banner, with nothing to press but the way back', async () => {
    const page = await visitor.get(`/customers/${id}?asOf=2026-11-18`);
    const text = textOf(page.html);
    expect(page.status).toBe(200);
    expect(text).toContain('Geçmişteki hali: 18.11.2026 23:59');
    expect(text).toContain('Işık İsmail Çınar');
    expect(text).toContain('Kapalıçarşı, Kalpakçılar Cad. No 12');
    expect(page.html).toContain(`<a class="button" href="/customers/${id}">`);
    const forms = [...page.html.matchAll(/<form[^>]*action="([^"]+)"/g)].map(([, action]) => action);
    expect(forms).toEqual(['/language', '/logout', `/customers/${id}`]);
    const now = textOf((await visitor.get(`/customers/${id}`)).html);
    expect(now).not.toContain('Geçmişteki hali');
    expect(now).toContain('Geri çekildi');
  });

  test('shows the list of that day, whose rows lead to files of that day', async () => {
    const page = await visitor.get('/customers?asOf=2026-11-18&q=isik');
    expect(textOf(page.html)).toContain('Işık İsmail Çınar');
    expect(page.html).toContain(`href="/customers/${id}?asOf&#x3D;2026-11-18"`);
    expect(page.html).toContain('href="/customers?q&#x3D;isik"');
    expect(textOf((await visitor.get('/customers?asOf=2001-01-01')).html)).toContain(
      'O günde eşleşen müşteri yok',
    );
  });

  test.each([
    [`/customers/ID?asOf=2099-01-01`, 400, 'Gelecekte'],
    [`/customers?asOf=bir gün`, 400, 'Bir gün ya da an değil'],
    [`/customers/ID?asOf=2001-01-01`, 404, 'O anda böyle bir dosya yoktu'],
  ])('says at %s why there is nothing to show', async (path, status, text) => {
    const page = await visitor.get(path.replace('ID', id));
    expect([page.status, textOf(page.html)]).toEqual([status, expect.stringContaining(text)]);
  });
});
