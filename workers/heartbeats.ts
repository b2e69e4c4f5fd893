import { randomUUID } from 'node:crypto';

import type { Worker } from '@temporalio/worker';
import type { Knex } from 'knex';

import { forgetWorker, recordHeartbeats } from '../db/heartbeats';
import type { Logger } from '../logger';
import type { QueueName } from '../workflows/names';

const EVERY_MS = 5_000;

/** Writes a row every five seconds for each queue that is really being polled: what `/readyz` looks at. */
export function startHeartbeats(
  db: Knex,
  workers: readonly { queue: QueueName; worker: Worker }[],
  build: string,
  logger: Logger,
): { stop(): Promise<void> } {
  const workerId = randomUUID();
  const beat = async (): Promise<void> => {
    const polling = workers.filter(({ worker }) => worker.getState() === 'RUNNING').map(({ queue }) => queue);
    try {
      await recordHeartbeats(db, workerId, polling, build);
    } catch {
      logger.warn('the heartbeat could not be written');
    }
  };
  void beat();
  // The first beats come quickly: readiness waits for them.
  const soon = setTimeout(() => void beat(), 500);
  const timer = setInterval(() => void beat(), EVERY_MS);
  return {
    async stop() {
      clearTimeout(soon);
      clearInterval(timer);
      await forgetWorker(db, workerId).catch(() => logger.warn('the heartbeat could not be removed'));
    },
  };
}
