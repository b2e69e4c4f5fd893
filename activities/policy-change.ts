import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { advancePolicyChange, recordPolicyFailure, type PolicyStep } from '../operations/policy-apply';

export interface PolicyChangeRef {
  dealerId: string;
  changeId: string;
}

/** Short Postgres steps of a policy change, run as local activities: a batch of customers each. */
export interface PolicyChangeSteps {
  advancePolicyChange(ref: PolicyChangeRef): Promise<PolicyStep>;
  notePolicyFailure(ref: PolicyChangeRef & { code: string }): Promise<void>;
}

export function createPolicyChangeSteps(database: Database): PolicyChangeSteps {
  return {
    advancePolicyChange: ({ dealerId, changeId }) =>
      inDealer(database, dealerId, SYSTEM, (tx) => advancePolicyChange(tx, changeId)),
    notePolicyFailure: ({ dealerId, changeId, code }) =>
      inDealer(database, dealerId, SYSTEM, (tx) => recordPolicyFailure(tx, changeId, code)),
  };
}
