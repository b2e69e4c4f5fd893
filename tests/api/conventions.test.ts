import { ACCESS, allows, type Access, type OperationId } from '../../api/access';
import { openApiDocument } from '../../api/openapi';
import { ROUTES } from '../../api/routes';
import type { Role } from '../../domain/customer';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
const people = {} as Record<Role, TestUser>;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  for (const role of ['staff', 'officer', 'manager', 'auditor', 'admin'] as const) {
    people[role] = await dealer.addUser(role);
  }
}, 60_000);

const nobody = '01890000-0000-7000-8000-000000000000';
const pathOf = (path: string) => `/api/v1${path.replaceAll(/\{\w+\}/g, nobody)}`;

const MAY: Record<Access, readonly Role[]> = {
  public: ['staff', 'officer', 'manager', 'auditor', 'admin'],
  signed_in: ['staff', 'officer', 'manager', 'auditor', 'admin'],
  reader: ['staff', 'officer', 'manager', 'auditor'],
  exporter: ['officer', 'manager', 'auditor'],
  staff: ['staff', 'officer', 'manager'],
  officer: ['officer', 'manager'],
  manager: ['manager'],
  admin: ['admin'],
};

describe('every operation is open to its roles and to nobody else', () => {
  const operations = ROUTES.filter(({ id }) => ACCESS[id] !== 'public' && id !== 'signOut');

  test.each(operations.map((route) => [route.id, route] as const))('%s', async (id, route) => {
    const allowed: string[] = [];
    for (const [role, { token }] of Object.entries(people)) {
      // An empty body is refused only after the role was let in.
      const { status } = await api.call(route.method.toUpperCase(), pathOf(route.path), { token });
      expect(status).toBeLessThan(500);
      if (status !== 403) allowed.push(role);
    }
    expect(allowed.sort()).toEqual([...MAY[ACCESS[id]]].sort());
    expect((await api.call(route.method.toUpperCase(), pathOf(route.path))).status).toBe(401);
  });

  test('every operation of the table has a route', () => {
    const routed = new Set<OperationId>(ROUTES.map(({ id }) => id));
    expect((Object.keys(ACCESS) as OperationId[]).filter((id) => !routed.has(id))).toEqual([]);
  });

  test('auditors change nothing, staff decide nothing, and people and settings are the admin’s', () => {
    const open = (role: Role) =>
      ROUTES.filter(
        ({ id, method }) => method !== 'get' && allows({ role, alsoManager: false }, ACCESS[id]),
      ).map(({ id }) => id);
    const everybody: OperationId[] = ['signIn', 'signOut', 'changePassword', 'runCheck'];
    const officers: OperationId[] = [
      'recordDecision',
      'closeCustomer',
      'mergeCustomers',
      'undoMerge',
      'startImport',
      'commitImport',
      'cancelImport',
      'requestPackage',
      'cancelPackage',
      'endFixWindow',
      'sealPackage',
      'retryPackage',
      'leaveOutOfPackage',
      'recordHandover',
      'uploadReceipt',
      'previewPolicyChange',
      'proposePolicyChange',
      'withdrawPolicyChange',
      'undoPolicyChange',
    ];
    const managers: OperationId[] = ['approvePolicyChange', 'rejectPolicyChange'];
    const admins: OperationId[] = [
      'updateDealer',
      'addBranch',
      'addUser',
      'disableUser',
      'createApiToken',
      'revokeApiToken',
    ];
    expect(open('auditor').sort()).toEqual([...everybody].sort());
    expect(open('admin').sort()).toEqual([...everybody, ...admins].sort());
    const beyondStaff = open('officer').filter((id) => !open('staff').includes(id));
    expect(beyondStaff.sort()).toEqual([...officers].sort());
    expect(open('manager').sort()).toEqual([...open('officer'), ...managers].sort());
  });

  test('the first admin also has a manager’s rights, other admins have not', () => {
    expect(allows({ role: 'admin', alsoManager: true }, 'manager')).toBe(true);
    expect(allows({ role: 'admin', alsoManager: false }, 'reader')).toBe(false);
  });
});

test.each([
  ['tr', undefined, 'Bulunamadı'],
  ['en', 'en-GB,en;q=0.9', 'Not found'],
  ['tr', 'de', 'Bulunamadı'],
  ['tr', 'en;q=0.5, tr;q=0.9', 'Bulunamadı'],
])('problems speak %s to a caller who prefers %s', async (language, header, title) => {
  const answer = await api.call('GET', `/api/v1/customers/${nobody}`, {
    token: people.staff.token,
    headers: header === undefined ? {} : { 'accept-language': header },
  });
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('content-language')).toBe(language);
  expect(answer.body['title']).toBe(title);
  expect(answer.body['instance']).toBe(`urn:uuid:${answer.headers.get('x-request-id')}`);
});

test('malformed JSON, a wrong content type, an oversized body and an unknown address are told apart', async () => {
  const { token } = people.staff;
  const post = (raw: string, type: string, path = '/api/v1/customers') =>
    api.call('POST', path, { token, raw, headers: { 'content-type': type } });
  expect((await post('{"type": ', 'application/json')).status).toBe(400);
  expect((await post('"text"', 'application/json')).status).toBe(400);
  expect((await post('type=company', 'application/x-www-form-urlencoded')).status).toBe(415);
  expect((await post(`{"x":"${'x'.repeat(1024 * 1024)}"}`, 'application/json')).status).toBe(413);
  expect((await post('{}', 'application/json', '/api/v1/nothing')).status).toBe(404);
  expect((await api.call('GET', '/api/v1/customers/not-an-id', { token })).status).toBe(404);
  expect((await api.call('GET', '/api/v1/customers/%E0%A4%A', { token })).status).toBe(400);
});

test('an address says which methods it takes, and refuses the others', async () => {
  const { token } = people.staff;
  const asked = await fetch(`${api.url}/api/v1/customers`, { method: 'OPTIONS' });
  expect([asked.status, asked.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS, POST']);
  const refused = await api.call('DELETE', `/api/v1/customers/${nobody}`, { token });
  expect([refused.status, refused.body['code']]).toEqual([405, 'METHOD_NOT_ALLOWED']);
  expect(refused.headers.get('allow')).toBe('GET, HEAD, OPTIONS, PATCH');
});

test('an unknown query parameter, a wrong value and a parameter given twice are refused with 400', async () => {
  const { token } = people.staff;
  const list = async (query: string) => {
    const { status, body } = await api.call('GET', `/api/v1/customers?${query}`, { token });
    return [
      status,
      ...((body['errors'] ?? []) as unknown as { pointer: string; code: string }[]).map(
        (e) => `${e.pointer} ${e.code}`,
      ),
    ];
  };
  expect(await list('colour=red')).toEqual([400, '/colour unknown_parameter']);
  expect(await list('limit=0')).toEqual([400, '/limit too_small']);
  expect(await list('limit=101')).toEqual([400, '/limit too_large']);
  expect(await list('status=active,asleep')).toEqual([400, '/status/1 unknown_code']);
  expect(await list('q=a&q=b')).toEqual([400, '/q wrong_type']);
  expect(await list('cursor=nonsense')).toEqual([400]);
  expect(await list('q=a%00b')).toEqual([400, '/q control_character']);
  expect(await list('status=active,onboarding&missing=any&limit=100&sort=-createdAt')).toEqual([200]);
});

test('an unknown field, a missing one and a wrong one are pointed at, and no value is repeated', async () => {
  const { status, body } = await api.call('POST', '/api/v1/users', {
    token: dealer.admin.token,
    body: { email: 5, role: 'king-canary', nick: 'canary', password: 'x' },
  });
  expect(status).toBe(422);
  expect(body['errors']).toEqual([
    { pointer: '/email', code: 'wrong_type', message: 'Veri türü yanlış.' },
    { pointer: '/name', code: 'required', message: 'Zorunlu.' },
    {
      pointer: '/role',
      code: 'unknown_code',
      message: 'Şunlardan biri olmalı: staff, officer, manager, auditor, admin.',
    },
    { pointer: '/nick', code: 'unknown_field', message: 'Böyle bir alan yok.' },
  ]);
  expect(JSON.stringify(body)).not.toContain('canary');
});

test('the browser is told to load nothing from elsewhere and to frame nothing', async () => {
  const { headers } = await api.call('GET', '/livez');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('x-powered-by')).toBeNull();
});

test('metrics name operations, never paths', async () => {
  await api.call('GET', `/api/v1/customers/${nobody}`, { token: people.staff.token });
  const { body } = await api.call('GET', '/metrics');
  expect(body).toContain('route="readCustomer"');
  expect(body).not.toContain(nobody);
});

describe('the contract', () => {
  test('is OpenAPI 3.1 with every operation, its answers and its errors', async () => {
    const { body } = await api.call('GET', '/openapi.json');
    expect(body['openapi']).toBe('3.1.0');
    const operations = Object.values(body['paths'] ?? {}).flatMap(
      (path) => Object.values(path as object) as { operationId: string; responses: object }[],
    );
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      ROUTES.map(({ id }) => id).sort(),
    );
    for (const { responses } of operations) expect(Object.keys(responses)).toContain('default');
  });

  test('refers to nothing that it does not hold, and names every parameter of its paths', () => {
    const document = openApiDocument() as {
      paths: Record<string, Record<string, { parameters?: { in: string; name: string }[] }>>;
      components: { schemas: object };
    };
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(10);
    for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
    for (const [path, methods] of Object.entries(document.paths)) {
      const named: string[] = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
      for (const operation of Object.values(methods)) {
        const declared = (operation.parameters ?? [])
          .filter((one) => one.in === 'path')
          .map(({ name }) => name);
        expect(declared.sort()).toEqual(named.sort());
      }
    }
  });
});
