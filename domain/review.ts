import type { RiskLevel } from './customer';
import { addDays, dayInIstanbul } from './days';
import { addPeriod, subtractPeriod } from './periods';
import type { Policy } from './rules/policy';

export interface NextReview {
  dueAt: Date;
  /** The same as a day in Europe/Istanbul. */
  dueOn: string;
  noticesAt: { at: Date; daysBefore: number }[];
  /** When silence turns into the ladder. */
  graceEndsAt: Date;
}

/**
 * The next periodic review after `from` (D-4.4: every period is our own choice, the duty to keep data current TY m.19,
 * recalled). Where a risk level has light confirmations between the full ones, the nearer of the two counts.
 */
export function nextReview(
  risk: RiskLevel,
  from: Date,
  policy: Policy['refresh'],
  dayMilliseconds: number,
): NextReview {
  const { full, light, noticeDays, graceDays } = policy[risk];
  const dueAt = addPeriod(from, light ?? full, dayMilliseconds);
  return {
    dueAt,
    dueOn: dayInIstanbul(dueAt),
    noticesAt: [...noticeDays]
      .sort((a, b) => b - a)
      .map((daysBefore) => ({ at: subtractPeriod(dueAt, `P${daysBefore}D`, dayMilliseconds), daysBefore })),
    graceEndsAt: addPeriod(dueAt, `P${graceDays}D`, dayMilliseconds),
  };
}

/**
 * The day on which a paper that runs out on `expiresOn` is looked at next: each notice ahead of it (D-4.4), in the end the
 * day after. Days already past are not made up for.
 */
export function nextExpiryLook(expiresOn: string, noticeDays: readonly number[], today: string): string {
  const ahead = noticeDays.map((days) => addDays(expiresOn, -days)).filter((day) => day > today);
  return ahead.sort()[0] ?? addDays(expiresOn, 1);
}
