import { createHash } from 'node:crypto';

import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, PASSWORD, useInstallation, type TestDealer } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
}, 60_000);

const signIn = (body: object, headers: Record<string, string> = {}) =>
  api.call('POST', '/api/v1/session', { body, headers });

async function cookieOf(email: string): Promise<string> {
  const { headers } = await signIn({ email, password: PASSWORD });
  return headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

test('signing in gives a cookie that scripts cannot read and other sites do not send', async () => {
  const { status, body, headers } = await signIn({ email: dealer.admin.email, password: PASSWORD });
  expect([status, body]).toEqual([200, { userId: dealer.adminUserId, role: 'admin' }]);
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(/^sicil_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Lax$/),
  ]);
});

test('a session reads without further ado and changes things only from our own pages', async () => {
  const cookie = await cookieOf(dealer.admin.email);
  const branch = (name: string, headers: Record<string, string>) =>
    api.call('POST', '/api/v1/branches', { body: { name }, headers: { cookie, ...headers } });
  const me = await api.call('GET', '/api/v1/me', { headers: { cookie } });
  expect(me.body).toMatchObject({ user: { email: dealer.admin.email }, dealer: { id: dealer.dealerId } });
  expect((await branch('A', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await branch('A', { 'sec-fetch-site': 'same-site' })).status).toBe(403);
  expect((await branch('A', { origin: 'https://evil.example' })).status).toBe(403);
  expect((await branch('A', {})).status).toBe(403);
  expect((await branch('A', { 'sec-fetch-site': 'same-origin' })).status).toBe(201);
  expect((await branch('B', { origin: api.url })).status).toBe(201);
});

test('another site cannot sign a browser in', async () => {
  const body = { email: dealer.admin.email, password: PASSWORD };
  expect((await signIn(body, { origin: 'https://evil.example' })).status).toBe(403);
  expect((await signIn(body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
});

test('signing out ends the session and clears the cookie', async () => {
  const cookie = await cookieOf(dealer.admin.email);
  const out = await api.call('DELETE', '/api/v1/session', {
    headers: { cookie, 'sec-fetch-site': 'same-origin' },
  });
  expect([out.status, out.headers.getSetCookie()[0]]).toEqual([204, expect.stringContaining('Max-Age=0')]);
  expect((await api.call('GET', '/api/v1/me', { headers: { cookie } })).status).toBe(401);
});

test('an unknown token, another scheme and no sign-in at all are answered with 401', async () => {
  for (const headers of [{ authorization: 'Bearer sicil_x' }, { authorization: 'Basic eDp5' }, {}] as Record<
    string,
    string
  >[]) {
    const answer = await api.call('GET', '/api/v1/me', { headers });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="sicil"']);
  }
});

test('the eleventh wrong password within a quarter of an hour is refused unseen', async () => {
  const { email } = await dealer.addUser('staff');
  for (let n = 0; n < 10; n += 1) {
    expect((await signIn({ email, password: `wrong ${n}` })).status).toBe(401);
  }
  const refused = await signIn({ email, password: PASSWORD });
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '900']);
  expect((await signIn({ email: dealer.admin.email, password: PASSWORD })).status).toBe(200);
});

test('a person changes their own password', async () => {
  const { email, token } = await dealer.addUser('staff');
  const change = (currentPassword: string) =>
    api.call('POST', '/api/v1/me/password', {
      token,
      body: { currentPassword, newPassword: 'a longer password' },
    });
  expect((await change('not mine')).status).toBe(403);
  expect((await change(PASSWORD)).status).toBe(204);
  expect((await signIn({ email, password: PASSWORD })).status).toBe(401);
  expect((await signIn({ email, password: 'a longer password' })).status).toBe(200);
});

describe('an admin', () => {
  const admin = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    api.call(method, `/api/v1/${path}`, {
      token: dealer.admin.token,
      headers,
      ...(body === undefined ? {} : { body }),
    });
  const newUser = { email: 'yeni@example.com', name: 'Yeni Kişi', role: 'staff', password: PASSWORD };

  test('adds a colleague once, and a token that is shown to a repeated call too', async () => {
    const user = await admin('POST', 'users', newUser);
    expect(user.status).toBe(201);
    expect(JSON.stringify(user.body)).not.toContain('password');
    expect((await admin('POST', 'users', newUser)).status).toBe(409);
    const key = { 'idempotency-key': 'token-1' };
    const made = await admin('POST', 'api-tokens', { userId: user.body['id'], name: 'kasa' }, key);
    const again = await admin('POST', 'api-tokens', { userId: user.body['id'], name: 'kasa' }, key);
    expect(again.body).toEqual(made.body);
    const token = String(made.body['token']);
    expect((await api.call('GET', '/api/v1/me', { token })).body['user']).toMatchObject({
      email: newUser.email,
    });

    const { rows } = await db.owner.raw<{ rows: { token_hash: Buffer }[] }>('select * from api_tokens');
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(rows.map((row) => row.token_hash)).toContainEqual(createHash('sha256').update(token).digest());
    expect(JSON.stringify((await admin('GET', 'api-tokens')).body)).not.toContain(token);

    expect((await admin('DELETE', `api-tokens/${String(made.body['id'])}`)).status).toBe(204);
    expect((await api.call('GET', '/api/v1/me', { token })).status).toBe(401);
  });

  test('shuts a colleague out, and is told what is wrong with a new one', async () => {
    const { userId, token } = await dealer.addUser('officer');
    expect((await admin('POST', `users/${userId}/disable`)).body['disabledAt']).not.toBeNull();
    expect((await api.call('GET', '/api/v1/me', { token })).status).toBe(401);
    const wrong = await admin('POST', 'users', { ...newUser, email: 'x', password: 'short' });
    expect(wrong.status).toBe(422);
    expect(JSON.stringify(wrong.body)).not.toContain('short');
  });

  test('keeps the dealer’s profile', async () => {
    const changed = await admin('PATCH', 'dealer', { licenceNumber: '34-0001', vkn: null });
    expect(changed.body).toMatchObject({ licenceNumber: '34-0001', vkn: null });
    expect((await admin('PATCH', 'dealer', { vkn: '1234567891' })).status).toBe(422);
    expect((await admin('GET', 'branches')).body['data']?.map((branch) => branch['name'])).toContain(
      'Merkez',
    );
  });
});
