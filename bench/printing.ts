import { startContestant, type Contestant } from './contestants';
import type { Duel, Round } from './figures';
import { cpuOfProgram, peakMegabytes, spent } from './process-cost';

export interface PrintingOptions {
  env: NodeJS.ProcessEnv;
  chromium: string;
  tabs: number;
  documents: number;
  rounds: number;
  logFile: string;
  say: (line: string) => void;
}

export interface PrintingResult extends Duel {
  pagesPerDocument: number;
  /** Peak memory of the program around the printer, which is the worker in production. */
  printerMegabytes: number | undefined;
}

/** Customer files as PDF: template and printer of the product against Chromium alone with the same HTML and tabs. */
export async function benchPrinting(options: PrintingOptions): Promise<PrintingResult> {
  const { say } = options;
  const env = { ...options.env, SICIL_CHROMIUM: options.chromium, BENCH_TABS: String(options.tabs) };
  const start = (script: string) => startContestant(script, { env, logFile: options.logFile });
  const printer = start('bench/print-product.js');
  const bare = start('bench/print-bare.js');
  try {
    say('Printing: warming up …');
    const pagesPerDocument = await printer.ask<number>('pages');
    const print = (contestant: Contestant, numbers: number[]) => timed(contestant, numbers, pagesPerDocument);
    const few = numbersFrom(0, Math.max(10, Math.round(options.documents / 5)));
    await bare.ask('prepare', few);
    for (const contestant of [printer, bare]) await print(contestant, few);
    const duel: { product: Round[]; bare: Round[] } = { product: [], bare: [] };
    for (let round = 1; round <= options.rounds; round += 1) {
      const numbers = numbersFrom(round * options.documents, options.documents);
      await bare.ask('prepare', numbers);
      duel.product.push(await print(printer, numbers));
      duel.bare.push(await print(bare, numbers));
      const [a, b] = [duel.product.at(-1), duel.bare.at(-1)];
      say(`Printing: round ${round} of ${options.rounds}: ${speed(a)} against ${speed(b)} pages/s`);
    }
    return { ...duel, pagesPerDocument, printerMegabytes: peakMegabytes(printer.pid) };
  } finally {
    await Promise.all([printer.stop(), bare.stop()]);
  }
}

async function timed(contestant: Contestant, numbers: number[], pagesPerDocument: number): Promise<Round> {
  const cpu = () => cpuOfProgram(contestant.pid, { own: 'node', children: 'chromium' });
  const before = cpu();
  const started = performance.now();
  const bytes = await contestant.ask<number>('print', numbers);
  const seconds = (performance.now() - started) / 1000;
  if (bytes < numbers.length * 1_000) throw new Error('Printing gave files that hold nothing');
  return { units: numbers.length * pagesPerDocument, seconds, cpu: spent(before, cpu()) };
}

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function speed(round: Round | undefined): string {
  return round === undefined ? '–' : (round.units / round.seconds).toFixed(1);
}
