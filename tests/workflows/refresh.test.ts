import type { Tx } from '../../db/transaction';
import { readCustomer, updateRecord } from '../../operations/customers';
import { decide } from '../../operations/decisions';
import { submitCase } from '../../operations/onboarding';
import { confirmRefresh } from '../../operations/refresh';
import { listTasks } from '../../operations/tasks';
import type { TestUser } from '../support/dealer';
import { until } from '../support/wait';
import { openFile } from './files';
import { passTime, standingOf, untilQuiet, untilStage, useWorld } from './world';

const world = useWorld({ registerOff: true });

let officer: TestUser;
beforeAll(async () => {
  officer = await world.dealer.addUser('officer');
});

const run = <T>(fn: (tx: Tx) => Promise<T>) => world.dealer.run(fn);
const patch = (id: string, changes: Record<string, unknown>) =>
  run((tx) => updateRecord(tx, id, { patch: changes, ifVersion: null }));

let seeds = 5000;

/** An active, low-risk customer whose next review lies a year ahead. */
async function activeCustomer(): Promise<{ id: string; address: string }> {
  seeds += 1;
  const id = await run((tx) => openFile(tx, { seed: seeds, record: { idDocument: oldCard } }));
  await run((tx) => submitCase(tx, id));
  await untilStage(world, id, 'decision');
  await world.dealer.run((tx) => decide(tx, id, { decision: 'approve', reason: 'Tam' }), officer.userId);
  await untilQuiet(world);
  return { id, address: `musteri-${seeds}@example.com` };
}

/** The old card never expires, so that only the refresh moves these customers. */
const oldCard = { type: 'old_identity_card', number: 'A12 345678' };

async function pass(...days: number[]): Promise<void> {
  for (const day of days) {
    await passTime(world, day);
    await untilQuiet(world);
  }
}

const mailsTo = (address: string) => world.mails.filter((mail) => mail.to === address).length;
const reviewOf = (id: string) => run(async (tx) => (await readCustomer(tx, id)).nextReviewOn);

test('the notice goes out 30 days ahead, "nothing changed" passes at once and sets the next date', async () => {
  const { id, address } = await activeCustomer();
  expect(await reviewOf(id)).toBe('2027-11-22');
  const welcome = mailsTo(address);
  await pass(334);
  expect(await standingOf(world, id)).toMatchObject({ kind: 'onboarding', stage: 'closed' });
  await pass(1.1);
  expect(await standingOf(world, id)).toMatchObject({ kind: 'refresh', stage: 'waiting_customer' });
  await until('the notice is sent', () => mailsTo(address) === welcome + 1);
  await run((tx) => confirmRefresh(tx, id));
  expect(await standingOf(world, id)).toMatchObject({
    status: 'active',
    stage: 'closed',
    outcome: 'confirmed_same',
  });
  expect(await reviewOf(id)).toBe('2028-10-23');
  await pass(40);
  expect(mailsTo(address)).toBe(welcome + 1);
});

test('editing at the counter is an answer as well', async () => {
  const { id } = await activeCustomer();
  await pass(336);
  expect(await standingOf(world, id)).toMatchObject({ kind: 'refresh' });
  await patch(id, { phone: '+905330001122' });
  expect(await standingOf(world, id)).toMatchObject({
    stage: 'closed',
    outcome: 'updated',
    status: 'active',
  });
});

test('what a review refused stays suspended until another review approves it', async () => {
  const { id } = await activeCustomer();
  await patch(id, { surname: 'Kuşkulu' });
  await untilStage(world, id, 'decision');
  const judge = (decision: 'approve' | 'reject') =>
    world.dealer.run((tx) => decide(tx, id, { decision, reason: 'Belge' }), officer.userId);
  await judge('reject');
  expect(await standingOf(world, id)).toMatchObject({ status: 'suspended', outcome: 'rejected' });
  const kinds = (await run((tx) => listTasks(tx, { customerId: id, limit: 9 }))).map((task) => task.kind);
  // The people of this file resemble one another, and clerks are asked about that too.
  expect(kinds.filter((kind) => kind !== 'duplicate')).toEqual(['suspended']);
  await run((tx) => confirmRefresh(tx, id));
  expect(await standingOf(world, id)).toMatchObject({ status: 'suspended' });
  await patch(id, { occupation: 'terzi' });
  expect(await standingOf(world, id)).toMatchObject({ status: 'suspended', kind: 'review' });
  await untilStage(world, id, 'decision');
  await judge('approve');
  expect(await standingOf(world, id)).toMatchObject({ status: 'active', outcome: 'approved' });
});

test('a change of identity ends the refresh and opens a review with a decision of its own', async () => {
  const { id } = await activeCustomer();
  await pass(336);
  await patch(id, { surname: 'Yenisoyadlı' });
  await untilStage(world, id, 'decision');
  expect(await standingOf(world, id)).toMatchObject({ kind: 'review', status: 'active' });
  await world.dealer.run(
    (tx) => decide(tx, id, { decision: 'approve', reason: 'Belge görüldü' }),
    officer.userId,
  );
  expect(await standingOf(world, id)).toMatchObject({ status: 'active', outcome: 'approved' });
  await untilQuiet(world);
});

test('silence leads to a finding, the ladder, a suspension and a proposal to close; a late confirmation ends it all', async () => {
  const { id } = await activeCustomer();
  // 30 and 7 days ahead, the due date, the 60 days of grace, then the ladder from day 14 on.
  await pass(335.1, 23, 7.1);
  const { findings } = await run((tx) => readCustomer(tx, id));
  expect(findings).toEqual([expect.objectContaining({ code: 'review_overdue' })]);
  await pass(60, 7, 8);
  expect(await standingOf(world, id)).toMatchObject({ status: 'active', stage: 'waiting_customer' });
  await pass(9);
  expect(await standingOf(world, id)).toMatchObject({ status: 'suspended', kind: 'refresh' });
  await pass(31);
  const tasks = await run((tx) => tx.sql('tasks').where({ customer_id: id, state: 'open' }).pluck('kind'));
  expect(tasks).toContain('propose_close');
  await run((tx) => confirmRefresh(tx, id));
  expect(await standingOf(world, id)).toMatchObject({ status: 'active', outcome: 'confirmed_same' });
  await untilQuiet(world);
});

test("an active customer's gap is chased, suspended on day 30, proposed for closing on day 60, and healed by the edit", async () => {
  const { id } = await activeCustomer();
  await patch(id, { occupation: null });
  expect(await standingOf(world, id)).toMatchObject({ kind: 'follow_up', stage: 'waiting_customer' });
  await pass(0, 3.01, 4, 7, 7);
  expect(await standingOf(world, id)).toMatchObject({ status: 'active' });
  await pass(9);
  expect(await standingOf(world, id)).toMatchObject({ status: 'suspended' });
  await pass(30);
  const tasks = await run((tx) => tx.sql('tasks').where({ customer_id: id, state: 'open' }).pluck('kind'));
  expect(tasks).toContain('propose_close');
  await patch(id, { occupation: 'Mimar' });
  expect(await standingOf(world, id)).toMatchObject({
    status: 'active',
    stage: 'closed',
    outcome: 'completed',
  });
  await untilQuiet(world);
});

test('at the end nothing is stuck', async () => {
  await untilQuiet(world);
  const { rows } = await world.db.app.raw<{ rows: unknown[] }>('select problem from gate.doctor(?)', [
    world.installation.clock.now(),
  ]);
  expect(rows).toEqual([]);
});
