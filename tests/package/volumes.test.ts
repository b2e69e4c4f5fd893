import { join } from 'node:path';

import yauzl from 'yauzl';
import { buffer } from 'node:stream/consumers';

import { createPackageActivities, type PackageDeps, type Printer } from '../../activities/packages';
import { sealPackage } from '../../operations/package-seal';
import { requestPackage } from '../../operations/package-request';
import { verifyPackage } from '../../stores/package-verifier';
import { pdfPages } from '../support/pdf-text';
import { scratchFolder } from './a-package';
import { addPerson, download, drive, usePackageWorld, viewOf } from './package-world';

const CUSTOMERS = 5;
/** Rows of one document: two customers. */
const ROWS = 8;
const PERIOD = { from: '2026-01-01', to: '2027-12-31' };
const world = usePackageWorld();
const folder = scratchFolder();

beforeAll(async () => {
  for (let n = 1; n <= CUSTOMERS; n += 1)
    await world.dealer.run((tx) => addPerson(tx, { surname: `Kanaryaoğlu ${'ABCÇD'[n - 1]}` }));
}, 60_000);

/** Counts what is printed; fails from a document on when told to. */
function countingPrinter(failsAt = Infinity): Printer & { titles: string[] } {
  const titles: string[] = [];
  return {
    titles,
    print(html, asOf) {
      if (titles.length + 1 >= failsAt) return Promise.reject(new Error('paper jam'));
      titles.push(/<title>(.*)<\/title>/.exec(html)?.[1] ?? '');
      return world.printer.print(html, asOf);
    },
  };
}

async function ask() {
  const { id } = await world.dealer.run(
    (tx) => requestPackage(tx, { profile: 'masak', period: PERIOD }),
    world.officer.userId,
  );
  return { dealerId: world.dealer.dealerId, packageId: id };
}

const activities = (changes: Partial<PackageDeps>) =>
  createPackageActivities({
    database: world.installation.database,
    files: world.files,
    printer: world.printer,
    volumeRows: ROWS,
    heartbeat: () => undefined,
    ...changes,
  });

const driveWith = (ref: Awaited<ReturnType<typeof ask>>, changes: Partial<PackageDeps> = {}) =>
  drive({ steps: world.steps, activities: activities(changes) }, ref);

/** Path and hash of everything that was made, as far as it does not carry the number of the package. */
async function madeOf(packageId: string): Promise<Map<string, string>> {
  const rows = await world.dealer.run((tx) =>
    tx
      .sql<{ path: string; sha256: Buffer; package_id: string }>('audit_package_files')
      .where({ package_id: packageId }),
  );
  return new Map(rows.map(({ path, sha256 }) => [path, sha256.toString('hex')]));
}

async function unzipped(path: string): Promise<Map<string, Buffer>> {
  const zip = await yauzl.openPromise(path);
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  return files;
}

const volumesOf = (files: ReadonlyMap<string, unknown>) =>
  [...files.keys()].filter((path) => /^rapor-\d+\.pdf$/.test(path)).sort();

/** A sealed package that its verifier passes. */
async function sealed(): Promise<{ files: Map<string, Buffer>; number: string }> {
  const ref = await ask();
  await driveWith(ref);
  await world.dealer.run((tx) => sealPackage(tx, ref.packageId), world.manager.userId);
  const path = await download(world, ref.packageId, join(folder, 'volumes.zip'));
  const { keyFingerprint, number } = await viewOf(world, ref.packageId);
  expect(await verifyPackage(path, { key: keyFingerprint })).toMatchObject({ pass: true });
  return { files: await unzipped(path), number };
}

const textOf = (pdf: Buffer | undefined) =>
  pdfPages(pdf ?? Buffer.alloc(0)).map((page) => page.replaceAll(/\s+/g, ' '));

test('a report too long for one document goes on in volumes that the rest of the package names', async () => {
  const { files, number } = await sealed();
  const volumes = volumesOf(files);
  expect(volumes.length).toBeGreaterThan(2);
  const codes: string[] = [];
  for (const [index, path] of volumes.entries()) {
    const pages = textOf(files.get(path));
    const range = new RegExp(`Cilt ${index + 1} · Müşteriler (KYM-[0-9-]+) – (KYM-[0-9-]+)`).exec(
      pages[0] ?? '',
    );
    expect(range).not.toBeNull();
    pages.slice(1).forEach((page, at) => {
      expect(page).toContain(`Denetim paketi ${number}: özet rapor, cilt ${index + 1}`);
      expect(page).toContain(`Sayfa ${at + 2} / ${pages.length}`);
    });
    expect(pages[1]).toMatch(/4 · Müşteri listesi \d+ 5 · /);
    const list = pages.join(' ').split('4 · Müşteri listesi').at(-1)?.split('5 · ')[0] ?? '';
    const own = [...list.matchAll(/KYM-\d{4}-\d+/g)].map(([code]) => code);
    expect([own[0], own.at(-1)]).toEqual([range?.[1], range?.[2]]);
    codes.push(...own);
  }
  expect(codes).toHaveLength(CUSTOMERS);
  expect([...codes].sort()).toEqual(codes);

  const report = textOf(files.get('rapor.pdf')).join(' ');
  for (const heading of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15, 16, 17])
    expect(report).toMatch(new RegExp(` ${heading} · `));
  expect(report).toContain(`${volumes.length} ciltte`);
  expect(report).toContain(`${CUSTOMERS} satır; rapor-001.pdf – ${volumes.at(-1)} ciltlerindedir.`);
  expect(report).not.toContain('Kanaryaoğlu');
  for (const path of volumes) expect(report).toContain(path);
  const index = files.get('index.html')?.toString() ?? '';
  const listed = [...index.matchAll(/href="(rapor[^"]*)"/g)].map(([, path]) => path);
  expect(listed).toEqual(['rapor.pdf', ...volumes]);
  expect(index).toContain('Özet rapor, cilt 2');
}, 120_000);

test('a run that broke off at a volume prints none of those before it again, and makes the same files', async () => {
  const whole = countingPrinter();
  const ref = await ask();
  await driveWith(ref, { printer: whole });
  const before = await madeOf(ref.packageId);
  const isReport = (title: string) => title.includes('özet rapor');
  const first = whole.titles.findIndex(isReport);
  // The same frozen package once more, as a worker finds it that never got to its report.
  await world.dealer.run(async (tx) => {
    await tx
      .sql('audit_package_files')
      .where({ package_id: ref.packageId })
      .andWhere('path', 'like', 'rapor%')
      .delete();
    await tx
      .sql('audit_packages')
      .where({ id: ref.packageId })
      .update({ status: 'rendering', phase: 'assembling' });
  });
  const jams = countingPrinter(3);
  await expect(activities({ printer: jams }).assemblePackage(ref)).rejects.toThrow('PRINTER');
  expect(jams.titles).toEqual(whole.titles.slice(first, first + 2));
  const again = countingPrinter();
  await activities({ printer: again }).assemblePackage(ref);
  expect(again.titles).toEqual(whole.titles.filter(isReport).slice(2));
  expect(await madeOf(ref.packageId)).toEqual(before);
  expect(volumesOf(before).length).toBeGreaterThan(2);
}, 120_000);
