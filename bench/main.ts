import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startContestant } from './contestants';
import { benchExporting } from './exporting';
import { benchImporting } from './importing';
import { openInstallation, type Installation } from './installation';
import { holds, latencyTable, type LatencyLine } from './large-report';
import { benchLargeSearch } from './large-search';
import { benchOnboarding } from './onboarding';
import { benchPrinting } from './printing';
import { peakMegabytes } from './process-cost';
import { benchReading } from './reading';
import { missed, report, type Bench, type Memory } from './report';

export const BENCHES = ['onboarding', 'printing', 'reading', 'search', 'importing', 'exporting'] as const;
export type BenchName = (typeof BENCHES)[number];

/** What scripts/bench.mjs has started and chosen. */
export interface BenchOptions {
  databaseUrl: string;
  temporal: { address: string; namespace: string };
  chromium: string;
  /** Process ids of the two servers. */
  pids: { postgres: number; temporal: number };
  apiPort: number;
  /** What npm start sets for the product's processes besides their configuration. */
  settings: Record<string, string>;
  /** Temporary; holds keys, files and logs. */
  folder: string;
  quick: boolean;
  /** A million customers. */
  large: boolean;
  only: readonly BenchName[];
  say: (line: string) => void;
}

const ROUNDS = 3;
const TABS = 2;
const MEGABYTES_MAX = 400;
const SHEET_MEGABYTES_MAX = 300;
const READY_MS = 60_000;

interface Sizes {
  customers: number;
  documents: number;
  connections: number;
  seconds: number;
  /** Customers to search in, and questions of each kind. */
  searched: number;
  questions: number;
  /** Customers of one file, and rows of one sheet. */
  imported: number;
  exported: number;
}

const FULL: Sizes = {
  customers: 500,
  documents: 100,
  connections: 20,
  seconds: 10,
  searched: 50_000,
  questions: 200,
  imported: 2_000,
  exported: 200_000,
};
const QUICK: Sizes = {
  customers: 60,
  documents: 20,
  connections: 20,
  seconds: 2,
  searched: 10_000,
  questions: 50,
  imported: 500,
  exported: 20_000,
};
const LARGE: Sizes = { ...FULL, searched: 1_000_000, questions: 400, imported: 20_000, exported: 1_000_000 };

/**
 * Runs the product's worker and API over a fresh database, lets each part compete with its bare counterpart and answers
 * with the printed tables and the number of targets that were missed. Whatever was started here has ended afterwards.
 */
export async function runBench(options: BenchOptions): Promise<{ text: string; missed: number }> {
  const { folder, say } = options;
  const installation = await openInstallation(options.databaseUrl, folder);
  const latencies = await benchData(options, installation);
  if (!options.only.some((name) => !DATA_BENCHES.includes(name))) {
    await installation.close();
    return { text: latencyTable(latencies), missed: latencies.filter((line) => !holds(line)).length };
  }
  const env = productEnvironment(options, installation);
  const worker = startContestant('workers/main.js', { env, logFile: join(folder, 'logs', 'worker.log') });
  const api = startContestant('api/main.js', { env, logFile: join(folder, 'logs', 'api.log') });
  try {
    const apiAddress = `http://127.0.0.1:${options.apiPort}`;
    say('Starting the product’s worker and API …');
    await untilReady(`${apiAddress}/readyz`, () => worker.hasEnded() || api.hasEnded());
    const pids = { ...options.pids, worker: worker.pid, api: api.pid };
    const { benches, memory } = await compete(options, installation, { env, apiAddress, pids });
    memory.unshift(
      { name: 'worker', megabytes: peakMegabytes(worker.pid), limit: MEGABYTES_MAX },
      { name: 'api', megabytes: peakMegabytes(api.pid), limit: MEGABYTES_MAX },
    );
    const text = [report(benches, memory), latencyTable(latencies)]
      .filter((part) => part !== '')
      .join('\n\n');
    return { text, missed: missed(benches, memory) + latencies.filter((line) => !holds(line)).length };
  } finally {
    await Promise.all([worker.stop(), api.stop()]);
    await installation.close();
  }
}

/** Benches that need the database only: they run before the product's processes start. */
const DATA_BENCHES: readonly BenchName[] = ['search'];

async function benchData(options: BenchOptions, installation: Installation): Promise<LatencyLine[]> {
  if (!options.only.includes('search')) return [];
  const { databaseUrl, say } = options;
  const { searched: customers, questions } = sizesOf(options);
  return benchLargeSearch({ installation, databaseUrl, customers, questions, say });
}

function sizesOf({ quick, large }: BenchOptions): Sizes {
  if (large) return LARGE;
  return quick ? QUICK : FULL;
}

interface Running {
  env: NodeJS.ProcessEnv;
  apiAddress: string;
  pids: { postgres: number; temporal: number; worker: number; api: number };
}

async function compete(
  options: BenchOptions,
  installation: Installation,
  { env, apiAddress, pids }: Running,
): Promise<{ benches: Bench[]; memory: Memory[] }> {
  const { say, temporal } = options;
  const sizes = sizesOf(options);
  const benches: Bench[] = [];
  const memory: Memory[] = [];
  const common = {
    installation,
    env,
    rounds: ROUNDS,
    say,
    logFile: join(options.folder, 'logs', 'bench.log'),
  };
  const wanted = (name: BenchName) => options.only.includes(name);
  if (wanted('onboarding')) {
    const { shape, ...duel } = await benchOnboarding({
      ...common,
      temporal,
      roots: { postgres: pids.postgres, temporal: pids.temporal, worker: pids.worker },
      customers: sizes.customers,
    });
    const notes = [
      `${sizes.customers} customers a round; each is ${shape.workflows} workflows, ${shape.local} local and ${shape.remote} regular activities, read from the history of a run. Register off, no mail to officers; "bench" submits and wakes, as the API does.`,
    ];
    benches.push({ title: 'onboarding', unit: 'cases', target: 0.5, duel, notes });
  }
  if (wanted('printing')) {
    const { pagesPerDocument, printerMegabytes, ...duel } = await benchPrinting({
      ...common,
      chromium: options.chromium,
      tabs: TABS,
      documents: sizes.documents,
    });
    const notes = [`${sizes.documents} files of ${pagesPerDocument} pages a round, ${TABS} tabs.`];
    benches.push({ title: 'printing', unit: 'pages', target: 0.8, duel, notes });
    memory.push({ name: 'printer (part of the worker)', megabytes: printerMegabytes });
  }
  if (wanted('reading')) {
    const duel = await benchReading({
      ...common,
      apiAddress,
      roots: { postgres: pids.postgres, api: pids.api },
      connections: sizes.connections,
      seconds: sizes.seconds,
    });
    const notes = [`${sizes.connections} connections, ${sizes.seconds} s a round, one customer.`];
    benches.push({ title: 'reading', unit: 'requests', target: 0.6, duel, notes });
  }
  if (wanted('importing')) {
    const { rowsPerCustomer, ...duel } = await benchImporting({
      ...common,
      databaseUrl: options.databaseUrl,
      folder: options.folder,
      customers: sizes.imported,
      roots: { postgres: pids.postgres },
    });
    const notes = [
      `${sizes.imported} customers a round, ${rowsPerCustomer.toFixed(0)} rows of all tables each; the file is read twice, judged twice and compared for duplicates, and rests between batches of records; bare are multi-row INSERTs of the same rows.`,
    ];
    benches.push({ title: 'importing', unit: 'customers', target: 0.15, duel, notes });
  }
  if (wanted('exporting')) {
    const { quickMegabytes, slowMegabytes, ...duel } = await benchExporting({
      ...common,
      rows: sizes.exported,
    });
    const notes = [`${sizes.exported} rows of 20 columns; bare is the stream of exceljs.`];
    benches.push({ title: 'exporting', unit: 'rows', target: 0.5, duel, notes });
    memory.push(
      { name: 'sheet writer', megabytes: quickMegabytes, limit: SHEET_MEGABYTES_MAX },
      { name: 'sheet writer, slow reader', megabytes: slowMegabytes, limit: SHEET_MEGABYTES_MAX },
    );
  }
  return { benches, memory };
}

/** As production sets it, with the register off and no mail server. */
function productEnvironment(options: BenchOptions, installation: Installation): NodeJS.ProcessEnv {
  const { SMTP_URL: _, SICIL_DAY_SECONDS: __, ...base } = process.env;
  return {
    ...base,
    ...options.settings,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(options.apiPort),
    DATABASE_URL: options.databaseUrl,
    TEMPORAL_ADDRESS: options.temporal.address,
    TEMPORAL_NAMESPACE: options.temporal.namespace,
    SICIL_DATA_DIR: options.folder,
    SICIL_MASTER_KEY_FILE: installation.masterKeyFile,
    SICIL_REGISTER: 'off',
    SICIL_EMBEDDED: '0',
    SICIL_CHROMIUM: options.chromium,
  };
}

async function untilReady(url: string, hasFailed: () => boolean): Promise<void> {
  const endsAt = Date.now() + READY_MS;
  let last = 'nothing';
  while (Date.now() < endsAt && !hasFailed()) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(3_000) });
      if (answer.ok) return;
      last = await answer.text();
    } catch {
      // not listening yet
    }
    await pause(100);
  }
  throw new Error(`The product’s worker and API did not become ready; /readyz said: ${last.slice(0, 500)}`);
}
