import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Printer } from '../../activities/packages';
import { packageZip } from '../../api/package-download';
import { openPackage, sealPackage } from '../../operations/package-seal';
import { readProgressView } from '../../operations/package-progress';
import { requestPackage } from '../../operations/package-request';
import { folderStore } from '../../stores/files';
import { verifyPackage } from '../../stores/package-verifier';
import { scratchFolder } from '../package/a-package';
import {
  activitiesWith,
  addPerson,
  download,
  drive,
  usePackageWorld,
  viewOf,
} from '../package/package-world';

const CUSTOMERS = 8;
// Before the folder that they stand in is removed.
const mounted: string[] = [];
afterAll(() => mounted.forEach((path) => void execFileSync('umount', ['-l', path])));
const world = usePackageWorld();
const folder = scratchFolder();

beforeAll(async () => {
  for (let n = 0; n < CUSTOMERS; n += 1) await world.dealer.run((tx) => addPerson(tx));
}, 60_000);

const ask = async () => ({
  dealerId: world.dealer.dealerId,
  packageId: (
    await world.dealer.run(
      (tx) => requestPackage(tx, { profile: 'masak', period: { from: '2026-01-01', to: '2027-12-31' } }),
      world.officer.userId,
    )
  ).id,
});
type Ref = Awaited<ReturnType<typeof ask>>;

const progressOf = (ref: Ref) => world.dealer.run((tx) => readProgressView(tx, ref.packageId));

async function sealAndVerify(ref: Ref, name: string): Promise<void> {
  await world.dealer.run((tx) => sealPackage(tx, ref.packageId), world.manager.userId);
  const path = await download(world, ref.packageId, join(folder, name));
  const { keyFingerprint } = await viewOf(world, ref.packageId);
  expect(await verifyPackage(path, { key: keyFingerprint })).toMatchObject({ pass: true });
}

/** Processes that this one started and whose program looks like a Chromium, and theirs. */
function chromiums(): number[] {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name = '', parent = ''] =
        /\((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      parents.set(Number(pid), { parent: Number(parent), name });
    } catch {
      // It has ended meanwhile.
    }
  }
  return [...parents]
    .filter(([, { parent, name }]) => parent === process.pid && /chrom|headless/.test(name))
    .map(([pid]) => pid);
}

test('a Chromium killed in the middle of a page costs that page a second try, and the package nothing', async () => {
  const ref = await ask();
  let killed = 0;
  const killing: Printer = {
    async print(html, asOf) {
      const printing = world.printer.print(html, asOf);
      if (killed === 0) {
        const pids = chromiums();
        killed = pids.length;
        for (const pid of pids) process.kill(pid, 'SIGKILL');
      }
      return printing;
    },
  };
  // Warm, so that the kill meets a page and not a start.
  await world.printer.print(
    '<!doctype html><html lang="tr"><title>x</title><p>x</p></html>',
    '2026-01-01T00:00:00Z',
  );
  const deps = {
    steps: world.steps,
    activities: activitiesWith(world.installation.database, world.files, killing),
  };
  await drive(deps, ref);
  expect(killed).toBe(1);
  const { failing, troubles, done } = await progressOf(ref);
  expect(done + failing).toBe(CUSTOMERS);
  expect(failing).toBeGreaterThan(0);
  expect(new Set(troubles.map(({ errorCode }) => errorCode))).toEqual(new Set(['PRINTER']));
  world.installation.clock.moveBy(2_000);
  await drive(deps, ref);
  expect(await progressOf(ref)).toMatchObject({
    status: 'awaiting_seal',
    done: CUSTOMERS,
    failing: 0,
    troubles: [],
  });
  await sealAndVerify(ref, 'killed.zip');
}, 120_000);

/** Small disks are mounted, which only root may do. */
const whereDisksMount = process.getuid?.() === 0 ? describe : describe.skip;

/** A file system of so many bytes. */
function tinyDisk(name: string, size: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
  mounted.push(path);
  return path;
}

whereDisksMount('on a disk that is full', () => {
  test('the files that do not fit are named, and nothing torn is left when there is room again', async () => {
    const disk = tinyDisk('store', '256k');
    const files = folderStore(join(disk, 'files'));
    const activities = activitiesWith(world.installation.database, files, world.printer);
    const deps = { steps: world.steps, activities };
    const ref = await ask();
    await drive(deps, ref);
    const full = await progressOf(ref);
    expect(full.failing).toBeGreaterThan(0);
    expect(new Set(full.troubles.map(({ errorCode }) => errorCode))).toEqual(new Set(['DISK_FULL']));
    expect(readdirSync(join(disk, 'files', 'drafts'))).toEqual([]);
    // Room for the customers' files, and none for the reports.
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    world.installation.clock.moveBy(2_000);
    await activities.includeCustomers({ ...ref, chunk: 0 });
    const { blocks, bfree, bsize } = statfsSync(disk);
    const used = Math.ceil(((blocks - bfree) * bsize) / 1024);
    execFileSync('mount', ['-o', `remount,size=${used + 32}k`, disk]);
    await expect(drive(deps, ref)).rejects.toMatchObject({ code: 'DISK_FULL' });
    expect(readdirSync(join(disk, 'files', 'drafts'))).toEqual([]);
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    await drive(deps, ref);
    expect(await progressOf(ref)).toMatchObject({ status: 'awaiting_seal', done: CUSTOMERS, failing: 0 });
    await world.dealer.run((tx) => sealPackage(tx, ref.packageId), world.manager.userId);
    const path = await download({ ...world, files }, ref.packageId, join(folder, 'room.zip'));
    expect(await verifyPackage(path)).toMatchObject({ pass: true });
  }, 120_000);

  test('a download is no package, and the next one is whole', async () => {
    const disk = tinyDisk('downloads', '256k');
    const ref = await ask();
    await drive(world, ref);
    await world.dealer.run((tx) => sealPackage(tx, ref.packageId), world.manager.userId);
    const opened = await world.dealer.run((tx) => openPackage(tx, ref.packageId));
    const call = {
      deps: { database: world.installation.database, files: world.files },
      identity: { dealerId: world.dealer.dealerId },
      actor: { kind: 'user', userId: world.dealer.adminUserId, role: 'admin' },
    } as unknown as Parameters<typeof packageZip>[1];
    const torn = join(disk, 'torn.zip');
    await expect(pipeline(packageZip(opened, call), createWriteStream(torn))).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    expect(await verifyPackage(torn)).toMatchObject({ pass: false });
    const path = await download(world, ref.packageId, join(folder, 'second.zip'));
    expect(await verifyPackage(path)).toMatchObject({ pass: true });
  }, 120_000);
});
