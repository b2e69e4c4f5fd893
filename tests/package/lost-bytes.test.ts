import { sweepLostFiles } from '../../operations/lost-files';
import { requestPackage } from '../../operations/package-request';
import { addPaper, addPerson, blobsOnDisk, drive, usePackageWorld, viewOf } from './package-world';

const world = usePackageWorld();

test('bytes of a package whose rows were lost with the database are swept, and the package has all of its own', async () => {
  const customerId = await world.dealer.run((tx) => addPerson(tx));
  await addPaper(world, customerId, 'identity_card');
  const { id } = await world.dealer.run(
    (tx) => requestPackage(tx, { profile: 'maliye', period: { from: '2026-01-01', to: '2027-12-31' } }),
    world.officer.userId,
  );
  const ref = { dealerId: world.dealer.dealerId, packageId: id };
  // The server goes away as the rows are written: whether they are there nobody can say.
  await world.db.owner.raw(`
    create function die() returns trigger language plpgsql as $$
    begin raise exception 'terminating connection' using errcode = '57P01'; end $$;
    create trigger die before insert on audit_package_files for each row execute function die()`);
  await expect(drive(world, ref)).rejects.toThrow('terminating connection');
  await world.db.owner.raw('drop trigger die on audit_package_files; drop function die()');
  await drive(world, ref);
  expect((await viewOf(world, id)).status).toBe('awaiting_seal');

  const listed: string[] = await world.db
    .owner('audit_package_files')
    .unionAll(world.db.owner('documents').select('address'))
    .pluck('address');
  const lost = blobsOnDisk(world).filter((name) => !listed.includes(name));
  // The customer's PDF and the copy of the paper.
  expect(lost).toHaveLength(2);
  const { database } = world.installation;
  expect(await sweepLostFiles(database, world.files)).toBe(0);
  await world.db.owner.raw(`update pending_files set since = since - interval '61 minutes'`);
  expect(await sweepLostFiles(database, world.files)).toBe(2);
  expect(blobsOnDisk(world)).toEqual(listed.sort());
}, 60_000);
