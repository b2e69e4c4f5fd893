import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { v7 as uuidv7 } from 'uuid';

import { createPackageActivities } from '../../activities/packages';
import { retryAfterMs, secondsLeft } from '../../domain/audit-package';
import { customerFilePath } from '../../domain/package-manifest';
import { addItemFiles, beginItem, endItem } from '../../operations/package-files';
import { leaveOutOfPackage, retryPackage, stopPackage } from '../../operations/package-resolve';
import { readProgress, readProgressView } from '../../operations/package-progress';
import { leftOutOf } from '../../operations/package-troubles';
import { requestPackage } from '../../operations/package-request';
import { itemsToRender, takePackage } from '../../operations/package-work';
import { cancelPackage, readPackage } from '../../operations/packages';
import { activitiesWith, addPaper, addPerson, drive, paper, usePackageWorld } from '../package/package-world';
import { makeDealer, type TestDealer } from '../support/dealer';

const world = usePackageWorld();
const CUSTOMERS = 3;

interface Shop {
  dealer: TestDealer;
  /** The customer whose document is lost. */
  lost: string;
  ref: { dealerId: string; packageId: string };
}

/** A dealer of three customers, one of whose documents is gone, with a package that is being made. */
async function shopWithLostPaper(): Promise<Shop> {
  const dealer = await makeDealer(world.db, world.installation);
  const ids: string[] = [];
  for (let n = 0; n < CUSTOMERS; n += 1) ids.push(await dealer.run((tx) => addPerson(tx)));
  const lost = ids[1] ?? '';
  await addPaper({ ...world, dealer }, lost, 'identity_card');
  const address: string[] = await dealer.run((tx) => tx.sql('documents').pluck('address'));
  await world.files.remove(address[0] ?? '');
  const { id } = await dealer.run((tx) =>
    requestPackage(tx, { profile: 'masak', period: { from: '2026-01-01', to: '2027-01-01' } }),
  );
  return { dealer, lost, ref: { dealerId: dealer.dealerId, packageId: id } };
}

/** Does what the workflow and the sweep do until the package rests for good. */
async function driveOn({ ref, dealer }: Shop): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) {
    await drive(world, ref);
    const { phase } = await dealer.run((tx) => readPackage(tx, ref.packageId));
    if (phase !== 'including') return;
    world.installation.clock.moveBy(300_000);
  }
}

const tasksOf = ({ dealer, ref }: Shop) =>
  dealer.run((tx) =>
    tx
      .sql('tasks')
      .where({ kind: 'package_blocked' })
      .whereRaw("detail->>'packageId' = ?", [ref.packageId])
      .orderBy('opened_at')
      .pluck('state'),
  ) as Promise<string[]>;

test('what keeps a file from being made is logged by ids, code and class, and never by its words', async () => {
  const shop = await shopWithLostPaper();
  const { database } = world.installation;
  const warn = jest.fn();
  const activities = createPackageActivities({
    database,
    files: world.files,
    printer: world.printer,
    logger: { warn },
    heartbeat: () => undefined,
  });
  await drive({ steps: world.steps, activities }, shop.ref);
  expect(warn.mock.calls).toEqual([
    [
      {
        packageId: shop.ref.packageId,
        customerId: shop.lost,
        attempts: 1,
        code: 'DOCUMENT_LOST',
        cause: 'ComplianceError',
        causeCode: 'NOT_FOUND',
      },
      'a customer’s file could not be made',
    ],
  ]);
});

test('a customer whose document is lost is named and tried again while all others go on', async () => {
  const shop = await shopWithLostPaper();
  const { dealer, ref } = shop;
  await drive(world, ref);
  expect(await dealer.run((tx) => readProgressView(tx, ref.packageId))).toMatchObject({
    status: 'rendering',
    phase: 'including',
    done: CUSTOMERS - 1,
    total: CUSTOMERS,
    failing: 1,
    troubles: [{ customerId: shop.lost, errorCode: 'DOCUMENT_LOST', attempts: 1, leftOut: null }],
  });
  expect(await world.steps.lookAtPackage(ref)).toEqual({ do: 'wait', seconds: 2 });
  await driveOn(shop);
  expect(await dealer.run((tx) => readPackage(tx, ref.packageId))).toMatchObject({
    status: 'rendering',
    phase: 'blocked',
    errorCode: 'CUSTOMER_FAILED',
    errorCustomer: 'KYM-2026-000002',
  });
  expect(await tasksOf(shop)).toEqual(['open']);
}, 120_000);

test('a document that was exchanged or damaged in the store is named, and its bytes enter no package', async () => {
  const dealer = await makeDealer(world.db, world.installation);
  const addressOf = async (n: number) => {
    const id = await dealer.run((tx) => addPerson(tx));
    await addPaper({ ...world, dealer }, id, 'address_proof', paper(`paper ${n}`));
    const [address] = await dealer.run((tx) =>
      tx.sql('documents').where({ customer_id: id }).pluck('address'),
    );
    return String(address);
  };
  const exchanged = await addressOf(1);
  const damaged = await addressOf(2);
  await world.db
    .owner('documents')
    .where({ address: exchanged })
    .update({ sha256: Buffer.alloc(32, 1) });
  const name = readdirSync(world.filesFolder, { recursive: true }).find((file) =>
    String(file).endsWith(damaged),
  );
  const path = join(world.filesFolder, String(name));
  const bytes = readFileSync(path);
  bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const { id } = await dealer.run((tx) =>
    requestPackage(tx, { profile: 'masak', period: { from: '2026-01-01', to: '2027-01-01' } }),
  );
  await drive(world, { dealerId: dealer.dealerId, packageId: id });
  const { done, troubles } = await dealer.run((tx) => readProgressView(tx, id));
  expect(done).toBe(0);
  expect(troubles.map(({ errorCode }) => errorCode)).toEqual(['DOCUMENT_CHANGED', 'FILE']);
  const files = await world.db.owner('audit_package_files').where({ package_id: id }).pluck('path');
  expect(files.filter((file: string) => file.startsWith('belgeler/'))).toEqual([]);
  await dealer.run((tx) => cancelPackage(tx, id));
}, 120_000);

test('a stopped package goes on with all tries when somebody says so, and ends its task', async () => {
  const shop = await shopWithLostPaper();
  const { dealer, ref } = shop;
  await driveOn(shop);
  await dealer.run((tx) => retryPackage(tx, ref.packageId));
  expect(await tasksOf(shop)).toEqual(['cancelled']);
  expect(await world.steps.lookAtPackage(ref)).toEqual({ do: 'include', chunks: [0] });
  await driveOn(shop);
  expect(await tasksOf(shop)).toEqual(['cancelled', 'open']);
  await dealer.run((tx) => cancelPackage(tx, ref.packageId));
  expect(await tasksOf(shop)).toEqual(['cancelled', 'cancelled']);
  await drive(world, ref);
  expect(await dealer.run((tx) => readPackage(tx, ref.packageId))).toMatchObject({
    status: 'cancelled',
    phase: 'ended',
  });
}, 120_000);

test('a file left out with a reason lets the package be finished without it', async () => {
  const shop = await shopWithLostPaper();
  const { dealer, ref, lost } = shop;
  const leaveOut = (customerId: string, reason: string) =>
    dealer.run((tx) => leaveOutOfPackage(tx, ref.packageId, { customerId, reason }));
  await expect(leaveOut(lost, 'Belge bulunamadı')).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
  await driveOn(shop);
  await expect(leaveOut(lost, '  ')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(leaveOut(uuidv7(), 'Belge bulunamadı')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await leaveOut(lost, 'Belge bulunamadı');
  await driveOn(shop);
  expect(await dealer.run((tx) => readProgressView(tx, ref.packageId))).toMatchObject({
    status: 'awaiting_seal',
    done: CUSTOMERS,
    failing: 0,
    troubles: [{ customerId: lost, leftOut: 'Belge bulunamadı' }],
  });
  expect(await dealer.run((tx) => leftOutOf(tx, ref.packageId))).toEqual([
    { code: 'KYM-2026-000002', reason: 'Belge bulunamadı' },
  ]);
}, 120_000);

test('a run that comes back after its customer was left out brings no file of theirs and counts for nothing', async () => {
  const shop = await shopWithLostPaper();
  const { dealer, ref, lost } = shop;
  await world.activities.freezePackage(ref);
  const late = await dealer.run(async (tx) => {
    const work = await takePackage(tx, ref.packageId);
    if (work === null) throw new Error('Not in work');
    const item = (await itemsToRender(tx, work, 0)).find((one) => one.item.customerId === lost)?.item;
    if (item === undefined) throw new Error('Nobody to render');
    const begun = await beginItem(tx, work, item, [customerFilePath(item.code)]);
    return { work, item, address: begun?.missing[0]?.address ?? '' };
  });
  await driveOn(shop);
  await dealer.run((tx) =>
    leaveOutOfPackage(tx, ref.packageId, { customerId: lost, reason: 'Belge bulunamadı' }),
  );
  await world.steps.lookAtPackage(ref);
  const path = customerFilePath(late.item.code);
  const made = [{ path, bytes: 1, sha256: Buffer.alloc(32), address: late.address }];
  for (const end of [addItemFiles, endItem]) {
    const superfluous = await dealer.run((tx) => end(tx, late.work, late.item, made));
    expect(superfluous).toEqual([late.address]);
  }
  await driveOn(shop);
  expect(await dealer.run((tx) => readProgressView(tx, ref.packageId))).toMatchObject({
    status: 'awaiting_seal',
    done: CUSTOMERS,
    troubles: [{ customerId: lost, leftOut: 'Belge bulunamadı' }],
  });
  const listed = world.db.owner('audit_package_files').where({ package_id: ref.packageId, path });
  expect(await listed).toEqual([]);
}, 120_000);

test('a stopped package about which nobody says anything fails after two weeks', async () => {
  const shop = await shopWithLostPaper();
  const { dealer, ref } = shop;
  await driveOn(shop);
  world.installation.clock.moveBy(13 * 86_400_000);
  expect(await world.steps.lookAtPackage(ref)).toEqual({ do: 'rest' });
  expect((await dealer.run((tx) => readPackage(tx, ref.packageId))).status).toBe('rendering');
  world.installation.clock.moveBy(86_400_000);
  await drive(world, ref);
  expect(await dealer.run((tx) => readPackage(tx, ref.packageId))).toMatchObject({
    status: 'failed',
    errorCode: 'CUSTOMER_FAILED',
    errorCustomer: 'KYM-2026-000002',
  });
}, 120_000);

test('a step that fails for good stops a frozen package, and fails one that is not frozen', async () => {
  const { dealer, ref } = await shopWithLostPaper();
  await world.activities.freezePackage(ref);
  await dealer.run((tx) => stopPackage(tx, ref.packageId, 'DISK_FULL'));
  expect(await dealer.run((tx) => readPackage(tx, ref.packageId))).toMatchObject({
    phase: 'blocked',
    errorCode: 'DISK_FULL',
  });
  const young = await shopWithLostPaper();
  await young.dealer.run((tx) => stopPackage(tx, young.ref.packageId, 'FAULT'));
  expect((await young.dealer.run((tx) => readPackage(tx, young.ref.packageId))).status).toBe('failed');
}, 120_000);

test('a printer that fails counts against the customer, an outage against nobody', async () => {
  const { dealer, ref } = await shopWithLostPaper();
  await world.activities.freezePackage(ref);
  const failing = (error: Error) =>
    activitiesWith(world.installation.database, world.files, { print: () => Promise.reject(error) });
  const chunk = { ...ref, chunk: 0 };
  await failing(new Error('Target closed')).includeCustomers(chunk);
  const { failing: count, troubles } = await dealer.run((tx) => readProgressView(tx, ref.packageId));
  expect(count).toBe(CUSTOMERS);
  expect(new Set(troubles.map(({ errorCode }) => errorCode))).toEqual(new Set(['PRINTER']));
  world.installation.clock.moveBy(2_000);
  const away = Object.assign(new Error('terminating connection'), { code: '57P01' });
  await expect(failing(away).includeCustomers(chunk)).rejects.toThrow('terminating connection');
}, 120_000);

test('the number of a package rises with each change that people see, and with nothing else', async () => {
  const { dealer, ref } = await shopWithLostPaper();
  const read = () => dealer.run((tx) => readProgress(tx, ref.packageId));
  const first = await read();
  await world.activities.freezePackage(ref);
  const frozen = await read();
  expect(frozen.seq).toBeGreaterThan(first.seq);
  await world.steps.lookAtPackage(ref);
  expect((await read()).seq).toBe(frozen.seq);
  await world.activities.includeCustomers({ ...ref, chunk: 0 });
  // Two customers are in, the third one failed.
  expect((await read()).seq).toBe(frozen.seq + 3);
}, 120_000);

test('the time left follows the rate of the latest files, and is not told from too few', () => {
  expect(secondsLeft({ files: 100, elapsedMs: 50_000, left: 300 })).toBe(150);
  expect(secondsLeft({ files: 5, elapsedMs: 1_000, left: 0 })).toBe(0);
  expect(secondsLeft({ files: 4, elapsedMs: 1_000, left: 10 })).toBeNull();
  expect(secondsLeft({ files: 50, elapsedMs: 0, left: 10 })).toBeNull();
});

test('each further try waits longer, to five minutes', () => {
  expect([0, 1, 2, 3, 4, 9].map(retryAfterMs)).toEqual([2_000, 2_000, 10_000, 60_000, 300_000, 300_000]);
});
