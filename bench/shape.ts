import type { Client } from '@temporalio/client';

/** What a workflow run does, in order: a local activity, a regular one, or a child with a shape of its own. */
export type Shape = readonly (Step | Shape)[];
type Step = 'local' | 'arrived' | 'remote';

/** Numbers of everything in a tree of runs. */
export interface ShapeCounts {
  workflows: number;
  local: number;
  remote: number;
}

const LOCAL_ACTIVITY = 'core_local_activity';

/** Reads the shape of a closed run from its history and those of its children. */
export async function shapeOf(client: Client, workflowId: string): Promise<Shape> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const shape: (Step | Shape)[] = [];
  for (const event of events ?? []) {
    if (event.markerRecordedEventAttributes?.markerName === LOCAL_ACTIVITY) shape.push('local');
    if (event.activityTaskScheduledEventAttributes) shape.push('remote');
    const child = event.startChildWorkflowExecutionInitiatedEventAttributes?.workflowId;
    if (typeof child === 'string') shape.push(await shapeOf(client, child));
  }
  return shape;
}

/**
 * The same shape with its nth local activity, counted over the whole tree in the order of execution, marked as the one
 * that brings the case to its decision.
 */
export function markArrival(shape: Shape, nth: number): Shape {
  let count = 0;
  const mark = (steps: Shape): Shape =>
    steps.map((step) => {
      if (typeof step !== 'string') return mark(step);
      if (step === 'local') count += 1;
      return step === 'local' && count === nth ? 'arrived' : step;
    });
  return mark(shape);
}

export function countsOf(shape: Shape): ShapeCounts {
  const counts: ShapeCounts = { workflows: 1, local: 0, remote: 0 };
  for (const step of shape) {
    if (step === 'remote') counts.remote += 1;
    else if (typeof step === 'string') counts.local += 1;
    else {
      const inner = countsOf(step);
      counts.workflows += inner.workflows;
      counts.local += inner.local;
      counts.remote += inner.remote;
    }
  }
  return counts;
}
