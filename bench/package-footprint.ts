import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { memoryOfChildren } from '../printing/process-memory';
import { peakMegabytes } from './process-cost';

/** What making packages took at most beside time. */
export interface Footprint {
  workerMegabytes: number | undefined;
  /** Memory of Chromium's own, all of its processes together. */
  chromiumMegabytes: number;
  /** Files written for the package that needed most of them, as a multiple of its ZIP. */
  diskMegabytes: number;
  zipMegabytes: number;
}

const EVERY_MS = 250;

/** Where the worker puts temporary files while it is watched. */
export function temporaryFolder(folder: string): string {
  const path = join(folder, 'tmp');
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

/** Watches the worker, the Chromium it starts, and what they write, from `begin` to `end` of each package. */
export function watchFootprint(worker: number, folder: string) {
  forgetPeak(worker);
  const worst: Footprint = {
    workerMegabytes: undefined,
    chromiumMegabytes: 0,
    diskMegabytes: 0,
    zipMegabytes: 0,
  };
  let before = 0;
  let temporary = 0;
  const timer = setInterval(() => {
    // All that the worker has started; what is its own is told by the kernel's peak.
    worst.chromiumMegabytes = Math.max(worst.chromiumMegabytes, memoryOfChildren(worker));
    temporary = Math.max(temporary, bytesIn(temporaryFolder(folder)));
  }, EVERY_MS);
  return {
    begin: (): void => {
      temporary = 0;
      before = bytesIn(join(folder, 'files'));
    },
    end: (zip: string): void => {
      const disk = (bytesIn(join(folder, 'files')) - before + temporary) / 1e6;
      const size = statSync(zip).size / 1e6;
      if (disk / size <= worst.diskMegabytes / (worst.zipMegabytes || 1)) return;
      Object.assign(worst, { diskMegabytes: disk, zipMegabytes: size });
    },
    stop: (): Footprint => {
      clearInterval(timer);
      return { ...worst, workerMegabytes: peakMegabytes(worker) };
    },
  };
}

/** Lets the kernel count a process's highest resident memory anew. */
function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesIn(path);
    else bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** Folders of temporary files may go while they are looked at. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
