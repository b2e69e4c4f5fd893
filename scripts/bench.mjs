// npm run bench: measures the product against bare counterparts on this machine and prints tables. Options: --quick for
// a small run, --only onboarding,printing,reading,search,importing,exporting,single,packaging for a part of it. npm run bench:large: what needs a million rows.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { ensureBuilt } from './parts/build.mjs';
import { acquireChromium } from './parts/chromium.mjs';
import { openDataDir } from './parts/data-dir.mjs';
import { postgresPart, temporalPart } from './parts/embedded.mjs';
import { smallMemory } from './parts/environment.mjs';
import { ensureInstalled } from './parts/install.mjs';
import { StartError, fail, say } from './parts/messages.mjs';
import { runUnderNewerNode } from './parts/node.mjs';
import { onParentGone } from './parts/parent.mjs';
import { root } from './parts/paths.mjs';
import { freePort } from './parts/ports.mjs';
import { recordedProcess } from './parts/processes.mjs';
import { Supervisor } from './parts/supervisor.mjs';
import { acquireTemporal } from './parts/temporal.mjs';

const NAMESPACE = 'sicil';

try {
  const chosen = options();
  ensureInstalled();
  if (!runUnderNewerNode()) await run(chosen);
} catch (error) {
  fail(error);
}

function options() {
  const names = [
    'onboarding',
    'printing',
    'reading',
    'search',
    'importing',
    'exporting',
    'single',
    'packaging',
  ];
  const largeNames = ['search', 'importing', 'exporting'];
  let values;
  try {
    ({ values } = parseArgs({
      options: { quick: { type: 'boolean' }, large: { type: 'boolean' }, only: { type: 'string' } },
    }));
  } catch (error) {
    throw new StartError(
      `${error.message}\nUsage: npm run bench -- [--quick] [--large] [--only ${names.join(',')}]`,
    );
  }
  const only = values.only?.split(',') ?? (values.large === true ? largeNames : names);
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new StartError(`There is no bench ${unknown.join(', ')}; choose from ${names.join(', ')}`);
  return { quick: values.quick === true, large: values.large === true, only };
}

async function run(chosen) {
  if (process.platform !== 'linux')
    throw new StartError('The bench reads CPU times and memory from /proc, so it runs on Linux only.');
  const started = Date.now();
  process.umask(0o077);
  const folder = mkdtempSync(join(tmpdir(), 'sicil-bench-'));
  openDataDir(folder);
  const supervisor = new Supervisor(folder);
  stopOnSignal(supervisor, folder);
  try {
    await ensureBuilt();
    const chromium = await acquireChromium(say);
    const servers = await startServers(supervisor, folder);
    const { runBench } = createRequire(import.meta.url)(join(root, 'dist', 'bench', 'main.js'));
    const { text, missed } = await runBench({
      ...servers,
      ...chosen,
      chromium,
      folder,
      say,
      settings: smallMemory(),
    });
    say(`\n${text}\n`);
    const held =
      missed === 0 ? 'every target holds' : `${missed} target${missed === 1 ? ' was' : 's were'} missed`;
    say(
      `Bench done in ${((Date.now() - started) / 1000).toFixed(0)} s: ${held} on this machine at this moment.`,
    );
  } catch (error) {
    if (!supervisor.isStopping) fail(error);
  }
  await supervisor.stop();
  // What went wrong is in the logs.
  if (process.exitCode) say(`Logs: ${join(folder, 'logs')}`);
  else rmSync(folder, { recursive: true, force: true });
  process.exit();
}

async function startServers(supervisor, folder) {
  const found = await acquireTemporal(say);
  const ports = { postgres: await freePort(), temporal: await freePort(), api: await freePort() };
  say('Starting Postgres and Temporal of the bench’s own …');
  const { part, url } = postgresPart(folder, ports.postgres, supervisor.pidFile('postgres'));
  const pidFile = supervisor.pidFile('temporal');
  await Promise.all([
    supervisor.start(part),
    supervisor.start(temporalPart(folder, found, { port: ports.temporal, namespace: NAMESPACE, pidFile })),
  ]);
  return {
    databaseUrl: url,
    temporal: { address: `127.0.0.1:${ports.temporal}`, namespace: NAMESPACE },
    pids: {
      postgres: recordedProcess(supervisor.pidFile('postgres')),
      temporal: recordedProcess(supervisor.pidFile('temporal')),
    },
    apiPort: ports.api,
  };
}

/** Our own processes end by their leash as soon as this one does. */
function stopOnSignal(supervisor, folder) {
  const stop = () => {
    void supervisor.stop().then(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  onParentGone(stop);
}
