import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../../project-root';
import { occupiedPort } from '../startup/program';
import { until } from '../support/wait';

export type Part = 'postgres' | 'temporal' | 'dev' | 'worker' | 'api';

const ADMIN_TOKEN = 'token-of-the-first-admin-0123456789abcdef';

/** The whole product as `npm start` runs it, on a data folder of its own. */
export interface System {
  address: string;
  adminToken: string;
  folder: string;
  output(): string;
  pidOf(part: Part): number;
  /** Ends a part the hard way and waits until the supervisor has brought it back. */
  kill(part: Part): Promise<void>;
  ready(): Promise<void>;
  stop(): Promise<void>;
  /** Everything the parts have logged so far. */
  logs(): string;
}

/** Starts with one dealer without customers; `env` adds settings such as SICIL_DAY_SECONDS. */
export async function startSystem(env: Record<string, string> = {}): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), 'sicil-faults-'));
  const { port, release } = await occupiedPort();
  await release();
  const { DATABASE_URL: _db, TEMPORAL_ADDRESS: _temporal, SMTP_URL: _smtp, ...own } = process.env;
  const child = spawn(process.execPath, [join(projectRoot, 'scripts', 'start.mjs')], {
    cwd: projectRoot,
    env: { ...own, SICIL_DATA_DIR: folder, PORT: String(port), SICIL_EMPTY: '1', SICIL_ADMIN_TOKEN: ADMIN_TOKEN, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const address = `http://127.0.0.1:${port}`;
  const system: System = {
    address,
    adminToken: ADMIN_TOKEN,
    folder,
    output: () => output,
    pidOf: (part) => (JSON.parse(readFileSync(join(folder, 'run', `${part}.pid`), 'utf8')) as { pid: number }).pid,
    async kill(part) {
      const before = system.pidOf(part);
      process.kill(before, 'SIGKILL');
      await until(`${part} is back`, () => pidChanged(system, part, before), 60_000);
    },
    ready: async () => void (await until('every part is ready', () => answersReady(address), 60_000)),
    stop: () => stop(child, folder),
    logs: () => readLogs(folder),
  };
  await until('the product is ready', () => output.includes('Sicil is ready') || child.exitCode !== null, 120_000);
  if (!output.includes('Sicil is ready')) throw new Error(output);
  return system;
}

function pidChanged(system: System, part: Part, before: number): boolean {
  try {
    return system.pidOf(part) !== before;
  } catch {
    return false; // the file is being written anew
  }
}

async function answersReady(address: string): Promise<boolean> {
  try {
    const answer = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2000) });
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode === null && child.pid !== undefined) {
    process.kill(child.pid, 'SIGTERM');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}

function readLogs(folder: string): string {
  const logs = join(folder, 'logs');
  return readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), 'latin1'))
    .join('\n');
}
