import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../../project-root';

/** Supervises one part that says it is unhealthy so many times, and ends once it was restarted or enough checks passed. */
const PROGRAM = (folder: string, failures: number) => `
  import { Supervisor } from '${join(projectRoot, 'scripts', 'parts', 'supervisor.mjs')}';
  const supervisor = new Supervisor('${folder}', { checkEveryMs: 50 });
  let checks = 0;
  const part = {
    name: 'sleeper',
    stopDeadlineMs: 2_000,
    node: { script: '${join(folder, 'sleeper.mjs')}', env: process.env },
    ready: async (stillRunning) => {
      if (checks > 0) setTimeout(() => supervisor.stop(), 200);
      return stillRunning();
    },
    healthy: async () => {
      checks += 1;
      if (checks === 12) setTimeout(() => supervisor.stop(), 0);
      return checks > ${failures};
    },
  };
  await supervisor.start(part);
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sicil-stuck-'));
  for (const name of ['logs', 'run']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'sleeper.mjs'), 'setInterval(() => {}, 1000);');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function supervise(failures: number): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM(folder, failures)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 25_000,
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

test('a part that runs but fails three checks in a row is ended and started again', async () => {
  const output = await supervise(3);
  expect(output).toContain('sleeper runs but does its work no longer');
  expect(output).toContain('sleeper is back');
});

test('two failed checks are the business of a busy machine, and change nothing', async () => {
  expect(await supervise(2)).toBe('');
});
