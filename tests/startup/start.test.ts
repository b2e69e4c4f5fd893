import { rmSync } from 'node:fs';

import { until } from '../support/wait';
import { smallClone } from './clone';
import { npmStartIn, occupiedPort, processesOf, recordedPid, startIn } from './program';
import type { Start } from './program';

const READY = 'Sicil is ready';
const clone = smallClone();
let env: Record<string, string>;

beforeAll(async () => {
  const { port, release } = await occupiedPort();
  await release();
  env = { PORT: String(port), HOST: '127.0.0.1' };
});

afterAll(() => {
  for (const pid of processesOf(clone).keys()) process.kill(pid, 'SIGKILL');
  rmSync(clone, { recursive: true, force: true });
});

async function ready(start: Start, deadlineMs = 60_000): Promise<void> {
  await until(
    'the start is ready or has ended',
    () => start.output().includes(READY) || start.process.exitCode !== null,
    deadlineMs,
  );
  if (!start.output().includes(READY)) throw new Error(start.output());
}

async function seeds(): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${env['PORT']}/`, { signal: AbortSignal.timeout(3_000) });
  return answer.ok ? await answer.text() : `status ${answer.status}`;
}

function nothingLeft(): Promise<boolean> {
  return until(
    `no process of the start is left: ${[...processesOf(clone).values()].join('; ')}`,
    () => processesOf(clone).size === 0,
    30_000,
  );
}

test('a start survives its parts, leaves nothing behind, and keeps its data', async () => {
  const first = startIn(clone, env);
  await ready(first);
  expect(first.output()).toContain('uyum@ornek.example   gizli   (officer)');
  expect(await seeds()).toBe('1');

  const second = startIn(clone, env);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`already runs on ${clone}/.sicil (process ${first.process.pid})`);

  const worker = recordedPid(clone, 'worker');
  process.kill(worker, 'SIGKILL');
  await until(
    'the worker is back',
    () => first.output().includes('worker is back') && recordedPid(clone, 'worker') !== worker,
  );
  expect(first.output()).toContain('worker was ended by SIGKILL; starting it again in 1 s');

  // The guard dies, not Postgres itself: what it left must be ended before a new one is started.
  const guard = [...processesOf(clone)].find(
    ([, line]) => line.includes('guard.mjs') && line.includes('bin/postgres'),
  );
  process.kill(guard?.[0] ?? 0, 'SIGKILL');
  await until('Postgres is back', () => first.output().includes('postgres is back'), 30_000);
  expect(await until('the API answers again', async () => (await seeds()) === '1')).toBe(true);

  process.kill(first.process.pid ?? 0, 'SIGKILL');
  await first.ended;
  await nothingLeft();

  const startedAt = Date.now();
  const third = startIn(clone, env);
  await ready(third);
  expect(Date.now() - startedAt).toBeLessThan(15_000);
  expect(await seeds()).toBe('1');
  expect(third.output()).toContain('uyum@ornek.example   gizli   (officer)');

  // Ctrl-C: the signal goes to the whole group.
  process.kill(-(third.process.pid ?? 0), 'SIGINT');
  expect(await third.ended).toBe(0);
  expect([...processesOf(clone).values()]).toEqual([]);

  // npm hands no signal on, and its shell outlives it.
  const byNpm = npmStartIn(clone, env);
  await ready(byNpm);
  process.kill(byNpm.process.pid ?? 0, 'SIGKILL');
  await nothingLeft();
}, 180_000);
