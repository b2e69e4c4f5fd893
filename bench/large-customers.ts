import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { clearColumns } from '../operations/clear-columns';
import { sealRecord } from '../operations/record-envelope';
import { blindIndexes, searchTerms } from '../operations/search-terms';
import { newKey, seal } from '../stores/crypto';

/** Customers of the bench, made by number: the same number gives the same person at every dealer and in every run. */
export interface Invented {
  code: string;
  record: Record<string, unknown> & {
    givenNames: string;
    surname: string;
    birthDate: string;
    tckn: string;
    phone: string;
  };
}

const GIVEN =
  'Ayşe Fatma Mehmet Mustafa Zeynep Ahmet Emine Ali Hatice Hüseyin Elif Hasan İbrahim Meryem İsmail Şerife Osman Yusuf Zehra Murat Sultan Ömer Hanife Ramazan Merve Halil Havva Süleyman Özlem Aysel'.split(
    ' ',
  );
const SURNAMES =
  'Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan Şimşek Polat Korkmaz Çakır Erdoğan Güneş Işık Ünal Tekin Avcı Gündüz'.split(
    ' ',
  );
const SYLLABLES =
  'al bay can dem er fer gül han ış kay lâ mer nur öz pek rüy sel tan ün ye zey çağ şen bil'.split(' ');

/** Few names are borne by many, many by few: index squared leans to the front of the list. */
function lean(names: readonly string[], number: number): string {
  const share = (number % 9_973) / 9_973;
  return names[Math.floor(share * share * names.length)] ?? '';
}

function rareName(number: number): string {
  const parts = [number % 23, Math.floor(number / 23) % 23, Math.floor(number / 529) % 5].map(
    (at) => SYLLABLES[at] ?? '',
  );
  const name = parts.join('');
  return name.charAt(0).toLocaleUpperCase('tr-TR') + name.slice(1);
}

export function invented(number: number): Invented {
  const mixed = (number * 2_654_435_761) % 4_294_967_296;
  const first = mixed % 3 === 0 ? rareName(mixed >>> 3) : lean(GIVEN, mixed);
  const givenNames = mixed % 5 === 0 ? `${first} ${lean(GIVEN, mixed >>> 7)}` : first;
  const surname = mixed % 4 === 0 ? rareName(mixed >>> 5) : lean(SURNAMES, mixed >>> 4);
  const day = new Date(Date.UTC(1945, 0, 1) + (mixed % 22_000) * 86_400_000);
  return {
    code: `KYM-2026-${String(number + 1).padStart(7, '0')}`,
    record: {
      givenNames,
      surname,
      birthDate: day.toISOString().slice(0, 10),
      // Not checked by anybody here: eleven digits that differ.
      tckn: String(10_000_000_000 + ((number * 7_919) % 80_000_000_000)),
      phone: `0532 ${String(100 + (number % 900))} ${String(Math.floor(number / 900) % 10_000).padStart(4, '0')}`,
      idDocument: {
        type: 'identity_card',
        number: `A${String(number).padStart(8, '0')}`,
        issuingCountry: 'TUR',
      },
      address: {
        country: 'TUR',
        province: 'İstanbul',
        district: 'Fatih',
        line: `Deneme Sokak No ${number % 50_000}`,
      },
    },
  };
}

const PORTION = 2_000;

/**
 * Fills a dealer with so many customers as a creation would have written them: sealed records, search terms, fingerprints.
 * By plain inserts of a superuser with triggers off: what is measured afterwards is reading.
 */
export async function fillDealer(
  databaseUrl: string,
  dealer: { id: string; key: Buffer },
  count: number,
  say: (line: string) => void,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query('set synchronous_commit = off');
    await client.query("set maintenance_work_mem = '256MB'");
    const indexes = await dropIndexes(client);
    const began = Date.now();
    let written = Promise.resolve();
    for (let from = 0; from < count; from += PORTION) {
      const until = Math.min(count, from + PORTION);
      const numbers = Array.from({ length: until - from }, (_, index) => from + index);
      // The next portion is made up while Postgres writes this one.
      const portion = makePortion(dealer, numbers);
      await written;
      written = insertPortion(client, dealer.id, portion);
      if (until % 50_000 === 0)
        say(`Customers: ${until} of ${count} after ${((Date.now() - began) / 1000).toFixed(0)} s`);
    }
    await written;
    say('Customers: indexing and vacuuming …');
    for (const definition of indexes) await client.query(definition);
    for (const table of TABLES) await client.query(`vacuum (analyze) ${table}`);
  } finally {
    await client.end();
  }
}

const TABLES = ['customers', 'customer_search_terms', 'customer_blind_indexes'];

/** Drops what no constraint needs, for the time of writing, and answers with how to make it again. */
async function dropIndexes(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `select c.relname as name, pg_get_indexdef(i.indexrelid) as definition
     from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indrelid = any($1::regclass[]) and not i.indisunique`,
    [TABLES],
  );
  for (const { name } of rows) await client.query(`drop index "${name}"`);
  return rows.map(({ definition }) => definition);
}

interface Portion {
  customers: unknown[][];
  terms: [string, string, string | null][];
  digests: [string, string, Buffer][];
}

function makePortion(dealer: { id: string; key: Buffer }, numbers: readonly number[]): Portion {
  const customers: unknown[][] = [];
  const terms: [string, string, string | null][] = [];
  const digests: [string, string, Buffer][] = [];
  for (const number of numbers) {
    const { code, record } = invented(number);
    const id = uuidv7();
    const key = newKey();
    const { displayName, foldKey, province } = clearColumns(record);
    const wrapped = seal(dealer.key, key, `customers|${id}|wrapped_key`);
    customers.push([id, code, sealRecord(key, id, 1, record), wrapped, displayName, foldKey, province]);
    for (const term of searchTerms(dealer.key, code, displayName, record))
      terms.push([id, term, term.startsWith('~') ? null : displayName.slice(0, 64)]);
    for (const { field, digest } of blindIndexes(dealer.key, record)) digests.push([id, field, digest]);
  }
  return { customers, terms, digests };
}

async function insertPortion(
  client: Client,
  dealerId: string,
  { customers, terms, digests }: Portion,
): Promise<void> {
  await insertColumns(
    client,
    `insert into customers (dealer_id, id, code, type, trigger, status, completeness, created_at, updated_at, envelope, wrapped_key, display_name, fold_key, province)
     select $1, id, code, 'natural_person_tr', 'continuous', 'active', 100, now(), now(), envelope, wrapped, name, fold, province
     from unnest($2::uuid[], $3::text[], $4::bytea[], $5::bytea[], $6::text[], $7::text[], $8::text[])
       as r(id, code, envelope, wrapped, name, fold, province)`,
    dealerId,
    customers,
  );
  await insertColumns(
    client,
    `insert into customer_search_terms (dealer_id, customer_id, term, sort_name)
     select $1, * from unnest($2::uuid[], $3::text[], $4::text[])`,
    dealerId,
    terms,
  );
  await insertColumns(
    client,
    `insert into customer_blind_indexes (dealer_id, customer_id, field, digest)
     select $1, * from unnest($2::uuid[], $3::text[], $4::bytea[])`,
    dealerId,
    digests,
  );
}

/** One array a column: the fastest plain insert that the driver offers. */
async function insertColumns(
  client: Client,
  sql: string,
  dealerId: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));
  await client.query(sql, [dealerId, ...columns]);
}
