import type { CustomerType, DocumentKind, Trigger } from '../../domain/customer';
import type { DemoRecord } from './records';
import { syntheticBodies } from './synthetic-bodies';
import { syntheticPeople } from './synthetic-people';

/**
 * One of the sixty invented customers (D-10): what a form, the API or an import sheet says about it. Nobody of that name
 * exists; every number lies in a range that marks it as invented.
 */
export interface SyntheticCustomer {
  index: number;
  type: CustomerType;
  trigger: Trigger;
  record: DemoRecord;
  /** Day on which the identity document runs out; an organisation has none. */
  cardUntil?: string;
  /** Papers an organisation brings, beyond those of its type. */
  papers?: readonly DocumentKind[];
  /** Tricky cases of D-10 that this customer stands for. */
  cases: readonly string[];
}

/** All sixty, in the order of their index. `today` is the day everything relative is counted from. */
export function syntheticCustomers(today: string): SyntheticCustomer[] {
  return [...syntheticPeople(today), ...syntheticBodies(today)].sort((a, b) => a.index - b.index);
}
