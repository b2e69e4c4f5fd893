import { createServer, type Server } from 'node:http';
import { join } from 'node:path';

import { systemClock } from '../clock';
import { loadConfig, type Config } from '../config';
import { connect } from '../db/connection';
import { dealerIds } from '../db/dealers';
import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { exitWithParent } from '../leash';
import { createLogger, type Logger } from '../logger';
import { forgetOldKeys } from '../operations/idempotency';
import { sweepLostFiles } from '../operations/lost-files';
import { tryCounter } from '../operations/sign-in';
import { createPdfPrinter } from '../printing/pdf-printer';
import { folderStore, type FileStore } from '../stores/files';
import { openKeyRing } from '../stores/keys';
import { createApp } from './app';
import { createChangeFeed } from './change-feed';
import type { ApiDeps } from './deps';
import { healthOf } from './health';
import { linkTemporal } from './wake-ups';

const DRAIN_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
const HOUR = 3_600_000;
/**
 * A form is two pages or three, a file a few more: who waits at a counter is told after this rather than kept. Two at once, so
 * that a long file holds up no form.
 */
const PRINTER = { tabs: 2, timeoutMs: 20_000, queueMax: 10, idleMs: 5 * 60_000, recycleAfter: 200 };

/** Runs the API and the console until it is told to stop. Throws where a part that it cannot do without is missing. */
export async function serve(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  exitWithParent();
  const config = loadConfig(env);
  const logger = createLogger('api');
  const knex = connect(config.databaseUrl, 'app');
  const keys = openKeyRing(config.masterKeyFile);
  const temporal = linkTemporal(config.temporal, keys.payloadKey(), logger);
  const database: Database = {
    knex,
    clock: systemClock(config.daySeconds),
    keys,
    afterCommit: (dealerId, customerIds) => temporal.wakeUps.wake(dealerId, customerIds),
  };
  const files = folderStore(join(config.dataDir, 'files'));
  const deps: ApiDeps = {
    database,
    files,
    wakeUps: temporal.wakeUps,
    health: healthOf(knex, () => temporal.check()),
    changes: createChangeFeed(knex, logger),
    logger,
    printer: createPdfPrinter({ executablePath: config.chromium, ...PRINTER, log: logger }),
    tries: tryCounter(),
    secureCookies: config.publicUrl?.startsWith('https:') ?? false,
    ...(config.embedded && config.mailboxDir !== undefined ? { mailboxDir: config.mailboxDir } : {}),
  };
  const server = createServer(createApp(deps));
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await listen(server, config);
  logger.info({ host: config.host, port: config.port }, 'api ready');
  const housekeeping = setInterval(() => {
    void forgetKeys(database, logger);
    void sweepFiles(database, files, logger);
  }, HOUR);
  void sweepFiles(database, files, logger);
  await untilToldToStop();
  clearInterval(housekeeping);
  deps.changes.close();
  await drain(server);
  await Promise.allSettled([temporal.close(), knex.destroy(), deps.printer.close()]);
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') reject(error);
      else
        reject(new Error(`Port ${port} on ${host} is in use: stop what uses it, or set PORT to a free one`));
    });
    server.listen(port, host, resolve);
  });
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.once(signal, () => {
        // The second signal means it.
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}

/** No new connections; what is under way gets its answer, for a while. */
async function drain(server: Server): Promise<void> {
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  server.closeIdleConnections();
  await new Promise((resolve) => server.close(resolve));
  clearTimeout(late);
}

async function sweepFiles(database: Database, files: FileStore, logger: Logger): Promise<void> {
  try {
    const [drafts, lost] = [await files.cleanUp(), await sweepLostFiles(database, files)];
    if (drafts + lost > 0) logger.warn({ drafts, lost }, 'removed what broken uploads left behind');
  } catch (error) {
    logger.warn(
      { errorClass: error instanceof Error ? error.name : typeof error },
      'what broken uploads left behind stays an hour longer',
    );
  }
}

async function forgetKeys(database: Database, logger: Logger): Promise<void> {
  try {
    for (const id of await dealerIds(database.knex)) await inDealer(database, id, SYSTEM, forgetOldKeys);
  } catch (error) {
    logger.warn(
      { errorClass: error instanceof Error ? error.name : typeof error },
      'old idempotency keys stay an hour longer',
    );
  }
}

if (require.main === module) {
  serve().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'The API did not start'}\n`);
    process.exit(1);
  });
}
