import { sealPackage } from '../../operations/package-seal';
import { cancelPackage } from '../../operations/packages';
import { activitiesWith, blobsOnDisk, drive, viewOf } from '../package/package-world';
import { useAskedPackages } from './asked-packages';

const { world, ask, sealed } = useAskedPackages();

describe('cancelling', () => {
  test('stops at the next step and leaves nothing of the customers behind', async () => {
    const before = blobsOnDisk(world);
    const ref = await ask();
    await world.activities.freezePackage(ref);
    await world.steps.lookAtPackage(ref);
    await world.activities.includeCustomers({ ...ref, chunk: 0 });
    expect(blobsOnDisk(world).length).toBeGreaterThan(before.length);
    await world.dealer.run((tx) => cancelPackage(tx, ref.packageId), world.manager.userId);
    await world.activities.assemblePackage(ref);
    await drive(world, ref);
    expect(await viewOf(world, ref.packageId)).toMatchObject({ status: 'cancelled', phase: 'ended' });
    expect(blobsOnDisk(world)).toEqual(before);
    const left = await world.dealer.run(({ sql }) =>
      sql('audit_package_items').where({ package_id: ref.packageId }).count({ n: '*' }).first(),
    );
    expect(left).toEqual({ n: 0 });
  }, 60_000);

  test('is possible until the seal, and once is enough', async () => {
    const ref = await ask();
    await drive(world, ref);
    const cancel = () => world.dealer.run((tx) => cancelPackage(tx, ref.packageId), world.officer.userId);
    await cancel();
    expect(await cancel()).toMatchObject({ status: 'cancelled' });
    await expect(
      world.dealer.run((tx) => sealPackage(tx, ref.packageId), world.manager.userId),
    ).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
    const id = await sealed();
    await expect(world.dealer.run((tx) => cancelPackage(tx, id), world.officer.userId)).rejects.toMatchObject(
      { code: 'STATE_FORBIDS' },
    );
  }, 60_000);

  test('while a file is being printed keeps that file out, even when all else is removed already', async () => {
    const before = blobsOnDisk(world);
    const ref = await ask();
    await world.activities.freezePackage(ref);
    const { database } = world.installation;
    const cancelling = activitiesWith(database, world.files, {
      async print(html, asOf) {
        await world.dealer.run((tx) => cancelPackage(tx, ref.packageId));
        await drive(world, ref);
        return world.printer.print(html, asOf);
      },
    });
    await cancelling.includeCustomers({ ...ref, chunk: 0 });
    expect(await viewOf(world, ref.packageId)).toMatchObject({ status: 'cancelled', phase: 'ended' });
    expect(blobsOnDisk(world)).toEqual(before);
  }, 60_000);
});

describe('a run that breaks off', () => {
  test('goes on with the customers that have no file yet, and makes the same package', async () => {
    const ref = await ask();
    await world.activities.freezePackage(ref);
    let prints = 0;
    const { database } = world.installation;
    const fragile = activitiesWith(database, world.files, {
      print(html, asOf) {
        prints += 1;
        return prints === 2 ? Promise.reject(new Error('killed')) : world.printer.print(html, asOf);
      },
    });
    await fragile.includeCustomers({ ...ref, chunk: 0 });
    expect((await viewOf(world, ref.packageId)).progress).toMatchObject({ done: 2, failing: 1, total: 3 });
    world.installation.clock.moveBy(2_000);
    await fragile.includeCustomers({ ...ref, chunk: 0 });
    expect(prints).toBe(4);
    const blobs = blobsOnDisk(world);
    await fragile.includeCustomers({ ...ref, chunk: 0 });
    expect([prints, blobsOnDisk(world)]).toEqual([4, blobs]);
    await drive(world, ref);
    expect(await viewOf(world, ref.packageId)).toMatchObject({
      status: 'awaiting_seal',
      progress: { done: 3, total: 3 },
    });
  }, 60_000);

  test('two runs of the same step at the same time leave one file each', async () => {
    const ref = await ask();
    await world.activities.freezePackage(ref);
    const before = blobsOnDisk(world).length;
    await Promise.all([
      world.activities.includeCustomers({ ...ref, chunk: 0 }),
      world.activities.includeCustomers({ ...ref, chunk: 0 }),
    ]);
    const files = await world.dealer.run((tx) =>
      tx.sql('audit_package_files').where({ package_id: ref.packageId }).pluck('address'),
    );
    expect(blobsOnDisk(world)).toHaveLength(before + files.length);
    expect((await viewOf(world, ref.packageId)).progress).toMatchObject({ done: 3, failing: 0, total: 3 });
  }, 60_000);
});
