/** One round of one contestant: what was done, how long it took, and what every process spent on it. */
export interface Round {
  units: number;
  seconds: number;
  /** CPU milliseconds (user and system) by process. */
  cpu: Record<string, number>;
}

/** The rounds of the product and of the bare contestant, each in the order they were run: A B A B A B. */
export interface Duel {
  product: readonly Round[];
  bare: readonly Round[];
}

export interface Verdict {
  /** Units a second, median of the rounds. */
  productRate: number;
  bareRate: number;
  /** Median of the pairs' ratios: the two of a pair ran right after each other, on an equally busy machine. */
  ratio: number;
  /** CPU milliseconds per unit by process, median of the rounds. */
  productCpu: Record<string, number>;
  bareCpu: Record<string, number>;
}

/** Middle value, or the mean of the two in the middle. Throws for an empty list: there is nothing to report. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('A median needs at least one value');
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** The value that 95 of 100 do not exceed; NaN for an empty list. */
export function p95(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

export function rateOf({ units, seconds }: Round): number {
  return units / seconds;
}

/** CPU milliseconds per unit by process; a process that is absent from a round spent nothing in it. */
export function cpuPerUnit(rounds: readonly Round[]): Record<string, number> {
  const processes = [...new Set(rounds.flatMap(({ cpu }) => Object.keys(cpu)))];
  return Object.fromEntries(
    processes.map((name) => [name, median(rounds.map(({ cpu, units }) => (cpu[name] ?? 0) / units))]),
  );
}

/** What a duel came to. Throws where the contestants did not run equally often. */
export function verdictOf({ product, bare }: Duel): Verdict {
  if (product.length !== bare.length) throw new Error('Both contestants run the same number of rounds');
  const ratios = product.map((round, index) => rateOf(round) / rateOf(bare[index] ?? round));
  return {
    productRate: median(product.map(rateOf)),
    bareRate: median(bare.map(rateOf)),
    ratio: median(ratios),
    productCpu: cpuPerUnit(product),
    bareCpu: cpuPerUnit(bare),
  };
}

/** Milliseconds over all processes. */
export function total(cpu: Record<string, number>): number {
  return Object.values(cpu).reduce((sum, value) => sum + value, 0);
}
