import { startContestant } from './contestants';
import type { Duel, Round } from './figures';
import { cpuOf, peakMegabytes, spent } from './process-cost';

export interface ExportingOptions {
  env: NodeJS.ProcessEnv;
  rows: number;
  rounds: number;
  logFile: string;
  say: (line: string) => void;
}

export interface ExportingResult extends Duel {
  /** Peak memory of our writer with a reader that cannot keep up, and with one that can. */
  slowMegabytes: number | undefined;
  quickMegabytes: number | undefined;
}

/** Rest after each 64 KB: about a megabyte a second. */
const SLOW_REST_MS = 50;

/** Writing a sheet of twenty columns: our writer against exceljs' stream, each in a process of its own. */
export async function benchExporting(options: ExportingOptions): Promise<ExportingResult> {
  const { say, rows } = options;
  const duel: { product: Round[]; bare: Round[] } = { product: [], bare: [] };
  let quickMegabytes: number | undefined;
  for (let round = 1; round <= options.rounds; round += 1) {
    const ours = await writeOnce(options, 'ours', rows, 0);
    const bare = await writeOnce(options, 'exceljs', rows, 0);
    duel.product.push(ours.round);
    duel.bare.push(bare.round);
    quickMegabytes = Math.max(quickMegabytes ?? 0, ours.megabytes ?? 0);
    say(
      `Exporting: round ${round} of ${options.rounds}: ${speed(ours.round)} against ${speed(bare.round)} rows/s (${figure(ours.megabytes)} against ${figure(bare.megabytes)} MB)`,
    );
  }
  say('Exporting: to a slow reader …');
  const slow = await writeOnce(options, 'ours', rows, SLOW_REST_MS);
  return { ...duel, quickMegabytes, slowMegabytes: slow.megabytes };
}

/** A fresh process for each sheet: peak memory is that of one. */
async function writeOnce(
  { env, logFile }: ExportingOptions,
  writer: 'ours' | 'exceljs',
  rows: number,
  restMs: number,
): Promise<{ round: Round; megabytes: number | undefined }> {
  const contestant = startContestant('bench/sheet-writers.js', { env, logFile });
  try {
    await contestant.ask(writer, { count: 100, restMs: 0 });
    const before = cpuOf({ node: contestant.pid });
    const started = performance.now();
    const bytes = await contestant.ask<number>(writer, { count: rows, restMs });
    const seconds = (performance.now() - started) / 1000;
    if (bytes < rows * 20) throw new Error(`${writer} wrote a sheet that holds nothing`);
    const cpu = spent(before, cpuOf({ node: contestant.pid }));
    return { round: { units: rows, seconds, cpu }, megabytes: peakMegabytes(contestant.pid) };
  } finally {
    await contestant.stop();
  }
}

const speed = ({ units, seconds }: Round) => (units / seconds).toFixed(0);
const figure = (megabytes: number | undefined) => megabytes?.toFixed(0) ?? '?';
