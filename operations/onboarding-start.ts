import { v7 as uuidv7 } from 'uuid';

import { insertCases } from '../db/cases';
import { insertDuties } from '../db/duties';
import { openFirstTasks } from '../db/tasks';
import type { Tx } from '../db/transaction';
import type { Trigger } from '../domain/customer';
import { addPeriod } from '../domain/periods';
import { loadPolicy } from './rules';

/** A new customer whose case is to be opened. */
export interface OnboardingStart {
  customerId: string;
  trigger: Trigger;
  imported: boolean;
  /** Milliseconds by which its deadlines stand behind those of a customer opened alone: an import spreads its work. */
  delayMs: number;
}

/** Opens the onboarding cases of new customers: collecting, each with its two deadlines. Answers case ids in order. */
export async function openOnboardings(tx: Tx, starts: readonly OnboardingStart[]): Promise<string[]> {
  const policy = await loadPolicy(tx);
  const at = (period: string) => addPeriod(tx.now, period, tx.clock.dayMilliseconds).getTime();
  const [collectingEnds, caseExpires] = [at(policy.collectingPeriod), at(policy.onboardingExpiry)];
  const cases = starts.map((start) => ({
    caseId: uuidv7(),
    customerId: start.customerId,
    collectingEnds: new Date(collectingEnds + start.delayMs),
    caseExpires: new Date(caseExpires + start.delayMs),
    // For one-off triggers the law knows no follow-up: no identification, no transaction (D-4.3).
    followUp: start.trigger === 'continuous' || start.imported,
  }));
  await insertCases(
    tx,
    cases.map(({ caseId, customerId, collectingEnds: nextAt, followUp }) => ({
      id: caseId,
      customerId,
      kind: 'onboarding',
      stage: 'collecting',
      owner: 'staff',
      waitingOn: 'submit',
      nextStep: followUp ? 'follow_up_starts' : 'staff_reminded',
      nextAt,
    })),
  );
  await insertDuties(
    tx,
    cases.flatMap(({ caseId, customerId, collectingEnds: ends, caseExpires: expires }) => [
      { customerId, caseId, kind: 'collecting_deadline', dueAt: ends },
      { customerId, caseId, kind: 'case_expiry', dueAt: expires },
    ]),
  );
  for (const { caseId, customerId } of cases) {
    const detail = { kind: 'onboarding', stage: 'collecting' };
    tx.audit({ event: 'case.opened', customerId, caseId, detail });
  }
  await openFirstTasks(
    tx,
    cases
      .filter(({ followUp }) => !followUp)
      .map(({ caseId, customerId }) => ({
        customerId,
        caseId,
        kind: 'collect_missing',
        forRole: 'staff',
        dedupe: `collect:${caseId}:0`,
      })),
  );
  return cases.map(({ caseId }) => caseId);
}
