import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

import type { DataConverter } from '@temporalio/common';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';

import type { Logger } from '../logger';
import { QUEUES, type QueueName } from '../workflows/names';
import { ActivityFaults } from './activity-faults';
import { versionOptions } from './versions';

/** Activities by the queue that serves them: plain functions by name, as the factories in activities/ make them. */
export type QueueActivities = Partial<Record<QueueName, object>>;

export interface WorkerDeps {
  connection: NativeConnection;
  namespace: string;
  dataConverter: DataConverter;
  activities: QueueActivities;
  logger: Logger;
  /** How long running activities may take to end after a stop is asked for. */
  graceMs?: number;
  /** The build that these workers are; absent for workers without versions. */
  buildId?: string | undefined;
  /** A bundle of the workflows made before; without it the build's is taken, or one is made from the sources. */
  bundlePath?: string;
}

/** Local activities at once; the database pool must have at least as many connections. */
export const LIFECYCLE_SLOTS = 16;

/** How many tasks of a queue run at once, by what they cost. */
const SLOTS: Record<QueueName, Partial<WorkerOptions>> = {
  lifecycle: {
    maxConcurrentLocalActivityExecutions: LIFECYCLE_SLOTS,
    maxConcurrentActivityTaskExecutions: 2,
    maxConcurrentWorkflowTaskExecutions: 20,
    maxConcurrentWorkflowTaskPolls: 4,
    maxConcurrentActivityTaskPolls: 1,
    // Memory: a cached run costs about half a megabyte, and a quiet customer has none.
    maxCachedWorkflows: 200,
    workflowThreadPoolSize: 1,
    reuseV8Context: true,
  },
  registry: { maxConcurrentActivityTaskExecutions: 4, maxConcurrentActivityTaskPolls: 1 },
  notices: { maxConcurrentActivityTaskExecutions: 4, maxConcurrentActivityTaskPolls: 1 },
  render: {
    maxConcurrentActivityTaskExecutions: Math.max(1, cpus().length),
    maxConcurrentActivityTaskPolls: 1,
  },
};

/** One worker per queue that has activities here; none of them polls yet. */
export async function createWorkers(deps: WorkerDeps): Promise<{ queue: QueueName; worker: Worker }[]> {
  const { connection, namespace, dataConverter, logger, graceMs = 20_000 } = deps;
  const workers: { queue: QueueName; worker: Worker }[] = [];
  for (const queue of Object.keys(QUEUES) as QueueName[]) {
    const activities = deps.activities[queue];
    if (activities === undefined) continue;
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: QUEUES[queue],
      dataConverter,
      activities,
      ...SLOTS[queue],
      ...versionOptions(deps.buildId),
      ...(queue === 'lifecycle' ? workflowCode(deps.bundlePath) : {}),
      interceptors: { activity: [(context) => ({ inbound: new ActivityFaults(context, logger) })] },
      shutdownGraceTime: graceMs,
      shutdownForceTime: graceMs + 5_000,
    });
    workers.push({ queue, worker });
  }
  return workers;
}

/** The bundle that the build made, or the sources where nothing was built. */
function workflowCode(codePath = join(__dirname, '..', 'workflow-bundle.js')): Partial<WorkerOptions> {
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return { workflowsPath: require.resolve('../workflows') };
}
