import { temporal } from '@temporalio/proto';

import type { Tx } from '../../db/transaction';
import { updateRecord } from '../../operations/customers';
import { decide } from '../../operations/decisions';
import { submitCase } from '../../operations/onboarding';
import { until } from '../support/wait';
import { completeRecord, openFile } from './files';
import { standingOf, untilQuiet, untilStage, useWorld, type World } from './world';

// Without the codec: the first wall has to hold by itself.
const open = useWorld({ withoutCodec: true });

/** Every piece of the record that tells something of a person, and what broken statements quote. */
const SECRETS = ['KANARYA-ŞÜKRÜ', 'Kanaryaoğlu', 'kanarya@example.com', 'Kanarya Sokak', '5321119988'];

function secrets(seed: number): string[] {
  const { tckn } = completeRecord('natural_person_tr', seed) as { tckn: string };
  return [...SECRETS, tckn];
}

const record = {
  givenNames: 'KANARYA-ŞÜKRÜ',
  surname: 'Kanaryaoğlu',
  email: 'kanarya@example.com',
  phone: '+905321119988',
  address: { country: 'TUR', province: 'İstanbul', district: 'Fatih', line: 'Kanarya Sokak No 1' },
};

/** Everything Temporal keeps of the customers' runs: full histories, ids and visibility records, as bytes. */
async function everythingInTemporal(world: World): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const run of world.client.workflow.list()) {
    const handle = world.client.workflow.getHandle(run.workflowId, run.runId);
    parts.push(temporal.api.history.v1.History.encode(await handle.fetchHistory()).finish());
    parts.push(Buffer.from(JSON.stringify(run.raw)));
  }
  return Buffer.concat(parts);
}

/** A defect that quotes what it was given, planted into the database for one kind of step. */
function plant(world: World, body: string): Promise<unknown> {
  return world.db.owner.raw(`
    create or replace function planted() returns trigger language plpgsql as $$ begin ${body} return new; end $$;
    create or replace trigger planted before insert on risk_ratings for each row execute function planted()`);
}

const unplant = (world: World) => world.db.owner.raw('drop trigger planted on risk_ratings');

const DEFECTS = [
  [
    'a unique violation',
    `insert into branches select dealer_id, id, name, null, now() from branches where name = 'KANARYA-ŞÜKRÜ';`,
  ],
  ['a bad cast', `perform 'KANARYA-ŞÜKRÜ Kanaryaoğlu'::uuid;`],
  ['a raised message', `raise exception 'no: % %', 'Kanaryaoğlu', 'kanarya@example.com';`],
] as const;

test.each(DEFECTS)(
  'no personal value reaches histories or logs, also when a step fails with %s',
  async (name, body) => {
    const world = open;
    const seed = 7000 + name.length;
    const run = <T>(fn: (tx: Tx) => Promise<T>) => world.dealer.run(fn);
    await world.db.owner.raw(
      `insert into branches values (?, gen_random_uuid(), 'KANARYA-ŞÜKRÜ', null, now()) on conflict do nothing`,
      [world.dealer.dealerId],
    );
    const id = await run((tx) => openFile(tx, { seed, record }));
    await plant(world, body);
    await run((tx) => submitCase(tx, id));
    const failed = () =>
      run(
        async (tx) => (await tx.sql('cases').where({ customer_id: id }).pluck('error_code'))[0] === 'FAULT',
      );
    await until('the failure stands on the case', failed, 40_000);
    await unplant(world);

    const kept = await everythingInTemporal(world);
    const log = JSON.stringify(world.logged);
    expect(kept.includes('customer:')).toBe(true);
    expect(log).toContain('"type":"FAULT"');
    for (const secret of secrets(seed)) {
      expect([secret, kept.includes(secret)]).toEqual([secret, false]);
      expect([secret, log.includes(secret)]).toEqual([secret, false]);
    }
  },
  90_000,
);

test('a whole life leaves nothing but ids and codes: edits, register, mails, a decision', async () => {
  const world = open;
  const officer = await world.dealer.addUser('officer');
  const id = await world.dealer.run((tx) =>
    openFile(tx, { seed: 7100, record: { ...record, occupation: undefined } }),
  );
  await world.dealer.run((tx) => submitCase(tx, id));
  await untilStage(world, id, 'waiting_customer');
  await until('the list of what is missing went out', () =>
    world.mails.some((mail) => mail.to === 'kanarya@example.com'),
  );
  await world.dealer.run((tx) => updateRecord(tx, id, { patch: { occupation: 'Mimar' }, ifVersion: null }));
  await untilStage(world, id, 'decision');
  await world.dealer.run((tx) => decide(tx, id, { decision: 'approve', reason: 'Tam' }), officer.userId);
  expect(await standingOf(world, id)).toMatchObject({ status: 'active' });
  await untilQuiet(world);
  const kept = await everythingInTemporal(world);
  for (const secret of secrets(7100)) expect([secret, kept.includes(secret)]).toEqual([secret, false]);
}, 60_000);
