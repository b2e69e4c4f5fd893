import { inDealer } from '../../db/transaction';
import { SYSTEM } from '../../domain/customer';
import { freezePackage } from '../../operations/package-freeze';
import { endFixWindow } from '../../operations/package-fix-window';
import { requestPackage, type PackageRequest } from '../../operations/package-request';
import { cancelPackage } from '../../operations/packages';
import { addPerson, drive, usePackageWorld, viewOf } from '../package/package-world';
import { until } from '../support/wait';

const world = usePackageWorld();
const CUSTOMERS = 3;
const period = { from: '2026-01-01', to: '2027-12-31' };

beforeAll(async () => {
  for (let n = 0; n < CUSTOMERS; n += 1) await world.dealer.run((tx) => addPerson(tx));
}, 60_000);

const ask = async (request: Partial<PackageRequest> = {}) =>
  (
    await world.dealer.run(
      (tx) => requestPackage(tx, { profile: 'masak', period, ...request }),
      world.officer.userId,
    )
  ).id;

const cancel = (id: string) => world.dealer.run((tx) => cancelPackage(tx, id), world.officer.userId);

const itemsOf = (id: string) =>
  world.db.owner('audit_package_items').where({ package_id: id }).orderBy('code').select('*');

/** The freeze as its activity runs it, and as patient as it has to be where a test holds it up. */
const freezePatiently = (id: string) =>
  inDealer(
    world.installation.database,
    world.dealer.dealerId,
    SYSTEM,
    async (tx) => {
      await tx.sql.raw("set local lock_timeout = '30s'");
      await freezePackage(tx, id, () => undefined);
    },
    { isolation: 'repeatable read' },
  );

/** Runs `act` while what `work` does waits in its middle for a lock on a table that only it touches. */
async function whileHeldUp(
  work: () => Promise<void>,
  table: string,
  act: () => Promise<void>,
): Promise<void> {
  let working = Promise.resolve();
  await world.db.owner.transaction(async (hold) => {
    await hold.raw('lock table ?? in access exclusive mode', [table]);
    working = work();
    await until('the work is held up', async () => {
      const { rows } = await hold.raw<{ rows: unknown[] }>(
        'select from pg_locks where relation = ?::regclass and not granted',
        [table],
      );
      return rows.length > 0;
    });
    await act();
  });
  await working;
}

test('a package is cancelled while it is being frozen, and nothing of the freeze is left', async () => {
  const id = await ask();
  await whileHeldUp(
    () => freezePatiently(id),
    'audit_package_items',
    async () => {
      expect((await cancel(id)).status).toBe('cancelled');
    },
  );
  expect(await itemsOf(id)).toEqual([]);
  expect(await viewOf(world, id)).toMatchObject({ status: 'cancelled', phase: 'discarding', asOf: null });
  const events = await world.db.owner('audit_log').where({ chain_id: world.dealer.dealerId }).pluck('event');
  expect(events).not.toContain('package.frozen');
  await drive(world, { dealerId: world.dealer.dealerId, packageId: id });
  expect(await viewOf(world, id)).toMatchObject({ status: 'cancelled', phase: 'ended' });
}, 60_000);

test('the end of a fix window is cancelled as well while it is being made', async () => {
  const id = await ask({ fixWindowDays: 1 });
  await drive(world, { dealerId: world.dealer.dealerId, packageId: id });
  expect((await viewOf(world, id)).phase).toBe('fixing');
  const before = await itemsOf(id);
  world.installation.clock.moveBy(7 * 86_400_000);
  await whileHeldUp(
    () => freezePatiently(id),
    'documents',
    async () => {
      expect((await cancel(id)).status).toBe('cancelled');
    },
  );
  expect(await itemsOf(id)).toEqual(before);
  expect(await viewOf(world, id)).toMatchObject({ status: 'cancelled', phase: 'discarding' });
}, 60_000);

test('a fix window is ended by a person while tasks for its gaps are still being opened', async () => {
  const id = await ask({ fixWindowDays: 1 });
  await freezePatiently(id);
  await whileHeldUp(
    () => freezePatiently(id),
    'tasks',
    async () => {
      await world.dealer.run((tx) => endFixWindow(tx, id), world.officer.userId);
    },
  );
  expect((await viewOf(world, id)).phase).toBe('including');
  const tasks = await world.db.owner('tasks').whereRaw("detail->>'packageId' = ?", [id]).pluck('state');
  expect(tasks).not.toContain('open');
  await cancel(id);
}, 60_000);

test('two freezes of one package at once freeze it once', async () => {
  const id = await ask();
  let second = Promise.resolve();
  await whileHeldUp(
    () => freezePatiently(id),
    'audit_package_items',
    async () => {
      second = freezePatiently(id);
      await until('the second one waits', async () => {
        const { rows } = await world.db.owner.raw<{ rows: unknown[] }>(
          `select from pg_locks where locktype = 'advisory' and not granted
             and database = (select oid from pg_database where datname = current_database())`,
        );
        return rows.length > 0;
      });
    },
  );
  await second;
  expect(await itemsOf(id)).toHaveLength(CUSTOMERS);
  expect(await viewOf(world, id)).toMatchObject({
    phase: 'including',
    progress: { done: 0, total: CUSTOMERS },
  });
  const frozen = await world.db
    .owner('audit_log')
    .where({ event: 'package.frozen' })
    .whereRaw("detail->>'packageId' = ?", [id]);
  expect(frozen).toHaveLength(1);
  await cancel(id);
}, 60_000);

test('the sweep passes a package by while it is being frozen', async () => {
  const id = await ask();
  const claimed = async () => {
    const { rows } = await world.db.app.raw<{ rows: { package_id: string }[] }>(
      'select package_id from gate.claim_packages(?)',
      [new Date(world.installation.clock.now().getTime() + 600_000)],
    );
    return rows.map((row) => row.package_id);
  };
  await whileHeldUp(
    () => freezePatiently(id),
    'audit_package_items',
    async () => expect(await claimed()).not.toContain(id),
  );
  expect((await viewOf(world, id)).phase).toBe('including');
  expect(await claimed()).toContain(id);
}, 60_000);
