import { total, verdictOf, type Duel } from './figures';

export interface Bench {
  title: string;
  /** What is counted, in the plural, such as "cases". */
  unit: string;
  /** The ratio that the project wants to hold. */
  target: number;
  duel: Duel;
  notes: readonly string[];
}

export interface Memory {
  name: string;
  /** Peak resident memory in megabytes; undefined where it could not be read. */
  megabytes: number | undefined;
  /** What it should stay under; undefined for what is only told. */
  limit?: number;
}

/** The whole result as text: one table for speed, one for what each process spent, one for memory. */
export function report(benches: readonly Bench[], memory: readonly Memory[]): string {
  return [
    ...(benches.length === 0 ? [] : speedTables(benches)),
    'Peak memory, and files written:',
    table(
      ['what', 'peak', 'limit', ''],
      memory.map(({ name, megabytes, limit }) => [
        name,
        megabytes === undefined ? 'unknown' : `${megabytes.toFixed(0)} MB`,
        limit === undefined ? '–' : `< ${limit} MB`,
        limit === undefined || megabytes === undefined ? '' : verdict(megabytes < limit),
      ]),
    ),
    ...benches.flatMap(({ title, notes }) => notes.map((note) => `${title}: ${note}`)),
  ].join('\n\n');
}

function speedTables(benches: readonly Bench[]): string[] {
  return [
    table(
      ['bench', 'product', 'bare', 'ratio', 'target', ''],
      benches.map(({ title, unit, target, duel }) => {
        const { productRate, bareRate, ratio } = verdictOf(duel);
        const speed = (rate: number) => `${figure(rate)} ${unit}/s`;
        return [
          title,
          speed(productRate),
          speed(bareRate),
          ratio.toFixed(2),
          `≥ ${target}`,
          verdict(ratio >= target),
        ];
      }),
    ),
    'CPU milliseconds per unit, user and system, children included:',
    table(['bench', 'process', 'product', 'bare'], benches.flatMap(cpuRows)),
  ];
}

/** How many of the targets do not hold on this machine at this moment. */
export function missed(benches: readonly Bench[], memory: readonly Memory[]): number {
  return (
    benches.filter(({ duel, target }) => verdictOf(duel).ratio < target).length +
    memory.filter(({ megabytes, limit }) => (megabytes ?? 0) >= (limit ?? Infinity)).length
  );
}

function cpuRows({ title, duel }: Bench): string[][] {
  const { productCpu, bareCpu } = verdictOf(duel);
  const names = [...new Set([...Object.keys(productCpu), ...Object.keys(bareCpu)])];
  // Some benches count seconds only.
  if (names.length === 0) return [];
  const rows = names.map((name) => [title, name, figure(productCpu[name] ?? 0), figure(bareCpu[name] ?? 0)]);
  return [...rows, [title, 'together', figure(total(productCpu)), figure(total(bareCpu))]];
}

function verdict(holds: boolean): string {
  return holds ? 'holds' : 'missed';
}

/** Three significant digits, without an exponent. */
function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function table(head: readonly string[], rows: readonly string[][]): string {
  const lines = [[...head], ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
