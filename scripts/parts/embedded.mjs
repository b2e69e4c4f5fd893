import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { say } from './messages.mjs';
import { root } from './paths.mjs';
import * as postgres from './postgres.mjs';
import * as temporal from './temporal.mjs';

/** The embedded Postgres as a part for the Supervisor, and the address of its database. */
export function postgresPart(dataDir, port, pidFile) {
  const found = postgres.acquirePostgres(say);
  const folder = postgres.clusterFolder(dataDir, found.user, say);
  const passwordFile = join(dataDir, 'keys', 'postgres-password');
  if (!existsSync(join(folder, 'PG_VERSION'))) say('Postgres: making its data folder …');
  postgres.initialiseCluster(found, folder, passwordFile);
  const maintenance = postgres.databaseUrl(port, passwordFile, 'postgres');
  return {
    url: postgres.databaseUrl(port, passwordFile, 'sicil'),
    part: {
      name: 'postgres',
      stopDeadlineMs: 20_000,
      program: postgres.postgresProgram(found, { folder, port, pidFile }),
      prepare: () => postgres.clearStalePostmaster(folder),
      async ready(stillRunning) {
        if (!(await postgres.awaitPostgres(maintenance, { stillRunning, deadlineMs: 120_000 }))) return false;
        await postgres.ensureDatabase(maintenance, 'sicil');
        return true;
      },
    },
  };
}

/** The embedded Temporal server as a part for the Supervisor. */
export function temporalPart(dataDir, found, { port, uiPort, namespace, pidFile }) {
  const file = join(dataDir, 'temporal.sqlite');
  const aside = temporal.setAsideForeignState(file, found.version);
  if (aside)
    say(
      `Temporal: its state was made by another version and went to ${aside}; the duties in Postgres bring the work back`,
    );
  return {
    name: 'temporal',
    stopDeadlineMs: 15_000,
    program: temporal.temporalProgram(found.path, { port, uiPort, file, namespace, pidFile }),
    ready: (stillRunning) => temporal.awaitConnection(`127.0.0.1:${port}`, { stillRunning }),
    healthy: () => temporal.readsItsState(found.path, `127.0.0.1:${port}`, namespace),
  };
}

/** The development mailbox and the simulated register, in one process. */
export function devPart(env, ports) {
  return {
    name: 'dev',
    stopDeadlineMs: 5_000,
    node: { script: join(root, 'dist', 'dev', 'main.js'), env },
    async ready(stillRunning) {
      for (const port of ports) {
        if (!(await temporal.awaitConnection(`127.0.0.1:${port}`, { stillRunning, deadlineMs: 20_000 })))
          return false;
      }
      return true;
    },
  };
}

/** The workers. They are ready when /readyz says that one polls, which is asked of the API. */
export function workerPart(env) {
  return {
    name: 'worker',
    stopDeadlineMs: 15_000,
    node: { script: join(root, 'dist', 'workers', 'main.js'), env },
    ready: (stillRunning) => Promise.resolve(stillRunning()),
  };
}

/** The API and console; ready when /readyz is green, which needs the worker too. */
export function apiPart(env, address) {
  return {
    name: 'api',
    stopDeadlineMs: 10_000,
    node: { script: join(root, 'dist', 'api', 'main.js'), env },
    ready: (stillRunning) => isGreen(`${address}/readyz`, stillRunning),
  };
}

async function isGreen(url, stillRunning) {
  const deadline = Date.now() + 90_000;
  let last;
  while (Date.now() < deadline && stillRunning()) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
      if (answer.ok) return true;
      last = await answer.text();
    } catch {
      last = undefined; // not listening yet
    }
    await pause(100);
  }
  if (last) say(`/readyz still says: ${last.slice(0, 500)}`);
  return false;
}
