import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ComplianceError } from '../domain/errors';
import { projectRoot } from '../project-root';
import type { MediaType } from './files';

/** Reads a whole file in clear. */
export type ReadFile = () => Promise<Buffer>;

/** What the process apart can be asked for; `content` is the whole file in clear. */
export type Job =
  | { kind: 'inspectPdf'; content: Buffer; pagesMax: number }
  | { kind: 'reencodeImage'; content: Buffer; mediaType: MediaType; pixelsMax: number }
  | { kind: 'countPages'; content: Buffer }
  | { kind: 'renderPdf'; content: Buffer; page: number; side: number }
  | { kind: 'renderImage'; content: Buffer; side: number; pixelsMax: number };

/** Bytes that were made, or how many pages were found. */
export interface JobResult {
  content?: Uint8Array;
  pages?: number;
}

/** A file that the process apart refuses, with a code; `timeout`, `memory` and `crash` where it had to be ended. */
export class Refused extends Error {
  override readonly name = 'Refused';

  constructor(readonly code: string) {
    super(code);
  }
}

export interface IsolationOptions {
  /** Milliseconds for one job. */
  timeoutMs?: number;
  /** Bytes of memory above which the process is ended. */
  memoryMax?: number;
  /** Jobs that may wait; the next one is refused with UNAVAILABLE. */
  queueMax?: number;
  /** Milliseconds without a job after which the process ends. */
  idleMs?: number;
}

/** A process apart that decodes what strangers made; one job at a time. */
export interface Isolation {
  /**
   * Does one job; it is made ready when its turn has come, so that files that wait are not in memory.
   * Throws Refused, ComplianceError UNAVAILABLE when too many jobs wait, what `prepare` throws, or Error where no
   * process starts.
   */
  run(prepare: () => Promise<Job>): Promise<JobResult>;
  /** Of the running process; undefined where none runs. */
  readonly pid: number | undefined;
  close(): void;
}

const MIB = 1024 * 1024;
const WATCH_EVERY_MS = 25;
const START_TIMEOUT_MS = 20_000;
/** Jobs after which a fresh process takes over, so that what leaks stays small. */
const RECYCLE_AFTER = 200;
const PROGRAM = join(projectRoot, 'stores', 'isolated', 'main.mjs');

interface Running {
  child: ChildProcess;
  ready: Promise<void>;
  jobs: number;
}

export function createIsolation({
  timeoutMs = 15_000,
  memoryMax = 512 * MIB,
  queueMax = 30,
  idleMs = 20_000,
}: IsolationOptions = {}): Isolation {
  let running: Running | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let idle: NodeJS.Timeout | undefined;

  function end(): void {
    clearTimeout(idle);
    running?.child.kill('SIGKILL');
    running = undefined;
  }

  async function perform(prepare: () => Promise<Job>): Promise<JobResult> {
    const job = await prepare();
    clearTimeout(idle);
    if (running === undefined || !running.child.connected || running.jobs >= RECYCLE_AFTER) {
      end();
      running = start();
    }
    const current = running;
    current.jobs += 1;
    hold(current.child, true);
    try {
      return await underWatch(current, job, { timeoutMs, memoryMax });
    } catch (error) {
      if (!(error instanceof Refused) || DEADLY.has(error.code)) end();
      throw error;
    } finally {
      hold(current.child, false);
      idle = setTimeout(end, idleMs).unref();
    }
  }

  return {
    async run(prepare) {
      if (waiting >= queueMax) throw new ComplianceError('UNAVAILABLE', 'files_busy');
      waiting += 1;
      const turn = last.then(() => perform(prepare));
      last = turn.catch(() => undefined);
      return turn.finally(() => (waiting -= 1));
    },
    get pid() {
      return running?.child.pid;
    },
    close: end,
  };
}

const DEADLY = new Set(['timeout', 'memory', 'crash']);

/** The one that this process uses; it starts at the first file and ends by itself. */
export const isolation = createIsolation();

function start(): Running {
  const child = spawn(process.execPath, [...permissions(), '--max-old-space-size=256', PROGRAM], {
    // Neither the database's address nor a key stands in its environment.
    env: { NODE_NO_WARNINGS: '1', MALLOC_ARENA_MAX: '2' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    windowsHide: true,
  });
  const ready = new Promise<void>((resolve, reject) => {
    // Our fault and not the file's: whoever uploads is not told that the file is damaged.
    const failed = (): void => reject(new Error('The process that looks at files did not start'));
    const late = setTimeout(failed, START_TIMEOUT_MS);
    child.once('message', () => resolve());
    child.once('error', failed);
    child.once('exit', failed);
    child.once('message', () => clearTimeout(late));
    child.once('exit', () => clearTimeout(late));
  });
  ready.catch(() => undefined); // whoever has a job hears of it
  return { child, ready, jobs: 0 };
}

/** Only reading, and only its own code: what breaks out of a decoder's script finds no key, writes and starts nothing. */
function permissions(): string[] {
  if (!process.allowedNodeEnvironmentFlags.has('--permission')) return [];
  const readable = [join('stores', 'isolated', '*'), join('node_modules', '*'), 'package.json'];
  return [
    '--permission',
    '--allow-addons',
    ...readable.map((path) => `--allow-fs-read=${join(projectRoot, path)}`),
  ];
}

/** An idle process must not keep ours alive. */
function hold(child: ChildProcess, held: boolean): void {
  if (held) {
    child.ref();
    child.channel?.ref();
  } else {
    child.unref();
    child.channel?.unref();
  }
}

async function underWatch(
  { child, ready }: Running,
  job: Job,
  limits: { timeoutMs: number; memoryMax: number },
): Promise<JobResult> {
  await ready;
  let stop = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    const deadline = setTimeout(() => reject(new Refused('timeout')), limits.timeoutMs);
    const look = (): void => {
      if (memoryOf(child) > limits.memoryMax) reject(new Refused('memory'));
    };
    look();
    const watch = setInterval(look, WATCH_EVERY_MS);
    const gone = (): void => reject(new Refused('crash'));
    child.once('exit', gone);
    stop = () => {
      clearTimeout(deadline);
      clearInterval(watch);
      child.off('exit', gone);
    };
  });
  try {
    return await Promise.race([ask(child, job), ended]);
  } finally {
    stop();
  }
}

function ask(child: ChildProcess, job: Job): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: { result?: JobResult; refused?: string }) => {
      if (answer.result === undefined) reject(new Refused(answer.refused ?? 'unreadable'));
      else resolve(answer.result);
    });
    child.send(job, (error) => {
      if (error !== null) reject(new Refused('crash'));
    });
  });
}

/** Resident bytes of the process; 0 where the system does not say: then time and the heap's limit stand alone. */
function memoryOf({ pid }: ChildProcess): number {
  const file = `/proc/${pid}/statm`;
  if (pid === undefined || !existsSync(file)) return 0;
  try {
    return Number(readFileSync(file, 'latin1').split(' ')[1]) * 4096;
  } catch {
    return 0; // it ended between two looks
  }
}
