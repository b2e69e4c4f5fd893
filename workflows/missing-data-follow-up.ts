import type { CaseRef } from '../activities/lifecycle';
import { steps } from './activities';

/**
 * The reminder ladder: each due rung with its proof, then the wait that a duty holds. Ends at once when nothing is
 * missing any more. The messages themselves go out through the lifecycle, one at a time.
 */
export async function missingDataFollowUp(ref: CaseRef): Promise<void> {
  for (;;) {
    const next = await steps.advanceFollowUp(ref);
    if (next.do !== 'again') return;
  }
}
