import { inDealer, type Tx } from '../../db/transaction';
import { readCustomer, updateRecord } from '../../operations/customers';
import { decide } from '../../operations/decisions';
import { submitCase, withdrawCustomer } from '../../operations/onboarding';
import { actorOf, identityOfToken } from '../../operations/sign-in';
import type { TestUser } from '../support/dealer';
import { addPaper, inventedTckn, openFile } from './files';
import { standingOf, untilNoneRuns, untilQuiet, untilStage, useWorld } from './world';

const world = useWorld();

let clerk: TestUser;
let officer: TestUser;
beforeAll(async () => {
  clerk = await world.dealer.addUser('staff');
  officer = await world.dealer.addUser('officer');
});

const byClerk = <T>(fn: (tx: Tx) => Promise<T>) => world.dealer.run(fn, clerk.userId);
const byOfficer = <T>(fn: (tx: Tx) => Promise<T>) => world.dealer.run(fn, officer.userId);
const approve = (id: string) =>
  byOfficer((tx) => decide(tx, id, { decision: 'approve', reason: 'Dosya tam' }));
const patch = (id: string, changes: Record<string, unknown>) =>
  byClerk((tx) => updateRecord(tx, id, { patch: changes, ifVersion: null }));

/** A complete file, submitted, that has come to its decision. */
async function awaitingDecision(seed: number): Promise<string> {
  const id = await byClerk((tx) => openFile(tx, { seed }));
  await byClerk((tx) => submitCase(tx, id));
  await untilStage(world, id, 'decision');
  return id;
}

test.each(['natural_person_tr', 'company'] as const)(
  'a complete %s goes from submit to a decision by itself, and is active once a second person approves',
  async (type) => {
    const id = await byClerk((tx) => openFile(tx, { type, seed: 10 }));
    expect(await standingOf(world, id)).toMatchObject({ status: 'onboarding', stage: 'collecting' });
    await byClerk((tx) => submitCase(tx, id));
    await untilStage(world, id, 'decision');
    await approve(id);
    expect(await standingOf(world, id)).toMatchObject({ status: 'active', outcome: 'approved' });
    expect(await byClerk((tx) => readCustomer(tx, id))).toMatchObject({
      risk: 'low',
      completeness: 100,
      nextReviewOn: '2027-11-22',
    });
    await untilQuiet(world);
  },
);

test('a token decides no more than the person who made it could', async () => {
  const id = await world.dealer.run((tx) => openFile(tx, { seed: 13 }));
  await byClerk((tx) => submitCase(tx, id));
  await untilStage(world, id, 'decision');
  const { database } = world.installation;
  const identity = await identityOfToken(database, officer.token);
  if (identity === null) throw new Error('The token is known');
  const byToken = inDealer(database, identity.dealerId, actorOf(identity), (tx) =>
    decide(tx, id, { decision: 'approve', reason: 'Dosya tam' }),
  );
  await expect(byToken).rejects.toMatchObject({ code: 'FOUR_EYES' });
  await approve(id);
  expect(await standingOf(world, id)).toMatchObject({ status: 'active' });
});

test('nothing moves before the submit', async () => {
  const id = await byClerk((tx) => openFile(tx, { seed: 11 }));
  await world.dispatch.dispatchDueWork();
  expect(await standingOf(world, id)).toMatchObject({ stage: 'collecting' });
});

test('whoever had a hand in the case may not decide it', async () => {
  const id = await byOfficer((tx) => openFile(tx, { seed: 12 }));
  await byClerk((tx) => submitCase(tx, id));
  await untilStage(world, id, 'decision');
  await expect(approve(id)).rejects.toMatchObject({ code: 'FOUR_EYES' });
  await expect(byClerk((tx) => decide(tx, id, { decision: 'approve', reason: 'x' }))).rejects.toMatchObject({
    code: 'FOUR_EYES',
  });
});

test('an incomplete file waits for the customer and goes on as soon as the last blocking finding closes', async () => {
  const id = await byClerk((tx) => openFile(tx, { seed: 13, record: { occupation: undefined }, papers: [] }));
  await byClerk((tx) => submitCase(tx, id));
  await untilStage(world, id, 'waiting_customer');
  await patch(id, { occupation: 'Kuyumcu' });
  for (const kind of ['identity_card', 'signature_sample'] as const)
    await byClerk((tx) => addPaper(tx, id, kind));
  expect(await standingOf(world, id)).toMatchObject({ stage: 'waiting_customer' });
  await byClerk((tx) => addPaper(tx, id, 'address_proof'));
  await untilStage(world, id, 'decision');
});

test('an edit while a decision is awaited sends the case back, and the old version can no longer be decided', async () => {
  const id = await awaitingDecision(14);
  await patch(id, { occupation: 'Mimar' });
  await expect(
    byOfficer((tx) => decide(tx, id, { decision: 'approve', reason: 'x', ifVersion: 1 })),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^(STATE_FORBIDS|VERSION_STALE)$/) });
  await untilStage(world, id, 'decision');
  await patch(id, { occupation: null });
  expect(await standingOf(world, id)).toMatchObject({ stage: 'waiting_customer' });
});

test('a refused customer is rejected, one who gives up is withdrawn', async () => {
  const refused = await awaitingDecision(15);
  await byOfficer((tx) => decide(tx, refused, { decision: 'reject', reason: 'Kaynak açıklanmadı' }));
  expect(await standingOf(world, refused)).toMatchObject({ status: 'rejected', outcome: 'rejected' });
  const gone = await awaitingDecision(16);
  await byClerk((tx) => withdrawCustomer(tx, gone, 'Vazgeçti'));
  expect(await standingOf(world, gone)).toMatchObject({ status: 'withdrawn', outcome: 'withdrawn' });
  await expect(approve(gone)).rejects.toMatchObject({ code: 'STATE_FORBIDS' });
});

test('of two people deciding at once one wins and the other is told so', async () => {
  const id = await awaitingDecision(17);
  const manager = await world.dealer.addUser('manager');
  const answers = await Promise.allSettled([
    approve(id),
    world.dealer.run((tx) => decide(tx, id, { decision: 'reject', reason: 'x' }), manager.userId),
  ]);
  expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
  const [lost] = answers.filter((answer) => answer.status === 'rejected');
  expect(lost?.reason).toMatchObject({ code: 'STATE_FORBIDS' });
});

test('a number that the register does not know blocks, and a corrected one is asked about anew', async () => {
  const wrong = inventedTckn(1801);
  world.register[wrong] = 'false';
  const id = await byClerk((tx) => openFile(tx, { seed: 1801 }));
  await byClerk((tx) => submitCase(tx, id));
  await untilStage(world, id, 'waiting_customer');
  const { findings } = await byClerk((tx) => readCustomer(tx, id));
  expect(findings).toEqual([expect.objectContaining({ code: 'register_mismatch', field: 'tckn' })]);
  await patch(id, { tckn: inventedTckn(1802) });
  await untilStage(world, id, 'decision');
});

test('a simulated answer never turns the register light green', async () => {
  const id = await awaitingDecision(19);
  const row = await byClerk((tx) => tx.sql('cases').where({ customer_id: id }).first('lights'));
  const lights = { format: 'green', checksum: 'green', register: 'grey', simulated: true };
  expect(row).toEqual({ lights: { ...lights, identities: [{ field: 'tckn', ...lights }] } });
});

test('a register that talks nonsense is asked four times, then a person looks', async () => {
  world.register[inventedTckn(2001)] = 'malformed';
  const id = await byClerk((tx) => openFile(tx, { seed: 2001 }));
  await byClerk((tx) => submitCase(tx, id));
  await untilStage(world, id, 'decision', 25_000);
  const facts = await byClerk(async (tx) => ({
    answers: await tx.sql('verifications').where({ customer_id: id }).pluck('result'),
    tasks: await tx.sql('tasks').where({ customer_id: id, state: 'open' }).pluck('kind'),
  }));
  expect(facts.answers).toEqual(['unavailable']);
  expect(facts.tasks).toContain('register_unavailable');
});

test('when all is quiet nothing is stuck and no workflow runs', async () => {
  await untilQuiet(world);
  const { rows } = await world.db.app.raw('select problem from gate.doctor(?)', [
    world.installation.clock.now(),
  ]);
  expect(rows).toEqual([]);
  await untilNoneRuns(world);
});
