import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import type { ImportActivities, ImportSteps } from '../activities/imports';
import { QUEUES } from './names';

/** Looks at an import's row; see `steps` for why these are local and how they outlast a database outage. */
export const importSteps = proxyLocalActivities<ImportSteps>({
  startToCloseTimeout: '5 seconds',
  // Longer outages end the run; the sweep of imports starts the next one.
  scheduleToCloseTimeout: '10 minutes',
  localRetryThreshold: '500 milliseconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** A pass over a file, of two hundred thousand rows at most; a worker that dies is noticed by its missing heartbeats. */
export const importing = proxyActivities<ImportActivities>({
  taskQueue: QUEUES.render,
  startToCloseTimeout: '4 hours',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});
