import { cpus } from 'node:os';
import { join } from 'node:path';

import { benchExporting } from './exporting';
import { benchImporting } from './importing';
import type { Installation } from './installation';
import type { LatencyLine } from './large-report';
import type { BenchName, BenchOptions } from './main';
import { benchOnboarding } from './onboarding';
import { benchPackaging } from './packaging';
import { benchPrinting } from './printing';
import { benchReading } from './reading';
import type { Bench, Memory } from './report';
import { benchSingleFile } from './single-file';
import { sizesOf, type Sizes } from './sizes';

/** The product as it runs. */
export interface Running {
  env: NodeJS.ProcessEnv;
  apiAddress: string;
  pids: { postgres: number; temporal: number; worker: number; api: number };
}

/** What the competitions came to. */
export interface Outcome {
  benches: Bench[];
  memory: Memory[];
  latencies: LatencyLine[];
}

const ROUNDS = 3;
const TABS = 2;
const SHEET_MEGABYTES_MAX = 300;
const PACKAGE_WORKER_MEGABYTES_MAX = 512;
const PACKAGE_CHROMIUM_MEGABYTES_MAX = 700;
/** Files that a package may need beyond its ZIP, as a multiple of it. */
const PACKAGE_DISK_MAX = 1.2;

interface Hall extends Running {
  options: BenchOptions;
  sizes: Sizes;
  /** What every bench is given. */
  common: {
    installation: Installation;
    env: NodeJS.ProcessEnv;
    rounds: number;
    say: (line: string) => void;
    logFile: string;
  };
}

/** Lets the chosen parts of the running product compete, one after the other. */
export async function compete(
  options: BenchOptions,
  installation: Installation,
  running: Running,
): Promise<Outcome> {
  const { env } = running;
  const logFile = join(options.folder, 'logs', 'bench.log');
  const common = { installation, env, rounds: ROUNDS, say: options.say, logFile };
  const hall: Hall = { ...running, options, sizes: sizesOf(options), common };
  const outcome: Outcome = { benches: [], memory: [], latencies: [] };
  for (const [name, competition] of COMPETITIONS) {
    if (!options.only.includes(name)) continue;
    const { benches = [], memory = [], latencies = [] } = await competition(hall);
    outcome.benches.push(...benches);
    outcome.memory.push(...memory);
    outcome.latencies.push(...latencies);
  }
  return outcome;
}

type Competition = (hall: Hall) => Promise<Partial<Outcome>>;

async function onboarding({ common, options, pids, sizes }: Hall): Promise<Partial<Outcome>> {
  const { customers } = sizes;
  const { shape, ...duel } = await benchOnboarding({
    ...common,
    temporal: options.temporal,
    roots: { postgres: pids.postgres, temporal: pids.temporal, worker: pids.worker },
    customers,
  });
  const notes = [
    `${customers} customers a round; each is ${shape.workflows} workflows, ${shape.local} local and ${shape.remote} regular activities, read from the history of a run. Register off, no mail to officers; "bench" submits and wakes, as the API does.`,
  ];
  return { benches: [{ title: 'onboarding', unit: 'cases', target: 0.5, duel, notes }] };
}

async function printing({ common, options, sizes: { documents } }: Hall): Promise<Partial<Outcome>> {
  const { pagesPerDocument, printerMegabytes, ...duel } = await benchPrinting({
    ...common,
    chromium: options.chromium,
    tabs: TABS,
    documents,
  });
  const notes = [`${documents} files of ${pagesPerDocument} pages a round, ${TABS} tabs.`];
  return {
    benches: [{ title: 'printing', unit: 'pages', target: 0.8, duel, notes }],
    memory: [{ name: 'printer (part of the worker)', megabytes: printerMegabytes }],
  };
}

async function reading({ common, apiAddress, pids, sizes }: Hall): Promise<Partial<Outcome>> {
  const { connections, seconds } = sizes;
  const duel = await benchReading({
    ...common,
    apiAddress,
    roots: { postgres: pids.postgres, api: pids.api },
    connections,
    seconds,
  });
  const notes = [`${connections} connections, ${seconds} s a round, one customer.`];
  return { benches: [{ title: 'reading', unit: 'requests', target: 0.6, duel, notes }] };
}

async function importing({ common, options, pids, sizes: { imported } }: Hall): Promise<Partial<Outcome>> {
  const { rowsPerCustomer, ...duel } = await benchImporting({
    ...common,
    databaseUrl: options.databaseUrl,
    folder: options.folder,
    customers: imported,
    roots: { postgres: pids.postgres },
  });
  const notes = [
    `${imported} customers a round, ${rowsPerCustomer.toFixed(0)} rows of all tables each; the file is read twice, judged twice and compared for duplicates, and rests between batches of records; bare are multi-row INSERTs of the same rows.`,
  ];
  return { benches: [{ title: 'importing', unit: 'customers', target: 0.15, duel, notes }] };
}

async function exporting({ common, sizes: { exported } }: Hall): Promise<Partial<Outcome>> {
  const { quickMegabytes, slowMegabytes, ...duel } = await benchExporting({ ...common, rows: exported });
  const notes = [`${exported} rows of 20 columns; bare is the stream of exceljs.`];
  return {
    benches: [{ title: 'exporting', unit: 'rows', target: 0.5, duel, notes }],
    memory: [
      { name: 'sheet writer', megabytes: quickMegabytes, limit: SHEET_MEGABYTES_MAX },
      { name: 'sheet writer, slow reader', megabytes: slowMegabytes, limit: SHEET_MEGABYTES_MAX },
    ],
  };
}

async function single({ common, options, apiAddress, sizes }: Hall): Promise<Partial<Outcome>> {
  const { chromium, folder } = options;
  return {
    latencies: await benchSingleFile({ ...common, apiAddress, chromium, folder, files: sizes.singles }),
  };
}

async function packaging({ common, options, apiAddress, pids, sizes }: Hall): Promise<Partial<Outcome>> {
  const result = await benchPackaging({
    ...common,
    apiAddress,
    pids,
    folder: options.folder,
    // As many as the worker has.
    tabs: cpus().length,
    customers: sizes.packaged,
    large: sizes.packagedLarge,
    rounds: sizes.packages,
  });
  const { footprint, notes } = result;
  const benches: Bench[] = [
    { title: 'packaging', unit: 'pages', target: 0.6, duel: result.packaging, notes },
    { title: 'verifying', unit: 'MB', target: 0.7, duel: result.verifying, notes: [] },
  ];
  if (result.large !== undefined) {
    const ofLarge = ['“bare” is the smaller package, made by the product.'];
    benches.push({ title: 'large package', unit: 'pages', target: 0.85, duel: result.large, notes: ofLarge });
  }
  return {
    benches,
    memory: [
      limited('worker while packaging', footprint.workerMegabytes, PACKAGE_WORKER_MEGABYTES_MAX),
      limited('Chromium while packaging', footprint.chromiumMegabytes, PACKAGE_CHROMIUM_MEGABYTES_MAX),
      limited(
        'files written for a package',
        footprint.diskMegabytes,
        Math.round(PACKAGE_DISK_MAX * footprint.zipMegabytes),
      ),
    ],
  };
}

function limited(name: string, megabytes: number | undefined, limit: number): Memory {
  return { name, megabytes, limit };
}

/** In this order; packages last, because they count the worker's memory anew. */
const COMPETITIONS: readonly (readonly [BenchName, Competition])[] = [
  ['onboarding', onboarding],
  ['printing', printing],
  ['reading', reading],
  ['importing', importing],
  ['exporting', exporting],
  ['single', single],
  ['packaging', packaging],
];
