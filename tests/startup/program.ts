import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** One run of the start-up in a clone. */
export interface Start {
  process: ChildProcess;
  /** All it printed so far. */
  output(): string;
  /** Resolves with the exit code once it has ended. */
  ended: Promise<number | null>;
}

/** Runs `scripts/start.mjs` of a clone in a process group of its own, as a shell would. */
export function startIn(clone: string, env: Record<string, string>): Start {
  return run(process.execPath, [join(clone, 'scripts', 'start.mjs')], clone, env);
}

/** The same by `npm start`, which puts npm and a shell in between. */
export function npmStartIn(clone: string, env: Record<string, string>): Start {
  return run('npm', ['start'], clone, env);
}

function run(command: string, args: string[], clone: string, env: Record<string, string>): Start {
  const child = spawn(command, args, {
    cwd: clone,
    env: { ...withoutOwnSettings(), SICIL_DATA_DIR: join(clone, '.sicil'), ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return { process: child, output: () => output, ended };
}

/** The tester's own addresses must not turn the embedded parts off. */
function withoutOwnSettings(): NodeJS.ProcessEnv {
  const { DATABASE_URL, TEMPORAL_ADDRESS, SMTP_URL, SICIL_REGISTER, npm_lifecycle_event, ...rest } =
    process.env;
  void [DATABASE_URL, TEMPORAL_ADDRESS, SMTP_URL, SICIL_REGISTER, npm_lifecycle_event];
  return rest;
}

/** Command lines of all processes that were started for this data directory, by process id. */
export function processesOf(clone: string): Map<number, string> {
  const found = new Map<number, string>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      if (!environment.includes(`SICIL_DATA_DIR=${join(clone, '.sicil')}`)) continue;
      found.set(Number(pid), readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim());
    } catch {
      // ended while it was looked at
    }
  }
  return found;
}

/** Id recorded by the supervisor for a part. */
export function recordedPid(clone: string, part: string): number {
  return (JSON.parse(readFileSync(join(clone, '.sicil', 'run', `${part}.pid`), 'utf8')) as { pid: number })
    .pid;
}

/** Takes a free port and holds it until `release`. */
export async function occupiedPort(): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No TCP port was given');
  return { port: address.port, release: () => new Promise((resolve) => void server.close(() => resolve())) };
}
