// npm run sicil -- COMMAND: the command line tool, on the running product when there is one.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ensureBuilt } from './parts/build.mjs';
import { dataFolder } from './parts/data-dir.mjs';
import { ensureInstalled } from './parts/install.mjs';
import { fail } from './parts/messages.mjs';
import { runUnderNewerNode } from './parts/node.mjs';
import { onParentGone } from './parts/parent.mjs';
import { root } from './parts/paths.mjs';
import { recordedProcess } from './parts/processes.mjs';

try {
  ensureInstalled();
  if (!runUnderNewerNode()) await run();
} catch (error) {
  fail(error);
}

async function run() {
  let child;
  onParentGone(() => child?.kill('SIGTERM')); // before anything is started: it takes the leash out of the environment
  await ensureBuilt({ quietly: true });
  child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...process.argv.slice(2)], {
    env: { ...runningProduct(), ...process.env },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', fail);
  child.on('exit', (code) => process.exit(code ?? 1));
}

/** Addresses of the product that runs on this data directory; what the caller's own environment says wins. */
function runningProduct() {
  const folder = join(dataFolder(), 'run');
  const file = join(folder, 'environment.json');
  if (recordedProcess(join(folder, 'supervisor.pid')) === undefined || !existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8'));
}
