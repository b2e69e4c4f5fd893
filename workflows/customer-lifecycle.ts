import {
  continueAsNew,
  defineSignal,
  executeChild,
  ParentClosePolicy,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

import type { CustomerRef } from '../activities/lifecycle';
import type { LifecycleStep } from '../domain/steps';
import { notices, steps } from './activities';
import { annualRefresh } from './annual-refresh';
import { failureCode, fairness } from './faults';
import { missingDataFollowUp } from './missing-data-follow-up';
import { onboarding } from './onboarding';
import { WAKE, workflowIds } from './names';

export const wakeSignal = defineSignal(WAKE);

/** More turns than any life needs in one run; beyond them the run starts afresh instead of growing. */
const TURNS_MAX = 200;
/** The same step this often in a row has no effect: its duty is put off instead of being served for ever. */
const REPEATS_MAX = 10;

/**
 * The one decider of a customer: serves what is due, one thing after the other, and completes as soon as nothing is. It
 * knows nothing between two runs; where the customer stands is in Postgres, and the next duty starts the next run.
 */
export async function customerLifecycle(customer: CustomerRef): Promise<void> {
  let woken = false;
  setHandler(wakeSignal, () => {
    woken = true;
  });
  const hasNoEffect = repeats(REPEATS_MAX);
  for (let turn = 0; turn < TURNS_MAX && !workflowInfo().continueAsNewSuggested; turn++) {
    // Cleared before Postgres is read and tested after the last await: a wake-up in between is never lost.
    woken = false;
    const next = await steps.lookAtCustomer(customer);
    if (next.do !== 'rest') {
      if (hasNoEffect(next)) await putOff(customer, next, 'NO_EFFECT');
      else await serve(customer, next);
      continue;
    }
    if (woken) continue;
    if ((await steps.restIfNothingIsDue(customer)) && !woken) return;
  }
  await continueAsNew<typeof customerLifecycle>(customer);
}

/** Runs what is due. A failure is noted where people see it and puts the duty off; it never stops the customer's life. */
async function serve(customer: CustomerRef, next: LifecycleStep): Promise<void> {
  try {
    if (next.do === 'child') await runChild(customer, next);
    if (next.do === 'deliver') {
      await notices.deliverNotice.executeWithOptions({ priority: fairness(customer.dealerId) }, [
        { dealerId: customer.dealerId, noticeId: next.noticeId },
      ]);
    }
  } catch (error) {
    await putOff(customer, next, failureCode(error));
  }
}

async function putOff(customer: CustomerRef, next: LifecycleStep, code: string): Promise<void> {
  await steps.noteFailure({ ...customer, caseId: next.do === 'child' ? next.caseId : null, code });
}

/** Answers true when it is asked about the same step for the given time in a row. */
function repeats(max: number): (step: LifecycleStep) => boolean {
  let last = '';
  let times = 0;
  return (step) => {
    const key = JSON.stringify(step);
    times = key === last ? times + 1 : 1;
    last = key;
    if (times < max) return false;
    times = 0;
    return true;
  };
}

async function runChild(
  customer: CustomerRef,
  { child, caseId }: Extract<LifecycleStep, { do: 'child' }>,
): Promise<void> {
  const start = {
    args: [{ ...customer, caseId }] as [typeof customer & { caseId: string }],
    parentClosePolicy: ParentClosePolicy.TERMINATE,
  };
  const { dealerId } = customer;
  switch (child) {
    case 'onboarding':
      return executeChild(onboarding, { ...start, workflowId: workflowIds.onboarding(dealerId, caseId) });
    case 'missingDataFollowUp':
      return executeChild(missingDataFollowUp, {
        ...start,
        workflowId: workflowIds.missingDataFollowUp(dealerId, caseId),
      });
    case 'annualRefresh':
      return executeChild(annualRefresh, {
        ...start,
        workflowId: workflowIds.annualRefresh(dealerId, caseId),
      });
  }
}
