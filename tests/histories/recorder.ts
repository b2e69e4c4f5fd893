import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

type History = temporal.api.history.v1.IHistory;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const { History } = temporal.api.history.v1;

/**
 * Set while histories are recorded; payloads are then written in clear, so that a replay needs no key:
 * `SICIL_RECORD_HISTORIES=1 npx jest tests/workflows`. People in those tests are invented, and histories hold ids only.
 */
export const recording = process.env['SICIL_RECORD_HISTORIES'] === '1';

/** Keeps one history of each kind of run that a test file produced: what was run and answered, however often. */
export async function recordHistories(client: Client): Promise<void> {
  if (!recording) return;
  for await (const run of client.workflow.list({ query: "ExecutionStatus = 'Completed'" })) {
    const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
    const bytes = History.encode(history).finish();
    const path = join(__dirname, `${run.type}-${kindOf(history)}.bin`);
    if (!existsSync(path) || readFileSync(path).length > bytes.length) writeFileSync(path, bytes);
  }
}

function kindOf(history: History): string {
  const things = new Set((history.events ?? []).map(describe));
  return createHash('sha256')
    .update([...things].sort().join('\n'))
    .digest('hex')
    .slice(0, 8);
}

/** An event without its ids and times. */
function describe(event: HistoryEvent): string {
  const marker = event.markerRecordedEventAttributes?.details;
  return [
    event.eventType,
    event.activityTaskScheduledEventAttributes?.activityType?.name,
    event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowType?.name,
    event.workflowExecutionSignaledEventAttributes?.signalName,
    fieldOf(marker?.['data']?.payloads?.[0], 'activity_type'),
    fieldOf(marker?.['result']?.payloads?.[0], 'do'),
    event.activityTaskFailedEventAttributes?.failure?.applicationFailureInfo?.type,
  ].join('|');
}

function fieldOf(payload: temporal.api.common.v1.IPayload | undefined, field: string): string {
  if (payload?.data === undefined || payload.data === null || payload.data.length === 0) return '';
  const value: unknown = JSON.parse(Buffer.from(payload.data).toString());
  return typeof value === 'object' && value !== null && field in value
    ? String((value as Record<string, unknown>)[field])
    : '';
}
