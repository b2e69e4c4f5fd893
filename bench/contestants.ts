import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

import { exitWithParent } from '../leash';

/** A program of its own that does what the bench asks for: nobody's memory or garbage disturbs another. */
export interface Contestant {
  pid: number;
  hasEnded: () => boolean;
  /** Asks for something and waits for the answer. Rejects when the program fails or ends. */
  ask<Answer>(name: string, argument?: unknown): Promise<Answer>;
  stop: () => Promise<void>;
}

interface Question {
  id: number;
  name: string;
  argument: unknown;
}

interface Answer {
  id: number;
  value?: unknown;
  failure?: string;
}

const STOP_DEADLINE_MS = 20_000;

/** Starts a built program (path under dist/) on a leash: it ends with the bench, however that ends. */
export function startContestant(
  script: string,
  options: { env: NodeJS.ProcessEnv; logFile: string },
): Contestant {
  const log = openSync(options.logFile, 'a', 0o600);
  const child = fork(join(__dirname, '..', script), [], {
    env: { ...options.env, SICIL_LEASH: '1' },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let last = 0;
  child.on('message', (message: Answer) => {
    const asker = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.failure === undefined) asker?.resolve(message.value as never);
    else asker?.reject(new Error(`${script}: ${message.failure}`));
  });
  child.once('exit', (code, signal) => {
    const error = new Error(`${script} ended (${signal ?? code}); its log: ${options.logFile}`);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  });
  return {
    pid: child.pid ?? 0,
    hasEnded: () => hasEnded(child),
    ask: <Value>(name: string, argument?: unknown) =>
      new Promise<Value>((resolve, reject) => {
        if (hasEnded(child)) return reject(new Error(`${script} has ended; its log: ${options.logFile}`));
        const id = (last += 1);
        waiting.set(id, { resolve, reject });
        child.send({ id, name, argument } satisfies Question);
      }),
    stop: () => stopChild(child),
  };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const gone = once(child, 'exit');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(late);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The contestant's own side: answers what the bench asks until it is told to stop. */
export function answerQuestions(acts: Record<string, (argument: never) => Promise<unknown>>): void {
  exitWithParent();
  process.on('message', ({ id, name, argument }: Question) => {
    const act = acts[name];
    const done =
      act === undefined ? Promise.reject(new Error(`Unknown act ${name}`)) : act(argument as never);
    done.then(
      (value) => process.send?.({ id, value } satisfies Answer),
      (error: unknown) => process.send?.({ id, failure: String(error) } satisfies Answer),
    );
  });
  // exitWithParent lets go of the channel; here it is what there is to do.
  process.channel?.ref();
}
