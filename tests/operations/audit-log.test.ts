import { Client } from 'pg';

import { inDealer } from '../../db/transaction';
import { SYSTEM } from '../../domain/customer';
import { updateRecord } from '../../operations/customers';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { openFile } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
}, 60_000);

/** A customer with a chain of some ten entries. */
async function customerWithChain(): Promise<string> {
  const id = await dealer.run((tx) => openFile(tx));
  await dealer.run((tx) => updateRecord(tx, id, { patch: { occupation: 'Mimar' }, ifVersion: null }));
  return id;
}

/** What somebody with every right on the database could do: as superuser, triggers and row security off. */
async function tamper(sql: string, values: unknown[]): Promise<void> {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    const { rowCount } = await client.query(sql, values);
    expect(rowCount).toBeGreaterThan(0);
  } finally {
    await client.end();
  }
}

async function problems(chain: string): Promise<{ seq: number; problem: string }[]> {
  const { rows } = await db.app.raw<{ rows: { chain_id: string; seq: number; problem: string }[] }>(
    'select * from gate.audit_problems()',
  );
  return rows.filter((row) => row.chain_id === chain).map(({ seq, problem }) => ({ seq, problem }));
}

test('an untouched log has no problems', async () => {
  const id = await customerWithChain();
  expect(await problems(id)).toEqual([]);
  expect(await problems(dealer.dealerId)).toEqual([]);
});

test.each([
  ['at', "at = at + interval '1 microsecond'"],
  ['actor_kind', "actor_kind = 'system'"],
  ['actor_id', 'actor_id = gen_random_uuid()'],
  ['event', "event = event || 'x'"],
  ['case_id', 'case_id = gen_random_uuid()'],
  ['detail', `detail = detail || '{"x": 1}'`],
  ['previous_hash', "previous_hash = sha256('x')"],
  ['hash', "hash = sha256('x')"],
])('an edited %s is found', async (_column, change) => {
  const id = await customerWithChain();
  await tamper(`update audit_log set ${change} where chain_id = $1 and seq = 3`, [id]);
  expect(await problems(id)).toContainEqual({ seq: 3, problem: 'changed' });
});

test('a deleted row is found', async () => {
  const id = await customerWithChain();
  await tamper('delete from audit_log where chain_id = $1 and seq = 2', [id]);
  expect(await problems(id)).toContainEqual({ seq: 3, problem: 'missing_before' });
});

test('a deleted tail is found', async () => {
  const id = await customerWithChain();
  await tamper('delete from audit_log where chain_id = $1 and seq > 3', [id]);
  expect((await problems(id)).map(({ problem }) => problem)).toEqual(['tail_missing']);
});

test('a deleted chain is found, with its head or without', async () => {
  const [log, both] = [await customerWithChain(), await customerWithChain()];
  await tamper('delete from audit_log where chain_id = $1', [log]);
  expect((await problems(log)).map(({ problem }) => problem)).toEqual(['tail_missing', 'chain_missing']);
  await tamper('delete from audit_log where chain_id = $1', [both]);
  await tamper('delete from chain_heads where chain_id = $1', [both]);
  expect((await problems(both)).map(({ problem }) => problem)).toEqual(['chain_missing']);
});

test('a deleted head is found', async () => {
  const id = await customerWithChain();
  await tamper('delete from chain_heads where chain_id = $1', [id]);
  expect(await problems(id)).toEqual([{ seq: 0, problem: 'head_missing' }]);
});

test('two rows that changed places are found', async () => {
  const id = await customerWithChain();
  await tamper('update audit_log set seq = 1000 - seq where chain_id = $1 and seq in (2, 3)', [id]);
  await tamper(
    'update audit_log set seq = 1000 - seq + (case seq when 998 then 1 else -1 end) where chain_id = $1 and seq > 900',
    [id],
  );
  expect((await problems(id)).map(({ problem }) => problem)).toEqual(
    expect.arrayContaining(['changed', 'broken_link']),
  );
});

test.each([
  'update audit_log set event = event',
  'delete from audit_log',
  'truncate audit_log',
  'update chain_heads set seq = 0',
])('the application may not run "%s", nor write past the one function', async (statement) => {
  await expect(dealer.run(({ sql }) => sql.raw(statement))).rejects.toMatchObject({ code: '42501' });
});

test('not even the owner changes or empties the log while its triggers stand', async () => {
  for (const statement of [
    'update audit_log set event = event',
    'delete from audit_log',
    'truncate audit_log',
  ]) {
    await expect(db.owner.raw(statement)).rejects.toMatchObject({ code: 'SC003' });
  }
});

test('32 writers on one customer leave one unbroken chain', async () => {
  const id = await customerWithChain();
  await Promise.all(
    Array.from({ length: 32 }, (_, turn) =>
      inDealer(installation.database, dealer.dealerId, SYSTEM, async (tx) =>
        tx.audit({ event: 'document.viewed', customerId: id, detail: { turn } }),
      ),
    ),
  );
  expect(await problems(id)).toEqual([]);
});

test('entries of a transaction that fails are not written', async () => {
  const id = await customerWithChain();
  const count = () =>
    dealer.run(async (tx) => (await tx.sql('audit_log').where({ chain_id: id }).pluck('seq')).length);
  const before = await count();
  await expect(
    dealer.run(async (tx) => {
      tx.audit({ event: 'document.viewed', customerId: id });
      throw new Error('the transaction fails');
    }),
  ).rejects.toThrow('the transaction fails');
  expect(await count()).toBe(before);
});
