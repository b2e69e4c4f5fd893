import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Page } from 'puppeteer-core';

import { createSigningKey, fingerprintOf } from '../../stores/package-signature';
import { htmlVerifier, verifyPackage } from '../../stores/package-verifier';
import { useBrowser } from '../support/browser';
import { scratchFolder, sealed, zip, type Files } from './a-package';

/** What a file input can be given; the tests know no DOM. */
interface Upload {
  uploadFile(path: string): Promise<void>;
}

const folder = scratchFolder();
const chromium = useBrowser();
const requests: string[] = [];
const errors: string[] = [];
let page: Page;
let number = 0;

beforeAll(async () => {
  const path = join(folder, 'dogrula.html');
  writeFileSync(path, htmlVerifier());
  page = await chromium.browser.newPage();
  await page.setOfflineMode(true);
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(pathToFileURL(path).href);
}, 60_000);

/** What the page says of a file on disk. */
async function judge(path: string, key = ''): Promise<{ verdict: string; text: string }> {
  const input = (await page.$('#file')) as unknown as Upload;
  await input.uploadFile(path);
  await page.evaluate(`document.getElementById('key').value = ${JSON.stringify(key)}`);
  await page.$eval('#result', (result) => (result.className = ''));
  await page.click('button');
  await page.waitForFunction(
    "['pass','fail','error'].includes(document.getElementById('result').className)",
    { timeout: 30_000 },
  );
  return {
    verdict: await page.$eval('#result', (result) => result.className),
    text: await page.$eval('#lines', (lines) => lines.textContent ?? ''),
  };
}

const written = (files: Files) => zip(files, join(folder, `${(number += 1)}.zip`));

/** Problems as the program finds them, as the page would print their beginning. */
async function programSays(path: string): Promise<string[]> {
  return (await verifyPackage(path)).problems.map(({ path: name }) => `FAIL  ${name}`);
}

test('an untouched package passes with its fingerprint, from a file on disk, without a network', async () => {
  const key = createSigningKey();
  const path = await written(sealed(key));
  const { verdict, text } = await judge(path);
  expect(verdict).toBe('pass');
  expect(text).toContain('Şahin Kuyumculuk İç ve Dış Tic.');
  expect(text).toContain(fingerprintOf(key.publicKeyPem));
  expect((await judge(path, fingerprintOf(key.publicKeyPem))).text).toContain('This is the key you named');
  expect(requests.filter((url) => !url.startsWith('file:') && !url.startsWith('blob:'))).toEqual([]);
  expect(errors).toEqual([]);
});

test('an unknown key fails, and a fingerprint that is none is refused', async () => {
  const path = await written(sealed());
  const other = await judge(path, fingerprintOf(createSigningKey().publicKeyPem));
  expect(other).toMatchObject({ verdict: 'fail', text: expect.stringContaining('unknown key') });
  expect((await judge(path, 'abc')).verdict).toBe('error');
});

test('for every file a byte changed, taken out or added is named as the program names it', async () => {
  const files = sealed();
  for (const [name, content] of Object.entries(files)) {
    for (const position of [0, content.length >> 1, content.length - 1]) {
      const changed = Buffer.from(content);
      changed[position] = (changed[position] ?? 0) ^ 1;
      const path = await written({ ...files, [name]: changed });
      const { verdict, text } = await judge(path);
      expect(verdict).toBe('fail');
      for (const line of await programSays(path)) expect(text).toContain(line);
      expect(text).toContain(name);
    }
    const path = await written(Object.fromEntries(Object.entries(files).filter(([other]) => other !== name)));
    expect((await judge(path)).text).toContain(`FAIL  ${name}: dosya eksik`);
  }
  const added = await judge(await written({ ...files, 'dosyalar/KYM-2026-000009.pdf': Buffer.from('x') }));
  expect(added.text).toContain('FAIL  dosyalar/KYM-2026-000009.pdf: manifestte olmayan');
}, 120_000);

test('a byte changed anywhere in the ZIP gets the verdict of the program', async () => {
  const whole = readFileSync(await written(sealed()));
  const path = join(folder, 'changed.zip');
  for (let n = 0; n < 60; n += 1) {
    const changed = Buffer.from(whole);
    // Half of them in the directory at the end, where a reader is easily led astray.
    const at = n % 2 === 0 ? Math.floor((n / 60) * whole.length) : whole.length - 1 - n * 11;
    changed[at] = (changed[at] ?? 0) ^ (1 << (n % 8));
    writeFileSync(path, changed);
    const program = await verifyPackage(path);
    const { verdict, text } = await judge(path);
    expect({ at, verdict }).toEqual({ at, verdict: program.pass ? 'pass' : 'fail' });
    for (const { path: name } of program.problems) expect(text).toContain(`FAIL  ${name}`);
  }
}, 120_000);

test('its SHA-256 is the one of everybody else, at every length around a block and over many steps', async () => {
  for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_001]) {
    const bytes = randomBytes(length);
    const found = await page.evaluate(
      `(() => {
        const bytes = Uint8Array.from(atob(${JSON.stringify(bytes.toString('base64'))}), (c) => c.charCodeAt(0));
        const hash = new Sha256();
        for (let at = 0; at < bytes.length; at += 37) hash.update(bytes.subarray(at, at + 37));
        return hexOf(hash.digest());
      })()`,
    );
    expect(found).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});

test('the page is the same for every package, and nothing in it runs but the one script', () => {
  const html = htmlVerifier();
  expect(html).toBe(htmlVerifier());
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toMatch(/https?:\/\/|\son\w+=|\sstyle=/);
  expect(html).not.toMatch(/\b(import|require)\s*\(|\bBuffer\b\./);
});
