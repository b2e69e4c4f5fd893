import { readFileSync } from 'node:fs';

/**
 * Megabytes of a process and all that it started which are theirs alone (not files, not shared); 0 where the system has
 * no `/proc` to read it from, or the process is gone.
 */
export function memoryOf(pid: number): number {
  const own = /^RssAnon:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '0';
  return Number(own) / 1024 + memoryOfChildren(pid);
}

/** The same without the process itself. */
export function memoryOfChildren(pid: number): number {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + memoryOf(child), 0);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
