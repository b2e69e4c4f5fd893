import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';

import { QUEUES } from '../workflows/names';

/** A closed run is no record (design §4): what an inspector may ask for is in Postgres. */
const RETENTION = '3 days';
const REAL_SWEEP_SECONDS = 30;
const RECONCILE_SECONDS = 300;

/** Makes the namespace where it is missing. A cluster that lets nobody do that has been given one by its owner. */
export async function ensureNamespace(client: Client, namespace: string): Promise<void> {
  const { workflowService } = client.connection;
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(RETENTION),
    });
  }
}

/**
 * How often due duties are swept, in seconds: every 30 s, and more often where a development setting shrinks the day, so
 * that a policy day is still some sixty sweeps long.
 */
export function sweepSeconds(dayMilliseconds: number): number {
  return Math.min(REAL_SWEEP_SECONDS, Math.max(1, Math.round(dayMilliseconds / 60_000)));
}

/** Makes the two Schedules, or brings them to these settings. Safe to call often and from many workers. */
export async function ensureSchedules(client: Client, dayMilliseconds: number): Promise<void> {
  await ensureSchedule(client, 'dispatch-duties', 'dispatchDuties', sweepSeconds(dayMilliseconds));
  await ensureSchedule(client, 'reconcile', 'reconcile', RECONCILE_SECONDS);
}

async function ensureSchedule(
  client: Client,
  scheduleId: string,
  workflowType: string,
  everySeconds: number,
): Promise<void> {
  const spec = { intervals: [{ every: everySeconds * 1000 }] };
  // After an outage one sweep does the work of all that were missed.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' as const };
  const action = {
    type: 'startWorkflow' as const,
    workflowType,
    workflowId: scheduleId,
    args: [],
    taskQueue: QUEUES.lifecycle,
    workflowExecutionTimeout: '5 minutes' as const,
  };
  try {
    await client.schedule.create({ scheduleId, spec, policies, action, state: { triggerImmediately: true } });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const handle = client.schedule.getHandle(scheduleId);
    const known = await handle.describe();
    if (known.spec.intervals?.[0]?.every === everySeconds * 1000) return;
    await handle.update((previous) => ({ ...previous, spec, policies, action }));
  }
}

function isNotFound(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 5;
}
