import type { Database } from '../../db/transaction';
import type { Policy } from '../../domain/rules/policy';
import type { RiskLevel, Role } from '../../domain/customer';
import { nextReview } from '../../domain/review';
import type { FileStore } from '../../stores/files';
import type { SyntheticCustomer } from './synthetic';

export type DemoRole = 'staff' | 'officer' | 'manager';

/** What the stories of the demo share. Every instant of theirs is counted back from the first start. */
export interface World {
  db: Database;
  files: FileStore;
  dealerId: string;
  /** Ids of the three colleagues who act in the stories. */
  users: Record<DemoRole, string>;
  branches: readonly string[];
  policy: Policy;
  /** Whether the simulated register answers, as it would have. */
  registerOn: boolean;
  firstStart: Date;
  /** Addresses of the files stored so far: they are removed again when the load fails. */
  stored: string[];
  /** The sixty by index, made on first use. */
  synthetic?: Map<number, SyntheticCustomer>;
}

export const ROLE_OF: Record<DemoRole, Role> = { staff: 'staff', officer: 'officer', manager: 'manager' };

/** So many policy days before the first start; fractions allowed. */
export function before(world: World, days: number): Date {
  return new Date(world.firstStart.getTime() - days * world.db.clock.dayMilliseconds);
}

/** Soon after the first start, so that somebody who has just signed in sees it happen; shrunk days make it sooner. */
export function soon(world: World, steps = 1): Date {
  const step = Math.min(60_000, world.db.clock.dayMilliseconds / 20);
  return new Date(world.firstStart.getTime() + steps * step);
}

/** When a customer must have been approved so that the review's first notice, or its due date, falls on an instant. */
export function approvalFor(world: World, risk: RiskLevel, what: 'notice' | 'due', at: Date): Date {
  const falls = (approvedAt: Date) => {
    const review = nextReview(risk, approvedAt, world.policy.refresh, world.db.clock.dayMilliseconds);
    return what === 'due' ? review.dueAt : (review.noticesAt[0]?.at ?? review.dueAt);
  };
  let approvedAt = at;
  // Months differ in length: the second round corrects what the first one missed by a day or two.
  for (let round = 0; round < 3; round += 1) {
    approvedAt = new Date(approvedAt.getTime() + at.getTime() - falls(approvedAt).getTime());
  }
  return approvedAt;
}
