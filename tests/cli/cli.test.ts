import { join } from 'node:path';

import { identityOfToken, signIn } from '../../operations/sign-in';
import { systemClock } from '../../clock';
import { connect } from '../../db/connection';
import { openKeyRing } from '../../stores/keys';
import { ADMIN_TOKEN, sicil, useCommandWorld } from './command-world';

const world = useCommandWorld();

test('a wrong call ends with code 2 and says what is right', async () => {
  expect(await sicil('dance')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining("unknown command 'dance'"),
  });
  expect((await sicil('dealer', 'add')).code).toBe(2);
  expect((await sicil('verify-package', join(world.folder, 'none.zip'))).code).toBe(2);
  expect((await sicil('--help')).code).toBe(0);
});

test('migrate brings an empty database to this version, twice without harm, and makes the master key', async () => {
  const first = await sicil('migrate', '--json');
  expect(first.code).toBe(0);
  expect(JSON.parse(first.out)).toEqual({ applied: expect.arrayContaining(['0001_dealers']) });
  expect(JSON.parse((await sicil('migrate', '--json')).out)).toEqual({ applied: [] });
  expect(() => openKeyRing(join(world.folder, 'keys', 'master.key'))).not.toThrow();
}, 60_000);

test('seed makes the first dealer once, with the token and the sign-in it tells', async () => {
  process.env['SICIL_ADMIN_TOKEN'] = ADMIN_TOKEN;
  const seeded = JSON.parse((await sicil('seed', '--json')).out) as {
    signIns: { email: string; password: string; role: string }[];
    adminToken: string;
  };
  expect(seeded).toMatchObject({ signIns: [{ role: 'admin' }], adminToken: ADMIN_TOKEN });
  expect(JSON.parse((await sicil('seed', '--json')).out)).toEqual({ signIns: [] });

  const knex = connect(world.databaseUrl, 'app');
  try {
    const keys = openKeyRing(join(world.folder, 'keys', 'master.key'));
    const db = { knex, keys, clock: systemClock() };
    const { email, password } = seeded.signIns[0] ?? { email: '', password: '' };
    const { identity } = await signIn(db, { email, password });
    expect(await identityOfToken(db, ADMIN_TOKEN)).toMatchObject({
      userId: identity.userId,
      role: 'admin',
      alsoManager: true,
    });
  } finally {
    await knex.destroy();
  }
});

test('dealer add adds another dealer and refuses a wrong tax number without repeating it', async () => {
  const add = (...args: string[]) =>
    sicil(
      'dealer',
      'add',
      '--title',
      'İkinci Kuyumcu',
      '--admin-email',
      'ikinci@example.com',
      '--json',
      ...args,
    );
  expect(await add('--vkn', '1234567891')).toMatchObject({
    code: 1,
    err: expect.stringContaining('/vkn: The check digit is wrong. (checksum)'),
  });
  expect((await add('--vkn', '1234567891')).err).not.toContain('1234567891');
  expect(JSON.parse((await add()).out)).toMatchObject({
    code: 'ikinci-kuyumcu',
    adminToken: expect.stringMatching(/^sicil_/),
  });
  const again = await add(); // the e-mail is taken
  expect(again.code).toBe(1);
  // A sentence first, as the API says it: a code alone tells nobody what to do.
  expect(again.err).toMatch(/^[A-Z][a-z ,-]+[.;:].*\((INVALID_INPUT|CONFLICT): [a-z_]+\)/);
});

test('dealer rotate-signing-key gives a new key and says both fingerprints', async () => {
  const rotated = await sicil('dealer', 'rotate-signing-key', 'ikinci-kuyumcu', '--json');
  expect(rotated.code).toBe(0);
  const { former, current } = JSON.parse(rotated.out) as { former: string; current: string };
  for (const fingerprint of [former, current]) expect(fingerprint).toMatch(/^([0-9a-f]{4} ){15}[0-9a-f]{4}$/);
  expect(current).not.toBe(former);
  const again = await sicil('dealer', 'rotate-signing-key', 'ikinci-kuyumcu');
  expect(again.out).toContain(`Retired: ${current}`);
  expect((await sicil('audit', 'verify')).code).toBe(0);
  expect((await sicil('dealer', 'rotate-signing-key', 'yok')).code).toBe(2);
}, 60_000);

test('doctor finds nothing stuck, and names what is', async () => {
  expect(await sicil('doctor', '--json')).toMatchObject({ code: 0 });
  const owner = connect(world.databaseUrl, 'owner');
  try {
    await owner.raw(
      `insert into customers (dealer_id, id, code, type, trigger, status, envelope, wrapped_key, display_name, fold_key, created_at, updated_at)
       select id, gen_random_uuid(), 'X', 'company', 'continuous', 'onboarding', '', '', '', '', now(), now() from dealers limit 1`,
    );
    const found = await sicil('doctor', '--json');
    expect(found.code).toBe(3);
    expect(JSON.parse(found.out)).toMatchObject({
      healthy: false,
      problems: [{ problem: 'onboarding_without_case' }],
    });
    await owner.raw('truncate customers cascade');
  } finally {
    await owner.destroy();
  }
});

test('audit verify passes, and names an edited row', async () => {
  expect(await sicil('audit', 'verify')).toMatchObject({ code: 0, out: expect.stringMatching(/^PASS/) });
  const owner = connect(world.databaseUrl, 'owner');
  try {
    await owner.raw('alter table audit_log disable trigger append_only');
    await owner.raw(`update audit_log set event = 'user.disabled' where event = 'user.added' and seq = 2`);
  } finally {
    await owner.destroy();
  }
  const found = await sicil('audit', 'verify', '--json');
  expect(found.code).toBe(4);
  expect(JSON.parse(found.out)).toMatchObject({
    intact: false,
    problems: expect.arrayContaining([expect.objectContaining({ problem: 'changed', seq: 2 })]),
  });
});

test('a database that is away ends a command with code 1 and no values', async () => {
  process.env['DATABASE_URL'] = 'postgres://sicil:canary-password@127.0.0.1:1/none';
  const answer = await sicil('doctor');
  process.env['DATABASE_URL'] = world.databaseUrl;
  expect(answer.code).toBe(1);
  expect(answer.err).not.toContain('canary');
  expect(answer.err.trim()).not.toBe('');
});

test('openapi prints the contract', async () => {
  expect(JSON.parse((await sicil('openapi')).out)).toMatchObject({ openapi: '3.1.0' });
});
