import { join } from 'node:path';

import readXlsxFile from 'read-excel-file/node';

import type { PackageManifest } from '../../domain/package-manifest';
import { leaveOutOfPackage } from '../../operations/package-resolve';
import { requestPackage } from '../../operations/package-request';
import { sealPackage } from '../../operations/package-seal';
import { verifyPackage } from '../../stores/package-verifier';
import { pdfPages } from '../support/pdf-text';
import { contentsOf, scratchFolder } from './a-package';
import {
  addPaper,
  addPerson,
  blobsOnDisk,
  download,
  drive,
  usePackageWorld,
  viewOf,
  type PackageWorld,
} from './package-world';

const world = usePackageWorld();
const folder = scratchFolder();
const REASON = 'Belgenin aslı aranıyor';

const filesMade = (packageId: string): Promise<string[]> =>
  world.db.owner('audit_package_files').where({ package_id: packageId }).orderBy('path').pluck('path');

/** Three customers with two papers each; the address proof of the second one is gone. */
async function customersWithLostPaper(): Promise<string> {
  const ids: string[] = [];
  for (let n = 0; n < 3; n += 1) {
    const id = await world.dealer.run((tx) => addPerson(tx));
    await addPaper(world, id, 'identity_card');
    await addPaper(world, id, 'address_proof');
    ids.push(id);
  }
  const lost = ids[1] ?? '';
  const [address] = await world.dealer.run((tx) =>
    tx.sql('documents').where({ customer_id: lost, kind: 'address_proof' }).pluck('address'),
  );
  await world.files.remove(String(address));
  return lost;
}

async function driveUntilBlocked(by: PackageWorld, ref: { dealerId: string; packageId: string }) {
  for (let turn = 0; turn < 6; turn += 1) {
    await drive(by, ref);
    by.installation.clock.moveBy(300_000);
  }
  expect((await viewOf(by, ref.packageId)).phase).toBe('blocked');
}

test('nothing of a customer whose file was left out enters the package but the reason', async () => {
  const lost = await customersWithLostPaper();
  const { id } = await world.dealer.run(
    (tx) => requestPackage(tx, { profile: 'masak', period: { from: '2026-01-01', to: '2027-12-31' } }),
    world.officer.userId,
  );
  const ref = { dealerId: world.dealer.dealerId, packageId: id };
  await driveUntilBlocked(world, ref);
  const code = 'KYM-2026-000002';
  // The PDF and the first paper had been made before the second one failed.
  const half = [`belgeler/${code}/identity-card-1.pdf`, `dosyalar/${code}.pdf`];
  expect((await filesMade(id)).filter((path) => path.includes(code))).toEqual(half);
  const blobs = blobsOnDisk(world).length;
  await world.dealer.run(
    (tx) => leaveOutOfPackage(tx, id, { customerId: lost, reason: REASON }),
    world.officer.userId,
  );
  await drive(world, ref);
  expect((await viewOf(world, id)).status).toBe('awaiting_seal');
  const made = await filesMade(id);
  expect(made.filter((path) => path.includes(code))).toEqual([]);
  // What is made last: everything beside the customers' files.
  expect(blobsOnDisk(world)).toHaveLength(
    blobs - half.length + made.filter((path) => !path.includes('/')).length,
  );
  await world.dealer.run((tx) => sealPackage(tx, id), world.manager.userId);

  const path = await download(world, id, join(folder, 'left-out.zip'));
  expect(await verifyPackage(path)).toMatchObject({ pass: true, problems: [] });
  const files = await contentsOf(path);
  const manifest = JSON.parse(String(files.get('manifest.json'))) as PackageManifest;
  expect(manifest).toMatchObject({
    counts: { customers: 2, documents: 4, excluded: 0 },
    leftOut: [{ customer: code, reason: REASON }],
    completeness: { customers: 3 },
    sheets: { '01_Musteriler': 3 },
  });
  expect([...files.keys()].filter((name) => name.includes(code))).toEqual([]);

  const report = pdfPages(files.get('rapor.pdf') ?? Buffer.alloc(0)).join('\n');
  expect(report).toMatch(
    new RegExp(`${code}[^]{0,40}Hazırlanamayan dosyaları dışarıda bırakıldı: ${REASON}`),
  );
  const index = String(files.get('index.html'));
  const data = JSON.parse(/id="data">([^]*?)<\/script>/.exec(index)?.[1] ?? '') as {
    customers: [string, string][];
    files: string[];
  };
  expect(data.customers.map(([of]) => of)).toContain(code);
  expect(data.files).toHaveLength(2 + 4);
  expect(data.files.filter((name) => name.includes(code))).toEqual([]);

  const sheets = await readXlsxFile(files.get('veri.xlsx') ?? Buffer.alloc(0));
  const named = sheets
    .flatMap(({ data: rows }) => rows.flat())
    .filter((cell) => /^(belgeler|dosyalar)\//.test(String(cell)));
  expect(new Set(named)).toEqual(new Set([...files.keys()].filter((name) => name.startsWith('belgeler/'))));
  const events = String(files.get('olaylar.ndjson')).trimEnd().split('\n');
  expect(events.map((line) => (JSON.parse(line) as { chain: string }).chain)).toContain(lost);
}, 120_000);
