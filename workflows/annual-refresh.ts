import { executeChild } from '@temporalio/workflow';

import type { CaseRef } from '../activities/lifecycle';
import { steps } from './activities';
import { missingDataFollowUp } from './missing-data-follow-up';
import { workflowIds } from './names';

/** The periodic review: notices ahead of the date, the date itself, and the ladder for those who stay silent. */
export async function annualRefresh(ref: CaseRef): Promise<void> {
  for (;;) {
    const next = await steps.advanceRefresh(ref);
    if (next.do === 'follow_up') {
      await executeChild(missingDataFollowUp, {
        workflowId: workflowIds.missingDataFollowUp(ref.dealerId, ref.caseId),
        args: [ref],
      });
    } else if (next.do !== 'again') {
      return;
    }
  }
}
