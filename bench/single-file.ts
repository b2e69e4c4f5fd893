import { performance } from 'node:perf_hooks';
import { join } from 'node:path';

import { printedPage, readForPrint } from '../operations/customer-print';
import { folderStore } from '../stores/files';
import { startContestant, type Contestant } from './contestants';
import { median, p95 } from './figures';
import type { Installation } from './installation';
import type { LatencyLine } from './large-report';

export interface SingleFileOptions {
  installation: Installation;
  /** Environment of the product's processes. */
  env: NodeJS.ProcessEnv;
  /** Where the product's API answers. */
  apiAddress: string;
  chromium: string;
  /** Data folder of the product. */
  folder: string;
  /** Files asked for, one after the other and two at once. */
  files: number;
  logFile: string;
  say: (line: string) => void;
}

const REQUEST = { profile: 'maliye', language: 'tr' } as const;
const ANSWER_MS = 30_000;
/** What the project wants of the product's p95, as a multiple of the bare contestant's median. */
const FACTOR = 3;

/**
 * `GET /api/v1/customers/{id}/file`, everything included from the token to the last byte, against a warm Chromium that
 * prints the same HTML. The two take turns, so that both meet the same machine.
 */
export async function benchSingleFile(options: SingleFileOptions): Promise<LatencyLine[]> {
  const { installation, say } = options;
  const bare = startContestant('bench/print-bare.js', {
    env: { ...options.env, SICIL_CHROMIUM: options.chromium, BENCH_TABS: '1' },
    logFile: options.logFile,
  });
  try {
    const [id = ''] = await installation.addCustomers(1);
    await bare.ask('take', await htmlOf(options, id));
    const ask = () => download(options, id);
    say('Single file: warming up …');
    for (let turn = 0; turn < WARM_UPS; turn += 1) await takeTurns(async () => [await ask()], bare);
    const one = await inTurns(options, bare, 'a file, one after the other', async () => [await ask()]);
    const two = await inTurns(options, bare, 'a file, two at once', () => Promise.all([ask(), ask()]));
    return [one, two];
  } finally {
    await bare.stop();
  }
}

const WARM_UPS = 10;

/** Milliseconds of each answer, and of a bare print beside each turn. */
async function inTurns(
  { files, say }: SingleFileOptions,
  bare: Contestant,
  what: string,
  ask: () => Promise<number[]>,
): Promise<LatencyLine> {
  const [product, alone]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < files; turn += 1) {
    const took = await takeTurns(ask, bare);
    product.push(...took.product);
    alone.push(took.bare);
  }
  const line: LatencyLine = {
    what: `${what} (bare: median)`,
    questions: product.length,
    product: p95(product),
    bare: median(alone),
    limit: { factor: FACTOR, plusMs: 0 },
  };
  const times = (values: readonly number[]) =>
    `${median(values).toFixed(0)} and ${p95(values).toFixed(0)} ms`;
  say(`Single file: ${what}: median and p95 ${times(product)}, bare ${times(alone)}`);
  return line;
}

async function takeTurns(
  ask: () => Promise<number[]>,
  bare: Contestant,
): Promise<{ product: number[]; bare: number }> {
  const product = await ask();
  const began = performance.now();
  const bytes = await bare.ask<number>('print', [0]);
  if (bytes < 1_000) throw new Error('Chromium printed a file that holds nothing');
  return { product, bare: performance.now() - began };
}

/** Milliseconds of one file. Throws where it is no PDF. */
async function download({ apiAddress, installation }: SingleFileOptions, id: string): Promise<number> {
  const began = performance.now();
  const query = new URLSearchParams(REQUEST).toString();
  const answer = await fetch(`${apiAddress}/api/v1/customers/${id}/file?${query}`, {
    headers: { authorization: `Bearer ${installation.token}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const took = performance.now() - began;
  if (answer.status !== 200 || bytes.subarray(0, 5).toString() !== '%PDF-')
    throw new Error(`Asking for a customer's file was answered with ${answer.status}`);
  return took;
}

/** The very page that the product prints, as it stands before the first print is in the history. */
async function htmlOf({ installation, folder }: SingleFileOptions, id: string): Promise<string> {
  const print = await installation.run((tx) => readForPrint(tx, id, REQUEST));
  return printedPage(folderStore(join(folder, 'files')), print);
}
