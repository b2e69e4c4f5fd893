import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import type { PackageActivities, PackageSteps } from '../activities/packages';
import { QUEUES } from './names';

/** Looks at a package's row; see `steps` for why these are local and how they outlast a database outage. */
export const packageSteps = proxyLocalActivities<PackageSteps>({
  startToCloseTimeout: '5 seconds',
  // Longer outages end the run; the sweep of packages starts the next one.
  scheduleToCloseTimeout: '10 minutes',
  localRetryThreshold: '500 milliseconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/**
 * Minutes of CPU; a worker that dies is noticed by its missing heartbeats. The limit is that of the longest: the report of
 * ten thousand customers is some fifty volumes, each a few seconds on an idle machine and half a minute on a busy one.
 */
export const rendering = proxyActivities<PackageActivities>({
  taskQueue: QUEUES.render,
  startToCloseTimeout: '2 hours',
  heartbeatTimeout: '30 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
});
