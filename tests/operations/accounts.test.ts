import { inDealer } from '../../db/transaction';
import { createApiToken, listApiTokens, revokeApiToken, tokenOf } from '../../operations/api-tokens';
import { readProfile, updateProfile } from '../../operations/dealers';
import { once, type StoredAnswer } from '../../operations/idempotency';
import {
  changePassword,
  identityOfSession,
  identityOfToken,
  signIn,
  tryCounter,
} from '../../operations/sign-in';
import { addUser, disableUser, listUsers } from '../../operations/users';
import { sha256 } from '../../stores/crypto';
import { useDatabase } from '../support/database';
import { makeDealer, PASSWORD, useInstallation, type TestDealer } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
}, 60_000);

const MINUTE = 60_000;

test('a new dealer has an audited beginning, dated rules and policies, and a key that signs', async () => {
  const counts = await dealer.run(async ({ sql }): Promise<Record<string, unknown>> => {
    const { rows } = await sql.raw<{ rows: Record<string, number>[] }>(
      `select (select count(*) from requirements) as rules, (select count(*) from policies) as policies,
              (select count(*) from branches) as branches`,
    );
    const events: string[] = await sql('audit_log').orderBy('seq').pluck('event');
    return { ...rows[0], events };
  });
  expect(counts).toMatchObject({ branches: 1, events: ['dealer.added', 'user.added', 'token.created'] });
  expect(counts['rules']).toBeGreaterThan(40);
  expect(counts['policies']).toBeGreaterThan(8);
});

test('a dealer sees its own users, tokens and profile only', async () => {
  const other = await makeDealer(db, installation);
  const { data } = await other.run((tx) => listUsers(tx, { limit: 50 }));
  expect(data.map(({ id }) => id)).toEqual([other.adminUserId]);
  const tokens = await other.run((tx) => listApiTokens(tx, { limit: 50 }));
  expect(tokens.data.map(({ userId }) => userId)).toEqual([other.adminUserId]);
  expect((await other.run(readProfile)).id).toBe(other.dealerId);
});

test('a profile change keeps what it does not name and refuses a wrong tax number', async () => {
  await dealer.run((tx) => updateProfile(tx, { licenceNumber: 'YB-34-001' }));
  const profile = await dealer.run(readProfile);
  expect(profile.licenceNumber).toBe('YB-34-001');
  expect(profile.title).toContain('Deneme Kuyumculuk');
  await expect(dealer.run((tx) => updateProfile(tx, { vkn: '1234567891' }))).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: [{ pointer: '/vkn', code: 'checksum' }],
  });
});

test('a session lasts 30 idle minutes, 12 hours at most, and its token is not in the database', async () => {
  const { token } = await signIn(installation.database, {
    email: dealer.admin.email.toUpperCase(),
    password: PASSWORD,
  });
  const rows: { token_hash: Buffer }[] = await dealer.run(({ sql }) => sql('sessions').select('token_hash'));
  expect(rows.map((row) => row.token_hash)).toContainEqual(sha256(token));
  expect(rows.map((row) => row.token_hash.toString())).not.toContain(token);

  const start = installation.clock.now();
  for (let minute = 29; minute < 12 * 60; minute += 29) {
    installation.clock.moveTo(new Date(start.getTime() + minute * MINUTE));
    expect(await identityOfSession(installation.database, token)).toMatchObject({
      userId: dealer.adminUserId,
    });
  }
  installation.clock.moveTo(new Date(start.getTime() + 12 * 60 * MINUTE));
  expect(await identityOfSession(installation.database, token)).toBeNull();

  const { token: idle } = await signIn(installation.database, {
    email: dealer.admin.email,
    password: PASSWORD,
  });
  installation.clock.moveBy(30 * MINUTE);
  expect(await identityOfSession(installation.database, idle)).toBeNull();
});

test.each([
  ['a wrong password', () => ({ email: dealer.admin.email, password: `${PASSWORD}!` })],
  ['an unknown e-mail', () => ({ email: 'nobody@example.com', password: PASSWORD })],
  [
    'a dealer the person does not work for',
    () => ({ email: dealer.admin.email, password: PASSWORD, dealerCode: 'x' }),
  ],
])('sign-in refuses %s with the same answer', async (_name, input) => {
  await expect(signIn(installation.database, input())).rejects.toMatchObject({
    code: 'NOT_SIGNED_IN',
    detail: 'wrong_sign_in',
  });
});

test('the eleventh try within a quarter of an hour is refused', () => {
  const tries = tryCounter();
  const now = installation.clock.now();
  for (let n = 0; n < 10; n += 1) tries.count('a@example.com', now);
  expect(() => tries.count('a@example.com', now)).toThrow('TOO_MANY');
  expect(() => tries.count('b@example.com', now)).not.toThrow();
  expect(() => tries.count('a@example.com', new Date(now.getTime() + 15 * MINUTE))).not.toThrow();
});

test('a new password ends every other session and needs the present one', async () => {
  const { userId, email } = await dealer.addUser('staff');
  const first = await signIn(installation.database, { email, password: PASSWORD });
  const second = await signIn(installation.database, { email, password: PASSWORD });
  const change = (currentPassword: string, newPassword: string) =>
    dealer.run((tx) => changePassword(tx, second.identity, { currentPassword, newPassword }), userId);
  await expect(change('not this one', 'another password')).rejects.toMatchObject({
    detail: 'wrong_password',
  });
  await expect(change(PASSWORD, 'short')).rejects.toMatchObject({ fields: [{ code: 'password_too_short' }] });
  await change(PASSWORD, 'another password');
  expect(await identityOfSession(installation.database, first.token)).toBeNull();
  expect(await identityOfSession(installation.database, second.token)).toMatchObject({ userId });
  await expect(signIn(installation.database, { email, password: PASSWORD })).rejects.toThrow('NOT_SIGNED_IN');
  await signIn(installation.database, { email, password: 'another password' });
});

test('a disabled person keeps neither session nor token, and cannot sign in', async () => {
  const { userId, email, token } = await dealer.addUser('officer');
  const session = await signIn(installation.database, { email, password: PASSWORD });
  await dealer.run((tx) => disableUser(tx, userId));
  expect(await identityOfSession(installation.database, session.token)).toBeNull();
  expect(await identityOfToken(installation.database, token)).toBeNull();
  await expect(signIn(installation.database, { email, password: PASSWORD })).rejects.toThrow('NOT_SIGNED_IN');
  await expect(dealer.run((tx) => disableUser(tx, dealer.adminUserId))).rejects.toThrow('disable_yourself');
});

test('an e-mail belongs to one person of the whole installation', async () => {
  const other = await makeDealer(db, installation);
  const again = {
    email: dealer.admin.email.toUpperCase(),
    name: 'X',
    role: 'staff',
    password: PASSWORD,
  } as const;
  await expect(other.run((tx) => addUser(tx, again))).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('a token is kept as a hash, can be shown again from its id, and stops when it is revoked', async () => {
  const { userId } = await dealer.addUser('staff');
  const id = await dealer.run((tx) => createApiToken(tx, { userId, name: 'till' }));
  const token = await dealer.run((tx) => tokenOf(tx, id));
  expect(token).toMatch(/^sicil_[\w-]{43}$/);
  expect(await dealer.run((tx) => tokenOf(tx, id))).toBe(token);
  const row: unknown = await dealer.run(({ sql }) => sql('api_tokens').where({ id }).first());
  expect(JSON.stringify(row)).not.toContain(token);
  expect(await identityOfToken(installation.database, token)).toMatchObject({ userId, role: 'staff' });
  await dealer.run((tx) => revokeApiToken(tx, id));
  expect(await identityOfToken(installation.database, token)).toBeNull();
});

describe('an idempotency key', () => {
  const call = (key: string, body = 'body', route = 'createCustomer /customers') => ({
    key,
    route,
    bodyHash: sha256(body),
  });
  let acts = 0;
  const act = async (): Promise<StoredAnswer> => {
    acts += 1;
    return { status: 201, id: `id-${acts}` };
  };

  test('lets ten twins act once and gives all of them the same answer', async () => {
    acts = 0;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => dealer.run((tx) => once(tx, call('twins'), act))),
    );
    expect(acts).toBe(1);
    expect(answers.filter((one) => !one.replayed)).toHaveLength(1);
    expect(new Set(answers.map((one) => one.answer.id))).toEqual(new Set(['id-1']));
  });

  test('is free again when the act failed', async () => {
    const failing = () => Promise.reject(new Error('no'));
    await expect(dealer.run((tx) => once(tx, call('failed'), failing))).rejects.toThrow('no');
    expect((await dealer.run((tx) => once(tx, call('failed'), act))).replayed).toBe(false);
  });

  test('refuses another body and another call, belongs to one person and ends after 24 hours', async () => {
    await dealer.run((tx) => once(tx, call('used'), act));
    await expect(dealer.run((tx) => once(tx, call('used', 'other'), act))).rejects.toThrow(
      'IDEMPOTENCY_MISMATCH',
    );
    await expect(dealer.run((tx) => once(tx, call('used', 'body', 'x'), act))).rejects.toThrow(
      'IDEMPOTENCY_MISMATCH',
    );
    const { userId } = await dealer.addUser('staff');
    expect((await dealer.run((tx) => once(tx, call('used', 'other'), act), userId)).replayed).toBe(false);
    installation.clock.moveBy(24 * 60 * MINUTE);
    expect((await dealer.run((tx) => once(tx, call('used', 'other'), act))).replayed).toBe(false);
  });
});

test('nothing of a dealer is reachable in the name of another', async () => {
  const other = await makeDealer(db, installation);
  const seen = await inDealer(installation.database, other.dealerId, { kind: 'system' }, async ({ sql }) => ({
    users: await sql('users').where({ id: dealer.adminUserId }),
    tokens: await sql('api_tokens').where({ dealer_id: dealer.dealerId }),
  }));
  expect(seen).toEqual({ users: [], tokens: [] });
});
