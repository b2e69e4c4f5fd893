import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import readXlsxFile from 'read-excel-file/node';

import type { PackageManifest } from '../../domain/package-manifest';
import { updateRecord } from '../../operations/customers';
import { openPackage, sealPackage } from '../../operations/package-seal';
import { requestPackage } from '../../operations/package-request';
import { listPackages, readPackage } from '../../operations/packages';
import { verifyPackage } from '../../stores/package-verifier';
import { addPaper, addPerson, download, drive, paper, viewOf } from '../package/package-world';
import { contentsOf, scratchFolder } from '../package/a-package';
import { makeDealer } from '../support/dealer';
import { PERIOD, useAskedPackages } from './asked-packages';

const { world, idOf, codeOf, ask, sealed } = useAskedPackages();
const folder = scratchFolder();

function manifestIn(files: Map<string, Buffer>): PackageManifest {
  return JSON.parse(String(files.get('manifest.json'))) as PackageManifest;
}

async function sheetRows(workbook: Buffer | undefined, sheet: string): Promise<string[][]> {
  const sheets = await readXlsxFile(workbook ?? Buffer.alloc(0), { trim: false });
  const found = sheets.find((entry) => entry.sheet === sheet);
  return (found?.data ?? []).map((row) => row.map((value) => (value === null ? '' : String(value))));
}

test('a sealed package holds every file that overlaps the period, and its verifier passes it', async () => {
  const id = await sealed();
  const path = await download(world, id, join(folder, 'whole.zip'));
  const view = await viewOf(world, id);
  expect(view).toMatchObject({
    status: 'sealed',
    phase: 'ended',
    number: 'DP-2026-0001',
    progress: { done: 3, total: 3 },
    sealedBy: { id: world.manager.userId },
    asOf: new Date('2026-11-22T09:00:00Z'),
  });
  expect(await verifyPackage(path, { key: view.keyFingerprint })).toMatchObject({
    pass: true,
    problems: [],
    keyCompared: true,
  });
  const files = await contentsOf(path);
  expect([...files.keys()]).toEqual(
    [
      `belgeler/${codeOf('onboarding')}/address-proof-1.pdf`,
      `belgeler/${codeOf('onboarding')}/address-proof-2.pdf`,
      `belgeler/${codeOf('onboarding')}/identity-card-1.pdf`,
      ...['withdrawn', 'onboarding', 'hostile'].map((name) => `dosyalar/${codeOf(name)}.pdf`),
      'VERIFY.txt',
      'checkpoint.json',
      'dogrula.html',
      'eksiksizlik.ndjson',
      'index.html',
      'olaylar.ndjson',
      'manifest.json',
      'manifest.sig',
      'public-key.pem',
      'rapor.pdf',
      'veri.xlsx',
      'verify.mjs',
    ].sort(),
  );
  expect(files.get(`belgeler/${codeOf('onboarding')}/address-proof-2.pdf`)).toEqual(paper('second'));
  expect(manifestIn(files)).toMatchObject({
    packageNo: 'DP-2026-0001',
    period: PERIOD,
    counts: { customers: 3, documents: 3, files: 16, excluded: 2 },
    excluded: [
      { customer: codeOf('goneBefore'), reason: 'outside_period' },
      { customer: codeOf('afterwards'), reason: 'outside_period' },
    ],
    requestedBy: 'Deneme officer',
    sealedBy: 'Deneme manager',
    sheets: { '01_Musteriler': 3, '02_Belgeler': 3 },
  });
}, 120_000);

test('two downloads are the same to the byte, each is on record, and a changed byte is named', async () => {
  const id = await sealed();
  const first = await download(world, id, join(folder, 'first.zip'));
  const second = await download(world, id, join(folder, 'second.zip'));
  const bytes = readFileSync(first);
  expect(readFileSync(second).equals(bytes)).toBe(true);
  const downloads: unknown[] = await world.dealer.run((tx) =>
    tx.sql('audit_package_downloads').where({ package_id: id }).pluck('user_id'),
  );
  expect(downloads).toEqual([world.dealer.adminUserId, world.dealer.adminUserId]);

  // A ZIP keeps the name of each file before its content: the byte in the middle of the next kilobyte is content.
  const name = `dosyalar/${codeOf('onboarding')}.pdf`;
  const at = bytes.indexOf(name) + name.length + 500;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(join(folder, 'changed.zip'), bytes);
  expect(await verifyPackage(join(folder, 'changed.zip'))).toMatchObject({
    pass: false,
    problems: [{ path: name, reason: 'changed' }],
  });
}, 120_000);

test('an edit made after the freeze does not enter', async () => {
  const ref = await ask();
  await world.activities.freezePackage(ref);
  await world.dealer.run((tx) =>
    updateRecord(tx, idOf('onboarding'), { patch: { occupation: 'Sonradan Değişen' }, ifVersion: null }),
  );
  await addPaper(world, idOf('onboarding'), 'signature_sample');
  await drive(world, ref);
  await world.dealer.run((tx) => sealPackage(tx, ref.packageId), world.manager.userId);
  const before = await contentsOf(await download(world, ref.packageId, join(folder, 'before.zip')));
  const after = await contentsOf(await download(world, await sealed(), join(folder, 'after.zip')));
  const occupation = async (files: Map<string, Buffer>) =>
    (await sheetRows(files.get('veri.xlsx'), '01_Musteriler')).find(
      (row) => row[0] === codeOf('onboarding'),
    )?.[7];
  expect([await occupation(before), await occupation(after)]).toEqual(['Öğretmen', 'Sonradan Değişen']);
  const signature = `belgeler/${codeOf('onboarding')}/signature-sample-1.pdf`;
  expect([before.has(signature), after.has(signature)]).toEqual([false, true]);
  expect(manifestIn(before).snapshotSha256).not.toBe(manifestIn(after).snapshotSha256);
}, 120_000);

test('hostile text is text: the workbook shows it as it was typed, and a package of it is made and passes', async () => {
  const files = await contentsOf(await download(world, await sealed(), join(folder, 'hostile.zip')));
  const row = (await sheetRows(files.get('veri.xlsx'), '01_Musteriler')).find(
    (cells) => cells[0] === codeOf('hostile'),
  );
  expect(row?.slice(2, 5)).toEqual([
    '=HYPERLINK("http://127.0.0.1:9")',
    '<script>alert(1)</script>{{constructor}}\u202eters',
    '10000000146',
  ]);
}, 120_000);

test('the tax profile leaves out what only MASAK may see', async () => {
  const files = await contentsOf(
    await download(world, await sealed({ profile: 'maliye' }), join(folder, 'maliye.zip')),
  );
  const sheets = (await readXlsxFile(files.get('veri.xlsx') ?? Buffer.alloc(0))).map(({ sheet }) => sheet);
  expect(sheets).toContain('13_DegisiklikIzi');
  expect(sheets).not.toContain('09_Dogrulamalar');
  expect(sheets).not.toContain('10_Risk');
  expect((await sheetRows(files.get('veri.xlsx'), '01_Musteriler'))[0]).not.toContain('risk');
}, 120_000);

test('a filter narrows the scope and stands in the manifest, and nobody else is named as left out', async () => {
  const id = await sealed({ filter: { q: 'şahbaz', status: ['withdrawn', 'active'] } });
  const manifest = manifestIn(await contentsOf(await download(world, id, join(folder, 'filter.zip'))));
  expect(manifest).toMatchObject({
    filter: { q: 'şahbaz', status: 'withdrawn,active' },
    counts: { customers: 1, excluded: 0 },
  });
  expect((await viewOf(world, id)).filter).toEqual({ q: 'şahbaz', status: ['withdrawn', 'active'] });
}, 120_000);

describe('the seal', () => {
  test('asks for a second person, and a repeated one changes nothing', async () => {
    const ref = await ask();
    const seal = (userId: string) => world.dealer.run((tx) => sealPackage(tx, ref.packageId), userId);
    await expect(seal(world.manager.userId)).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
    await drive(world, ref);
    expect(await viewOf(world, ref.packageId)).toMatchObject({ status: 'awaiting_seal', phase: 'ready' });
    await expect(seal(world.officer.userId)).rejects.toMatchObject({ code: 'FOUR_EYES' });
    const staff = await world.dealer.addUser('staff');
    await expect(seal(staff.userId)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const first = await seal(world.manager.userId);
    world.installation.clock.moveBy(60_000);
    expect(await seal(world.manager.userId)).toEqual(first);
    await expect(seal(world.dealer.adminUserId)).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
  }, 60_000);

  test('of two packages that are to replace the same one is given to the first', async () => {
    const old = await sealed({ filter: { q: 'şahbaz' } });
    const refs = [
      await ask({ filter: { q: 'şahbaz' }, supersedes: old }),
      await ask({ filter: { q: 'şahbaz' }, supersedes: old }),
    ];
    for (const ref of refs) await drive(world, ref);
    const seals = await Promise.allSettled(
      refs.map(({ packageId }) => world.dealer.run((tx) => sealPackage(tx, packageId), world.manager.userId)),
    );
    expect(seals.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(seals.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'STATE_FORBIDS', detail: 'package_replaced' },
    });
    const winner = seals.findIndex(({ status }) => status === 'fulfilled');
    expect((await viewOf(world, old)).supersededBy?.id).toBe(refs[winner]?.packageId);
    expect((await viewOf(world, refs[1 - winner]?.packageId ?? '')).status).toBe('awaiting_seal');
  }, 60_000);

  test('holds in the database as well: the asker is refused, and a sealed package never changes', async () => {
    const ref = await ask();
    await drive(world, ref);
    const row = () => world.db.owner('audit_packages').where({ id: ref.packageId });
    const forged = {
      status: 'sealed',
      sealed_by: world.officer.userId,
      four_eyes: 'enforced',
      manifest: Buffer.from('{}'),
      signature: Buffer.alloc(64),
    };
    await expect(row().update(forged)).rejects.toMatchObject({ code: 'SC002' });
    await world.dealer.run((tx) => sealPackage(tx, ref.packageId), world.manager.userId);
    await expect(row().update({ number: 'DP-1' })).rejects.toMatchObject({ code: 'SC004' });
    const ofPackage = { package_id: ref.packageId };
    await expect(
      world.db.owner('audit_package_files').where(ofPackage).update({ bytes: 1 }),
    ).rejects.toMatchObject({ code: 'SC004' });
    await expect(world.db.owner('audit_package_items').where(ofPackage).delete()).rejects.toMatchObject({
      code: 'SC004',
    });
  }, 60_000);

  test('of a one-person shop is allowed by its policy and says so in the manifest', async () => {
    const shop = await makeDealer(world.db, world.installation);
    await world.db
      .owner('policies')
      .where({ dealer_id: shop.dealerId, key: 'fourEyes' })
      .update({ value: JSON.stringify({ mode: 'recorded', reason: 'Tek kişilik işletme' }) });
    const customerId = await shop.run((tx) => addPerson(tx));
    const include = [{ customerId, reason: 'x' }];
    const { id } = await shop.run((tx) => requestPackage(tx, { profile: 'masak', period: PERIOD, include }));
    await drive(world, { dealerId: shop.dealerId, packageId: id });
    await shop.run((tx) => sealPackage(tx, id));
    const { manifest } = await shop.run((tx) => openPackage(tx, id));
    expect(JSON.parse(manifest.toString())).toMatchObject({ fourEyesRecorded: 'Tek kişilik işletme' });
  }, 60_000);
});

test('a package asked for by a clerk, or for a period that ends before it begins, is refused', async () => {
  const staff = await world.dealer.addUser('staff');
  await expect(
    world.dealer.run((tx) => requestPackage(tx, { profile: 'masak', period: PERIOD }), staff.userId),
  ).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(ask({ period: { from: '2026-02-01', to: '2026-01-31' } })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
    fields: [{ pointer: '/period/to' }],
  });
});

test('another dealer sees no package of this one', async () => {
  const { packageId } = await ask();
  const other = await makeDealer(world.db, world.installation);
  await expect(other.run((tx) => readPackage(tx, packageId))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await other.run((tx) => listPackages(tx, { limit: 10 }))).data).toEqual([]);
});

test('the list shows the newest first, a page at a time', async () => {
  const first = await world.dealer.run((tx) => listPackages(tx, { limit: 2 }));
  const second = await world.dealer.run((tx) =>
    listPackages(tx, { limit: 2, cursor: first.nextCursor ?? '' }),
  );
  const numbers = [...first.data, ...second.data].map(({ number }) => number);
  expect(numbers).toHaveLength(4);
  expect(numbers).toEqual([...new Set(numbers)].sort().reverse());
  await expect(
    world.dealer.run((tx) => listPackages(tx, { limit: 2, cursor: 'WyJ4Il0' })),
  ).rejects.toMatchObject({ code: 'MALFORMED' });
});
