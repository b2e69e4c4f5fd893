import { join } from 'node:path';

import readXlsxFile from 'read-excel-file/node';

import type { PackageManifest } from '../../domain/package-manifest';
import { endFixWindow } from '../../operations/package-fix-window';
import { requestPackage } from '../../operations/package-request';
import { sealPackage } from '../../operations/package-seal';
import { verifyPackage } from '../../stores/package-verifier';
import { contentsOf, scratchFolder } from './a-package';
import { addPaper, addPerson, download, drive, usePackageWorld, viewOf } from './package-world';

const world = usePackageWorld('2026-11-20T09:00:00Z');
const folder = scratchFolder();

test('a package with sample, exceptions and a fix window says the same counts in manifest, sheets, statement and API', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 6; n++) ids.push(await world.dealer.run((tx) => addPerson(tx)));
  const [left = '', added = ''] = ids;
  const { id } = await world.dealer.run(
    (tx) =>
      requestPackage(tx, {
        profile: 'masak',
        period: { from: '2026-01-01', to: '2026-12-31' },
        sample: { size: 2, seed: 'örnek' },
        exclude: [{ customerId: left, reason: 'Soruşturma dışı' }],
        include: [{ customerId: added, reason: 'Denetçi istedi' }],
        note: 'Birinci parti',
        fixWindowDays: 5,
      }),
    world.officer.userId,
  );
  const ref = { dealerId: world.dealer.dealerId, packageId: id };
  await drive(world, ref);
  expect(await viewOf(world, id)).toMatchObject({ status: 'rendering', phase: 'fixing' });
  world.installation.clock.moveTo('2026-11-23T09:00:00Z');
  await addPaper(world, added, 'identity_card');
  await world.dealer.run((tx) => endFixWindow(tx, id), world.officer.userId);
  await drive(world, ref);
  await world.dealer.run((tx) => sealPackage(tx, id), world.manager.userId);

  const path = await download(world, id, join(folder, 'scope.zip'));
  expect(await verifyPackage(path)).toMatchObject({ pass: true, problems: [] });
  const files = await contentsOf(path);
  const manifest = JSON.parse(String(files.get('manifest.json'))) as PackageManifest;
  const view = await viewOf(world, id);
  expect(manifest).toMatchObject({
    counts: { customers: 3, documents: 1, excluded: 1 },
    population: { customers: 4 },
    sample: { method: 'sample', seed: 'örnek', size: 2 },
    included: [{ reason: 'Denetçi istedi' }],
    excluded: [{ reason: 'Soruşturma dışı' }],
    note: 'Birinci parti',
    fixWindow: { days: 5, endedAt: '2026-11-23T09:00:00.000Z' },
    sheets: { '01_Musteriler': 3 },
    completeness: { customers: 3 },
  });
  expect(manifest.population?.codes).toHaveLength(4);
  expect(view).toMatchObject({ progress: { done: 3, total: 3 }, scope: { population: 4, excluded: 1 } });
  expect(view.completeness).toEqual(manifest.completeness);
  expect(view.completeness?.completedLate).toBeGreaterThan(0);

  const lines = String(files.get('eksiksizlik.ndjson')).trimEnd().split('\n');
  expect(lines).toHaveLength(1 + 3 + 1);
  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ totals: manifest.completeness });
  const late = lines.slice(1, -1).flatMap((line) => {
    const { requirements } = JSON.parse(line) as { requirements: { state: string; completedOn?: string }[] };
    return requirements.filter(({ completedOn }) => completedOn !== undefined);
  });
  expect(late.map(({ state, completedOn }) => [state, completedOn])).toEqual(
    Array.from({ length: view.completeness?.completedLate ?? 0 }, () => ['missing', '2026-11-23']),
  );

  const sheets = await readXlsxFile(files.get('veri.xlsx') ?? Buffer.alloc(0));
  const cover = JSON.stringify(sheets.find(({ sheet }) => sheet === '00_Kapak')?.data);
  expect(cover).toContain('23.11.2026 12:00; süre dolmadan sona erdirildi');
  const rows = (name: string) => (sheets.find(({ sheet }) => sheet === name)?.data ?? []).slice(1);
  for (const [name, count] of Object.entries(manifest.sheets))
    expect([name, rows(name).length]).toEqual([name, count]);
  const inZip = [...files.keys()].filter((name) => name.startsWith('belgeler/'));
  // What brought the late paper is proven too: the checkpoint is that of the window's end.
  const events = String(files.get('olaylar.ndjson')).trimEnd().split('\n');
  const uploads = events
    .map((line) => JSON.parse(line) as { chain: string; event: string })
    .filter(({ event }) => event === 'document.uploaded');
  expect(uploads).toEqual([expect.objectContaining({ chain: added })]);
  const proof = JSON.parse(String(files.get('checkpoint.json'))) as { checkpoint: { n: number; at: string } };
  expect(proof.checkpoint).toMatchObject({ n: manifest.checkpoint?.n, at: '2026-11-23T09:00:00.000Z' });
  expect(inZip).toEqual([expect.stringMatching(/^belgeler\/KYM-2026-\d{6}\/identity-card-1\.pdf$/)]);
}, 120_000);
