import type { CaseRow } from '../db/cases';
import type { CustomerRow } from '../db/customers';
import { setDuty } from '../db/duties';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { addPeriod } from '../domain/periods';
import { openCase } from './case-steps';
import { loadPolicy } from './rules';

/** Opens the onboarding case of a new customer: collecting, with its two deadlines. */
export async function openOnboarding(tx: Tx, customer: CustomerRow): Promise<CaseRow> {
  const policy = await loadPolicy(tx);
  const at = (period: string) => addPeriod(tx.now, period, tx.clock.dayMilliseconds);
  const followUp = customer.trigger === 'continuous' || customer.imported;
  const row = await openCase(tx, customer.id, 'onboarding', {
    stage: 'collecting',
    owner: 'staff',
    waitingOn: 'submit',
    next: {
      duty: 'collecting_deadline',
      at: at(policy.collectingPeriod),
      what: followUp ? 'follow_up_starts' : 'staff_reminded',
    },
  });
  // For one-off triggers the law knows no follow-up: no identification, no transaction (D-4.3).
  await setDuty(tx, customer.id, row.id, 'case_expiry', at(policy.onboardingExpiry));
  if (!followUp) {
    await openTask(tx, {
      customerId: customer.id,
      caseId: row.id,
      kind: 'collect_missing',
      forRole: 'staff',
      dedupe: `collect:${row.id}:0`,
    });
  }
  return row;
}
