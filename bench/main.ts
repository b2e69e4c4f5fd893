import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { compete, type Outcome } from './compete';
import { startContestant } from './contestants';
import { openInstallation, type Installation } from './installation';
import { holds, latencyTable, type LatencyLine } from './large-report';
import { benchLargeSearch } from './large-search';
import { temporaryFolder } from './package-footprint';
import { peakMegabytes } from './process-cost';
import { missed, report, type Memory } from './report';
import { sizesOf } from './sizes';

/** Named by scripts/bench.mjs, which knows which of them run unless some are chosen. */
export type BenchName =
  'onboarding' | 'printing' | 'reading' | 'search' | 'importing' | 'exporting' | 'single' | 'packaging';

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

const MEGABYTES_MAX = 400;
const READY_MS = 60_000;

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
    const outcome = await compete(options, installation, { env, apiAddress, pids });
    outcome.latencies.unshift(...latencies);
    // Packages have limits of their own, and count anew what the worker has taken at most.
    if (!options.only.includes('packaging')) outcome.memory.unshift(peakOf('worker', worker.pid));
    outcome.memory.unshift(peakOf('api', api.pid));
    return summed(outcome);
  } finally {
    await Promise.all([worker.stop(), api.stop()]);
    await installation.close();
  }
}

function peakOf(name: string, pid: number): Memory {
  return { name, megabytes: peakMegabytes(pid), limit: MEGABYTES_MAX };
}

function summed({ benches, memory, latencies }: Outcome): { text: string; missed: number } {
  const text = [report(benches, memory), latencyTable(latencies)].filter((part) => part !== '').join('\n\n');
  return { text, missed: missed(benches, memory) + latencies.filter((line) => !holds(line)).length };
}

/** Benches that need the database only: they run before the product's processes start. */
const DATA_BENCHES: readonly BenchName[] = ['search'];

async function benchData(options: BenchOptions, installation: Installation): Promise<LatencyLine[]> {
  if (!options.only.includes('search')) return [];
  const { databaseUrl, say } = options;
  const { searched: customers, questions } = sizesOf(options);
  return benchLargeSearch({ installation, databaseUrl, customers, questions, say });
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
    TMPDIR: temporaryFolder(options.folder),
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
