import {
  continueAsNew,
  isCancellation,
  proxyLocalActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

import type { PolicyChangeRef, PolicyChangeSteps } from '../activities/policy-change';
import { wakeSignal } from './customer-lifecycle';
import { failureCode } from './faults';

/** A batch is short; one that keeps failing is left to the sweep, which starts the next run. */
const steps = proxyLocalActivities<PolicyChangeSteps>({
  startToCloseTimeout: '5 seconds',
  scheduleToCloseTimeout: '2 minutes',
  localRetryThreshold: '500 milliseconds',
  retry: {
    initialInterval: '200 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    maximumAttempts: 5,
  },
});

/** Batches in one run; the next ones go on in a fresh history. */
const BATCHES_MAX = 500;

/**
 * Carries an approved change of the rules to the customers it concerns, batch by batch. Where it stands is in Postgres:
 * a run that was killed is started anew and goes on after the last batch that was committed.
 */
export async function policyChange(ref: PolicyChangeRef): Promise<void> {
  let woken = false;
  setHandler(wakeSignal, () => {
    woken = true;
  });
  for (let batch = 0; batch < BATCHES_MAX && !workflowInfo().continueAsNewSuggested; batch++) {
    // Cleared before Postgres is read and tested after the last await: a wake-up in between is never lost.
    woken = false;
    const next = await advance(ref);
    if (next === 'rest' && !woken) return;
  }
  await continueAsNew<typeof policyChange>(ref);
}

async function advance(ref: PolicyChangeRef): Promise<'again' | 'rest'> {
  try {
    return (await steps.advancePolicyChange(ref)).do;
  } catch (error) {
    if (isCancellation(error)) throw error;
    await steps.notePolicyFailure({ ...ref, code: failureCode(error) });
    return 'rest';
  }
}
