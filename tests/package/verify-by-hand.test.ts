import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { createSigningKey, fingerprintOf } from '../../stores/package-signature';
import { renderInstructions } from '../../templates/reports';
import { scratchFolder, sealed } from './a-package';

const folder = scratchFolder();
const key = createSigningKey();

/** OpenSSL 3 is the inspector's, not ours. */
const version = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '';
const testWithOpenssl = version.startsWith('OpenSSL 3') ? test : test.skip;

const commands = renderInstructions('DP-2026-0007', fingerprintOf(key.publicKeyPem))
  .split('\n')
  .filter((line) => line.startsWith('  openssl'));
const run = (command = '') => spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });

beforeAll(() => {
  for (const [path, content] of Object.entries(sealed(key))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
});

test('VERIFY.txt gives the same three commands in both languages', () => {
  expect(commands).toHaveLength(6);
  expect(commands.slice(3)).toEqual(commands.slice(0, 3));
});

testWithOpenssl('the commands of VERIFY.txt show signature, fingerprint and digest by hand', () => {
  const [signature, fingerprint, digest] = commands.map(run);
  expect(signature).toMatchObject({ status: 0, stdout: expect.stringContaining('Verified Successfully') });
  expect(fingerprint?.stdout).toContain(fingerprintOf(key.publicKeyPem).replaceAll(' ', ''));
  const report = readFileSync(join(folder, 'rapor.pdf'));
  expect(digest?.stdout).toContain(createHash('sha256').update(report).digest('hex'));
});

testWithOpenssl('the command for the signature fails where a byte of the manifest changed', () => {
  const path = join(folder, 'manifest.json');
  const manifest = readFileSync(path);
  writeFileSync(path, Buffer.concat([manifest, Buffer.from('\n')]));
  expect(run(commands[0]).status).not.toBe(0);
  writeFileSync(path, manifest);
});
