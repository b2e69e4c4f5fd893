import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { inventedTckn } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: TestUser;
let officer: TestUser;
beforeEach(async () => {
  dealer = await makeDealer(db, installation);
  staff = await dealer.addUser('staff');
  officer = await dealer.addUser('officer');
});

const file = (record: Record<string, unknown>) => ({
  type: 'natural_person_tr',
  trigger: 'continuous',
  record,
});
const post = (path: string, body: unknown, user = staff) =>
  api.call('POST', `/api/v1${path}`, { token: user.token, body });
const AYSE = { givenNames: 'Ayşe', surname: 'Kaya', tckn: inventedTckn(42) };

test('a check says who may be the same, with names and codes and without a number', async () => {
  const { body: first } = await post('/customers', file(AYSE));
  const answer = await post('/duplicates/check', { type: 'natural_person_tr', record: { tckn: AYSE.tckn } });
  expect(answer.status).toBe(200);
  expect(answer.body).toEqual({
    candidates: [
      {
        customerId: first['id'],
        code: first['code'],
        displayName: 'Ayşe Kaya',
        status: 'onboarding',
        strength: 'strong',
        reasons: ['same_identity_number'],
      },
    ],
    network: [],
  });
  expect(JSON.stringify(answer.body)).not.toContain(AYSE.tckn);
  expect((await post('/duplicates/check', { type: 'company', record: { tckn: '1' } })).status).toBe(422);
});

test('an opened file names its duplicates at once, from both sides, until somebody dismisses them', async () => {
  const { body: first } = await post('/customers', file(AYSE));
  expect(first['duplicates']).toEqual([]);
  const { body: second } = await post('/customers', file(AYSE));
  expect(second['duplicates']).toMatchObject([{ customerId: first['id'], strength: 'strong' }]);
  const pair = String(second['duplicates']?.[0]?.['id']);
  const seen = await api.call('GET', `/api/v1/customers/${String(first['id'])}`, { token: staff.token });
  expect(seen.body['duplicates']).toMatchObject([{ id: pair, customerId: second['id'] }]);
  expect((await post(`/duplicates/${pair}/dismiss`, { reason: 'Kardeşi' })).body).toEqual({
    id: pair,
    state: 'dismissed',
  });
  expect((await post(`/duplicates/${pair}/dismiss`, { reason: 'Kardeşi' })).status).toBe(409);
  const foreign = await makeDealer(db, installation);
  expect(
    (await post(`/duplicates/${pair}/dismiss`, { reason: 'x' }, await foreign.addUser('staff'))).status,
  ).toBe(404);
});

test('an officer merges and undoes; a clerk may not, and a repeated call does nothing twice', async () => {
  const { body: first } = await post('/customers', file(AYSE));
  const { body: second } = await post('/customers', file({ ...AYSE, phone: '0532 111 22 33' }));
  const path = `/customers/${String(first['id'])}/merge`;
  const body = { absorb: second['id'], take: ['phone'], reason: 'Aynı kişi' };
  expect((await post(path, body)).status).toBe(403);
  const request = { token: officer.token, body, headers: { 'idempotency-key': crypto.randomUUID() } };
  const merged = await api.call('POST', `/api/v1${path}`, request);
  expect(merged.body).toMatchObject({
    id: first['id'],
    record: { phone: '0532 111 22 33' },
    duplicates: [],
    merged: [{ customerId: second['id'] }],
    mergedInto: null,
  });
  expect((await api.call('POST', `/api/v1${path}`, request)).body).toEqual(merged.body);
  const absorbed = await api.call('GET', `/api/v1/customers/${String(second['id'])}`, { token: staff.token });
  expect(absorbed.body).toMatchObject({ status: 'closed', mergedInto: first['id'] });

  const undo = `/merges/${String(merged.body['merged']?.[0]?.['mergeId'])}/undo`;
  expect((await post(undo, { reason: 'Yanlış' })).status).toBe(403);
  const undone = await post(undo, { reason: 'Yanlış' }, officer);
  expect(undone.body).toMatchObject({ id: second['id'], status: 'onboarding', mergedInto: null });
  expect((await post(undo, { reason: 'Yanlış' }, officer)).status).toBe(409);
});

test('two orders on one pair of files do not cross: one merge stands, the other is refused', async () => {
  const { body: first } = await post('/customers', file(AYSE));
  const { body: second } = await post('/customers', file(AYSE));
  const [a, b] = [String(first['id']), String(second['id'])];
  const answers = await Promise.all([
    post(`/customers/${a}/merge`, { absorb: b, reason: 'x' }, officer),
    post(`/customers/${b}/merge`, { absorb: a, reason: 'x' }, officer),
  ]);
  expect(answers.map(({ status }) => status).sort((x, y) => x - y)).toEqual([200, 409]);
});
