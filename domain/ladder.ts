import type { CaseKind } from './customer';
import { addPeriod } from './periods';
import type { LadderStep, Policy } from './rules/policy';

/** A rung of the reminder ladder: a message, a task or a consequence, on a policy day after the ladder began. */
export type Rung =
  | ({ does: 'remind' } & LadderStep)
  | { does: 'expire' | 'suspend' | 'propose_close'; day: number; step: string };

/** The whole ladder for a kind of case: an onboarding expires, everything else is suspended and then proposed for closing. */
export function ladderOf(kind: CaseKind, policy: Policy): Rung[] {
  const reminders = policy.followUpLadder.map((step): Rung => ({ does: 'remind', ...step }));
  const consequences: Rung[] =
    kind === 'onboarding'
      ? [{ does: 'expire', day: policy.suspendAfterDays, step: 'expire' }]
      : [
          { does: 'suspend', day: policy.suspendAfterDays, step: 'suspend' },
          { does: 'propose_close', day: policy.closeProposalAfterDays, step: 'propose_close' },
        ];
  return [...reminders, ...consequences];
}

/**
 * When a rung falls due. After an outage rungs do not follow each other on the same day: a message every policy day at
 * most, so a late ladder moves on by days, and none is skipped.
 */
export function rungDueAt(
  rung: Rung,
  startedAt: Date,
  previousDoneAt: Date | null,
  dayMilliseconds: number,
): Date {
  const planned = addPeriod(startedAt, `P${rung.day}D`, dayMilliseconds);
  if (previousDoneAt === null) return planned;
  const earliest = addPeriod(previousDoneAt, 'P1D', dayMilliseconds);
  return planned > earliest ? planned : earliest;
}

/** The first consequence after a rung that is done now, and when it comes if every rung in between goes out on time. */
export function nextConsequence(
  ladder: readonly Rung[],
  step: number,
  startedAt: Date,
  now: Date,
  dayMilliseconds: number,
): { does: 'expire' | 'suspend' | 'propose_close'; at: Date } | null {
  let at = now;
  for (const rung of ladder.slice(step + 1)) {
    at = rungDueAt(rung, startedAt, at, dayMilliseconds);
    if (rung.does !== 'remind') return { does: rung.does, at };
  }
  return null;
}

/** Index of the first rung on or after a day: a silent refresh joins there. */
export function rungFromDay(ladder: readonly Rung[], day: number): number {
  const index = ladder.findIndex((rung) => rung.day >= day);
  return index === -1 ? ladder.length : index;
}
