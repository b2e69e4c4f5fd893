import { Router } from 'express';
import type { Knex } from 'knex';

import { pendingMigrations } from '../db/migrate';

/** Every queue needs somebody who polls it. */
const QUEUES = ['lifecycle', 'registry', 'notices', 'render'] as const;
const HEARTBEAT_MAX_AGE = '20 seconds';
const CHECK_DEADLINE_MS = 2_000;

export type Part = 'database' | 'migrations' | 'temporal' | 'worker';

/** Whether each part that the product needs is there; a part that is not has a reason, without values. */
export interface Health {
  check(): Promise<{ part: Part; ok: boolean; reason?: string }[]>;
}

/** @param temporal answers when Temporal can be reached, within its own deadline */
export function healthOf(knex: Knex, temporal: () => Promise<void>): Health {
  return {
    async check() {
      const database = await attempt('database', () => knex.raw('select 1'));
      const lost = { ok: false, reason: 'the database is away' };
      if (!database.ok) {
        const behind = [
          { part: 'migrations' as const, ...lost },
          { part: 'worker' as const, ...lost },
        ];
        return [database, ...behind, await attempt('temporal', temporal)];
      }
      const others = await Promise.all([
        attempt('migrations', async () => {
          const pending = await pendingMigrations(knex);
          if (pending.length > 0) throw new Reason(`not applied: ${pending.join(', ')}`);
        }),
        attempt('temporal', temporal),
        attempt('worker', async () => {
          const missing = await queuesWithoutWorker(knex);
          if (missing.length > 0) throw new Reason(`nobody polls: ${missing.join(', ')}`);
        }),
      ]);
      return [database, ...others];
    },
  };
}

/** A reason that may be shown: written here, not by a driver that could quote values. */
class Reason extends Error {}

async function attempt(part: Part, check: () => Promise<unknown>) {
  try {
    await withDeadline(check());
    return { part, ok: true };
  } catch (error) {
    return { part, ok: false, reason: error instanceof Reason ? error.message : 'no answer' };
  }
}

async function withDeadline(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Reason('no answer in time')), CHECK_DEADLINE_MS + 500);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Heartbeats carry the machine's time, so their age is judged by the database's clock, never by the business clock. */
async function queuesWithoutWorker(knex: Knex): Promise<string[]> {
  const polled: string[] = await knex('worker_heartbeats')
    .whereRaw('at > clock_timestamp() - ?::interval', [HEARTBEAT_MAX_AGE])
    .distinct()
    .pluck('queue');
  return QUEUES.filter((queue) => !polled.includes(queue));
}

/** `/livez` says that the process answers, `/readyz` whether everything behind it is there. Neither refuses work. */
export function healthRoutes(health: Health): Router {
  const router = Router();
  router.get('/livez', (_req, res) => void res.type('text/plain').send('ok\n'));
  router.get('/readyz', async (_req, res) => {
    const parts = await health.check();
    const missing = parts.filter(({ ok }) => !ok).map(({ part }) => part);
    res.status(missing.length === 0 ? 200 : 503).json({ ready: missing.length === 0, missing, parts });
  });
  return router;
}
