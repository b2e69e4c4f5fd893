import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';

import { createDispatchActivities, type DispatchActivities } from '../../activities/dispatch';
import { createPolicyChangeSteps, type PolicyChangeSteps } from '../../activities/policy-change';
import { DEFAULT_POLICY, type Policy } from '../../domain/rules/policy';
import { approveChange, proposeChange } from '../../operations/policy-changes';
import { readChange, type ChangeView } from '../../operations/policy-views';
import { dataConverter } from '../../temporal-converter';
import { createTemporalWakeUps, type TemporalWakeUps } from '../../temporal-wake-ups';
import { createWorkers } from '../../workers/create-workers';
import { workflowIds } from '../../workflows/names';
import { recordHistories } from '../histories/recorder';
import { useOffice } from '../notices/office';
import { useTemporal } from '../support/temporal';
import { until } from '../support/wait';
import { silentLogger, workflowBundle } from '../support/workflow-bundle';
import { openFile } from './files';

/** More than two batches of a hundred. */
const CUSTOMERS = 230;
const TODAY = '2026-11-22';
const REFRESH = DEFAULT_POLICY.find(({ key }) => key === 'refresh')?.value as Policy['refresh'];
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

const endings: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await recordHistories(client);
  for (const end of endings) await end();
}, 60_000);
const office = useOffice();
const temporal = useTemporal();
const converter = dataConverter(null);
let client: Client;
let wakeUps: TemporalWakeUps;
let dispatch: DispatchActivities;

beforeAll(async () => {
  Runtime.install({ logger: silentLogger, telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  const connection = Connection.lazy({ address: temporal.address });
  endings.push(() => connection.close());
  const { namespace } = temporal;
  client = new Client({ connection, namespace, dataConverter: converter });
  wakeUps = createTemporalWakeUps({ connection, namespace, dataConverter: converter, logger: log });
  const failPackage = async () => undefined;
  dispatch = createDispatchActivities({
    db: office.installation.database,
    waker: wakeUps,
    logger: log,
    failPackage,
  });
  await manyActive();
}, 120_000);

/** Active customers with a review ahead: one through its whole life, the others as copies of its rows. */
async function manyActive(): Promise<void> {
  const id = await office.act((tx) => openFile(tx, { seed: 8100 }));
  const { dealerId } = office.dealer;
  const activated = office.installation.clock.now();
  await office.db.owner.raw(
    `update cases set stage = 'closed', closed_at = now() where dealer_id = :dealerId and customer_id = :id;`.replace(
      /;$/,
      '',
    ),
    { dealerId, id },
  );
  await office.db.owner('duties').where({ dealer_id: dealerId, customer_id: id }).update({ state: 'done' });
  await office.db.owner('customers').where({ dealer_id: dealerId, id }).update({
    status: 'active',
    risk: 'low',
    activated_at: activated,
    review_from: activated,
    next_review_on: '2027-11-22',
  });
  const columns: { column_name: string }[] = await office.db
    .owner('information_schema.columns')
    .where({ table_schema: 'public', table_name: 'customers' })
    .select('column_name');
  const others = columns.map((row) => row.column_name).filter((name) => name !== 'id' && name !== 'code');
  await office.db.owner.raw(
    `insert into customers (id, code, ${others.join(', ')})
     select gen_random_uuid(), 'COPY-' || n, ${others.join(', ')} from customers, generate_series(2, ${CUSTOMERS}) n
     where dealer_id = ? and id = ?`,
    [dealerId, id],
  );
  await office.db.owner.raw(
    `insert into duties (dealer_id, id, customer_id, kind, due_at, signal_after, created_at)
     select dealer_id, gen_random_uuid(), id, 'refresh_notice', timestamptz '2027-10-23T09:00:00Z',
       timestamptz '2027-10-23T09:00:00Z', now() from customers where dealer_id = ? and status = 'active'`,
    [dealerId],
  );
}

/** A worker whose steps may be held up; `stop` ends it without waiting for what hangs. */
async function startWorker(steps: PolicyChangeSteps = realSteps()): Promise<() => Promise<void>> {
  const native = await NativeConnection.connect({ address: temporal.address });
  const workers = await createWorkers({
    connection: native,
    namespace: temporal.namespace,
    dataConverter: converter,
    bundlePath: await workflowBundle(),
    activities: { lifecycle: steps },
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

const realSteps = () => createPolicyChangeSteps(office.installation.database);

/** Serves well until told to hang: what a worker looks like that is about to die. */
function hangingSteps(after: number): PolicyChangeSteps & { hangs: Promise<void>; release(): void } {
  let looks = 0;
  let hung: () => void = () => undefined;
  const held: ((error: Error) => void)[] = [];
  const hangs = new Promise<void>((resolve) => (hung = resolve));
  const steps = realSteps();
  return {
    ...steps,
    hangs,
    release: () => held.forEach((reject) => reject(new Error('over'))),
    advancePolicyChange(ref) {
      looks += 1;
      if (looks <= after) return steps.advancePolicyChange(ref);
      hung();
      return new Promise((_, reject) => held.push(reject));
    },
  };
}

async function approved(light: string, validFrom = TODAY): Promise<string> {
  const value = { ...REFRESH, low: { ...REFRESH.low, light } };
  const id = await office.dealer.run(
    (tx) => proposeChange(tx, { key: 'refresh', value, validFrom, reason: 'Deneme' }),
    office.officer.userId,
  );
  await office.dealer.run((tx) => approveChange(tx, id));
  return id;
}

const read = (id: string): Promise<ChangeView> => office.machine((tx) => readChange(tx, id));
const untilApplied = (id: string) =>
  until(
    'the change is applied',
    async () => {
      const view = await read(id);
      return view.state === 'applied' ? view : undefined;
    },
    60_000,
  );

async function reviewDays(): Promise<Record<string, number>> {
  const rows: { day: string; count: number }[] = await office.db
    .owner('customers')
    .where({ dealer_id: office.dealer.dealerId })
    .groupBy('next_review_on')
    .select({ day: 'next_review_on' })
    .count({ count: '*' });
  return Object.fromEntries(rows.map(({ day, count }) => [day, count]));
}

test('a worker that dies between two batches is replaced, and no customer is moved twice or left out', async () => {
  const dying = hangingSteps(2);
  const stopFirst = await startWorker(dying);
  const id = await approved('P9M');
  await wakeUps.wakePolicyChangeNow(office.dealer.dealerId, id);
  await dying.hangs;
  const stopping = stopFirst();
  dying.release();
  await stopping;
  expect(await read(id)).toMatchObject({ state: 'applying', progress: { done: 100, total: CUSTOMERS } });
  expect(await reviewDays()).toEqual({ '2027-08-22': 100, '2027-11-22': CUSTOMERS - 100 });

  const stop = await startWorker();
  const view = await untilApplied(id);
  expect(view).toMatchObject({
    progress: { done: CUSTOMERS, total: CUSTOMERS },
    moved: { review: CUSTOMERS },
  });
  expect(await reviewDays()).toEqual({ '2027-08-22': CUSTOMERS });
  await client.workflow.getHandle(workflowIds.policyChange(office.dealer.dealerId, id)).result();
  await stop();
}, 120_000);

test('a change whose wake-up was lost waits for its day and is then taken up by the sweep', async () => {
  const stop = await startWorker();
  const id = await approved('P6M', '2026-12-01');
  await dispatch.dispatchDueWork();
  expect(await read(id)).toMatchObject({ state: 'scheduled' });
  office.installation.clock.moveTo('2026-11-30T21:30:00Z');
  await dispatch.dispatchDueWork();
  await untilApplied(id);
  expect(await reviewDays()).toEqual({ '2027-05-22': CUSTOMERS });
  await client.workflow.getHandle(workflowIds.policyChange(office.dealer.dealerId, id)).result();
  await stop();
}, 120_000);
