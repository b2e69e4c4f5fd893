import { readFileSync } from 'node:fs';

import { Client } from 'pg';

import type { Tx } from '../../db/transaction';
import { CUSTOMER_SORTS, listCustomers, type CustomerQuery } from '../../operations/customer-list';
import { createCustomer } from '../../operations/customers';
import { dealerKey } from '../../operations/record-envelope';
import { queryTerms } from '../../operations/search-terms';
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

test('a search for signs alone finds nobody, one for nothing finds everybody', async () => {
  expect(await find('?! …')).toEqual([]);
  expect(await find('🙂')).toEqual([]);
  expect((await find(' ')).length).toBeGreaterThan(0);
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

test('short beginnings of a number, tails of a code and numbers in names find their customer', async () => {
  const tckn = inventedTckn(654_321_987);
  const { code } = await dealer.run((tx) => add(tx, 'Kısa', 'Önek', { tckn, phone: '0543 210 98 76' }));
  for (const q of [
    tckn.slice(0, 3),
    tckn.slice(0, 2),
    '543',
    '0543',
    '+90 543',
    code.slice(-6),
    code.slice(-6, -1),
  ]) {
    expect(await find(q)).toContain('Kısa Önek');
  }
  expect(await find(code.slice(-6))).toEqual(['Kısa Önek']);
  const title = '1453 Kuyumculuk';
  await dealer.run((tx) => createCustomer(tx, { type: 'company', trigger: 'voluntary', record: { title } }));
  expect(await find('1453')).toEqual([title]);
  expect(await find('kuyum 145')).toEqual([title]);
});

test('a name and a phone in one search are two words, however the phone is spaced', async () => {
  await dealer.run((tx) => add(tx, 'Beraber', 'Aranan', { phone: '0532 765 43 21' }));
  for (const q of [
    'Beraber 0532 765 43 21',
    '0532 765 43 21 aranan',
    'aranan (0532) 765-43',
    'Beraber +90 532 765',
  ]) {
    expect(await find(q)).toEqual(['Beraber Aranan']);
  }
  expect(await find('Beraber 0532 765 43 22')).toEqual([]);
});

test('what was pasted from a Mac, or a whole long title, is found', async () => {
  await dealer.run((tx) => add(tx, 'Şehnaz', 'Cingöz'));
  expect(await find('şehnaz cingöz'.normalize('NFD'))).toEqual(['Şehnaz Cingöz']);
  const title = Array.from({ length: 40 }, (_, index) => `kelime${index}`)
    .join(' ')
    .slice(0, 300);
  await dealer.run((tx) => createCustomer(tx, { type: 'company', trigger: 'voluntary', record: { title } }));
  expect(await find(title)).toEqual([title]);
  const long = { givenNames: 'ğ'.repeat(300), surname: '😀'.repeat(300) };
  await dealer.run((tx) =>
    createCustomer(tx, { type: 'natural_person_tr', trigger: 'voluntary', record: long }),
  );
  expect(await find('ğ'.repeat(300))).toHaveLength(1);
});

describe('pages', () => {
  let shop: TestDealer;
  const names = ['Çağrı', 'Cem', 'Ilgaz', 'İnci', 'Öz', 'Oz', 'Şahin', 'Sarı', 'Ünal', 'Uzun'];
  beforeAll(async () => {
    shop = await makeDealer(db, installation);
    await shop.run(async (tx) => {
      for (const name of names) await add(tx, name, 'Akdeniz', { address: { province: 'Van' } });
      for (const name of names) await add(tx, 'Ak', name);
    });
  });
  const list = (query: Omit<CustomerQuery, 'limit'>, limit = 100) =>
    shop.run((tx) => listCustomers(tx, { ...query, limit }));
  const walk = async (query: Omit<CustomerQuery, 'limit'>, limit: number) => {
    const seen: string[] = [];
    for (let cursor: string | null = null; ;) {
      const page = await list({ ...query, ...(cursor === null ? {} : { cursor }) }, limit);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
      if (cursor === null) return seen;
    }
  };

  test('come in the order of the Turkish alphabet, found or not, and pages join without a gap', async () => {
    for (const sort of CUSTOMER_SORTS.flatMap((field) => [field, `-${field}`] as const)) {
      const all = (await list({ sort })).data;
      expect(all).toHaveLength(20);
      for (const q of ['ak', 'a ak', 'akdeniz']) {
        const expected = all.filter(({ displayName }) => q !== 'akdeniz' || displayName.endsWith('Akdeniz'));
        expect(await walk({ sort, q }, 3)).toEqual(expected.map(({ id }) => id));
      }
      const filter = { province: ['VAN'], status: ['onboarding'] } as const;
      expect(await walk({ sort, q: 'ak', ...filter }, 4)).toEqual(
        (await list({ sort, ...filter })).data.map(({ id }) => id),
      );
    }
    const ordered = (await list({ q: 'akdeniz' })).data.map(({ displayName }) => displayName.split(' ')[0]);
    expect(ordered).toEqual(['Cem', 'Çağrı', 'Ilgaz', 'İnci', 'Oz', 'Öz', 'Sarı', 'Şahin', 'Uzun', 'Ünal']);
  });

  test('a cursor of another order, or a made-up one, is refused', async () => {
    const { nextCursor } = await list({ q: 'ak', sort: 'displayName' }, 3);
    const cursor = nextCursor ?? '';
    await expect(list({ q: 'ak', sort: 'code', cursor })).rejects.toThrow('cursor');
    await expect(list({ sort: '-displayName', cursor })).rejects.toThrow('cursor');
    await expect(list({ cursor: 'bm9uc2Vuc2U' })).rejects.toThrow('cursor');
  });

  test('a field that is missing is asked for by its own name or by what it is part of', async () => {
    const other = await makeDealer(db, installation);
    const [none, part] = await other.run(async (tx) => {
      const file = { type: 'natural_person_tr', trigger: 'continuous' } as const;
      const somewhere = { address: { country: 'TUR', province: 'Van', line: 'Kalpakçılar Caddesi No 12' } };
      return [
        (await createCustomer(tx, { ...file, record: { givenNames: 'Adsız' } })).id,
        (await createCustomer(tx, { ...file, record: { givenNames: 'Yarım', ...somewhere } })).id,
      ];
    });
    const ids = async (missing: string, q?: string) => {
      const query = {
        missing: [missing],
        limit: 10,
        sort: 'code' as const,
        ...(q === undefined ? {} : { q }),
      };
      return other.run(async (tx) => (await listCustomers(tx, query)).data.map(({ id }) => id));
    };
    expect(await ids('address.line')).toEqual([none]);
    expect(await ids('address')).toEqual([none, part]);
    expect(await ids('address', 'yarım')).toEqual([part]);
    expect(await ids('addr')).toEqual([]);
  });
});

describe('the plan of a search, as the application runs it', () => {
  /** Statements that ran inside the gate, with their plans: Postgres itself reports them. */
  async function plansOf(sql: string, values: unknown[]): Promise<string> {
    const client = new Client({ connectionString: db.url, connectionTimeoutMillis: 10_000 });
    const notices: string[] = [];
    client.on('notice', ({ message }) => void notices.push(message ?? ''));
    await client.connect();
    try {
      await client.query("load 'auto_explain'");
      await client.query('set auto_explain.log_min_duration = 0');
      await client.query('set auto_explain.log_nested_statements = on');
      await client.query('set auto_explain.log_level = notice');
      await client.query('set role sicil_app');
      await client.query('begin');
      await client.query("select set_config('sicil.dealer', $1, true)", [dealer.dealerId]);
      notices.length = 0;
      await client.query(sql, values);
      // A plan is told when its portal closes.
      await client.query('commit');
      return notices.join('\n');
    } finally {
      await client.end();
    }
  }
  // So many that reading them all would be the wrong plan, and the planner knows it.
  beforeAll(async () => {
    await db.owner.raw(
      `insert into customers (dealer_id, id, code, type, trigger, status, envelope, wrapped_key, display_name, fold_key, created_at, updated_at)
       select ?, gen_random_uuid(), 'PLAN-' || n, 'natural_person_tr', 'voluntary', 'onboarding', '', '',
         'Ad' || n % 4000 || ' Soyad' || n % 97, '', now(), now() from generate_series(1, 20000) n`,
      [dealer.dealerId],
    );
    await db.owner.raw(
      `insert into customer_search_terms (dealer_id, customer_id, term)
       select c.dealer_id, c.id, lower(w) from customers c, string_to_table(c.display_name, ' ') w
       where c.code like 'PLAN-%'`,
    );
    await db.owner.raw('analyze customers, customer_search_terms');
  }, 180_000);
  const page = (q: string, sort = 'displayName') =>
    dealer.run(async (tx) => {
      const words = JSON.stringify(queryTerms(await dealerKey(tx), q));
      return plansOf('select gate.customer_page($1, $2, $3, false, null, null, 51)', [words, '{}', sort]);
    });

  test('a common word is read from the index that holds its customers in list order', async () => {
    const plan = await page('soyad1');
    expect(plan).toMatch(/Index Only Scan using customer_search_names on customer_search_terms/);
    expect(plan).not.toMatch(/Seq Scan/);
    expect((await dealer.run((tx) => listCustomers(tx, { q: 'soyad1', limit: 50 }))).data).toHaveLength(50);
  });

  test.each(['soyad1 ad17', 'ad1234', '0532 999 88 77', '12345678901'])(
    '%s is found through the index of terms, never by reading the table',
    async (q) => {
      for (const sort of ['displayName', 'createdAt']) {
        const plan = await page(q, sort);
        expect(plan).toMatch(/Index (Only )?Scan.* on customer_search_terms/);
        expect(plan).not.toMatch(/Seq Scan/);
      }
    },
  );

  test('a duplicate is found through the index of fingerprints, under row security', async () => {
    const plan = await plansOf(
      `select k.subject, b.customer_id
       from jsonb_to_recordset($1::jsonb) k(subject int, field text, digest bytea, self uuid)
       cross join lateral (
         select i.customer_id from customer_blind_indexes i
         where i.dealer_id = $2 and i.field = k.field and i.digest = k.digest and i.customer_id is distinct from k.self
         order by i.customer_id limit 25) b`,
      [JSON.stringify([{ subject: 0, field: 'identity', digest: '\\x00', self: null }]), dealer.dealerId],
    );
    expect(plan).toMatch(
      /Index Only Scan using customer_blind_indexes_pkey[^]*Index Cond: .*dealer_id.*field.*digest/,
    );
  });

  test('the gate runs with its owner’s rights and answers nobody but the application', async () => {
    const { rows } = await db.owner.raw<{ rows: { name: string; owner: string; open: boolean }[] }>(
      `select p.proname as name, r.rolname as owner, has_function_privilege('public', p.oid, 'execute') as open
       from pg_proc p join pg_roles r on r.oid = p.proowner
       where p.proname in ('search_customers', 'customer_page') and p.prosecdef order by p.proname`,
    );
    expect(rows).toEqual([
      { name: 'customer_page', owner: 'sicil_owner', open: false },
      { name: 'search_customers', owner: 'sicil_owner', open: false },
    ]);
  });
});
