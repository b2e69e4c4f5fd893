import type { ChangeTarget, Concerned } from '../db/policy-changes';
import { CUSTOMER_STATUSES, RISK_LEVELS, type CustomerStatus } from '../domain/customer';
import { MOVED_BY } from '../domain/policy-change';
import type { Requirement } from '../domain/requirements';
import type { Policy } from '../domain/rules/policy';
import { JUDGED_BY } from './policy-values';

/** What a change is about, as far as it says whom it concerns. */
export interface ChangeShape {
  target: ChangeTarget;
  key: string;
  oldValue: unknown;
  newValue: unknown;
}

/** What the machine does to each customer concerned: moves dates, judges the file anew, or nothing at all. */
export type Effect = 'dates' | 'findings' | 'none';

export function effectOf({ target, key }: Pick<ChangeShape, 'target' | 'key'>): Effect {
  if (target !== 'policy' || JUDGED_BY.includes(key)) return 'findings';
  return MOVED_BY[key as keyof Policy] === undefined ? 'none' : 'dates';
}

const ENDED: readonly CustomerStatus[] = ['rejected', 'withdrawn', 'expired', 'closed'];
const LIVING = CUSTOMER_STATUSES.filter((status) => !ENDED.includes(status));

/** Whom a change may concern, as conditions that Postgres can count; null for nobody. */
export function concernedBy(change: ChangeShape): Concerned | null {
  const effect = effectOf(change);
  if (effect === 'none') return null;
  return effect === 'dates' ? datedBy(change) : judgedBy(change);
}

function datedBy({ key, oldValue, newValue }: ChangeShape): Concerned {
  const kinds = MOVED_BY[key as keyof Policy] ?? [];
  if (key !== 'refresh') return { statuses: LIVING, kinds };
  const [before, after] = [oldValue as Policy['refresh'], newValue as Policy['refresh']];
  const risks = RISK_LEVELS.filter((risk) => JSON.stringify(before[risk]) !== JSON.stringify(after[risk]));
  return { statuses: ['active', 'suspended', 'passive'], triggers: ['continuous'], risks, kinds };
}

function judgedBy({ target, oldValue, newValue }: ChangeShape): Concerned {
  if (target !== 'requirement') return { statuses: LIVING };
  const rules = [oldValue, newValue].flatMap((rule) => (rule === null ? [] : [rule as Requirement]));
  return {
    statuses: LIVING,
    types: [...new Set(rules.flatMap(({ types }) => types))],
    triggers: [...new Set(rules.flatMap(({ triggers }) => triggers))],
  };
}
