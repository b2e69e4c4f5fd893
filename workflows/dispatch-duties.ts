import { proxyActivities } from '@temporalio/workflow';

import type { DispatchActivities } from '../activities/dispatch';
import { QUEUES } from './names';

const { dispatchDueWork, reconcileCustomers } = proxyActivities<DispatchActivities>({
  taskQueue: QUEUES.lifecycle,
  startToCloseTimeout: '25 seconds',
  retry: { maximumAttempts: 1 },
});

/** Every due duty wakes its customer's workflow, a fair share a dealer a round. The next round takes the rest. */
export async function dispatchDuties(): Promise<void> {
  await dispatchDueWork();
}

/** Compares Postgres with Temporal and brings back what lost its workflow. */
export async function reconcile(): Promise<void> {
  await reconcileCustomers();
}
