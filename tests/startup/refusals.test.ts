import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { projectRoot } from '../../project-root';
import { smallClone } from './clone';
import { occupiedPort, processesOf, startIn } from './program';

const clone = smallClone();
const dataDir = join(clone, '.sicil');

beforeEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir);
});
afterAll(() => rmSync(clone, { recursive: true, force: true }));

async function refusal(env: Record<string, string>): Promise<string> {
  const start = startIn(clone, env);
  expect(await start.ended).toBe(1);
  expect([...processesOf(clone).values()]).toEqual([]);
  return start.output();
}

test('a taken API port is named with its remedy, and nothing is left running', async () => {
  const { port, release } = await occupiedPort();
  const output = await refusal({ PORT: String(port) });
  await release();
  expect(output).toContain(`API and console: port ${port} is in use by another program.`);
  expect(output).toContain('PORT=8081 npm start');
});

test('a PORT that is no port is refused by name', async () => {
  expect(await refusal({ PORT: 'eighty' })).toContain('PORT is "eighty", which is no port number');
});

test('a taken port of an embedded part is named with the file that keeps it', async () => {
  const { port, release } = await occupiedPort();
  writeFileSync(join(dataDir, 'ports.json'), JSON.stringify({ temporal: port }));
  const output = await refusal({ PORT: '8080' });
  await release();
  expect(output).toContain(`temporal: port ${port} is in use by another program.`);
  expect(output).toContain(join(dataDir, 'ports.json'));
});

test('a data directory of a newer program is refused and left as it is', async () => {
  const newer = '{"dataVersion":999}';
  writeFileSync(join(dataDir, 'version.json'), newer);
  const output = await refusal({ PORT: '8080' });
  expect(output).toContain('was made by a newer Sicil (data version 999');
  expect(readFileSync(join(dataDir, 'version.json'), 'utf8')).toBe(newer);
});

test('a part that dies while starting is named with its log, and the others are stopped', async () => {
  writeFileSync(join(clone, 'workers', 'main.ts'), 'process.exit(7);\n');
  writeFileSync(join(clone, 'api', 'main.ts'), 'process.exit(7);\n');
  const { port, release } = await occupiedPort();
  await release();
  const output = await refusal({ PORT: String(port) });
  expect(output).toMatch(/(api|worker): it did not become ready/);
  expect(output).toMatch(/\.sicil\/logs\/(api|worker)\.log/);
}, 60_000);

/** Runs a few lines against the start-up's modules in a process of their own; answers the refusal's message. */
async function messageOf(lines: string, env: Record<string, string> = {}): Promise<string> {
  const code = `try { ${lines}; console.log('no refusal'); } catch (error) { console.log(error.message); }`;
  const parts = join(projectRoot, 'scripts', 'parts');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', code.replaceAll('PARTS', parts)],
    {
      env: { ...process.env, ...env },
      timeout: 60_000,
    },
  );
  return stdout;
}

test('a nearly full disk is refused with both numbers', async () => {
  const lines = `const { requireFreeSpace } = await import('PARTS/data-dir.mjs'); requireFreeSpace('/tmp', 1e9)`;
  expect(await messageOf(lines)).toMatch(
    /Disk: \d+ MB are free where \/tmp lives; Sicil needs 1000000000 MB/,
  );
});

test('a Temporal that cannot be had is reported with every place that was tried', async () => {
  const noFolder = join(mkdtempSync(join(tmpdir(), 'cache-')), 'file');
  writeFileSync(noFolder, '');
  const lines = `const { acquireTemporal } = await import('PARTS/temporal.mjs'); await acquireTemporal()`;
  const message = await messageOf(lines, { PATH: '/nonexistent', XDG_CACHE_HOME: noFolder });
  for (const place of [
    'TEMPORAL_ADDRESS',
    '"temporal" on the PATH',
    '/sicil/temporal/',
    'download into',
    'go install',
  ]) {
    expect(message).toContain(`tried: ${place.startsWith('/') ? noFolder : ''}${place}`);
  }
  expect(message).toContain('install the Temporal CLI');
});

test('a Temporal state file of another version is set aside, not deleted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  const file = join(folder, 'temporal.sqlite');
  writeFileSync(file, 'old');
  writeFileSync(`${file}.version`, 'temporal version 0.1\n');
  const lines = `const { setAsideForeignState } = await import('PARTS/temporal.mjs'); console.log(setAsideForeignState('${file}', 'temporal version 2'))`;
  const aside = (await messageOf(lines)).split('\n')[0] ?? '';
  expect(readFileSync(aside, 'utf8')).toBe('old');
  writeFileSync(file, 'new');
  expect((await messageOf(lines)).split('\n')[0]).toBe('undefined');
  expect(readFileSync(file, 'utf8')).toBe('new');
});

const testAsRoot = process.getuid?.() === 0 ? test : test.skip;

testAsRoot(
  'as root, data that user postgres cannot reach goes under /var/lib/sicil and says so',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'closed-'));
    chmodSync(folder, 0o700);
    const lines = `const { clusterFolder } = await import('PARTS/postgres.mjs');
    const { postgresUser } = await import('PARTS/postgres-user.mjs');
    console.log(clusterFolder('${folder}', postgresUser(), console.log))`;
    const [said, cluster] = (await messageOf(lines)).split('\n');
    expect(said).toContain(`cannot reach ${folder}: its data goes to /var/lib/sicil/`);
    expect(cluster).toMatch(/^\/var\/lib\/sicil\/[0-9a-f]{16}\/postgres$/);
    rmSync(join(cluster ?? '/nonexistent', '..'), { recursive: true });
  },
);
