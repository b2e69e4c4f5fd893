import { chainPosition } from '../db/chain-heads';
import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import type { LifecycleStep, Step } from '../domain/steps';
import { advanceFollowUp } from '../operations/follow-up';
import { advanceCustomer, mayRest, recordFailure } from '../operations/lifecycle';
import { advanceOnboarding } from '../operations/onboarding';
import { advanceRefresh } from '../operations/refresh';
import { advanceVerification } from '../operations/verification';

export interface CustomerRef {
  dealerId: string;
  customerId: string;
}

export interface CaseRef extends CustomerRef {
  caseId: string;
}

export type LifecycleTurn = LifecycleStep & { seen: number };

/**
 * The short Postgres steps of a customer's life, run as local activities. Each advances: it looks where the case stands,
 * makes the one legal transition and says what comes next, so that a repeated call continues instead of commanding.
 * Only ids, codes and enums cross this line.
 */
export interface LifecycleActivities {
  /** What is due, and how far the audit chain has come: the same step at the same place has had no effect. */
  lookAtCustomer(ref: CustomerRef): Promise<LifecycleTurn>;
  restIfNothingIsDue(ref: CustomerRef): Promise<boolean>;
  noteFailure(ref: CustomerRef & { caseId: string | null; code: string }): Promise<void>;
  advanceOnboarding(ref: CaseRef): Promise<Step>;
  advanceVerification(ref: CaseRef): Promise<Step>;
  advanceFollowUp(ref: CaseRef): Promise<Step>;
  advanceRefresh(ref: CaseRef): Promise<Step>;
}

/** `registerOn` is false where the register is switched off: its light stays grey and "aslı görüldü" is enough. */
export function createLifecycleActivities(
  db: Database,
  options: { registerOn: boolean },
): LifecycleActivities {
  return {
    lookAtCustomer: ({ dealerId, customerId }) =>
      inDealer(db, dealerId, SYSTEM, async (tx) => ({
        ...(await advanceCustomer(tx, customerId)),
        seen: await chainPosition(tx, customerId),
      })),
    restIfNothingIsDue: ({ dealerId, customerId }) =>
      inDealer(db, dealerId, SYSTEM, (tx) => mayRest(tx, customerId)),
    noteFailure: ({ dealerId, customerId, caseId, code }) =>
      inDealer(db, dealerId, SYSTEM, (tx) => recordFailure(tx, customerId, caseId, code)),
    advanceOnboarding: ({ dealerId, customerId, caseId }) =>
      inDealer(db, dealerId, SYSTEM, (tx) => advanceOnboarding(tx, customerId, caseId)),
    advanceVerification: ({ dealerId, customerId, caseId }) =>
      inDealer(db, dealerId, SYSTEM, (tx) => advanceVerification(tx, customerId, caseId, options.registerOn)),
    advanceFollowUp: ({ dealerId, customerId, caseId }) =>
      inDealer(db, dealerId, SYSTEM, (tx) => advanceFollowUp(tx, customerId, caseId)),
    advanceRefresh: ({ dealerId, customerId, caseId }) =>
      inDealer(db, dealerId, SYSTEM, (tx) => advanceRefresh(tx, customerId, caseId)),
  };
}
