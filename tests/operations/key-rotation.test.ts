import { join } from 'node:path';

import { Client } from 'pg';

import { inDealer } from '../../db/transaction';
import { SYSTEM } from '../../domain/customer';
import { checkpointNow, checkpointProblems } from '../../operations/checkpoints';
import { rotateSigningKey, type RotatedKey } from '../../operations/key-rotation';
import { requestPackage } from '../../operations/package-request';
import { sealPackage } from '../../operations/package-seal';
import { cancelPackage } from '../../operations/packages';
import { verifyPackage } from '../../stores/package-verifier';
import { scratchFolder } from '../package/a-package';
import { addPerson, download, drive, usePackageWorld, viewOf } from '../package/package-world';
import { until } from '../support/wait';

const world = usePackageWorld();
const folder = scratchFolder();

beforeAll(() => world.dealer.run((tx) => addPerson(tx)), 60_000);

const request = { profile: 'masak', period: { from: '2026-01-01', to: '2027-12-31' } } as const;
const ask = async () =>
  (await world.dealer.run((tx) => requestPackage(tx, request), world.officer.userId)).id;

/** With the owner's rights, as the command has them. */
const rotate = (): Promise<RotatedKey> => {
  const { keys, clock } = world.installation;
  const database = { knex: world.db.owner, clock, keys };
  return inDealer(database, world.dealer.dealerId, SYSTEM, rotateSigningKey, {
    isolation: 'repeatable read',
  });
};

async function sealedZip(name: string): Promise<{ path: string; fingerprint: string }> {
  const id = await ask();
  await drive(world, { dealerId: world.dealer.dealerId, packageId: id });
  await world.dealer.run((tx) => sealPackage(tx, id), world.manager.userId);
  const path = await download(world, id, join(folder, name));
  return { path, fingerprint: (await viewOf(world, id)).keyFingerprint };
}

const problems = async () => (await world.dealer.run(checkpointProblems)).map(({ problem }) => problem);

test('what an earlier key signed stays checkable, and the next package is signed by the new one', async () => {
  const first = await sealedZip('first.zip');
  const { former, current } = await rotate();
  expect(former).toBe(first.fingerprint);
  expect(current).not.toBe(former);
  const second = await sealedZip('second.zip');
  expect(second.fingerprint).toBe(current);
  expect(await verifyPackage(first.path, { key: former })).toMatchObject({ pass: true });
  expect(await verifyPackage(second.path, { key: current })).toMatchObject({ pass: true });
  expect(await verifyPackage(second.path, { key: former })).toMatchObject({
    pass: false,
    problems: expect.arrayContaining([expect.objectContaining({ reason: 'unknown_key' })]),
  });
  expect(await problems()).toEqual([]);
  await rotate();
  await checkpointNow(world.installation.database, world.dealer.dealerId);
  expect(await problems()).toEqual([]);
}, 120_000);

test('a checkpoint signed by a key after it was retired is found', async () => {
  const retired = await world.db
    .owner('dealers')
    .where({ id: world.dealer.dealerId })
    .first('signing_public_key', 'wrapped_signing_key');
  await rotate();
  const now = await world.db
    .owner('dealers')
    .where({ id: world.dealer.dealerId })
    .first('signing_public_key', 'wrapped_signing_key');
  const put = (keys: object) => world.db.owner('dealers').where({ id: world.dealer.dealerId }).update(keys);
  // Who has kept the old key signs with it once more.
  await put(retired);
  await checkpointNow(world.installation.database, world.dealer.dealerId);
  await put(now);
  expect(await problems()).toEqual(['checkpoint_retired_key']);
  await forgetLastCheckpoint();
  expect(await problems()).toEqual([]);
});

async function forgetLastCheckpoint(): Promise<void> {
  const client = new Client({ connectionString: world.db.url });
  await client.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    const last = '(select max(n) from audit_checkpoints where dealer_id = $1)';
    for (const table of ['audit_checkpoint_heads', 'audit_checkpoints'])
      await client.query(`delete from ${table} where dealer_id = $1 and n = ${last}`, [
        world.dealer.dealerId,
      ]);
  } finally {
    await client.end();
  }
}

test('no key is exchanged under a package that shows it: not while it is made, not while it is asked for', async () => {
  const id = await ask();
  await expect(rotate()).rejects.toMatchObject({ code: 'STATE_FORBIDS', detail: 'packages_unsealed' });
  await world.dealer.run((tx) => cancelPackage(tx, id), world.officer.userId);

  let rotating: Promise<unknown> = Promise.resolve();
  const asked = await world.dealer.run(async (tx) => {
    const view = await requestPackage(tx, request);
    rotating = rotate().catch((error: unknown) => error);
    await until('the exchange waits for the request', async () => {
      const { rows } = await world.db.app.raw<{ rows: unknown[] }>(
        `select from pg_locks where not granted and pid in (
           select l.pid from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database())`,
      );
      return rows.length > 0;
    });
    return view;
  }, world.officer.userId);
  expect(await rotating).toMatchObject({ code: 'STATE_FORBIDS', detail: 'packages_unsealed' });
  await world.dealer.run((tx) => cancelPackage(tx, asked.id), world.officer.userId);
  await rotate();
  expect(await problems()).toEqual([]);
}, 60_000);
