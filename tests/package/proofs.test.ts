import { createHash, sign } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import yauzl from 'yauzl';

import type { PackageManifest } from '../../domain/package-manifest';
import { sha256 } from '../../operations/checkpoints';
import { signingKeys } from '../../operations/signing-keys';
import { updateRecord } from '../../operations/customers';
import { sealPackage } from '../../operations/package-seal';
import { requestPackage } from '../../operations/package-request';
import { buildManifest, type PackageFacts } from '../../domain/package-manifest';
import { signManifest } from '../../stores/package-signature';
import { verifyPackage } from '../../stores/package-verifier';
import { useBrowser } from '../support/browser';
import { scratchFolder, zip, type Files } from './a-package';
import { activitiesWith, addPaper, addPerson, download, drive, usePackageWorld } from './package-world';

const world = usePackageWorld();
const chromium = useBrowser();
const folder = scratchFolder();
let customers: string[];
let files: Files;
let privateKeyPem: string;
let path: string;

beforeAll(async () => {
  customers = [];
  for (const surname of ['Iğdırlıoğlu', '<b onclick="x">Şahin</script>', 'Öztürk'])
    customers.push(await world.dealer.run((tx) => addPerson(tx, { surname })));
  const [first = ''] = customers;
  await addPaper(world, first, 'identity_card');
  const { id } = await world.dealer.run(
    (tx) => requestPackage(tx, { profile: 'masak', period: { from: '2026-01-01', to: '2026-12-31' } }),
    world.officer.userId,
  );
  // What the pages look like is no matter here.
  const printer = { print: async (html: string) => Buffer.from(`%PDF-1.7 ${html.length}`) };
  const activities = activitiesWith(world.installation.database, world.files, printer);
  const ref = { dealerId: world.dealer.dealerId, packageId: id };
  await activities.freezePackage(ref);
  await world.dealer.run((tx) =>
    updateRecord(tx, first, { patch: { occupation: 'Mimar' }, ifVersion: null }),
  );
  await drive({ steps: world.steps, activities }, ref);
  await world.dealer.run((tx) => sealPackage(tx, id), world.manager.userId);
  path = await download(world, id, join(folder, 'package.zip'));
  files = await unpacked(path);
  const { privateKey } = await world.dealer.run(signingKeys);
  privateKeyPem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
}, 180_000);

async function unpacked(file: string): Promise<Files> {
  const archive = await yauzl.openPromise(file, { lazyEntries: true });
  const found: Files = {};
  for await (const entry of archive.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    found[entry.fileName] = Buffer.concat(chunks);
  }
  return found;
}

const manifestIn = (all: Files) => JSON.parse(String(all['manifest.json'])) as PackageManifest;

/** The package with other files, its manifest made and signed anew with the dealer's own key: what only an insider could do. */
function signedAnew(changes: Files, change: (facts: PackageFacts) => PackageFacts = (facts) => facts): Files {
  const { format: _format, counts, merkleRoot: _root, files: _files, ...facts } = manifestIn(files);
  const all = { ...files, ...changes };
  delete all['manifest.json'];
  delete all['manifest.sig'];
  const list = Object.entries(all).map(([name, content]) => ({
    path: name,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  const withEvents = { ...facts, ...(counts.events === undefined ? {} : { events: counts.events }) };
  const seal = signManifest(buildManifest(change(withEvents), list, sha256), privateKeyPem);
  return { ...all, 'manifest.json': seal.manifest, 'manifest.sig': seal.signature };
}

let number = 0;
async function problemsOf(all: Files): Promise<string[]> {
  const { problems } = await verifyPackage(await zip(all, join(folder, `${(number += 1)}.zip`)));
  return problems.map(
    ({ path: name, reason, detail }) => `${name}: ${reason}${detail === '' ? '' : ` ${detail}`}`,
  );
}

const lines = () => String(files['olaylar.ndjson']).trimEnd().split('\n');
const eventsOf = (kept: string[]) => ({
  'olaylar.ndjson': Buffer.from(kept.map((line) => `${line}\n`).join('')),
});
interface Proof {
  checkpoint: Record<string, unknown>;
  customers: { chain: string; code: string; hash: string; index: number; proof: string[]; seq: number }[];
  signature: string;
}
const proofIn = () => JSON.parse(String(files['checkpoint.json'])) as Proof;
const proofOf = (proof: Proof) => ({ 'checkpoint.json': Buffer.from(JSON.stringify(proof)) });

test('a package made from beginning to end passes, and its events are those of the log up to the freeze', async () => {
  const result = await verifyPackage(path);
  expect(result).toMatchObject({ pass: true, problems: [] });
  const logged = await world.db
    .owner('audit_log')
    .whereIn('chain_id', customers)
    .orderByRaw('chain_id, seq')
    .select('hash');
  expect(lines().length).toBe(manifestIn(files).counts.events);
  const inPackage = new Set(lines().map((line) => (JSON.parse(line) as { hash: string }).hash));
  const hashes = logged.map((row) => (row.hash as Buffer).toString('hex'));
  expect([...inPackage].every((hash) => hashes.includes(hash))).toBe(true);
  // The edit after the freeze stays out, with what followed from it.
  expect(inPackage.size).toBeLessThan(hashes.length);
  expect(manifestIn(files).checkpoint).toEqual({ n: 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('the events hold ids and codes, and no personal value', () => {
  const text = String(files['olaylar.ndjson']);
  for (const value of ['Çiğdem', 'Iğdırlıoğlu', '10000000146', '5321112233', 'Öğretmen', 'cigdem@'])
    expect(text).not.toContain(value);
});

test('an insider who signs anew cannot change, drop or reorder an event', async () => {
  const all = lines();
  const changed = all.map((line, n) =>
    n === 1 ? JSON.stringify({ ...(JSON.parse(line) as object), at: '2020-01-01T00:00:00.000000Z' }) : line,
  );
  expect(await problemsOf(signedAnew(eventsOf(changed)))).toEqual(['olaylar.ndjson: chain satır / line 2']);
  expect(await problemsOf(signedAnew(eventsOf(all.toSpliced(1, 1))))).toEqual([
    'olaylar.ndjson: chain satır / line 2',
  ]);
  expect(await problemsOf(signedAnew(eventsOf([all[1] ?? '', all[0] ?? '', ...all.slice(2)])))).toEqual([
    'olaylar.ndjson: chain satır / line 1',
  ]);
  expect(await problemsOf(signedAnew(eventsOf([...all, 'no JSON'])))).toEqual([
    `olaylar.ndjson: chain satır / line ${all.length + 1}`,
  ]);
});

test('an insider cannot put a word into an event that is not hashed, nor write one twice', async () => {
  const [line = '', ...rest] = lines();
  for (const bent of [
    line.replace('{', '{"aside":"x",'),
    line.replace('{', '{"event":"customer.closed",'),
    line.replace('"seq":1', '"seq":"1"'),
    `${line}\r`,
    'null',
    line.replace(/"detail":"(?:[^"\\]|\\.)*"/, '"detail":{"toString":1}'),
  ]) {
    expect(bent).not.toBe(line);
    expect(await problemsOf(signedAnew(eventsOf([bent, ...rest])))).toEqual([
      'olaylar.ndjson: chain satır / line 1',
    ]);
  }
});

test('an insider cannot give one customer the history of another', async () => {
  const proof = proofIn();
  const [first, second, ...rest] = proof.customers;
  if (first === undefined || second === undefined) throw new Error('two customers are needed');
  const swapped = [{ ...first, code: second.code }, { ...second, code: first.code }, ...rest];
  expect(await problemsOf(signedAnew(proofOf({ ...proof, customers: swapped })))).toEqual([
    `olaylar.ndjson: chain ${second.code}`,
    `olaylar.ndjson: chain ${first.code}`,
  ]);
});

test('a proof or a manifest of odd shape fails by its name, and stops nothing', async () => {
  const proof = proofIn();
  const [first] = proof.customers;
  for (const odd of [
    { ...proof, signature: [proof.signature] },
    { ...proof, customers: [{ ...first, proof: first?.proof.map((step) => [step]) }] },
    { ...proof, customers: [null] },
    { ...proof, checkpoint: null },
    null,
  ]) {
    const bytes = Buffer.from(JSON.stringify(odd));
    expect(await problemsOf(signedAnew({ 'checkpoint.json': bytes }))).toEqual([
      'checkpoint.json: checkpoint JSON',
    ]);
  }
  for (const change of [
    { leftOut: 5 },
    { leftOut: [null] },
    { excluded: {} },
    { files: [null] },
    { counts: null },
  ]) {
    const manifest = { ...manifestIn(files), ...change } as unknown as PackageManifest;
    const seal = signManifest(manifest, privateKeyPem);
    expect(
      await problemsOf({ ...files, 'manifest.json': seal.manifest, 'manifest.sig': seal.signature }),
    ).toEqual(['manifest.json: manifest']);
  }
});

test('a manifest that two readers may read differently fails, also where it is signed', async () => {
  const text = String(files['manifest.json']);
  for (const bent of [
    text.replace('{', '{"asOf":"2020-01-01T00:00:00.000Z",'),
    `${text}\n`,
    JSON.stringify(JSON.parse(text), null, 1),
    text.replace('"format"', String.raw`"\u0066ormat"`),
    `\ufeff${text}`,
  ]) {
    const bytes = Buffer.from(bent);
    const signature = sign(null, bytes, privateKeyPem);
    expect(await problemsOf({ ...files, 'manifest.json': bytes, 'manifest.sig': signature })).toEqual([
      'manifest.json: manifest',
    ]);
  }
});

test('a cut tail and a customer without history are named by code, and the count is wrong', async () => {
  const all = lines();
  const last = proofIn().customers.at(-1);
  const events = manifestIn(files).counts.events;
  expect(await problemsOf(signedAnew(eventsOf(all.slice(0, -1))))).toEqual([
    `manifest.json: count events: ${events} ≠ ${all.length - 1}`,
    `olaylar.ndjson: chain ${last?.code}`,
  ]);
  const without = all.filter((line) => !line.includes(`"chain":"${last?.chain}"`));
  expect(await problemsOf(signedAnew(eventsOf(without)))).toContain(`olaylar.ndjson: chain ${last?.code}`);
  const hidden = { ...proofIn(), customers: proofIn().customers.slice(0, -1) };
  expect(await problemsOf(signedAnew({ ...eventsOf(without), ...proofOf(hidden) }))).toContain(
    `checkpoint.json: checkpoint ${last?.code}`,
  );
});

test('a checkpoint that was changed, signed by nobody, or does not lead to its root fails', async () => {
  const proof = proofIn();
  const other = { ...proof, checkpoint: { ...proof.checkpoint, at: '2020-01-01T00:00:00.000Z' } };
  expect(await problemsOf(signedAnew(proofOf(other)))).toEqual(['checkpoint.json: signature']);
  expect(await problemsOf(signedAnew(proofOf({ ...proof, signature: '0'.repeat(128) })))).toEqual([
    'checkpoint.json: signature',
  ]);
  expect(
    await problemsOf(signedAnew({}, (facts) => ({ ...facts, checkpoint: { n: 1, sha256: '0'.repeat(64) } }))),
  ).toEqual(['checkpoint.json: checkpoint manifest.json']);
  const [first, ...rest] = proof.customers;
  if (first === undefined) throw new Error('no customer');
  for (const broken of [
    { ...first, proof: first.proof.map(() => '0'.repeat(64)) },
    { ...first, proof: first.proof.slice(1) },
    { ...first, index: first.index + 1 },
    { ...first, index: -1 },
  ]) {
    expect(await problemsOf(signedAnew(proofOf({ ...proof, customers: [broken, ...rest] })))).toEqual([
      `checkpoint.json: checkpoint ${first.code}`,
    ]);
  }
  const { 'checkpoint.json': _gone, ...without } = signedAnew({});
  expect(await problemsOf(without)).toEqual(['checkpoint.json: missing']);
});

test('a Merkle root that is not that of the files fails, also where it is signed', async () => {
  const { 'manifest.json': _m, 'manifest.sig': _s, ...rest } = files;
  const seal = signManifest({ ...manifestIn(files), merkleRoot: '0'.repeat(64) }, privateKeyPem);
  expect(
    await problemsOf({ ...rest, 'manifest.json': seal.manifest, 'manifest.sig': seal.signature }),
  ).toEqual(['manifest.json: root']);
});

test('every file of the package, changed, cut, lengthened, renamed or taken out, is named', async () => {
  const paths = Object.keys(files);
  for (const name of paths) {
    const content = files[name] ?? Buffer.alloc(0);
    const named = async (all: Files, ...names: string[]) =>
      expect(
        (await problemsOf(all)).some((problem) => names.some((one) => problem.split(':')[0]?.includes(one))),
      ).toBe(true);
    for (const at of [0, content.length >> 1, content.length - 1]) {
      const changed = Buffer.from(content);
      changed[at] = (changed[at] ?? 0) ^ 0x20;
      await named({ ...files, [name]: changed }, name);
    }
    await named({ ...files, [name]: content.subarray(0, -1) }, name);
    await named({ ...files, [name]: Buffer.concat([content, Buffer.from('\n')]) }, name);
    const { [name]: _gone, ...without } = files;
    await named(without, name);
    await named({ ...without, [`${name}.bak`]: content }, name);
    const other = paths[(paths.indexOf(name) + 1) % paths.length] ?? '';
    const swapped = { ...files, [name]: files[other] ?? Buffer.alloc(0), [other]: content };
    if (!content.equals(files[other] ?? content)) await named(swapped, name, other); // an unreadable manifest names itself
  }
}, 120_000);

test('the index opens from disk, leads to every file and finds a name however it is typed', async () => {
  const out = join(folder, 'unpacked');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name), content);
  }
  const page = await chromium.browser.newPage();
  const errors: string[] = [];
  page.on('console', (message) => errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.setOfflineMode(true);
  await page.goto(pathToFileURL(join(out, 'index.html')).href);
  const links = await page.$$eval('a', (anchors) => anchors.map((anchor) => anchor.getAttribute('href')));
  expect(new Set(links)).toEqual(new Set(Object.keys(files).filter((name) => name !== 'index.html')));
  const rows = () => page.$$eval('#rows tr', (found) => found.map((row) => row.textContent));
  expect((await rows()).join('\n')).toContain('<b onclick="x">Şahin</script>');
  await page.type('#search', 'igdirli');
  expect((await rows()).length).toBe(1);
  expect(await page.$eval('#count', (count) => count.textContent)).toBe('3 müşteriden 1 tanesi');
  expect(errors).toEqual([]);
  await page.close();
}, 60_000);
