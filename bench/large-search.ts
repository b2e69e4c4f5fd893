import { performance } from 'node:perf_hooks';

import { Client } from 'pg';

import type { SharedField } from '../domain/duplicates';
import { findSharing } from '../db/duplicates';
import { getCustomers } from '../db/customers';
import { listCustomers } from '../operations/customer-list';
import { findDuplicates } from '../operations/duplicates';
import { dealerKey } from '../operations/record-envelope';
import { blindIndexes, queryTerms } from '../operations/search-terms';
import { newKey } from '../stores/crypto';
import { p95 } from './figures';
import type { Installation } from './installation';
import { fillDealer, invented } from './large-customers';
import type { LatencyLine } from './large-report';

export interface LargeSearchOptions {
  installation: Pick<Installation, 'dealerId' | 'run'>;
  databaseUrl: string;
  customers: number;
  /** Questions of each kind. */
  questions: number;
  say: (line: string) => void;
}

const PAGE = 50;
/** One search of each kind by the number of a customer. */
const SEARCHES: Record<string, (number: number) => string> = {
  'given name and surname': (number) => {
    const { givenNames, surname } = invented(number).record;
    return `${givenNames} ${surname}`;
  },
  'common surname': (number) => ['yılmaz', 'KAYA', 'demir', 'şahin'][number % 4] ?? '',
  'common given name': (number) => ['zeynep', 'ayşe', 'MEHMET', 'fatma'][number % 4] ?? '',
  'two letters': (number) => ['ay', 'yı', 'me', 'şa'][number % 4] ?? '',
  phone: (number) => invented(number).record.phone,
  'beginning of a phone': (number) => invented(number).record.phone.slice(0, 8),
  code: (number) => invented(number).code,
  'identity number': (number) => invented(number).record.tckn,
};

/**
 * Search and duplicate check among many customers, as the application's role under row security, against plain SQL of the
 * table owner with a dealer filter: one question each in turn, so that both see the same machine.
 */
export async function benchLargeSearch(options: LargeSearchOptions): Promise<LatencyLine[]> {
  const { installation, databaseUrl, customers, say } = options;
  const key = await installation.run(dealerKey);
  say(`Customers: writing ${customers} …`);
  // The same people are a neighbour's customers too: the tables hold several dealers.
  await fillDealer(
    databaseUrl,
    { id: await neighbour(databaseUrl), key: newKey() },
    customers / 10,
    () => undefined,
  );
  await fillDealer(databaseUrl, { id: installation.dealerId, key }, customers, say);
  const bare = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await bare.connect();
  try {
    // What the application does per question too, so that the difference is row security and our code alone.
    await bare.query('set role sicil_owner');
    const lines: LatencyLine[] = [];
    for (const [what, queryOf] of Object.entries(SEARCHES)) {
      const line = await duel(
        options,
        `search: ${what}`,
        async (number) =>
          (await installation.run((tx) => listCustomers(tx, { q: queryOf(number), limit: PAGE }))).data
            .length,
        (number) => plainSearch(bare, installation.dealerId, queryTerms(key, queryOf(number))),
      );
      lines.push({ ...line, limit: { factor: 2, plusMs: 5 } });
      say(`Search by ${what}: p95 ${line.product.toFixed(1)} ms against ${line.bare.toFixed(1)} ms`);
    }
    lines.push(...(await duplicates(options, bare, key)));
    return lines;
  } finally {
    await bare.end();
  }
}

/** Another dealer, of whom nothing but an id is wanted. */
async function neighbour(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ id: string }>(
      `insert into dealers select (jsonb_populate_record(d, jsonb_build_object('id', gen_random_uuid(), 'code', 'komsu'))).*
       from dealers d limit 1 returning id`,
    );
    return rows[0]?.id ?? '';
  } finally {
    await client.end();
  }
}

async function duplicates(options: LargeSearchOptions, bare: Client, key: Buffer): Promise<LatencyLine[]> {
  const { installation, say } = options;
  // Somebody on file, typed once more with another phone: found by number, paper, name and birth date.
  const again = (number: number) => ({ ...invented(number).record, phone: '0533 000 00 00' });
  const wanted = (number: number) =>
    blindIndexes(key, again(number))
      .filter(({ field }) => field !== 'address')
      .map((index) => ({ ...index, subject: 0, self: null }));
  const query = await duel(
    options,
    'duplicate check: its queries',
    (number) =>
      installation.run(async (tx) => {
        const found = await findSharing(tx, wanted(number));
        return (await getCustomers(tx, [...new Set(found.map(({ customerId }) => customerId))])).length;
      }),
    (number) => plainDuplicates(bare, installation.dealerId, wanted(number)),
  );
  const whole = await duel(
    options,
    'duplicate check: whole',
    (number) =>
      installation.run(async (tx) => {
        const [found] = await findDuplicates(tx, [{ type: 'natural_person_tr', record: again(number) }]);
        return found?.candidates.length ?? 0;
      }),
    (number) => plainDuplicates(bare, installation.dealerId, wanted(number)),
  );
  say(`Duplicate check: p95 ${whole.product.toFixed(1)} ms against ${whole.bare.toFixed(1)} ms`);
  return [
    { ...query, limit: { factor: 2, plusMs: 0 } },
    { ...whole, limit: { atMostMs: 50 } },
  ];
}

/** p95 of both in turn. Throws where either finds nothing: a fast wrong answer is no answer. */
async function duel(
  { customers, questions }: LargeSearchOptions,
  what: string,
  product: (number: number) => Promise<number>,
  bare: (number: number) => Promise<number>,
): Promise<Omit<LatencyLine, 'limit'>> {
  const [productTimes, bareTimes]: [number[], number[]] = [[], []];
  const warmUp = Math.ceil(questions / 10);
  for (let round = -warmUp; round < questions; round += 1) {
    const number = Math.abs((round * 104_729 + 17) % customers);
    for (const [times, ask] of [
      [productTimes, product],
      [bareTimes, bare],
    ] as const) {
      const began = performance.now();
      const found = await ask(number);
      const took = performance.now() - began;
      if (found === 0) throw new Error(`${what} found nobody for ${number}`);
      if (round >= 0) times.push(took);
    }
  }
  return { what, questions, product: p95(productTimes), bare: p95(bareTimes) };
}

/** What one would write by hand: each word by the index of terms, the page in list order. In a transaction, like ours. */
async function plainSearch(client: Client, dealerId: string, words: string[][]): Promise<number> {
  const values: unknown[] = [dealerId];
  const place = (value: unknown) => `$${values.push(value)}`;
  const conditions = words.map((word) => {
    const whole = word.filter((term) => term.endsWith('=')).map((term) => term.slice(0, -1));
    const ranges = word
      .filter((term) => !term.endsWith('='))
      .map((term) => `term >= ${place(term)} and term < ${place(`${term}\u{10FFFF}`)}`);
    const parts = whole.length > 0 ? [`term = any(${place(whole)}::text[])`, ...ranges] : ranges;
    return `id in (${parts.map((part) => `select customer_id from customer_search_terms where dealer_id = $1 and ${part}`).join(' union all ')})`;
  });
  const sql = `select id, code, display_name, type, trigger, status, risk, completeness, missing, next_review_on, province, branch_id, created_at
    from customers where dealer_id = $1 and ${conditions.join(' and ')}
    order by display_name collate "tr-x-icu", id limit ${PAGE + 1}`;
  return inTransaction(client, async () => (await client.query(sql, values)).rows.length);
}

async function plainDuplicates(
  client: Client,
  dealerId: string,
  wanted: readonly { field: SharedField; digest: Buffer }[],
): Promise<number> {
  return inTransaction(client, async () => {
    const found = await client.query<{ customer_id: string }>(
      `select distinct i.customer_id from unnest($2::text[], $3::bytea[]) k(field, digest)
       join customer_blind_indexes i on i.dealer_id = $1 and i.field = k.field and i.digest = k.digest`,
      [dealerId, wanted.map(({ field }) => field), wanted.map(({ digest }) => digest)],
    );
    const ids = found.rows.map((row) => row.customer_id);
    return (
      await client.query(
        'select * from customers where dealer_id = $1 and id = any($2::uuid[]) order by code',
        [dealerId, ids],
      )
    ).rows.length;
  });
}

async function inTransaction(client: Client, work: () => Promise<number>): Promise<number> {
  await client.query('begin');
  const answer = await work();
  await client.query('commit');
  return answer;
}
