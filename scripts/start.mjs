// npm start: installs, builds and runs everything on this machine, until it is told to stop.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { acquireChromium } from './parts/chromium.mjs';
import { dataFolder, ensureMasterKey, lockDataDir, openDataDir } from './parts/data-dir.mjs';
import { ensureBuilt } from './parts/build.mjs';
import { apiPart, devPart, postgresPart, temporalPart, workerPart } from './parts/embedded.mjs';
import { childEnvironment, commandEnvironment, embeddedParts, publicAddress } from './parts/environment.mjs';
import { ensureInstalled } from './parts/install.mjs';
import { StartError, fail, say } from './parts/messages.mjs';
import { runUnderNewerNode } from './parts/node.mjs';
import { onParentGone } from './parts/parent.mjs';
import { keptPorts, requirePort } from './parts/ports.mjs';
import { firstStart } from './parts/first-start.mjs';
import { welcome } from './parts/welcome.mjs';
import { Supervisor } from './parts/supervisor.mjs';
import { acquireTemporal } from './parts/temporal.mjs';

const STOP_ORDER_REVERSED = ['postgres', 'temporal', 'dev', 'worker', 'api'];

try {
  ensureInstalled();
  if (!runUnderNewerNode()) await run();
} catch (error) {
  fail(error);
}

async function run() {
  const started = Date.now();
  process.umask(0o077); // what the parts write is for this user alone
  const folder = dataFolder();
  openDataDir(folder);
  const unlock = lockDataDir(folder);
  const supervisor = new Supervisor(folder);
  const ended = stopOnSignal(supervisor);
  try {
    const chromium = acquireChromium(say);
    chromium.catch(() => {}); // reported below, where it is awaited
    await ensureBuilt();
    await supervisor.endOrphans(STOP_ORDER_REVERSED);
    // A stop must not wait for a tool that is just being built.
    const shown = await Promise.race([startParts(supervisor, folder, chromium), ended]);
    if (shown) welcome({ ...shown, folder, seconds: (Date.now() - started) / 1000 });
    await ended;
  } catch (error) {
    // A stop asked for while starting is no failure of a part.
    if (!supervisor.isStopping) fail(error);
  }
  await supervisor.stop();
  rmSync(environmentFile(folder), { force: true });
  unlock();
  if (supervisor.signal) say('Sicil has stopped.');
  process.exit();
}

async function startParts(supervisor, folder, chromium) {
  const embedded = embeddedParts();
  const ports = await keptPorts(join(folder, 'ports.json'), embedded.ports);
  await requirePorts(ports, folder);
  const masterKeyFile = ensureMasterKey(folder);
  const temporalFound = embedded.temporal ? await acquireTemporal(say) : undefined;
  const env = childEnvironment({ folder, ports, masterKeyFile, chromium: await chromium });

  say(`Starting ${embedded.names.join(', ')} …`);
  const starts = [];
  if (embedded.postgres) {
    const { part, url } = postgresPart(folder, ports.postgres, supervisor.pidFile('postgres'));
    env.DATABASE_URL = url;
    starts.push(part);
  }
  if (temporalFound) {
    const options = { port: ports.temporal, uiPort: ports.temporalUi, namespace: env.TEMPORAL_NAMESPACE };
    starts.push(temporalPart(folder, temporalFound, { ...options, pidFile: supervisor.pidFile('temporal') }));
  }
  if (embedded.dev.length > 0)
    starts.push(
      devPart(
        env,
        embedded.dev.map((name) => ports[name]),
      ),
    );
  writeFileSync(environmentFile(folder), JSON.stringify(commandEnvironment(env)), {
    mode: 0o600,
  });
  await Promise.all(starts.map((part) => supervisor.start(part)));

  const signIns = await firstStart(supervisor, folder, env);
  say('Starting the workers, the API and the console …');
  const address = publicAddress();
  await Promise.all([supervisor.start(workerPart(env)), supervisor.start(apiPart(env, address))]);
  return { address, signIns, mailbox: embedded.mailbox, temporalUi: ports.temporalUi };
}

/** Read by `npm run sicil`, which works on the running product. */
function environmentFile(folder) {
  return join(folder, 'run', 'environment.json');
}

async function requirePorts(ports, folder) {
  const kept = join(folder, 'ports.json');
  for (const [part, port] of Object.entries(ports)) {
    const remedy = `End that program, or delete the line "${part}" of ${kept} to let Sicil choose another port.`;
    await requirePort({ part, port, host: '127.0.0.1', remedy });
  }
  const { PORT = '8080', HOST = '127.0.0.1' } = process.env;
  if (!/^\d{1,5}$/.test(PORT) || Number(PORT) < 1 || Number(PORT) > 65_535) {
    throw new StartError(
      `API and console: PORT is "${PORT}", which is no port number. Choose one: PORT=8081 npm start`,
    );
  }
  const remedy = 'End that program, or choose another port: PORT=8081 npm start';
  await requirePort({ part: 'API and console', port: Number(PORT), host: HOST, remedy });
}

/** Resolves once a stop was asked for, in whatever way. */
function stopOnSignal(supervisor) {
  process.stdout.on('error', () => {}); // the terminal may be closed while the parts are being stopped
  process.stderr.on('error', () => {});
  return new Promise((resolve) => {
    const stop = (why) => {
      if (!supervisor.isStopping) say(`Stopping (${why}) …`);
      supervisor.signal = why;
      void supervisor.stop().then(resolve);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
    onParentGone(() => stop('the program that started Sicil is gone'));
  });
}
