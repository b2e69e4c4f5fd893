import { DEFAULT_POLICY, type Policy } from '../../domain/rules/policy';
import { useApi, type Answer, type Json } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, PASSWORD, useInstallation, type TestDealer, type TestUser } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: TestUser;
let officer: TestUser;
let manager: TestUser;
let auditor: TestUser;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  [staff, officer] = [await dealer.addUser('staff'), await dealer.addUser('officer')];
  [manager, auditor] = [await dealer.addUser('manager'), await dealer.addUser('auditor')];
}, 60_000);

const REFRESH = DEFAULT_POLICY.find(({ key }) => key === 'refresh')?.value as Policy['refresh'];
const CHANGE = {
  key: 'refresh',
  value: { ...REFRESH, low: { ...REFRESH.low, light: 'P9M' } },
  validFrom: '2026-11-22',
  reason: 'Yıllık değerlendirme',
};
/** In person, with a password. */
async function inPerson(user: TestUser): Promise<(path: string, body?: object) => Promise<Answer>> {
  const { headers } = await api.call('POST', '/api/v1/session', {
    body: { email: user.email, password: PASSWORD },
  });
  const cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return (path, body = {}) =>
    api.call('POST', `/api/v1/policy-changes${path}`, { body, headers: { cookie, origin: api.url } });
}
const post = (path: string, token: string, body: object = {}) =>
  api.call('POST', `/api/v1/policy-changes${path}`, { token, body });
const get = (path: string, token = auditor.token) => api.call('GET', `/api/v1${path}`, { token });
const idsOf = (body: Json) => (body['data'] ?? []).map((row) => row['id']);

test('a change is proposed by one person, approved by another, and wakes its workflow', async () => {
  const preview = await post('/preview', officer.token, { ...CHANGE, reason: undefined });
  expect(preview.body).toMatchObject({ effect: 'dates', concerned: 0, exact: { affected: 0 }, data: [] });
  const asked = await post('', officer.token, CHANGE);
  expect(asked.status).toBe(201);
  const id = String(asked.body['id']);
  expect(asked.headers.get('location')).toBe(`/api/v1/policy-changes/${id}`);
  expect(asked.body).toMatchObject({ state: 'proposed', number: null, proposedBy: { id: officer.userId } });
  expect((await post(`/${id}/approve`, officer.token)).status).toBe(403);
  const asManager = await inPerson(manager);
  const done = await asManager(`/${id}/approve`);
  expect(done.body).toMatchObject({ state: 'scheduled', number: 1, fourEyes: 'enforced' });
  expect(api.policyChangesWoken).toContain(id);
  expect((await asManager(`/${id}/approve`)).status).toBe(409);
  const now = (await get('/policies?asOf=2026-11-22')).body['data']?.find((row) => row['key'] === 'refresh');
  expect(now).toMatchObject({ version: expect.stringMatching(/\+1$/), changeId: id });
  const before = (await get('/policies?asOf=2026-11-21')).body['data']?.find(
    (row) => row['key'] === 'refresh',
  );
  expect(before).toMatchObject({ validTo: '2026-11-22', changeId: null });

  const undo = await post(`/${id}/undo`, officer.token, { reason: 'yanlış' });
  expect(undo.body).toMatchObject({ state: 'proposed', undoes: id, newValue: REFRESH });
  // One admin made the tokens of both; they are still two people.
  expect((await post(`/${String(undo.body['id'])}/approve`, manager.token)).status).toBe(200);
  expect((await get(`/policy-changes/${id}`)).body).toMatchObject({
    state: 'undone',
    undoneBy: undo.body['id'],
  });
  expect((await get(`/policy-changes/${id}/moves`)).body).toMatchObject({ data: [], hasMore: false });
  expect(idsOf((await get('/policy-changes?state=undone&key=refresh')).body)).toEqual([id]);
});

test('what an admin proposes, a token that the admin made cannot approve', async () => {
  const { body } = await post('', dealer.admin.token, { ...CHANGE, key: 'retention', value: 'P9Y' });
  const path = `/${String(body['id'])}`;
  const byToken = await post(`${path}/approve`, manager.token);
  expect(byToken.body).toMatchObject({ status: 403, code: 'FOUR_EYES' });
  const asManager = await inPerson(manager);
  expect((await asManager(`${path}/reject`, { reason: 'gerek yok' })).status).toBe(200);
});

test('roles: staff and auditors propose nothing, officers approve nothing', async () => {
  for (const { token } of [staff, auditor]) expect((await post('', token, CHANGE)).status).toBe(403);
  expect((await post('/preview', auditor.token, { ...CHANGE, reason: undefined })).status).toBe(403);
  const { body } = await post('', officer.token, { ...CHANGE, key: 'retention', value: 'P10Y' });
  const id = String(body['id']);
  expect((await post(`/${id}/approve`, officer.token)).status).toBe(403);
  expect((await post(`/${id}/reject`, manager.token, { reason: '' })).status).toBe(422);
  expect((await post(`/${id}/withdraw`, officer.token, { reason: 'vazgeçildi' })).body).toMatchObject({
    state: 'withdrawn',
  });
});

test('a value weaker than the law is refused where it stands, with what to do, in two languages', async () => {
  const value = { identificationKurus: 20_000_000, paymentEvidenceKurus: 3_000_000 };
  const body = { ...CHANGE, key: 'thresholds', value };
  const messages: unknown[] = [];
  for (const language of ['tr', 'en']) {
    const answer = await api.call('POST', '/api/v1/policy-changes', {
      token: officer.token,
      body,
      headers: { 'accept-language': language },
    });
    expect(answer.status).toBe(422);
    expect(answer.body['errors']?.[0]).toMatchObject({
      pointer: '/value/identificationKurus',
      code: 'weaker_than_law',
    });
    messages.push(answer.body['errors']?.[0]?.['message']);
  }
  expect(messages).toEqual([
    expect.stringContaining('gevşek olamaz'),
    expect.stringContaining('cannot be looser'.replace('c', 'C')),
  ]);
});

test('the matrix is filtered by type, trigger, severity, confidence and words', async () => {
  const all = idsOf((await get('/requirements')).body);
  const people = (await get('/requirements?type=natural_person_tr&trigger=continuous&severity=warning')).body[
    'data'
  ];
  expect(people?.length).toBeGreaterThan(0);
  expect(people?.length).toBeLessThan(all.length);
  expect(people?.every((row) => row['severity'] === ('warning' as unknown as Json))).toBe(true);
  expect(idsOf((await get('/requirements?q=meslek&type=natural_person_tr')).body)).toContain('NP-13');
  expect((await get('/requirements?confidence=recalled')).body['data']?.length).toBeGreaterThan(0);
  expect((await get('/requirements?colour=red')).status).toBe(400);
  expect((await get('/requirements?asOf=2007-01-01')).body['data']).toEqual([]);
});

test('another dealer’s change does not exist', async () => {
  const other = await makeDealer(db, installation);
  const { body } = await post('', officer.token, { ...CHANGE, key: 'collectingPeriod', value: 'PT48H' });
  const id = String(body['id']);
  expect((await get(`/policy-changes/${id}`, other.admin.token)).status).toBe(404);
  expect((await post(`/${id}/approve`, other.admin.token)).status).toBe(404);
  expect((await get('/policy-changes', other.admin.token)).body['data']).toEqual([]);
});
