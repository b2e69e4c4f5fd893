import { randomUUID } from 'node:crypto';

import { readCase } from '../../operations/cases';
import { listCustomers } from '../../operations/customer-list';
import { readCustomer, updateRecord } from '../../operations/customers';
import { submitCase } from '../../operations/onboarding';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { addPaper, openFile } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let mine: TestDealer;
let theirs: TestDealer;
let theirCustomer: string;
beforeAll(async () => {
  mine = await makeDealer(db, installation);
  theirs = await makeDealer(db, installation);
  theirCustomer = await theirs.run((tx) => openFile(tx));
  await theirs.run((tx) => submitCase(tx, theirCustomer));
  await mine.run((tx) => openFile(tx));
}, 60_000);

/** Every table with a dealer on its rows, as the catalogue knows them: a new table is tested without being listed. */
async function ownedTables(): Promise<string[]> {
  const { rows } = await db.owner.raw<{ rows: { relname: string }[] }>(
    `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'dealer_id'
     order by 1`,
  );
  return rows.map(({ relname }) => relname);
}

const readable = (table: string) =>
  db.owner
    .raw<{ rows: { may: boolean }[] }>("select has_table_privilege('sicil_app', ?, 'select') as may", [table])
    .then(({ rows }) => rows[0]?.may === true);

test('every table with a dealer has row security, and the application owns none', async () => {
  const tables = await ownedTables();
  expect(tables.length).toBeGreaterThan(20);
  const { rows } = await db.owner.raw<{ rows: { relname: string }[] }>(
    `select c.relname from pg_class c join pg_roles r on r.oid = c.relowner
     where c.relnamespace = 'public'::regnamespace and c.relname = any(?)
       and (not c.relrowsecurity or r.rolname = 'sicil_app')`,
    [tables],
  );
  expect(rows).toEqual([]);
});

test('neither dealer sees a row of the other, in any table', async () => {
  for (const table of await ownedTables()) {
    if (!(await readable(table))) continue;
    for (const dealer of [mine, theirs]) {
      const owners = await dealer.run((tx) => tx.sql(table).distinct().pluck('dealer_id'));
      expect([table, owners.filter((owner) => owner !== dealer.dealerId)]).toEqual([table, []]);
    }
  }
  const seen = await mine.run((tx) => tx.sql('dealers').pluck('id'));
  expect(seen).toEqual([mine.dealerId]);
});

test('a row cannot be given to the other dealer, nor taken from it', async () => {
  const move = mine.run((tx) => tx.sql('customers').update({ dealer_id: theirs.dealerId }));
  await expect(move).rejects.toMatchObject({ code: '42501' });
  const take = await mine.run((tx) =>
    tx.sql('customers').where({ id: theirCustomer }).update({ display_name: 'benim' }),
  );
  expect(take).toBe(0);
});

test('a query outside a dealer is an error, never an empty answer', async () => {
  for (const table of await ownedTables()) {
    if (!(await readable(table))) continue;
    await expect(db.app(table).first()).rejects.toMatchObject({ code: 'SC001' });
  }
});

test('the dealer of one transaction does not stay on its connection', async () => {
  await mine.run((tx) => tx.sql('customers').first('id'));
  for (let turn = 0; turn < 30; turn++) {
    await expect(db.app('customers').first('id')).rejects.toMatchObject({ code: 'SC001' });
  }
});

test("another dealer's objects do not exist", async () => {
  const notFound = { code: 'NOT_FOUND' };
  const theirCase = await theirs.run(async (tx) => {
    const { openCaseId } = await readCustomer(tx, theirCustomer);
    return openCaseId ?? '';
  });
  await expect(mine.run((tx) => readCustomer(tx, theirCustomer))).rejects.toMatchObject(notFound);
  await expect(mine.run((tx) => readCase(tx, theirCase))).rejects.toMatchObject(notFound);
  await expect(mine.run((tx) => submitCase(tx, theirCustomer))).rejects.toMatchObject(notFound);
  await expect(mine.run((tx) => addPaper(tx, theirCustomer, 'other'))).rejects.toMatchObject(notFound);
  const edit = mine.run((tx) =>
    updateRecord(tx, theirCustomer, { patch: { occupation: 'x' }, ifVersion: null }),
  );
  await expect(edit).rejects.toMatchObject(notFound);
  expect((await mine.run((tx) => listCustomers(tx, { limit: 100 }))).data).toHaveLength(1);
});

test("a document cannot be hung on another dealer's customer, not even past the operations", async () => {
  const insert = mine.run(({ sql, dealerId, now }) =>
    sql('documents').insert({
      dealer_id: dealerId,
      id: '0197a000-0000-7000-8000-000000000001',
      customer_id: theirCustomer,
      kind: 'other',
      media_type: 'application/pdf',
      bytes: 1,
      sha256: Buffer.alloc(32),
      address: 'none',
      file_name_envelope: Buffer.alloc(1),
      state: 'current',
      uploaded_at: now,
    }),
  );
  await expect(insert).rejects.toMatchObject({ code: '23503' });
});

test('each dealer has a key of its own: what one sealed the other cannot open', async () => {
  const wrapped = await db.owner('dealers').where({ id: theirs.dealerId }).first('wrapped_key');
  expect(() => installation.keys.openDealerKey(randomUUID(), wrapped.wrapped_key)).toThrow(
    'unable to authenticate data',
  );
});
