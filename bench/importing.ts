import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { join } from 'node:path';

import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';

import { createImportActivities, createImportSteps } from '../activities/imports';
import { systemClock } from '../clock';
import { takeSheets } from '../operations/import-upload';
import { importFileKey, readImport, registerImport } from '../operations/imports';
import { folderStore } from '../stores/files';
import { createWorkbookWriter } from '../stores/xlsx';
import type { Duel, Round } from './figures';
import type { Installation } from './installation';
import { invented } from './large-customers';
import { cpuOf, spent } from './process-cost';

export interface ImportingOptions {
  installation: Installation;
  databaseUrl: string;
  folder: string;
  /** Customers of one file. */
  customers: number;
  rounds: number;
  roots: { postgres: number };
  say: (line: string) => void;
}

export interface ImportingResult extends Duel {
  /** Rows of all tables that one customer brings. */
  rowsPerCustomer: number;
}

/** From an uploaded file to records, both passes, against bare multi-row INSERTs of the very rows that this made. */
export async function benchImporting(options: ImportingOptions): Promise<ImportingResult> {
  const { say, rounds } = options;
  const bare = new Client({ connectionString: options.databaseUrl, connectionTimeoutMillis: 10_000 });
  await bare.connect();
  try {
    const duel: { product: Round[]; bare: Round[] } = { product: [], bare: [] };
    let rowsPerCustomer = 0;
    await importOnce(options, 0, 200);
    for (let round = 1; round <= rounds; round += 1) {
      const imported = await importOnce(options, round, options.customers);
      const tables = await rowsOf(bare, imported.importId);
      const inserted = await insertBare(bare, tables, options);
      rowsPerCustomer = tables.reduce((sum, { rows }) => sum + rows.length, 0) / options.customers;
      duel.product.push(imported.round);
      duel.bare.push(inserted);
      say(
        `Importing: round ${round} of ${rounds}: ${speed(imported.round)} against ${speed(inserted)} customers/s`,
      );
    }
    return { ...duel, rowsPerCustomer };
  } finally {
    await bare.end();
  }
}

const speed = ({ units, seconds }: Round) => (units / seconds).toFixed(0);

const HEADINGS = [
  'tip',
  'tetik',
  'unvan_ad',
  'soyad',
  'tckn_vkn_ykn',
  'dogum_tarihi',
  'uyruk',
  'il',
  'ilce',
  'adres',
  'telefon',
];

/** A file of people nobody else in the bench is. */
async function fileOf(round: number, customers: number): Promise<Buffer> {
  const rows = Array.from({ length: customers }, (_, index) => {
    const { record } = invented(2_000_000 + round * 100_000 + index);
    const { givenNames, surname, tckn, birthDate, phone } = record;
    const place = ['İstanbul', 'Fatih', `Deneme Mahallesi Ölçüm Sokak No ${round}/${index}`];
    return [
      'natural_person_tr',
      'continuous',
      givenNames,
      surname,
      tckn,
      birthDate.split('-').reverse().join('.'),
      'TUR',
      ...place,
      phone,
    ];
  });
  const out = new PassThrough();
  const columns = HEADINGS.map((heading) => ({ heading, kind: 'text' as const }));
  const [file] = await Promise.all([
    buffer(out),
    createWorkbookWriter().write(
      [{ name: 'Musteriler', columns, rows }],
      { title: 'x', asOf: '2026-11-22T09:00:00Z' },
      out,
    ),
  ]);
  return file;
}

async function importOnce(
  { installation, folder, roots }: ImportingOptions,
  round: number,
  customers: number,
): Promise<{ importId: string; round: Round }> {
  const { knex, keys, dealerId, run } = installation;
  const files = folderStore(join(folder, 'files'));
  const database = { knex, keys, clock: systemClock() };
  const steps = createImportSteps(database);
  const activities = createImportActivities({ database, files, heartbeat: () => undefined });
  const file = await fileOf(round, customers);
  const before = cpuOf({ node: process.pid, postgres: roots.postgres });
  const started = performance.now();
  const id = uuidv7();
  const key = await run(importFileKey);
  const taken = await takeSheets(files, key, piecesOf(file), id);
  const stored = { ...taken, id, fileName: 'bench.xlsx' };
  await run((tx) => registerImport(tx, { stored, dryRun: false, language: 'tr' }));
  const ref = { dealerId, importId: id };
  for (let next = await steps.lookAtImport(ref); next.do !== 'rest'; next = await steps.lookAtImport(ref)) {
    if (next.do === 'check') await activities.checkImport(ref);
    else if (next.do === 'commit') await activities.commitImport(ref);
    else break;
  }
  const seconds = (performance.now() - started) / 1000;
  const cpu = spent(before, cpuOf({ node: process.pid, postgres: roots.postgres }));
  const { status, counts } = await run((tx) => readImport(tx, id));
  if (status !== 'done' || counts.created !== customers) {
    throw new Error(`The import is ${status}: ${JSON.stringify(counts)}`);
  }
  return { importId: id, round: { units: customers, seconds, cpu } };
}

async function* piecesOf(file: Buffer): AsyncGenerator<Buffer> {
  yield file;
}

interface TableRows {
  table: string;
  columns: string[];
  rows: unknown[][];
}

/** Everything that an import wrote, table by table. */
async function rowsOf(bare: Client, importId: string): Promise<TableRows[]> {
  const ids = 'select customer_id from import_rows where import_id = $1 and customer_id is not null';
  const conditions = new Map([
    ['customers', `id in (${ids})`],
    ['audit_log', `chain_id in (${ids})`],
    ['chain_heads', `chain_id in (${ids})`],
    ['import_rows', 'import_id = $1'],
  ]);
  const { rows: named } = await bare.query<{ table_name: string }>(
    "select table_name from information_schema.columns join information_schema.tables using (table_schema, table_name) where table_schema = 'public' and column_name = 'customer_id' and table_type = 'BASE TABLE'",
  );
  for (const { table_name: table } of named) {
    if (!conditions.has(table)) conditions.set(table, `customer_id in (${ids})`);
  }
  const tables: TableRows[] = [];
  for (const [table, condition] of conditions) {
    const { rows } = await bare.query<Record<string, unknown>>(`select * from ${table} where ${condition}`, [
      importId,
    ]);
    if (rows.length === 0) continue;
    const json = await jsonColumns(bare, table);
    const columns = Object.keys(rows[0] ?? {});
    const plain = (row: Record<string, unknown>) =>
      columns.map((column) => (json.has(column) ? JSON.stringify(row[column]) : row[column]));
    tables.push({ table, columns, rows: rows.map(plain) });
  }
  return tables;
}

async function jsonColumns(bare: Client, table: string): Promise<Set<string>> {
  const { rows } = await bare.query<{ column_name: string }>(
    "select column_name from information_schema.columns where table_schema = 'public' and table_name = $1 and data_type in ('json', 'jsonb')",
    [table],
  );
  return new Set(rows.map((row) => row.column_name));
}

const INSERT_ROWS = 1_000;

/** The same rows into tables with the same columns and indexes, a thousand at a time, without rules, keys of others or locks. */
async function insertBare(
  bare: Client,
  tables: readonly TableRows[],
  options: ImportingOptions,
): Promise<Round> {
  await bare.query('drop schema if exists bare cascade; create schema bare');
  for (const { table } of tables) {
    await bare.query(
      `create table bare.${table} (like public.${table} including indexes including defaults)`,
    );
  }
  const roots = { node: process.pid, postgres: options.roots.postgres };
  const before = cpuOf(roots);
  const started = performance.now();
  for (const { table, columns, rows } of tables) {
    for (let from = 0; from < rows.length; from += INSERT_ROWS) {
      const portion = rows.slice(from, from + INSERT_ROWS);
      let place = 0;
      const values = portion.map((row) => `(${row.map(() => `$${(place += 1)}`).join(',')})`);
      const names = columns.map((column) => `"${column}"`).join(',');
      await bare.query(`insert into bare.${table} (${names}) values ${values.join(',')}`, portion.flat());
    }
  }
  const seconds = (performance.now() - started) / 1000;
  return { units: options.customers, seconds, cpu: spent(before, cpuOf(roots)) };
}
