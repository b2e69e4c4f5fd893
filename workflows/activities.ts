import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import type { LifecycleActivities } from '../activities/lifecycle';
import type { NoticeActivities } from '../activities/notices';
import type { RegistryActivities } from '../activities/registry';
import { QUEUES } from './names';

/**
 * Short Postgres steps run inside the worker that runs the workflow. Retries beyond half a second go through a timer, so
 * that a database outage never holds the slots.
 */
export const steps = proxyLocalActivities<LifecycleActivities>({
  startToCloseTimeout: '5 seconds',
  // Longer outages end the run; the duty in Postgres brings the customer back.
  scheduleToCloseTimeout: '10 minutes',
  localRetryThreshold: '500 milliseconds',
  retry: { initialInterval: '200 milliseconds', backoffCoefficient: 2, maximumInterval: '30 seconds' },
});

/** Asking the population register: slow, rate-limited, behind a circuit breaker. */
export const registry = proxyActivities<RegistryActivities>({
  taskQueue: QUEUES.registry,
  startToCloseTimeout: '20 seconds',
  scheduleToCloseTimeout: '30 minutes',
  retry: { initialInterval: '2 seconds', backoffCoefficient: 5, maximumInterval: '1 minute' },
});

/** Sending a message. What the mail server says is written to Postgres; only crashes and outages are retried here. */
export const notices = proxyActivities<NoticeActivities>({
  taskQueue: QUEUES.notices,
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '30 minutes',
  retry: { initialInterval: '1 second', backoffCoefficient: 3, maximumInterval: '1 minute' },
});
