import type { Knex } from 'knex';

/** Rows older than this belong to workers that died without a word. */
const FORGOTTEN_AFTER = "interval '1 day'";

/** Says that this worker polls these queues now, by the database's own clock. */
export async function recordHeartbeats(
  db: Knex,
  workerId: string,
  queues: readonly string[],
  build: string,
): Promise<void> {
  if (queues.length === 0) return;
  const at = db.raw('clock_timestamp()');
  await db('worker_heartbeats')
    .insert(queues.map((queue) => ({ worker_id: workerId, queue, build, at })))
    .onConflict(['worker_id', 'queue'])
    .merge(['build', 'at']);
}

/** The worker has stopped; rows of long dead ones go with it. */
export async function forgetWorker(db: Knex, workerId: string): Promise<void> {
  await db('worker_heartbeats')
    .where({ worker_id: workerId })
    .orWhere('at', '<', db.raw(`clock_timestamp() - ${FORGOTTEN_AFTER}`))
    .delete();
}
