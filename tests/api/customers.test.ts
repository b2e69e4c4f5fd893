import { useApi, type Answer, type Json } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let staff: TestUser;
let officer: TestUser;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  staff = await dealer.addUser('staff');
  officer = await dealer.addUser('officer');
}, 60_000);

const RECORD = { givenNames: 'İbrahim', surname: 'Işık', tckn: '10000000146', email: 'ibrahim@example.com' };

const create = (body: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  api.call('POST', '/api/v1/customers', {
    token: staff.token,
    body: { type: 'natural_person_tr', trigger: 'continuous', record: RECORD, ...body },
    headers,
  });
const open = async (body: object = {}) => String((await create(body)).body['id']);
const get = (path: string, token = staff.token) => api.call('GET', `/api/v1/customers/${path}`, { token });
const post = (path: string, body: object = {}, headers: Record<string, string> = {}, token = staff.token) =>
  api.call('POST', `/api/v1/customers/${path}`, { token, body, headers });
const patch = (id: string, record: object, ifMatch?: string, headers: Record<string, string> = {}) =>
  api.call('PATCH', `/api/v1/customers/${id}`, {
    token: staff.token,
    body: { record },
    headers: { ...headers, ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }) },
  });
const pointers = ({ body }: Answer) =>
  (body['errors'] ?? []).map((e: Json) => `${String(e['pointer'])} ${String(e['code'])}`);
const findings = ({ body }: Answer) =>
  (body['findings'] ?? []).map((f: Json) => `${String(f['field'])} ${String(f['code'])}`);

test('an incomplete record opens a file with findings, an address and an ETag', async () => {
  const created = await create();
  expect(created.status).toBe(201);
  expect(created.headers.get('location')).toBe(`/api/v1/customers/${String(created.body['id'])}`);
  expect(created.headers.get('etag')).toBe('"v1"');
  expect(created.body).toMatchObject({ displayName: 'İbrahim Işık', status: 'onboarding', version: 1 });
  expect(created.body['completeness']).toBeLessThan(100);
  expect(findings(created)).toContain('address.line missing');
  const read = await get(String(created.body['id']));
  expect(read.body).toEqual(created.body);
});

test('findings say in the caller’s language what is missing, and where it comes from', async () => {
  const id = await open();
  const message = async (language: string) => {
    const { body } = await api.call('GET', `/api/v1/customers/${id}`, {
      token: staff.token,
      headers: { 'accept-language': language },
    });
    return body['findings']?.find((one: Json) => String(one['field']) === 'address.line');
  };
  expect(await message('tr')).toMatchObject({
    message: 'Açık adres eksik.',
    legalBasis: 'TY m.6/3',
    severity: 'blocking',
  });
  expect(await message('en')).toMatchObject({ message: 'Address line is missing.' });
});

test('a wrong shape saves nothing, a broken rule is saved as a finding', async () => {
  const before = (await api.call('GET', '/api/v1/customers?limit=100', { token: staff.token })).body['data']
    ?.length;
  const wrong = await create({ record: { birthDate: '2001-02-29', nickname: 'x' }, branchId: 7 });
  expect(wrong.status).toBe(422);
  expect(pointers(wrong).sort()).toEqual([
    '/branchId wrong_type',
    '/record/birthDate not_a_day',
    '/record/nickname unknown_field',
  ]);
  expect((await create({ type: 'association' })).status).toBe(422);
  expect((await create({ branchId: '01890000-0000-7000-8000-000000000000' })).status).toBe(422);
  const after = (await api.call('GET', '/api/v1/customers?limit=100', { token: staff.token })).body['data']
    ?.length;
  expect(after).toBe(before);

  const broken = await create({ record: { ...RECORD, tckn: '10000000147', birthDate: '2999-01-01' } });
  expect(broken.status).toBe(201);
  expect(findings(broken)).toEqual(expect.arrayContaining(['tckn checksum', 'birthDate in_the_future']));
});

test('identity numbers come back masked, are shown for a reason, and cannot be saved masked', async () => {
  const id = await open();
  expect((await get(id)).body['record']).toMatchObject({ tckn: '100******46' });
  const masked = await patch(id, { tckn: '100******46' }, '"v1"');
  expect([masked.status, ...pointers(masked)]).toEqual([422, '/record/tckn masked']);
  expect((await post(`${id}/reveal`, { field: 'tckn' })).status).toBe(422);
  expect((await post(`${id}/reveal`, { field: 'phone', reason: 'x' })).status).toBe(422);
  const shown = await post(`${id}/reveal`, { field: 'tckn', reason: 'Müşteri aradı' });
  expect(shown.body).toEqual({ field: 'tckn', value: '10000000146' });
  const { body } = await get(`${id}/timeline`);
  expect(body['data']?.[0]).toMatchObject({
    event: 'customer.value_revealed',
    actor: { kind: 'user', id: staff.userId },
    detail: { field: 'tckn', reason: 'Müşteri aradı' },
  });
});

test('JSON nested a hundred thousand levels deep is refused like any other wrong shape', async () => {
  const id = await open();
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const list = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const raw = (value: string) => `{"record":{"surname":${value}}}`;
  for (const value of [deep, list]) {
    const headers = { 'content-type': 'application/json', 'if-match': '*', 'idempotency-key': 'deep' };
    const patched = await api.call('PATCH', `/api/v1/customers/${id}`, {
      token: staff.token,
      raw: raw(value),
      headers,
    });
    expect([patched.status, ...pointers(patched)]).toEqual([422, '/record/surname wrong_type']);
    const posted = await api.call('POST', '/api/v1/customers', {
      token: staff.token,
      raw: raw(value),
      headers,
    });
    expect(posted.status).toBe(422);
  }
});

test('a change names the version it read: 428 without, 412 when the record has moved', async () => {
  const id = await open();
  expect((await patch(id, { surname: 'Kaya' })).status).toBe(428);
  const changed = await patch(id, { surname: 'Kaya', email: null }, '"v1"');
  expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"v2"']);
  expect(changed.body).toMatchObject({ displayName: 'İbrahim Kaya', version: 2 });
  expect(changed.body['record']).not.toHaveProperty('email');
  expect((await patch(id, { surname: 'Taş' }, '"v1"')).status).toBe(412);
  expect((await patch(id, { surname: 'Taş' }, 'W/"etag-of-others"')).status).toBe(412);
  const mergePatch = { 'content-type': 'application/merge-patch+json' };
  expect((await patch(id, { surname: 'Taş' }, '"2"', mergePatch)).body['version']).toBe(3);
  expect((await patch(id, { surname: 'Taş' }, '*')).body['version']).toBe(3); // nothing changed
  expect((await patch(id, { nickname: null }, '*')).status).toBe(422);
});

test('of ten changes of one version one wins and nine hear that the record has moved', async () => {
  const id = await open();
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => patch(id, { occupation: `kuyumcu ${n}` }, '"v1"')),
  );
  const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
  expect(statuses).toEqual([200, ...Array<number>(9).fill(412)]);
});

test('ten twins with one Idempotency-Key open one file, and a repeated call answers anew from its id', async () => {
  const key = { 'idempotency-key': 'open-1' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => create({}, key)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  const ids = new Set(answers.map(({ body }) => String(body['id'])));
  expect(ids.size).toBe(1);
  const [id = ''] = ids;
  await patch(id, { surname: 'Kaya' }, '"v1"');
  expect((await create({}, key)).body).toMatchObject({ id, version: 2 });
  const other = await create({ trigger: 'voluntary' }, key);
  expect([other.status, other.body['code']]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
  expect((await post(`${id}/submit`, {}, key)).status).toBe(422);
});

test('an empty file is complete to no part, whatever the trigger', async () => {
  for (const trigger of ['continuous', 'threshold', 'voluntary']) {
    expect((await create({ trigger, record: {} })).body['completeness']).toBe(0);
  }
});

test('the list is filtered by province in any spelling', async () => {
  const id = await open({ record: { givenNames: 'Urfalı', address: { province: 'sanliurfa' } } });
  for (const spelling of ['Şanlıurfa', 'SANLIURFA']) {
    const { body } = await api.call('GET', `/api/v1/customers?province=${encodeURIComponent(spelling)}`, {
      token: staff.token,
    });
    expect(body['data']?.map((row) => row['id'])).toEqual([id]);
  }
  expect((await get(id)).body['record']?.['address']).toEqual({ province: 'sanliurfa' });
});

test('a refused call leaves its Idempotency-Key free', async () => {
  const key = { 'idempotency-key': 'open-2' };
  expect((await create({ record: { birthDate: 'x' } }, key)).status).toBe(422);
  expect((await create({}, key)).status).toBe(201);
});

test('acts answer with the customer and its case, and a state that forbids one says so', async () => {
  const id = await open();
  const early = await post(`${id}/decisions`, { decision: 'approve', reason: 'ok' }, {}, officer.token);
  expect([early.status, early.body['detail']]).toEqual([409, 'Bu müşteri için bekleyen bir karar yok.']);
  const submitted = await post(`${id}/submit`);
  expect(submitted.status).toBe(200);
  expect(installation.woken).toContain(id);
  expect(submitted.body['case']).toMatchObject({ customerId: id, kind: 'onboarding' });
  expect(submitted.body['case']?.['submittedAt']).not.toBeNull();
  expect((await post(`${id}/submit`)).status).toBe(200);
  expect((await post(`${id}/withdraw`, {})).status).toBe(422);
  const withdrawn = await post(`${id}/withdraw`, { reason: 'Vazgeçti' });
  expect(withdrawn.body).toMatchObject({
    status: 'withdrawn',
    case: { stage: 'closed', outcome: 'withdrawn' },
  });
  expect((await post(`${id}/withdraw`, { reason: 'Vazgeçti' })).status).toBe(409);
  expect((await post(`${id}/submit`)).body).toMatchObject({ status: 'withdrawn', case: { stage: 'closed' } });
  expect((await post(`${id}/refresh`, { act: 'start' })).status).toBe(409);
});

test('the list finds by folded words and identity number, pages by cursor and never repeats a row', async () => {
  const id = await open({ record: { givenNames: 'Gülşah', surname: 'Çağlayangil', tckn: '10000000146' } });
  const list = async (query: string) =>
    (await api.call('GET', `/api/v1/customers?${query}`, { token: staff.token })).body;
  const ids = (page: Json) => page['data']?.map((row: Json) => String(row['id']));
  expect(ids(await list('q=caglayan+GULSAH'))).toEqual([id]);
  expect(ids(await list('q=100000001&limit=100'))).toContain(id);
  const seen: string[] = [];
  let cursor = '';
  do {
    const page = await list(`limit=3&sort=code${cursor}`);
    seen.push(...(ids(page) ?? []));
    cursor = page['hasMore'] ? `&cursor=${encodeURIComponent(String(page['nextCursor']))}` : '';
  } while (cursor !== '');
  expect(seen).toHaveLength(new Set(seen).size);
  expect(seen).toContain(id);
});

test('cases can be read by customer and by id', async () => {
  const id = await open();
  const { body } = await api.call('GET', `/api/v1/cases?customerId=${id}`, { token: staff.token });
  const [one] = body['data'] ?? [];
  expect(one).toMatchObject({ customerId: id, kind: 'onboarding', stage: 'collecting' });
  const read = await api.call('GET', `/api/v1/cases/${String(one?.['id'])}`, { token: staff.token });
  expect(read.body).toMatchObject({
    id: one?.['id'],
    nextStep: { what: expect.any(String), at: expect.any(String) },
  });
});

test('another dealer’s objects do not exist', async () => {
  const other = await makeDealer(db, installation);
  const id = await open();
  const { body } = await api.call('GET', `/api/v1/cases?customerId=${id}`, { token: staff.token });
  const caseId = String(body['data']?.[0]?.['id']);
  const { token } = other.admin;
  const calls: [string, string, object?][] = [
    ['GET', `customers/${id}`],
    ['GET', `customers/${id}/timeline`],
    ['GET', `cases/${caseId}`],
    ['PATCH', `customers/${id}`, { record: { surname: 'X' } }],
    ['POST', `customers/${id}/submit`, {}],
    ['POST', `customers/${id}/withdraw`, { reason: 'x' }],
    ['POST', `customers/${id}/decisions`, { decision: 'reject', reason: 'x' }],
    ['POST', `customers/${id}/refresh`, { act: 'confirm' }],
    ['POST', `customers/${id}/reveal`, { field: 'tckn', reason: 'x' }],
    ['GET', `users/${staff.userId}`],
    ['POST', `users/${staff.userId}/disable`, {}],
    ['POST', `api-tokens`, { userId: staff.userId, name: 'x' }],
  ];
  for (const [method, path, sent] of calls) {
    const answer = await api.call(method, `/api/v1/${path}`, {
      token,
      body: sent,
      headers: { 'if-match': '*' },
    });
    expect([path, answer.status]).toEqual([path, 404]);
  }
  expect((await api.call('GET', '/api/v1/customers', { token })).body['data']).toEqual([]);
});

test('checks answer with problems in words and save nothing', async () => {
  const check = (body: object) => api.call('POST', '/api/v1/checks', { token: staff.token, body });
  expect((await check({ kind: 'tckn', value: '100 000 00146' })).body).toEqual({
    kind: 'tckn',
    valid: true,
    normalized: '10000000146',
    problems: [],
  });
  expect((await check({ kind: 'tckn', value: '11111111111' })).body).toMatchObject({
    valid: false,
    problems: [{ code: 'filler', message: 'Gerçek bir numara değil, yer tutucu.' }],
  });
  expect((await check({ kind: 'horoscope', value: 'x' })).status).toBe(422);
});
