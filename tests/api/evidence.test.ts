import { readFileSync } from 'node:fs';

import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { testWithSharedData } from '../support/shared-data';
import { openFile } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: TestUser;
let auditor: TestUser;
let company = '';

beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  [staff, auditor] = [await dealer.addUser('staff'), await dealer.addUser('auditor')];
  company = await dealer.run((tx) => openFile(tx, { type: 'company', seed: 31 }), staff.userId);
});

const evidence = () => `/api/v1/customers/${company}/evidence`;
const body = { kind: 'vkn', result: 'match', seenAt: '2026-11-22T11:30:00+03:00', note: 'Ünvan aynı' };
const post = (change: object = {}, token = staff.token) =>
  api.call('POST', evidence(), { token, body: { ...body, ...change } });

test('evidence is asked for, recorded and listed', async () => {
  const before = await api.call('GET', evidence(), { token: auditor.token });
  expect(before.body['data']).toEqual([]);
  expect(before.body['requests']).toContainEqual(
    expect.objectContaining({
      kind: 'vkn',
      link: 'https://www.turkiye.gov.tr/gib-intvrg-vergi-kimlik-numarasi-dogrulama',
      expected: true,
      seen: null,
    }),
  );
  const recorded = await post({ barcode: 'YF-22-33' });
  expect(recorded.status).toBe(201);
  expect(recorded.body).toMatchObject({
    seenAt: '2026-11-22T08:30:00.000Z',
    barcode: 'YF-22-33',
    holds: true,
  });
  const after = await api.call('GET', evidence(), { token: auditor.token });
  expect(after.body['data']).toHaveLength(1);
  expect(after.body['requests']).toContainEqual(expect.objectContaining({ kind: 'vkn', seen: 'match' }));
});

test('who may only read may not record, and another dealer sees nothing', async () => {
  expect((await post({}, auditor.token)).status).toBe(403);
  const other = await (await makeDealer(db, installation)).addUser('officer');
  expect((await api.call('GET', evidence(), { token: other.token })).status).toBe(404);
  expect((await post({}, other.token)).status).toBe(404);
});

test.each([
  ['kind', { kind: 'address' }, '/kind'],
  ['kind of nothing', { kind: 'x' }, '/kind'],
  ['note', { note: ' ' }, '/note'],
  ['instant', { seenAt: '22.11.2026' }, '/seenAt'],
  ['instant to come', { seenAt: '2027-01-01T00:00:00Z' }, '/seenAt'],
  ['document', { documentId: '018f0000-0000-7000-8000-000000000001' }, '/documentId'],
  ['member', { colour: 'red' }, '/colour'],
])('a wrong %s is named', async (_what, change, pointer) => {
  const { status, body: problem } = await post(change);
  expect(status).toBe(422);
  expect(problem['errors']).toContainEqual(expect.objectContaining({ pointer }));
});

test('nothing can be asked again where the register contradicted nothing', async () => {
  const answer = await api.call('POST', `/api/v1/customers/${company}/register-retries`, {
    token: staff.token,
    body: { field: 'representatives[0].person.tckn', spelling: 'first_given_name' },
  });
  expect(answer.status).toBe(409);
});

test('the same key records once', async () => {
  const headers = { 'idempotency-key': 'evidence-1' };
  const send = () => api.call('POST', evidence(), { token: staff.token, headers, body });
  const [first, second] = [await send(), await send()];
  expect(second.body['id']).toBe(first.body['id']);
});

describe('checks', () => {
  const check = async (kind: string, value: string, context?: object) =>
    api.call('POST', '/api/v1/checks', {
      token: staff.token,
      body: { kind, value, ...(context === undefined ? {} : { context }) },
    });

  test('a lost zero is said in both languages, with the repaired number', async () => {
    const { body: answer } = await check('tax_or_identity', '102030404');
    expect(answer).toMatchObject({
      valid: false,
      fields: { kind: 'vkn', suggested: '0102030404' },
      problems: [{ code: 'lost_leading_zero', message: 'Baştaki sıfır silinmiş olabilir.' }],
    });
  });

  test('a zone is read on the day of the clock and compared with the context', async () => {
    const value =
      'I<TURA00Z000016<10000000146<<<\n9001011F3301018TUR<<<<<<<<<<<4\nYILMAZ<<AYSE<NUR<<<<<<<<<<<<<<';
    const { body: answer } = await check('mrz', value, { surname: 'Kaya', givenNames: 'Ayşe Nur' });
    expect(answer).toMatchObject({ valid: true, fields: { tckn: '10000000146', expiresOn: '2033-01-01' } });
    expect(answer['problems']).toEqual([{ code: 'name_differs', message: expect.any(String) }]);
  });

  test.each(['email', 'name'])('%s is judged', async (kind) => {
    expect((await check(kind, kind === 'email' ? 'a@example.com' : 'Ayşe')).body).toMatchObject({
      kind,
      valid: true,
    });
  });

  testWithSharedData(
    'hostile strings are answered, never a fault',
    'hostile/naughty-strings-dev.json',
    async (path) => {
      const strings = JSON.parse(readFileSync(path, 'utf8')) as string[];
      expect(strings.length).toBeGreaterThan(100);
      for (const [index, value] of strings.entries()) {
        const kind = ['email', 'name', 'tax_or_identity', 'mrz'][index % 4] ?? 'mrz';
        const { status } = await check(kind, value, { surname: 'x' });
        expect([value, status]).toEqual([value, status === 422 ? 422 : 200]);
      }
    },
  );
});
