import { msToTs } from '@temporalio/common/lib/time';

import { inDealer } from '../../db/transaction';
import { setDuty } from '../../db/duties';
import { SYSTEM } from '../../domain/customer';
import { updateRecord } from '../../operations/customers';
import { submitCase } from '../../operations/onboarding';
import { QUEUES, workflowIds } from '../../workflows/names';
import { ensureNamespace, ensureSchedules, sweepSeconds } from '../../workers/namespace';
import { until } from '../support/wait';
import { openFile } from './files';
import { passTime, standingOf, untilQuiet, untilStage, useWorld } from './world';

const world = useWorld({ worker: false });

const open = (seed: number) => world.dealer.run((tx) => openFile(tx, { seed }));
const submit = (id: string) => world.dealer.run((tx) => submitCase(tx, id));
const handleOf = (id: string) =>
  world.client.workflow.getHandle(workflowIds.customer(world.dealer.dealerId, id));

test('the namespace and the Schedules are made once, kept, and follow the length of a day', async () => {
  const { namespace } = world.temporal;
  await ensureNamespace(world.client, namespace);
  await ensureNamespace(world.client, `fresh-${namespace}`);
  await until('the new namespace is there', () =>
    ensureNamespace(world.client, `fresh-${namespace}`).then(() => true),
  );
  const { config } = await world.client.connection.workflowService.describeNamespace({
    namespace: `fresh-${namespace}`,
  });
  expect(config?.workflowExecutionRetentionTtl?.seconds?.toNumber()).toBe(
    msToTs('3 days').seconds?.toNumber(),
  );

  await ensureSchedules(world.client, 86_400_000);
  await ensureSchedules(world.client, 86_400_000);
  const sweep = world.client.schedule.getHandle('dispatch-duties');
  expect((await sweep.describe()).spec.intervals).toMatchObject([{ every: 30_000 }]);
  await ensureSchedules(world.client, 60_000);
  expect((await sweep.describe()).spec.intervals).toMatchObject([{ every: 1_000 }]);
  expect([60_000, 600_000, 3_600_000, 86_400_000].map(sweepSeconds)).toEqual([1, 10, 30, 30]);
  await sweep.delete();
  await world.client.schedule.getHandle('reconcile').delete();
}, 60_000);

test('runs that Temporal forgot come back: the dispatcher finds their duties and nothing is done twice', async () => {
  const ids = [await open(6001), await open(6002), await open(6003)];
  for (const id of ids) await submit(id);
  await world.wakeUps.idle();
  // No worker has looked at them yet. Everything Temporal knows is lost.
  for (const id of ids) {
    await handleOf(id).terminate('the database of Temporal is gone');
    await world.client.connection.workflowService.deleteWorkflowExecution({
      namespace: world.temporal.namespace,
      workflowExecution: { workflowId: workflowIds.customer(world.dealer.dealerId, id) },
    });
  }
  await world.startWorker();
  for (const id of ids) expect(await standingOf(world, id)).toMatchObject({ stage: 'verifying' });
  // The writer's own wake-up has a minute; after that the sweep takes over.
  await passTime(world, 61 / 86_400);
  for (const id of ids) await untilStage(world, id, 'decision', 30_000);
  await untilQuiet(world);
}, 90_000);

test('both sweeps run as workflows, as their Schedules start them', async () => {
  for (const type of ['dispatchDuties', 'reconcile']) {
    await world.client.workflow.execute(type, { taskQueue: QUEUES.lifecycle, workflowId: `${type}-once` });
  }
  await untilQuiet(world);
});

test('the reconciler wakes overdue customers whose workflow does not run, and only those', async () => {
  const id = await open(6010);
  await inDealer({ ...world.database, afterCommit: () => undefined }, world.dealer.dealerId, SYSTEM, (tx) =>
    submitCase(tx, id),
  );
  expect(await world.dispatch.reconcileCustomers()).toBe(0);
  world.installation.clock.moveBy(11 * 60_000);
  expect(await world.dispatch.reconcileCustomers()).toBe(1);
  await untilStage(world, id, 'decision');
  await untilQuiet(world);
  expect(await world.dispatch.reconcileCustomers()).toBe(0);
});

test('a duty that ten wake-ups could not move is set aside for an officer, and other customers go on', async () => {
  const stuck = await open(6020);
  await inDealer({ ...world.database, afterCommit: () => undefined }, world.dealer.dealerId, SYSTEM, (tx) =>
    setDuty(tx, stuck, null, 'document_expiry', tx.now),
  );
  await world.db.owner.transaction(async (sql) => {
    await sql.raw("select set_config('sicil.dealer', ?, true)", [world.dealer.dealerId]);
    await sql('duties').where({ customer_id: stuck, kind: 'document_expiry' }).update({ attempts: 10 });
  });
  await passTime(world, 61 / 86_400);
  const facts = await world.dealer.run(async (tx) => ({
    states: await tx.sql('duties').where({ customer_id: stuck, kind: 'document_expiry' }).pluck('state'),
    tasks: await tx.sql('tasks').where({ customer_id: stuck, kind: 'duty_parked' }).pluck('for_role'),
  }));
  expect(facts).toEqual({ states: ['parked'], tasks: ['officer'] });
});

test('what goes wrong in a step is noted on the case by code, put off, and tried again', async () => {
  const id = await open(6030);
  await submit(id);
  await untilStage(world, id, 'decision');
  // A defect for this one customer: its rating cannot be written.
  await world.db.owner.raw(
    `alter table risk_ratings add constraint planted check (customer_id <> '${id}') not valid`,
  );
  await world.dealer.run((tx) => updateRecord(tx, id, { patch: { occupation: 'Mimar' }, ifVersion: null }));
  const errorCode = () =>
    world.dealer.run(async (tx) => {
      const [code] = await tx.sql('cases').where({ customer_id: id }).pluck<(string | null)[]>('error_code');
      return code;
    });
  await until('the failure stands on the case', async () => (await errorCode()) === 'FAULT', 40_000);
  await until('the run rests', async () => (await handleOf(id).describe()).status.name === 'COMPLETED');
  await world.db.owner.raw('alter table risk_ratings drop constraint planted');
  await passTime(world, 121 / 86_400);
  await untilStage(world, id, 'decision');
  expect(await errorCode()).toBeNull();
}, 90_000);
