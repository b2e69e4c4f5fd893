import type { CustomerType, RiskLevel, Trigger } from './customer';
import { valueAt } from './record-path';
import type { Policy } from './rules/policy';

export interface RiskRating {
  level: RiskLevel;
  score: number;
  /** Names of the factors that applied, each a key of the policy's points. */
  factors: string[];
}

/** The factors that apply to a file; what each weighs is policy (D-5, points are our own choice). */
export function riskFactors(type: CustomerType, trigger: Trigger, record: unknown): string[] {
  const influence = valueAt(record, 'publicInfluence.kind');
  const applies: Record<string, boolean> = {
    type_company: type === 'company',
    [`public_influence_${String(influence)}`]: typeof influence === 'string' && influence !== 'none',
    not_own_account: valueAt(record, 'onOwnAccount') === false,
    representative: valueAt(record, 'representative') !== undefined,
    purpose_trade: valueAt(record, 'purpose') === 'trade',
    first_visit_threshold: trigger === 'threshold' || trigger === 'linked',
    cash_payment: valueAt(record, 'transaction.payment') === 'cash',
  };
  return Object.keys(applies).filter((factor) => applies[factor] === true);
}

/** Adds up the policy's points; some factors make the risk high whatever the sum. */
export function rateRisk(factors: readonly string[], policy: Policy['risk']): RiskRating {
  const score = Math.min(
    100,
    factors.reduce((sum, factor) => sum + (policy.points[factor] ?? 0), 0),
  );
  const high = score >= policy.high || factors.some((factor) => policy.alwaysHigh.includes(factor));
  return { level: high ? 'high' : score >= policy.medium ? 'medium' : 'low', score, factors: [...factors] };
}
