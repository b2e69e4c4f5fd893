import { join } from 'node:path';

import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { temporal as protos } from '@temporalio/proto';
import { NativeConnection, Runtime } from '@temporalio/worker';

import { createDispatchActivities, type DispatchActivities } from '../../activities/dispatch';
import { createPackageActivities, createPackageSteps, type Printer } from '../../activities/packages';
import { retryPackage } from '../../operations/package-resolve';
import { endFixWindow } from '../../operations/package-fix-window';
import { sealPackage } from '../../operations/package-seal';
import { readProgress } from '../../operations/package-progress';
import { requestPackage, type PackageRequest } from '../../operations/package-request';
import { cancelPackage, failPackage, FIX_TASK } from '../../operations/packages';
import { verifyPackage } from '../../stores/package-verifier';
import { dataConverter } from '../../temporal-converter';
import { createTemporalWakeUps, type TemporalWakeUps } from '../../temporal-wake-ups';
import { createWorkers } from '../../workers/create-workers';
import { workflowIds } from '../../workflows/names';
import { recordHistories } from '../histories/recorder';
import { scratchFolder } from '../package/a-package';
import {
  addPaper,
  addPerson,
  blobsOnDisk,
  download,
  usePackageWorld,
  viewOf,
} from '../package/package-world';
import { useTemporal } from '../support/temporal';
import { until } from '../support/wait';
import { silentLogger, workflowBundle } from '../support/workflow-bundle';

const CUSTOMERS = 27;
const PERIOD = { from: '2026-01-01', to: '2027-12-31' };
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const endings: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await recordHistories(client);
  for (const end of endings) await end();
}, 60_000);
const world = usePackageWorld();
const temporal = useTemporal();
const folder = scratchFolder();
// Payloads in clear: what would be personal could be found.
const converter = dataConverter(null);
const customers: string[] = [];
let client: Client;
let wakeUps: TemporalWakeUps;
let dispatch: DispatchActivities;

beforeAll(async () => {
  Runtime.install({
    logger: silentLogger,
    telemetryOptions: { logging: { filter: 'ERROR', forward: {} } },
  });
  const connection = Connection.lazy({ address: temporal.address });
  endings.push(() => connection.close());
  const { namespace } = temporal;
  client = new Client({ connection, namespace, dataConverter: converter });
  wakeUps = createTemporalWakeUps({ connection, namespace, dataConverter: converter, logger: log });
  dispatch = createDispatchActivities({
    db: world.installation.database,
    waker: wakeUps,
    logger: log,
    failPackage: async (_dealerId, id) => world.dealer.run((tx) => failPackage(tx, id, 'STUCK')),
  });
  for (let n = 0; n < CUSTOMERS; n += 1) {
    const id = await world.dealer.run((tx) => addPerson(tx, { surname: `Kanaryaoğlu ${'ABCÇDE'[n % 6]}` }));
    customers.push(id);
    if (n === 7) await addPaper(world, id, 'identity_card');
  }
}, 180_000);

/** A worker of both queues; `stop` ends it without waiting for what hangs. */
async function startWorker(printer: Printer = world.printer): Promise<() => Promise<void>> {
  const native = await NativeConnection.connect({ address: temporal.address });
  const { database } = world.installation;
  const { files } = world;
  const heartbeat = () => Context.current().heartbeat();
  const workers = await createWorkers({
    connection: native,
    namespace: temporal.namespace,
    dataConverter: converter,
    bundlePath: await workflowBundle(),
    activities: {
      lifecycle: createPackageSteps(database),
      render: createPackageActivities({ database, files, printer, heartbeat }),
    },
    logger: log,
    graceMs: 500,
  });
  const runs = workers.map(async ({ worker }) => worker.run().catch(() => undefined));
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    for (const { worker } of workers) worker.shutdown();
    await Promise.all(runs);
    await native.close().catch(() => undefined);
  };
  endings.unshift(stop);
  return stop;
}

async function ask(more: Partial<PackageRequest> = {}): Promise<string> {
  const { id } = await world.dealer.run(
    (tx) => requestPackage(tx, { profile: 'masak', period: PERIOD, ...more }),
    world.officer.userId,
  );
  return id;
}

const wake = (id: string) => wakeUps.wakePackageNow(world.dealer.dealerId, id);
const handleOf = (id: string) => client.workflow.getHandle(workflowIds.package(world.dealer.dealerId, id));

function untilStatus(id: string, status: string, deadlineMs = 60_000) {
  return until(
    `the package is ${status}`,
    async () => {
      const view = await viewOf(world, id);
      return view.status === status ? view : undefined;
    },
    deadlineMs,
  );
}

/** Prints well until told to hang: what a worker looks like that is about to die. */
function hangingPrinter(after: number): Printer & { hangs: Promise<void> } {
  let prints = 0;
  let hung: () => void = () => undefined;
  const held: ((error: Error) => void)[] = [];
  // What hangs is let go at the end, so that nothing of it outlives the tests.
  endings.push(async () => held.forEach((reject) => reject(new Error('over'))));
  const hangs = new Promise<void>((resolve) => (hung = resolve));
  return {
    hangs,
    print(html, asOf) {
      prints += 1;
      if (prints <= after) return world.printer.print(html, asOf);
      hung();
      return new Promise<Buffer>((_, reject) => held.push(reject));
    },
  };
}

async function expectWhole(id: string, name: string): Promise<void> {
  await world.dealer.run((tx) => sealPackage(tx, id), world.manager.userId);
  const path = await download(world, id, join(folder, name));
  const { keyFingerprint, progress } = await viewOf(world, id);
  expect(progress).toEqual({ done: CUSTOMERS, total: CUSTOMERS, failing: 0, secondsLeft: null });
  expect(await verifyPackage(path, { key: keyFingerprint })).toMatchObject({
    pass: true,
    facts: { counts: { customers: CUSTOMERS, documents: 1 } },
  });
}

test('a package asked for is made in portions, waits for its seal, and tells Temporal nothing personal', async () => {
  const stop = await startWorker();
  const id = await ask();
  await wake(id);
  await untilStatus(id, 'awaiting_seal');
  await expectWhole(id, 'whole.zip');
  await handleOf(id).result();
  const histories = [
    workflowIds.package(world.dealer.dealerId, id),
    workflowIds.inclusion(world.dealer.dealerId, id, 0),
    workflowIds.inclusion(world.dealer.dealerId, id, 1),
  ];
  for (const workflowId of histories) {
    const history = await client.workflow.getHandle(workflowId).fetchHistory();
    const bytes = Buffer.from(protos.api.history.v1.History.encode(history).finish()).toString('utf8');
    expect(bytes).toContain(id);
    expect(bytes).not.toMatch(/Kanarya|10000000146|cigdem|KYM-/);
  }
  await stop();
}, 120_000);

test('a wake-up that was lost is made good by the sweep, and a run that was ended is started anew', async () => {
  const printer = hangingPrinter(10);
  const stopFirst = await startWorker(printer);
  const id = await ask();
  await dispatch.dispatchDueWork();
  expect((await viewOf(world, id)).phase).toBe('queued');
  world.installation.clock.moveBy(301_000);
  await dispatch.dispatchDueWork();
  await printer.hangs;
  await handleOf(id).terminate('test');
  await stopFirst();
  const { progress } = await viewOf(world, id);
  expect(progress.done).toBeGreaterThan(0);
  expect(progress.done).toBeLessThan(CUSTOMERS);

  const stop = await startWorker();
  world.installation.clock.moveBy(301_000);
  await dispatch.dispatchDueWork();
  await untilStatus(id, 'awaiting_seal');
  await expectWhole(id, 'resumed.zip');
  await stop();
}, 120_000);

test('a worker that dies in the middle of a portion is replaced without asking for a file twice', async () => {
  const printer = hangingPrinter(10);
  const stopFirst = await startWorker(printer);
  const id = await ask();
  await wake(id);
  await printer.hangs;
  await stopFirst();
  let prints = 0;
  const stop = await startWorker({
    print(html, asOf) {
      prints += 1;
      return world.printer.print(html, asOf);
    },
  });
  const done = (await viewOf(world, id)).progress.done;
  await untilStatus(id, 'awaiting_seal', 90_000);
  // The customers who were not in yet, and the summary.
  expect(prints).toBeLessThanOrEqual(CUSTOMERS - done + 1);
  await expectWhole(id, 'replaced.zip');
  await stop();
}, 150_000);

test('a cancelled package stops at the next step and leaves nothing behind', async () => {
  const before = blobsOnDisk(world);
  let cancelled: Promise<unknown> | undefined;
  let id = '';
  const stop = await startWorker({
    print(html, asOf) {
      cancelled ??= world.dealer
        .run((tx) => cancelPackage(tx, id), world.manager.userId)
        .then(() => wake(id));
      return world.printer.print(html, asOf);
    },
  });
  id = await ask();
  await wake(id);
  await until('the leftovers are removed', async () => (await viewOf(world, id)).phase === 'ended', 60_000);
  expect(await viewOf(world, id)).toMatchObject({ status: 'cancelled' });
  expect(blobsOnDisk(world)).toEqual(before);
  await handleOf(id).result();
  await stop();
}, 120_000);

test('a package whose files cannot be printed stops for a person, and goes on when told to', async () => {
  let broken = true;
  const stop = await startWorker({
    print: (html, asOf) =>
      broken ? Promise.reject(new Error('no Chromium')) : world.printer.print(html, asOf),
  });
  const id = await ask();
  await wake(id);
  const stopped = await until(
    'the package has stopped',
    async () => {
      // The waits between the tries are those of the product's clock.
      world.installation.clock.moveBy(60_000);
      await dispatch.dispatchDueWork();
      const view = await viewOf(world, id);
      return view.phase === 'blocked' ? view : undefined;
    },
    90_000,
  );
  expect(stopped).toMatchObject({
    status: 'rendering',
    errorCode: 'CUSTOMER_FAILED',
    errorCustomer: 'KYM-2026-000001',
  });
  expect(await world.dealer.run((tx) => readProgress(tx, id))).toMatchObject({ failing: CUSTOMERS });
  await handleOf(id).result();

  broken = false;
  await world.dealer.run((tx) => retryPackage(tx, id), world.manager.userId);
  await wake(id);
  await untilStatus(id, 'awaiting_seal');
  await expectWhole(id, 'retried.zip');
  await stop();
}, 240_000);

test.each([
  [
    'a person',
    [0, 1],
    async (id: string) => {
      await world.dealer.run((tx) => endFixWindow(tx, id), world.officer.userId);
      await wake(id);
    },
  ],
  [
    'its time',
    [2, 3],
    async (id: string) => {
      const { fixWindow } = await viewOf(world, id);
      await dispatch.dispatchDueWork();
      expect((await viewOf(world, id)).phase).toBe('fixing');
      world.installation.clock.moveTo(fixWindow?.until ?? '');
      await dispatch.dispatchDueWork();
    },
  ],
])(
  'a package waits without a run until its fix window is ended by %s, and shows what came late',
  async (_by, places, end) => {
    const stop = await startWorker();
    const [first = '', second = ''] = places.map((place) => customers[place]);
    const id = await ask({ customers: [first, second], fixWindowDays: 2 });
    await wake(id);
    await until('the window is open', async () => (await viewOf(world, id)).phase === 'fixing');
    await handleOf(id).result();
    const tasks = () =>
      world.db
        .owner('tasks')
        .where({ kind: FIX_TASK, state: 'open' })
        .whereRaw("detail->>'packageId' = ?", [id])
        .pluck('customer_id');
    expect(new Set(await tasks())).toEqual(new Set([first, second]));
    const { asOf, completeness: frozen } = await viewOf(world, id);
    await addPaper(world, first, 'identity_card');
    await end(id);
    const made = await untilStatus(id, 'awaiting_seal');
    expect(await tasks()).toEqual([]);
    expect(made.asOf).toEqual(asOf);
    expect(frozen?.completedLate).toBe(0);
    expect(made.completeness).toEqual({ ...frozen, completedLate: expect.any(Number) });
    expect(made.completeness?.completedLate).toBeGreaterThan(0);

    await world.dealer.run((tx) => sealPackage(tx, id), world.manager.userId);
    const path = await download(world, id, join(folder, `${id}.zip`));
    expect(await verifyPackage(path, { key: made.keyFingerprint })).toMatchObject({
      pass: true,
      facts: { counts: { customers: 2, documents: 1 } },
    });
    await stop();
  },
  120_000,
);
