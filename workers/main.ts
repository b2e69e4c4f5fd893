import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, makeTelemetryFilterString, type Worker } from '@temporalio/worker';

import { systemClock } from '../clock';
import { loadConfig, type Config } from '../config';
import { connect } from '../db/connection';
import type { Database } from '../db/transaction';
import { exitWithParent } from '../leash';
import { createLogger, type Logger } from '../logger';
import { folderStore } from '../stores/files';
import { openKeyRing } from '../stores/keys';
import { dataConverter } from '../temporal-converter';
import { createTemporalWakeUps } from '../temporal-wake-ups';
import { QUEUES, type QueueName } from '../workflows/names';
import { composeActivities } from './activities';
import { createWorkers, LIFECYCLE_SLOTS } from './create-workers';
import { startHeartbeats } from './heartbeats';
import { ensureNamespace, ensureSchedules } from './namespace';
import { sdkLogger } from './sdk-logger';
import { makeCurrent } from './versions';

/** Connections beyond the local activities' slots: sweeps, register, notices, packages, heartbeats. */
const MORE_CONNECTIONS = 14;
const GRACE_MS = 20_000;
const CARE_EVERY_MS = 60_000;
const RETRY_MS = 1_000;

/** Runs the workers of these queues (all of them unless told otherwise) until the process is told to stop. */
export async function work(env: NodeJS.ProcessEnv = process.env, queues?: readonly string[]): Promise<void> {
  exitWithParent();
  const stop = stopSignal();
  const config = loadConfig(env);
  const logger = createLogger('worker');
  Runtime.install({
    logger: sdkLogger(logger),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} },
    },
  });
  const keys = openKeyRing(config.masterKeyFile);
  const knex = connect(config.databaseUrl, 'app', { poolMax: LIFECYCLE_SLOTS + MORE_CONNECTIONS });
  const database: Database = { knex, clock: systemClock(config.daySeconds), keys };
  const files = folderStore(join(config.dataDir, 'files'));
  const converter = dataConverter(keys.payloadKey());
  const connection = Connection.lazy({ address: config.temporal.address, connectTimeout: 5_000 });
  const { namespace } = config.temporal;
  const wakeUps = createTemporalWakeUps({ connection, namespace, dataConverter: converter, logger });
  const parts = composeActivities({ config, database, files, waker: wakeUps, logger, queues: known(queues) });
  const client = new Client({ connection, namespace, dataConverter: converter });
  const native = await patiently(stop, logger, () => begin(client, config));
  if (native !== undefined) {
    const workers = await createWorkers({
      connection: native,
      namespace,
      dataConverter: converter,
      activities: parts.activities,
      logger,
      graceMs: GRACE_MS,
      buildId: config.buildId,
    });
    const heartbeats = startHeartbeats(knex, workers, config.buildId ?? 'unversioned', logger);
    const care = setInterval(() => void careFor(client, config, logger), CARE_EVERY_MS);
    void takeOver(stop, client, config, logger);
    logger.info({ queues: workers.map(({ queue }) => queue) }, 'workers ready');
    try {
      await runUntil(
        stop,
        workers.map(({ worker }) => worker),
      );
    } finally {
      clearInterval(care);
      await heartbeats.stop();
    }
    await native.close();
  }
  await parts.close();
  await Promise.allSettled([wakeUps.idle(), connection.close(), knex.destroy()]);
}

/** The namespace and the Schedules first: a worker of a missing namespace would give up. */
async function begin(client: Client, config: Config): Promise<NativeConnection> {
  await ensureNamespace(client, config.temporal.namespace);
  await ensureSchedules(client, systemClock(config.daySeconds).dayMilliseconds);
  return NativeConnection.connect({ address: config.temporal.address });
}

/** A new build takes the work over as soon as all its queues are polled. */
async function takeOver(stop: AbortSignal, client: Client, config: Config, logger: Logger): Promise<void> {
  const { buildId } = config;
  if (buildId === undefined) return;
  const isCurrent = async () => {
    if (!(await makeCurrent(client, config.temporal.namespace, buildId))) throw new Error('not polled yet');
  };
  await patiently(stop, logger, isCurrent, 'waiting for the pollers of this build');
}

/** Temporal may come later than the worker, and a fresh namespace needs seconds to be known everywhere. */
async function patiently<T>(
  stop: AbortSignal,
  logger: Logger,
  attempt: () => Promise<T>,
  waiting = 'waiting for Temporal',
): Promise<T | undefined> {
  while (!stop.aborted) {
    try {
      return await attempt();
    } catch (error) {
      logger.warn({ class: error instanceof Error ? error.name : typeof error }, waiting);
      await pause(RETRY_MS);
    }
  }
  return undefined;
}

/** Somebody may delete a Schedule, or the whole namespace: it comes back within a minute. */
async function careFor(client: Client, config: Config, logger: Logger): Promise<void> {
  try {
    await ensureNamespace(client, config.temporal.namespace);
    await ensureSchedules(client, systemClock(config.daySeconds).dayMilliseconds);
  } catch (error) {
    logger.warn(
      { class: error instanceof Error ? error.name : typeof error },
      'namespace and schedules could not be checked',
    );
  }
}

/** Ends when told to stop, after the running tasks; throws when a worker ended by itself. */
async function runUntil(stop: AbortSignal, workers: readonly Worker[]): Promise<void> {
  const shutdown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  stop.addEventListener('abort', shutdown, { once: true });
  const runs = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      // One worker gone means a process that only looks alive: all stop, and the supervisor starts a new one.
      shutdown();
    }
  });
  if (stop.aborted) shutdown();
  await Promise.all(runs);
}

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort());
  }
  return controller.signal;
}

function known(queues: readonly string[] | undefined): readonly QueueName[] {
  const all = Object.keys(QUEUES) as QueueName[];
  if (queues === undefined) return all;
  const unknown = queues.filter((queue) => !all.includes(queue as QueueName));
  if (unknown.length > 0) throw new Error(`There is no such queue; choose from ${all.join(', ')}`);
  return queues as readonly QueueName[];
}

if (require.main === module) {
  work().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : 'The workers stopped'}\n`);
    process.exit(1);
  });
}
