import { executeChild } from '@temporalio/workflow';

import type { CaseRef } from '../activities/lifecycle';
import { steps } from './activities';
import { missingDataFollowUp } from './missing-data-follow-up';
import { workflowIds } from './names';
import { verification } from './verification';

/**
 * From an opened file to a decision: verify, chase what is missing, rate, put it before a second person. Also the life of
 * a review. Returns as soon as all that is left is a wait.
 */
export async function onboarding(ref: CaseRef): Promise<void> {
  for (;;) {
    const next = await steps.advanceOnboarding(ref);
    switch (next.do) {
      case 'again':
        break;
      case 'verify':
        await executeChild(verification, {
          workflowId: workflowIds.verification(ref.dealerId, ref.caseId),
          args: [ref],
        });
        break;
      case 'follow_up':
        await executeChild(missingDataFollowUp, {
          workflowId: workflowIds.missingDataFollowUp(ref.dealerId, ref.caseId),
          args: [ref],
        });
        break;
      default:
        return;
    }
  }
}
