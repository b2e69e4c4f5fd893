import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import yauzl from 'yauzl';

import { createSigningKey, fingerprintOf, signManifest } from '../../stores/package-signature';
import { VERIFIER_FILE, describeVerification, verifyPackage } from '../../stores/package-verifier';
import { manifestOf, packageFiles, scratchFolder, sealed, zip, type Files } from './a-package';

const folder = scratchFolder();
let number = 0;

async function check(files: Files, key?: string) {
  const path = await zip(files, join(folder, `${(number += 1)}.zip`));
  return verifyPackage(path, key === undefined ? {} : { key });
}

async function problemsOf(files: Files, key?: string): Promise<string[]> {
  return (await check(files, key)).problems.map(({ path, reason }) => `${path}: ${reason}`);
}

function without(files: Files, path: string): Files {
  return Object.fromEntries(Object.entries(files).filter(([name]) => name !== path));
}

test('an untouched package passes and says whose key it carries', async () => {
  const key = createSigningKey();
  const result = await check(sealed(key));
  expect(result).toMatchObject({ pass: true, problems: [], fingerprint: fingerprintOf(key.publicKeyPem) });
  const text = describeVerification(result).join('\n');
  expect(text).toMatch(/^PASS {2}DP-2026-0007 · Şahin/);
  expect(text).toContain(fingerprintOf(key.publicKeyPem));
  expect(text).toContain('Compare it');
});

test.each(Object.keys(packageFiles(createSigningKey())))('a changed byte in %s is named', async (path) => {
  const files = sealed();
  const content = Buffer.from(files[path] ?? '');
  content[content.length >> 1] = (content[content.length >> 1] ?? 0) ^ 1;
  expect(await problemsOf({ ...files, [path]: content })).toContain(`${path}: changed`);
});

test.each(Object.keys(packageFiles(createSigningKey())))('a missing %s is named', async (path) => {
  expect(await problemsOf(without(sealed(), path))).toContain(`${path}: missing`);
});

test('a file that the manifest does not list is named', async () => {
  expect(await problemsOf({ ...sealed(), 'dosyalar/KYM-2026-000003.pdf': Buffer.from('x') })).toEqual([
    'dosyalar/KYM-2026-000003.pdf: extra',
  ]);
});

test('a renamed file is missing under its old name and extra under its new one', async () => {
  const files = sealed();
  const moved = { ...without(files, 'rapor.pdf'), 'rapor2.pdf': files['rapor.pdf'] ?? Buffer.alloc(0) };
  expect(await problemsOf(moved)).toEqual(['rapor.pdf: missing', 'rapor2.pdf: extra']);
});

test('two customers whose files were swapped are both named', async () => {
  const files = sealed();
  const [first, second] = ['dosyalar/KYM-2026-000001.pdf', 'dosyalar/KYM-2026-000002.pdf'];
  const swapped = {
    ...files,
    [first]: files[second] ?? Buffer.alloc(0),
    [second]: files[first] ?? Buffer.alloc(0),
  };
  expect(await problemsOf(swapped)).toEqual([`${first}: changed`, `${second}: changed`]);
});

test.each(['customers', 'documents', 'files', 'excluded'] as const)(
  'a signed manifest with a wrong count of %s fails',
  async (name) => {
    const files = sealed(createSigningKey(), (m) => ({
      ...m,
      counts: { ...m.counts, [name]: m.counts[name] + 1 },
    }));
    expect(await problemsOf(files)).toEqual(['manifest.json: count']);
  },
);

test('a wrong signature names both the manifest and its signature', async () => {
  const key = createSigningKey();
  const files = sealed(key);
  const other = sealed(key, (m) => ({ ...m, sealedBy: 'Başkası' }));
  const expected = ['manifest.json, manifest.sig: signature'];
  expect(await problemsOf({ ...files, 'manifest.sig': other['manifest.sig'] ?? Buffer.alloc(0) })).toEqual(
    expected,
  );
  expect(await problemsOf({ ...files, 'manifest.json': other['manifest.json'] ?? Buffer.alloc(0) })).toEqual(
    expected,
  );
  expect(await problemsOf({ ...files, 'manifest.sig': Buffer.alloc(63) })).toEqual(expected);
});

test.each(['manifest.json', 'manifest.sig'])('a package without %s fails', async (path) => {
  expect(await problemsOf(without(sealed(), path))).toContain(`${path}: missing`);
});

test('a forgery signed anew with another key passes only until the key is named', async () => {
  const dealer = createSigningKey();
  const forger = createSigningKey();
  const forged = { ...packageFiles(forger), 'rapor.pdf': Buffer.from('%PDF forged') };
  const { manifest, signature } = signManifest(manifestOf(forged), forger.privateKeyPem);
  const files = { ...forged, 'manifest.json': manifest, 'manifest.sig': signature };

  expect((await check(files)).fingerprint).toBe(fingerprintOf(forger.publicKeyPem));
  expect(await problemsOf(files, fingerprintOf(dealer.publicKeyPem))).toEqual([
    'public-key.pem: unknown_key',
  ]);
  expect(await problemsOf(files, dealer.publicKeyPem)).toContain('public-key.pem: unknown_key');
  expect(await problemsOf(sealed(dealer), fingerprintOf(dealer.publicKeyPem))).toEqual([]);
  expect(
    await problemsOf(sealed(dealer), fingerprintOf(dealer.publicKeyPem).toUpperCase().replaceAll(' ', ':')),
  ).toEqual([]);
  expect(await problemsOf(sealed(dealer), dealer.publicKeyPem)).toEqual([]);
});

test('another key in the package with the old signature fails even without a named key', async () => {
  const files = { ...sealed(), 'public-key.pem': Buffer.from(createSigningKey().publicKeyPem) };
  expect(await problemsOf(files)).toEqual([
    'manifest.json, manifest.sig: signature',
    'public-key.pem: changed',
  ]);
});

test('any byte changed anywhere fails, or is one that no reader takes for content', async () => {
  const whole = readFileSync(await zip(sealed(), join(folder, 'whole.zip')));
  const before = await contentOf(whole);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (position, mask) => {
      const changed = Buffer.from(whole);
      changed[position] = (changed[position] ?? 0) ^ mask;
      const path = join(folder, 'changed.zip');
      writeFileSync(path, changed);
      const result = await verifyPackage(path);
      if (result.pass) expect(await contentOf(changed)).toEqual(before);
      else expect(describeVerification(result)[0]).toMatch(/^FAIL {2}\S+/);
    }),
    { numRuns: 400 },
  );
});

test('a package cut short at any length fails', async () => {
  const whole = readFileSync(await zip(sealed(), join(folder, 'cut.zip')));
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
      const path = join(folder, 'short.zip');
      writeFileSync(path, whole.subarray(0, length));
      expect((await verifyPackage(path)).pass).toBe(false);
    }),
    { numRuns: 100 },
  );
});

test('the program prints its verdict and ends with the agreed code, on the oldest Node it promises', async () => {
  const path = await zip(sealed(), join(folder, 'program.zip'));
  const run = (...args: string[]) =>
    spawnSync(oldestNode(), [VERIFIER_FILE, ...args], { encoding: 'utf8', timeout: 20_000 });
  expect(run(path)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^PASS/) });
  expect(JSON.parse(run(path, '--json').stdout)).toMatchObject({ pass: true });
  expect(run(path, '--key', '0'.repeat(64))).toMatchObject({
    status: 4,
    stdout: expect.stringContaining('unknown key'),
  });
  // What was wrong is said in both languages, as the verdict is: who runs it may know only one.
  for (const [wrong, turkish, english] of [
    [[], 'Kullanım', 'usage'],
    [[path, path], 'Kullanım', 'usage'],
    [[path, '--key'], 'Kullanım', 'usage'],
    [[path, '--key', 'abc'], 'parmak izi', 'fingerprint of 64 hex digits'],
    [[join(folder, 'none.zip')], 'ZIP dosyasının kendisini', 'name the ZIP file itself'],
    [[folder], 'açılmış klasörü değil', 'not the unpacked folder'],
  ] as const) {
    const { status, stdout, stderr } = run(...wrong);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(turkish);
    expect(stderr).toContain(english);
  }
  const torn = join(folder, 'torn.zip');
  writeFileSync(torn, 'not a ZIP at all, but longer than twenty-two bytes');
  expect(run(torn)).toMatchObject({ status: 4, stdout: expect.stringMatching(/^FAIL {2}ZIP/) });
});

test('text from a package cannot steer the terminal', async () => {
  const result = await check(
    sealed(createSigningKey(), (m) => ({ ...m, dealer: { ...m.dealer, title: 'a\u001b[2Jb\u202ec' } })),
  );
  expect(result.pass).toBe(true);
  expect(describeVerification(result).join('')).toContain('a�[2Jb�c');
});

/** The system's own Node where that is version 20, the oldest the verifier promises; else the one that runs this. */
function oldestNode(): string {
  const candidates = ['/usr/bin/node', '/usr/local/bin/node'].filter((path) => existsSync(path));
  const isOldest = (path: string) => execFileSync(path, ['-v'], { encoding: 'utf8' }).startsWith('v20.');
  return candidates.find(isOldest) ?? process.execPath;
}

/** Names and bytes as another reader sees them. */
async function contentOf(bytes: Buffer): Promise<Record<string, string>> {
  const archive = await yauzl.fromBufferPromise(bytes, { lazyEntries: true });
  const found: Record<string, string> = {};
  for await (const entry of archive.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    found[entry.fileName] = Buffer.concat(chunks).toString('base64');
  }
  return found;
}
