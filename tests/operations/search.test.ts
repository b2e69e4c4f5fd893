import { readFileSync } from 'node:fs';

import type { Tx } from '../../db/transaction';
import { listCustomers } from '../../operations/customer-list';
import { createCustomer } from '../../operations/customers';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { testWithSharedData } from '../support/shared-data';
import { inventedTckn } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
}, 60_000);

const add = (tx: Tx, givenNames: string, surname: string, more: Record<string, unknown> = {}) =>
  createCustomer(tx, {
    type: 'natural_person_tr',
    trigger: 'voluntary',
    record: { givenNames, surname, ...more },
  });

const find = (q: string) =>
  dealer.run(async (tx) => (await listCustomers(tx, { q, limit: 100 })).data.map((row) => row.displayName));

testWithSharedData(
  'every spelling that people type finds the stored name',
  'names/turkish-search-dev.json',
  async (path) => {
    const { cases } = JSON.parse(readFileSync(path, 'utf8')) as {
      cases: { stored: string; queries: string[] }[];
    };
    await dealer.run(async (tx) => {
      for (const { stored } of cases) {
        const words = stored.split(' ');
        await add(tx, words.slice(0, -1).join(' '), words.at(-1) ?? '');
      }
    });
    const lost: string[] = [];
    await dealer.run(async (tx) => {
      for (const { stored, queries } of cases) {
        for (const q of queries) {
          const { data } = await listCustomers(tx, { q, limit: 100 });
          if (!data.some((row) => row.displayName === stored)) lost.push(`${stored}: ${q}`);
        }
      }
    });
    expect(cases.length).toBeGreaterThan(10);
    expect(lost).toEqual([]);
  },
);

test('a name with a hyphen is found by either part, by both, and without the hyphen', async () => {
  await dealer.run((tx) => add(tx, 'Işıl', 'Özdemir-Kaya'));
  for (const q of ['özdemir', 'KAYA ışıl', 'Özdemir-Kaya', 'ozdemir kaya', 'isil ozd']) {
    expect(await find(q)).toContain('Işıl Özdemir-Kaya');
  }
  await dealer.run((tx) => add(tx, 'Cem', 'Demirel Kayalı'));
  expect(await find('demirel-kayalı')).toEqual(['Cem Demirel Kayalı']);
});

test('every word must be found, in any order, each by its beginning', async () => {
  await dealer.run((tx) => add(tx, 'Zübeyde Nazlı', 'Xyzoğlu'));
  expect(await find('xyzog nazl')).toEqual(['Zübeyde Nazlı Xyzoğlu']);
  expect(await find('xyzog başka')).toEqual([]);
  expect(await find('yzog')).toEqual([]);
});

test('numbers and codes find their customer, and stand nowhere in clear', async () => {
  const tckn = inventedTckn(77_777);
  const { id, code } = await dealer.run((tx) =>
    add(tx, 'Numaralı', 'Kişi', { tckn, phone: '0532 999 88 77' }),
  );
  for (const q of [
    tckn,
    tckn.slice(0, 6),
    '0532 999 88 77',
    '+905329998877',
    '5329998',
    code,
    code.toLowerCase(),
  ]) {
    expect(await find(q)).toEqual(['Numaralı Kişi']);
  }
  expect(await find('9998877')).toEqual([]);
  const terms = await dealer.run((tx) =>
    tx.sql('customer_search_terms').where({ customer_id: id }).pluck('term'),
  );
  expect(JSON.stringify(terms)).not.toMatch(/5329998|99988/);
  expect(JSON.stringify(terms)).not.toContain(tckn.slice(0, 6));
});

test('another dealer finds nothing of it', async () => {
  const other = await makeDealer(db, installation);
  await dealer.run((tx) => add(tx, 'Yalnız', 'Benim'));
  const rows = await other.run(async (tx) => (await listCustomers(tx, { q: 'yalnız', limit: 10 })).data);
  expect(rows).toEqual([]);
});

test('words are found by an index: the search runs with rights that row security does not slow down', async () => {
  const { rows } = await db.owner.raw<{ rows: { owner: string }[] }>(
    `select r.rolname as owner from pg_proc p join pg_roles r on r.oid = p.proowner
     where p.proname = 'search_customers' and p.prosecdef`,
  );
  expect(rows).toEqual([{ owner: 'sicil_owner' }]);
  const plan = await db.owner.transaction(async (sql) => {
    await sql.raw("select set_config('sicil.dealer', ?, true)", [dealer.dealerId]);
    await sql.raw('set local enable_seqscan = off');
    const answer = await sql.raw<{ rows: Record<string, string>[] }>(
      `explain select customer_id from customer_search_terms t where t.dealer_id = ?
         and t.term >= 'yil' collate "C" and t.term < ('yil' || chr(1114109)) collate "C"`,
      [dealer.dealerId],
    );
    return answer.rows.map((row) => row['QUERY PLAN']).join('\n');
  });
  expect(plan).toMatch(/Index Cond: .*term >= 'yil'/);
});
