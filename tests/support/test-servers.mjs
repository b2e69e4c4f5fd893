import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { acquireChromium } from '../../scripts/parts/chromium.mjs';
import { guardedSpawn, stopGuarded } from '../../scripts/parts/guarded-spawn.mjs';
import { freePort } from '../../scripts/parts/ports.mjs';
import * as postgres from '../../scripts/parts/postgres.mjs';
import * as temporal from '../../scripts/parts/temporal.mjs';

/**
 * One Postgres and one Temporal for a whole jest run, got the same way as `npm start` gets them. Test files ask over
 * HTTP (`/postgres`, `/temporal`, `/chromium`); the first question starts the part, so that a run of plain unit tests
 * waits for nothing.
 */
export async function startTestServers() {
  const folder = mkdtempSync(join(tmpdir(), 'sicil-test-'));
  chmodSync(folder, 0o711);
  const guards = [];
  const run = (program) => {
    const guard = guardedSpawn(program);
    guards.push(guard);
    return guard;
  };
  const parts = {
    '/postgres': once(() => startPostgres(folder, run)),
    '/temporal': once(() => startTemporal(folder, run)),
    '/chromium': once(async () => ({ path: await acquireChromium() })),
  };
  const server = createServer((request, response) => {
    parts[request.url]().then(
      (answer) => response.end(JSON.stringify(answer)),
      (error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await Promise.all(guards.map(stopGuarded));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function once(start) {
  let started;
  return () => (started ??= start());
}

async function startPostgres(folder, run) {
  const found = postgres.acquirePostgres();
  const cluster = postgres.clusterFolder(folder, found.user);
  const passwordFile = join(folder, 'postgres-password');
  postgres.initialiseCluster(found, cluster, passwordFile, { durable: false });
  const port = await freePort();
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 300 };
  const guard = run(
    postgres.postgresProgram(found, { folder: cluster, port, pidFile: join(folder, 'pg.pid'), settings }),
  );
  const url = postgres.databaseUrl(port, passwordFile, 'postgres');
  if (await postgres.awaitPostgres(url, { stillRunning: () => guard.exitCode === null })) return { url };
  throw new Error('Postgres for the tests did not start');
}

async function startTemporal(folder, run) {
  const { path } = await temporal.acquireTemporal((line) => process.stderr.write(`${line}\n`));
  const port = await freePort();
  const guard = run(temporal.temporalProgram(path, { port, pidFile: join(folder, 'temporal.pid') }));
  const address = `127.0.0.1:${port}`;
  if (await temporal.awaitConnection(address, { stillRunning: () => guard.exitCode === null }))
    return { address };
  throw new Error('Temporal for the tests did not start');
}
