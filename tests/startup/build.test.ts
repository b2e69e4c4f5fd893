import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { smallClone } from './clone';

const clone = smallClone();
const bundle = join(clone, 'dist', 'workflow-bundle.js');

beforeAll(() => mkdirSync(join(clone, 'workflows')));
afterAll(() => rmSync(clone, { recursive: true, force: true }));

/** Exit code and everything printed. */
async function build(): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [join(clone, 'scripts', 'build.mjs')],
      { timeout: 60_000 },
    );
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

test('workflows are bundled, and one that reaches for a Node module is refused by name', async () => {
  writeFileSync(join(clone, 'workflows', 'index.ts'), 'export async function rest(): Promise<void> {}\n');
  expect((await build()).output).toMatch(/Built in/);
  expect(readFileSync(bundle, 'utf8')).toContain('rest');

  const crypto =
    "import { randomUUID } from 'node:crypto';\nexport async function rest(): Promise<string> { return randomUUID(); }\n";
  writeFileSync(join(clone, 'workflows', 'index.ts'), crypto);
  const refused = await build();
  expect(refused.code).toBe(1);
  expect(refused.output).toMatch(/could not be bundled[^]*ERROR in node:crypto/);
}, 60_000);

test('a source that does not compile stops the build with its place', async () => {
  const source = join(clone, 'cli', 'broken.ts');
  writeFileSync(source, 'export const days: number = "three";\n');
  const refused = await build();
  rmSync(source);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('cli/broken.ts(1,14)');
}, 60_000);

test('the output of a deleted source is removed, so that a removed migration can not run', async () => {
  writeFileSync(join(clone, 'workflows', 'index.ts'), 'export async function rest(): Promise<void> {}\n');
  mkdirSync(join(clone, 'migrations'));
  const source = join(clone, 'migrations', '0001_old.ts');
  writeFileSync(source, 'export const up = 1;\n');
  await build();
  expect(existsSync(join(clone, 'dist', 'migrations', '0001_old.js'))).toBe(true);
  rmSync(source);
  expect((await build()).code).toBe(0);
  expect(existsSync(join(clone, 'dist', 'migrations', '0001_old.js'))).toBe(false);
}, 60_000);
