import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
let auditor: TestUser;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
  auditor = await dealer.addUser('auditor');
}, 60_000);

const ASKED = { profile: 'masak', period: { from: '2026-01-01', to: '2026-12-31' } };
const ask = (body: object = {}, headers: Record<string, string> = {}) =>
  api.call('POST', '/api/v1/audit-packages', { token: officer.token, body: { ...ASKED, ...body }, headers });
const act = (id: string, name: string, token = officer.token) =>
  api.call('POST', `/api/v1/audit-packages/${id}/${name}`, { token });

test('a package that was asked for is under way at once, and its workflow is woken', async () => {
  const asked = await ask({ filter: { status: 'active,suspended', risk: ['high'] }, fixWindowDays: 0 });
  expect(asked.status).toBe(202);
  expect(asked.headers.get('location')).toBe(`/api/v1/audit-packages/${String(asked.body['id'])}`);
  expect(asked.body).toMatchObject({
    status: 'rendering',
    progress: { done: 0, total: 0, failing: 0, secondsLeft: null },
    filter: { status: ['active', 'suspended'], risk: ['high'] },
    requestedBy: { id: officer.userId },
  });
  expect(api.packagesWoken).toContain(asked.body['id']);
  const read = await api.call('GET', String(asked.headers.get('location')), { token: auditor.token });
  expect(read.body).toEqual(asked.body);
});

test('twins with one Idempotency-Key ask for one package', async () => {
  const key = { 'idempotency-key': 'package-1' };
  const ids = (await Promise.all([ask({}, key), ask({}, key), ask({}, key)])).map(({ body }) => body['id']);
  expect(new Set(ids).size).toBe(1);
  expect((await ask({ profile: 'maliye' }, key)).status).toBe(422);
});

test('a wrong period, an unknown filter and a wrong day are refused', async () => {
  const codes = async (body: object) => {
    const answer = await ask(body);
    return [answer.status, answer.body['errors']?.[0]?.['pointer']];
  };
  expect(await codes({ period: { from: '2026-12-31', to: '2026-01-01' } })).toEqual([422, '/period/to']);
  expect(await codes({ period: { from: '2026-02-30', to: '2026-12-31' } })).toEqual([422, '/period/from']);
  expect(await codes({ filter: { colour: 'red' } })).toEqual([422, '/filter/colour']);
  expect(await codes({ filter: { status: 'asleep' } })).toEqual([422, '/filter/status']);
});

test('what is not ready can be neither sealed nor downloaded, and can be cancelled', async () => {
  const id = String((await ask()).body['id']);
  expect((await act(id, 'seal', dealer.admin.token)).status).toBe(409);
  const download = await api.call('GET', `/api/v1/audit-packages/${id}/download`, { token: auditor.token });
  expect(download.status).toBe(409);
  expect((await act(id, 'cancel')).body['status']).toBe('cancelled');
  expect((await act(id, 'cancel')).status).toBe(200);
  expect((await act(id, 'seal', dealer.admin.token)).status).toBe(409);
});

test('the list shows the newest first and only the dealer’s own', async () => {
  const newest = String((await ask()).body['id']);
  const list = async (token: string, query = '') =>
    (await api.call('GET', `/api/v1/audit-packages?limit=1${query}`, { token })).body;
  const first = await list(auditor.token);
  expect(first['data']?.map((one) => one['id'])).toEqual([newest]);
  const second = await list(auditor.token, `&cursor=${String(first['nextCursor'])}`);
  expect(second['data']?.map((one) => one['id'])).not.toContain(newest);
  const other = await makeDealer(db, installation);
  expect((await list(other.admin.token))['data']).toEqual([]);
  expect(
    (await api.call('GET', `/api/v1/audit-packages/${newest}`, { token: other.admin.token })).status,
  ).toBe(404);
});
