import { inDealer } from '../../db/transaction';
import type { CompletenessTotals } from '../../domain/completeness';
import { SYSTEM } from '../../domain/customer';
import { freezePackage } from '../../operations/package-freeze';
import { addPerson } from '../package/package-world';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
let auditor: TestUser;
let staff: TestUser;
const customers: string[] = [];
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  [officer, auditor, staff] = [
    await dealer.addUser('officer'),
    await dealer.addUser('auditor'),
    await dealer.addUser('staff'),
  ];
  for (let n = 0; n < 3; n++) customers.push(await dealer.run((tx) => addPerson(tx)));
}, 60_000);

const ASKED = { profile: 'masak', period: { from: '2026-01-01', to: '2026-12-31' } };
const PATH = '/api/v1/audit-packages';
const ask = (body: object = {}, headers: Record<string, string> = {}) =>
  api.call('POST', PATH, { token: officer.token, body: { ...ASKED, ...body }, headers });
const get = (path: string, token = auditor.token, headers: Record<string, string> = {}) =>
  api.call('GET', `${PATH}${path}`, { token, headers });
const freeze = (id: string) =>
  inDealer(installation.database, dealer.dealerId, SYSTEM, (tx) => freezePackage(tx, id, () => undefined), {
    isolation: 'repeatable read',
  });

interface Missing {
  field: string;
  legalBasis: string;
  problems: { message: string }[];
}

test('a rehearsal answers like a package, ends rehearsed, and says what an inspector would find missing', async () => {
  const asked = await ask({ dryRun: true });
  expect([asked.status, asked.headers.get('location')]).toEqual([202, `${PATH}/${String(asked.body['id'])}`]);
  const id = String(asked.body['id']);
  expect((await get(`/${id}/completeness`)).status).toBe(409);
  await freeze(id);
  expect((await get(`/${id}`)).body).toMatchObject({
    status: 'rehearsed',
    dryRun: true,
    completeness: { customers: 3 },
  });
  const statement = await get(`/${id}/completeness?missing=true&limit=2`, auditor.token, {
    'accept-language': 'tr',
  });
  expect(statement.status).toBe(200);
  const [first] = statement.body['data'] ?? [];
  const missing = (first as unknown as { missing: Missing[] }).missing;
  const card = missing.find(({ field }) => field === 'documents.identity_card');
  expect(card?.legalBasis).toMatch(/^TY m\./);
  expect(card?.problems[0]?.message).toMatch(/eksik/i);
  const {
    customers: count,
    requirements,
    met,
    missing: gaps,
    notApplicable,
  } = statement.body['totals'] as unknown as CompletenessTotals;
  expect(met + gaps + notApplicable).toBe(count * requirements);
  const next = await get(
    `/${id}/completeness?missing=true&limit=2&cursor=${String(statement.body['nextCursor'])}`,
  );
  expect(next.body['data']).toHaveLength(1);
  const acts = [
    await api.call('POST', `${PATH}/${id}/seal`, { token: dealer.admin.token }),
    await get(`/${id}/download`),
  ];
  expect(acts.map(({ status }) => status)).toEqual([409, 409]);
  expect((await get('?dryRun=true')).body['data']?.map((one) => one['id'])).toContain(id);
  expect((await get('')).body['data']?.map((one) => one['id'])).not.toContain(id);
});

test('what was asked for comes back, and its parts are wrong one by one', async () => {
  const scope = {
    customers: customers.slice(0, 2),
    include: [{ customerId: customers[2], reason: 'ayrıca' }],
    sample: { size: 1, seed: 'x' },
    note: 'Not',
    fixWindowDays: 3,
  };
  const asked = await ask(scope);
  const { fixWindowDays: _, ...shown } = scope;
  expect(asked.body).toMatchObject({
    ...shown,
    fixWindow: { days: 3, until: null },
    scope: null,
    completeness: null,
  });
  const wrong = async (body: object) => {
    const { status, body: answer } = await ask(body);
    return [status, answer['errors']?.[0]?.['pointer']];
  };
  expect(await wrong({ sample: { size: 0, seed: 'x' } })).toEqual([422, '/sample/size']);
  expect(await wrong({ note: 'x'.repeat(501) })).toEqual([422, '/note']);
  expect(await wrong({ fixWindowDays: 11 })).toEqual([422, '/fixWindowDays']);
  expect(await wrong({ exclude: [{ customerId: customers[0] }] })).toEqual([422, '/exclude/0/reason']);
  expect(await wrong({ exclude: [{ customerId: customers[0], reason: ' ' }] })).toEqual([
    422,
    '/exclude/0/reason',
  ]);
  expect(await wrong({ include: [{ customerId: crypto.randomUUID(), reason: 'x' }] })).toEqual([
    422,
    '/include/0/customerId',
  ]);
});

test.each([
  [{ profile: 'sgk' }, '/profile', 'Must be one of: masak, maliye.', 'Şunlardan biri olmalı: masak, maliye.'],
  [{ language: 'de' }, '/language', 'Must be one of: tr, en.', 'Şunlardan biri olmalı: tr, en.'],
  [{ sample: { size: 0, seed: 'x' } }, '/sample/size', 'At least 1.', 'En az 1 olmalı.'],
  [{ fixWindowDays: 11 }, '/fixWindowDays', 'At most 10.', 'En çok 10 olabilir.'],
  [{ note: 'x'.repeat(501) }, '/note', 'At most 500 characters.', 'En çok 500 karakter olabilir.'],
  [{ filter: { risk: 'huge' } }, '/filter/risk', 'Must be one of: low, medium, high.', 'low, medium, high'],
  [{ filter: { risk: ['low', 'huge'] } }, '/filter/risk/1', 'Must be one of: low', 'low, medium, high'],
  [{ filter: { risk: 7 } }, '/filter/risk', 'Has the wrong type.', 'Veri türü yanlış.'],
])('%j is refused with what would be taken, in the language that was asked for', async (body, at, en, tr) => {
  for (const [language, words] of Object.entries({ en, tr })) {
    const { status, body: answer } = await ask(body, { 'accept-language': language });
    expect([status, answer['errors']]).toEqual([
      422,
      [expect.objectContaining({ pointer: at, message: expect.stringContaining(words) })],
    ]);
  }
});

test('twins with one Idempotency-Key make one package of one sample', async () => {
  const body = { sample: { size: 2, seed: 'ikiz' } };
  const key = { 'idempotency-key': 'sampled-1' };
  const answers = await Promise.all([ask(body, key), ask(body, key)]);
  expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(1);
  expect((await ask({ sample: { size: 2, seed: 'başka' } }, key)).status).toBe(422);
});

test('a fix window is ended early by an officer, which wakes the package', async () => {
  const id = String((await ask({ fixWindowDays: 5 })).body['id']);
  const end = (token: string) => api.call('POST', `${PATH}/${id}/end-fix-window`, { token });
  expect((await end(officer.token)).status).toBe(409);
  await freeze(id);
  expect((await end(staff.token)).status).toBe(403);
  const before = api.packagesWoken.length;
  expect((await end(officer.token)).body).toMatchObject({ status: 'rendering', phase: 'fixing' });
  expect(api.packagesWoken.slice(before)).toEqual([id]);
});

test('another dealer finds neither the package nor its statement', async () => {
  const id = String((await ask({ dryRun: true })).body['id']);
  await freeze(id);
  const other = await makeDealer(db, installation);
  for (const path of [`/${id}`, `/${id}/completeness`])
    expect((await get(path, other.admin.token)).status).toBe(404);
});
