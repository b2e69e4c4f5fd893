import { v7 as uuidv7 } from 'uuid';

import type { CustomerRow } from '../db/customers';
import type { Tx } from '../db/transaction';
import type { RiskLevel } from '../domain/customer';
import { rateRisk, riskFactors } from '../domain/risk';
import { loadPolicy, policyVersion, today } from './rules';

/** Rates a file by the policy's points and keeps inputs, version and result, so that the rating can be replayed. */
export async function rateCustomer(
  tx: Tx,
  customer: CustomerRow,
  record: unknown,
  caseId: string,
): Promise<RiskLevel> {
  const [policy, version] = [await loadPolicy(tx), await policyVersion(tx)];
  const { type, trigger } = customer;
  const factors = riskFactors({ type, trigger, record, today: today(tx) }, policy.risk);
  const rating = rateRisk(factors, policy.risk);
  await tx.sql('risk_ratings').insert({
    dealer_id: tx.dealerId,
    id: uuidv7(),
    customer_id: customer.id,
    case_id: caseId,
    level: rating.level,
    score: rating.score,
    factors: JSON.stringify(rating.factors),
    rule_version: version,
    at: tx.now,
  });
  tx.audit({
    event: 'risk.rated',
    customerId: customer.id,
    caseId,
    detail: {
      level: rating.level,
      score: rating.score,
      factors: rating.factors,
      ruleVersion: version,
    },
  });
  return rating.level;
}
