import { startContestant } from './contestants';
import type { Duel, Round } from './figures';
import type { Installation } from './installation';
import { cpuOf, spent, type Roots } from './process-cost';

export interface ReadingOptions {
  installation: Installation;
  /** Environment of the product's processes. */
  env: NodeJS.ProcessEnv;
  /** Where the product's API answers. */
  apiAddress: string;
  roots: { postgres: number; api: number };
  connections: number;
  seconds: number;
  rounds: number;
  logFile: string;
  say: (line: string) => void;
}

interface LoadOptions {
  url: string;
  connections: number;
  duration: number;
  headers: Record<string, string>;
}

interface LoadResult {
  duration: number;
  errors: number;
  non2xx: number;
  '2xx': number;
}

const autocannon = require('autocannon') as (options: LoadOptions) => Promise<LoadResult>;

/** `GET /api/v1/customers/{id}` with a token, against a bare Express route with the same read. */
export async function benchReading(options: ReadingOptions): Promise<Duel> {
  const { installation, apiAddress, roots, say } = options;
  const bareServer = startContestant('bench/bare-server.js', {
    env: { ...options.env, BENCH_DEALER: installation.dealerId },
    logFile: options.logFile,
  });
  try {
    const [id] = await installation.addCustomers(1);
    const product: Target = {
      url: `${apiAddress}/api/v1/customers/${id}`,
      headers: { authorization: `Bearer ${installation.token}` },
      roots: { postgres: roots.postgres, server: roots.api },
    };
    const bare: Target = {
      url: `${await bareServer.ask<string>('address')}/customers/${id}`,
      headers: {},
      roots: { postgres: roots.postgres, server: bareServer.pid },
    };
    say('Reading: warming up …');
    const warmUp = { ...options, seconds: Math.min(options.seconds, 3) };
    for (const target of [product, bare]) await load(warmUp, target);
    const duel: { product: Round[]; bare: Round[] } = { product: [], bare: [] };
    for (let round = 1; round <= options.rounds; round += 1) {
      duel.product.push(await load(options, product));
      duel.bare.push(await load(options, bare));
      const [a, b] = [duel.product.at(-1), duel.bare.at(-1)];
      say(`Reading: round ${round} of ${options.rounds}: ${speed(a)} against ${speed(b)} requests/s`);
    }
    return duel;
  } finally {
    await bareServer.stop();
  }
}

interface Target {
  url: string;
  headers: Record<string, string>;
  roots: Roots;
}

async function load({ connections, seconds }: ReadingOptions, target: Target): Promise<Round> {
  const before = cpuOf(target.roots);
  const { url, headers } = target;
  const result = await autocannon({ url, headers, connections, duration: seconds });
  if (result.errors > 0 || result.non2xx > 0)
    throw new Error(`${result.errors} errors and ${result.non2xx} refusals while reading a customer`);
  return { units: result['2xx'], seconds: result.duration, cpu: spent(before, cpuOf(target.roots)) };
}

function speed(round: Round | undefined): string {
  return round === undefined ? '–' : (round.units / round.seconds).toFixed(0);
}
