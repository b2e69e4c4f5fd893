import type { Tx } from '../../db/transaction';
import { updateRecord } from '../../operations/customers';
import { submitCase } from '../../operations/onboarding';
import type { TestUser } from '../support/dealer';
import { until } from '../support/wait';
import { openFile } from './files';
import { passTime, standingOf, untilQuiet, untilStage, useWorld } from './world';

const world = useWorld({ registerOff: true });

let clerk: TestUser;
beforeAll(async () => {
  clerk = await world.dealer.addUser('staff');
  await world.dealer.addUser('officer');
});

const byClerk = <T>(fn: (tx: Tx) => Promise<T>) => world.dealer.run(fn, clerk.userId);
const patch = (id: string, changes: Record<string, unknown>) =>
  byClerk((tx) => updateRecord(tx, id, { patch: changes, ifVersion: null }));

test('without a submit the follow-up of an incomplete file starts after a day by itself', async () => {
  const id = await byClerk((tx) => openFile(tx, { seed: 22, papers: [] }));
  await passTime(world, 1.01);
  await untilStage(world, id, 'waiting_customer');
  await untilQuiet(world);
});

test('an onboarding in which nobody moves expires on day 30, and not before', async () => {
  const id = await byClerk((tx) => openFile(tx, { seed: 23, papers: [] }));
  await byClerk((tx) => submitCase(tx, id));
  for (const day of [0, 3, 4, 7, 7, 8.9]) {
    await passTime(world, day);
    await untilQuiet(world);
  }
  expect(await standingOf(world, id)).toMatchObject({ status: 'onboarding', stage: 'waiting_customer' });
  await passTime(world, 0.2);
  await untilStage(world, id, 'closed');
  expect(await standingOf(world, id)).toMatchObject({ status: 'expired', outcome: 'expired' });
  await untilQuiet(world);
});

test('a one-off customer is not chased, and expires 30 days after the last progress', async () => {
  const record = {
    transaction: {
      kind: 'sale',
      amountKurus: 20_000_000,
      currency: 'TRY',
      payment: 'card',
      on: '2026-11-21',
    },
  };
  const id = await byClerk((tx) => openFile(tx, { seed: 24, trigger: 'threshold', papers: [], record }));
  await byClerk((tx) => submitCase(tx, id));
  await passTime(world, 20);
  await untilQuiet(world);
  await patch(id, { occupation: 'Mimar' });
  await passTime(world, 29);
  await untilQuiet(world);
  expect(await standingOf(world, id)).toMatchObject({ status: 'onboarding' });
  await passTime(world, 1.1);
  await untilStage(world, id, 'closed');
  expect(await standingOf(world, id)).toMatchObject({ status: 'expired' });
  expect(world.mails.filter((mail) => mail.to === 'musteri-24@example.com')).toEqual([]);
});

test('officers are told that a decision waits, and the manager when it waits too long', async () => {
  const id = await byClerk((tx) => openFile(tx, { seed: 21 }));
  await byClerk((tx) => submitCase(tx, id));
  await untilStage(world, id, 'decision');
  await untilQuiet(world);
  const told = () =>
    byClerk((tx) => tx.sql('notices').where({ customer_id: id, state: 'sent' }).pluck('kind'));
  expect(await told()).toContain('approval_needed');
  await passTime(world, 1.1);
  await until('the manager is told', async () =>
    (await byClerk((tx) => tx.sql('tasks').where({ customer_id: id, state: 'open' }).pluck('kind'))).includes(
      'decision_overdue',
    ),
  );
  await untilQuiet(world);
});
