import { setTimeout as pause } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';

import { createDispatchActivities, type DispatchActivities } from '../../activities/dispatch';
import { createLifecycleActivities, type LifecycleActivities } from '../../activities/lifecycle';
import { createNoticeActivities, type Mailer, type OutgoingMail } from '../../activities/notices';
import { createPackageSteps } from '../../activities/packages';
import { createRegistryActivities } from '../../activities/registry';
import { connect } from '../../db/connection';
import type { Database } from '../../db/transaction';
import { startRegisterSimulator, type RegisterScript } from '../../dev/register-simulator';
import type { Logger } from '../../logger';
import { dataConverter } from '../../temporal-converter';
import { createTemporalWakeUps, type TemporalWakeUps } from '../../temporal-wake-ups';
import { createWorkers, LIFECYCLE_SLOTS } from '../../workers/create-workers';
import { createRegisterClient } from '../../workers/register-client';
import { recording, recordHistories } from '../histories/recorder';
import { useDatabase, type TestDatabase } from '../support/database';
import { makeDealer, useInstallation, type Installation, type TestDealer } from '../support/dealer';
import { useTemporal, type TestTemporal } from '../support/temporal';
import { until } from '../support/wait';
import { silentLogger, workflowBundle } from '../support/workflow-bundle';

/** Product parts around one test file: worker, register and wake-ups, over its own database and namespace. */
export interface World {
  db: TestDatabase;
  temporal: TestTemporal;
  installation: Installation;
  /** What API processes hold: commits wake workflows at once. */
  database: Database;
  wakeUps: TemporalWakeUps;
  client: Client;
  dealer: TestDealer;
  /** Answers of the simulated register by identity number. */
  register: RegisterScript;
  dispatch: DispatchActivities;
  /** Mails that went out. */
  mails: OutgoingMail[];
  /** Lines that the parts logged. */
  logged: unknown[];
  /** With a build's name the worker is a version of the deployment. */
  startWorker(buildId?: string): Promise<RunningWorker>;
}

export interface RunningWorker {
  stop(): Promise<void>;
}

export interface WorldOptions {
  now?: string;
  /** Payloads in clear: for recorded histories. */
  withoutCodec?: boolean;
  registerOff?: boolean;
  /** Built once the hooks before this one have run; mails are kept in `mails` unless told otherwise. */
  mailer?: () => Mailer;
  /** Makes the looks of a lifecycle slow, after they have read: what they answer is old by then. In milliseconds. */
  slowLooksMs?: number;
  /** Starts the worker before the first test; true unless said otherwise. */
  worker?: boolean;
}

/** Builds the world in `beforeAll` and ends it in `afterAll`. Members may be read inside tests and hooks only. */
export function useWorld(options: WorldOptions = {}): World {
  jest.setTimeout(120_000);
  const world = { logged: [], mails: [], register: {} } as unknown as World;
  const endings: (() => Promise<unknown>)[] = [];
  // Hooks run in the order of their definition: the parts end before the database under them is dropped.
  afterAll(async () => {
    await world.wakeUps?.idle();
    if (world.client !== undefined) await recordHistories(world.client);
    for (const end of endings) await end();
  }, 60_000);
  const db = useDatabase();
  const temporal = useTemporal();
  const installation = useInstallation(db, options.now);
  Object.assign(world, { db, temporal, installation });
  beforeAll(async () => {
    const logger = collectingLogger(world.logged);
    const converter = dataConverter(
      recording || options.withoutCodec === true ? null : installation.keys.payloadKey(),
    );
    const connection = Connection.lazy({ address: temporal.address });
    endings.unshift(() => connection.close());
    const { namespace } = temporal;
    const wakeUps = createTemporalWakeUps({ connection, namespace, dataConverter: converter, logger });
    const database: Database = { ...installation.database, afterCommit: (id, ids) => wakeUps.wake(id, ids) };
    // The people of the tests act as through the API: their commits wake workflows.
    installation.database = database;
    const register = await startRegisterSimulator({ script: world.register });
    endings.unshift(() => register.close());
    const workerDb = connect(db.url, 'app', { poolMax: LIFECYCLE_SLOTS + 4 });
    endings.unshift(() => workerDb.destroy());
    const machine: Database = { knex: workerDb, clock: installation.clock, keys: installation.keys };
    const failPackage = async () => undefined;
    const dispatch = createDispatchActivities({ db: machine, waker: wakeUps, logger, failPackage });
    const registerClient = createRegisterClient(register.url, true);
    endings.unshift(async () => registerClient.close());
    const activities = {
      lifecycle: {
        ...slowed(
          createLifecycleActivities(machine, { registerOn: options.registerOff !== true }),
          options.slowLooksMs ?? 0,
        ),
        ...dispatch,
        ...createPackageSteps(machine),
      },
      registry: createRegistryActivities(machine, registerClient, [100, 200, 300]),
      notices: createNoticeActivities(machine, options.mailer?.() ?? takingMailer(world.mails)),
    };
    const bundlePath = await workflowBundle();
    const startWorker = async (buildId?: string): Promise<RunningWorker> => {
      // Not before: a runtime that never had a worker would keep jest from ending.
      quietRuntime();
      const native = await NativeConnection.connect({ address: temporal.address });
      const deps = {
        connection: native,
        namespace,
        dataConverter: converter,
        activities,
        bundlePath,
        logger,
        graceMs: 6_000,
        buildId,
      };
      const workers = await createWorkers(deps);
      const runs = Promise.all(workers.map(({ worker }) => worker.run()));
      let stopped = false;
      const stop = async () => {
        if (stopped) return;
        stopped = true;
        for (const { worker } of workers) worker.shutdown();
        await runs;
        await native.close();
      };
      endings.unshift(stop);
      return { stop };
    };
    const client = new Client({ connection, namespace, dataConverter: converter });
    Object.assign(world, { database, wakeUps, client, dispatch, startWorker });
    world.dealer = await makeDealer(db, installation);
    if (options.worker !== false) await startWorker();
  }, 120_000);
  return world;
}

function slowed(activities: LifecycleActivities, milliseconds: number): LifecycleActivities {
  if (milliseconds === 0) return activities;
  return {
    ...activities,
    async lookAtCustomer(ref) {
      const next = await activities.lookAtCustomer(ref);
      if (next.do === 'rest') await pause(milliseconds);
      return next;
    },
    async restIfNothingIsDue(ref) {
      const mayRest = await activities.restIfNothingIsDue(ref);
      await pause(milliseconds);
      return mayRest;
    },
  };
}

/** A mail server that takes everything: what real ones say is the business of tests/notices. */
function takingMailer(mails: OutgoingMail[]): Mailer {
  return {
    async send(mail) {
      mails.push(mail);
      return { result: 'sent', code: '250' };
    },
  };
}

function collectingLogger(lines: unknown[]): Logger {
  const keep = (...args: unknown[]) => void lines.push(args);
  return { info: keep, warn: keep, error: keep };
}

let quiet = false;

/** One runtime a process: workers of tests that break things would fill the screen. */
function quietRuntime(): void {
  if (quiet) return;
  quiet = true;
  Runtime.install({
    logger: silentLogger,
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
}

export interface Standing {
  status: string;
  stage: string | null;
  outcome: string | null;
  kind: string | null;
}

/** Where a customer stands: status, and the newest case. */
export async function standingOf(world: World, customerId: string): Promise<Standing> {
  return world.dealer.run(async (tx) => {
    const customer = await tx
      .sql<Standing & { id: string }>('customers')
      .where({ id: customerId })
      .first('status');
    const newest = await tx
      .sql<Standing & { customer_id: string }>('cases')
      .where({ customer_id: customerId })
      .orderBy('opened_at', 'desc')
      .orderBy('id', 'desc')
      .first('stage', 'outcome', 'kind');
    return {
      status: customer?.status ?? 'none',
      stage: newest?.stage ?? null,
      outcome: newest?.outcome ?? null,
      kind: newest?.kind ?? null,
    };
  });
}

/** Waits until the newest case is at a stage, without any sweep. */
export function untilStage(
  world: World,
  customerId: string,
  stage: string,
  deadlineMs = 45_000,
): Promise<Standing> {
  return until(
    `the case is at ${stage}`,
    async () => {
      const standing = await standingOf(world, customerId);
      return standing.stage === stage ? standing : undefined;
    },
    deadlineMs,
  );
}

/** Moves the clock and sweeps, as the Schedule does every 30 seconds. */
export async function passTime(world: World, days: number): Promise<void> {
  world.installation.clock.moveBy(days * 86_400_000);
  await world.dispatch.dispatchDueWork();
}

/** Duties that are due and not done, over all customers of the dealer. */
export async function dueNow(world: World): Promise<{ kind: string; customerId: string }[]> {
  return world.dealer.run((tx) =>
    tx
      .sql('duties')
      .where({ state: 'due' })
      .where('due_at', '<=', tx.now)
      .select('kind', 'customer_id as customerId'),
  );
}

/** Waits until nothing is due. */
export async function untilQuiet(world: World, deadlineMs = 45_000): Promise<void> {
  await until('nothing is due', async () => (await dueNow(world)).length === 0, deadlineMs);
}

/** Waits until every run has completed: a quiet customer has none. */
export async function untilNoneRuns(world: World): Promise<void> {
  const query = "ExecutionStatus = 'Running'";
  await until(
    'every run has completed',
    async () => (await world.client.workflow.count(query)).count === 0,
    60_000,
  );
}
