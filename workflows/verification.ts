import type { CaseRef } from '../activities/lifecycle';
import { registry, steps } from './activities';
import { fairness } from './faults';

/** Asks the population register about each person of the file, then sets the three lights: format, checksum, register. */
export async function verification(ref: CaseRef): Promise<void> {
  for (;;) {
    const next = await steps.advanceVerification(ref);
    if (next.do !== 'ask_register') return;
    await registry.askRegister.executeWithOptions({ priority: fairness(ref.dealerId) }, [
      { ...ref, subject: next.subject },
    ]);
  }
}
