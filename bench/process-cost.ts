import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Names of processes and the id of the oldest of each: its children, and theirs, count with it. */
export type Roots = Record<string, number>;

interface Stat {
  parent: number;
  /** utime + stime + cutime + cstime: a child that has ended counts with the parent that waited for it. */
  ticks: number;
  /** utime + stime alone. */
  ownTicks: number;
}

let millisecondsPerTick: number | undefined;

/** CPU milliseconds so far of each named process with all of its descendants. Needs Linux's /proc. */
export function cpuOf(roots: Roots): Record<string, number> {
  const stats = allStats();
  const factor = tickLength();
  return Object.fromEntries(
    Object.entries(roots).map(([name, pid]) => [name, treeTicks(stats, pid) * factor]),
  );
}

/** CPU milliseconds so far of a program itself and of all that it started, living or ended. */
export function cpuOfProgram(pid: number, names: { own: string; children: string }): Record<string, number> {
  const own = (statOf(pid)?.ownTicks ?? 0) * tickLength();
  return { [names.own]: own, [names.children]: (cpuOf({ all: pid })['all'] ?? 0) - own };
}

/** What each process spent between two readings. */
export function spent(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([name, value]) => [name, Math.max(0, value - (before[name] ?? 0))]),
  );
}

/** Highest resident memory of a process so far, in megabytes (VmHWM); undefined when it has gone. */
export function peakMegabytes(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

function tickLength(): number {
  millisecondsPerTick ??= 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { timeout: 5_000 }));
  return millisecondsPerTick;
}

function allStats(): Map<number, Stat> {
  const stats = new Map<number, Stat>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat !== undefined) stats.set(Number(name), stat);
  }
  return stats;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in brackets and may hold spaces: count from its end.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = (last: number) => fields.slice(11, last).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), ticks: ticks(15), ownTicks: ticks(13) };
  } catch {
    return undefined; // ended while the list was read; its parent has its ticks now
  }
}

function treeTicks(stats: ReadonlyMap<number, Stat>, root: number): number {
  let ticks = stats.get(root)?.ticks ?? 0;
  for (const [pid, { parent }] of stats) if (parent === root) ticks += treeTicks(stats, pid);
  return ticks;
}
