import fc from 'fast-check';

import { dayInIstanbul } from '../../domain/days';
import { ladderOf, rungDueAt } from '../../domain/ladder';
import { addPeriod } from '../../domain/periods';
import {
  brokenFloors,
  movesOf,
  sameRung,
  type DateFacts,
  type Move,
  type OpenCase,
} from '../../domain/policy-change';
import { nextReview } from '../../domain/review';
import { DEFAULT_POLICY, type LadderStep, type Policy } from '../../domain/rules/policy';

const DAY = 86_400_000;
const NOW = new Date('2026-11-22T09:00:00Z');
const policy = Object.fromEntries(DEFAULT_POLICY.map(({ key, value }) => [key, value])) as unknown as Policy;

const months = fc.integer({ min: 2, max: 60 });
const refresh = fc
  .record({
    full: months,
    grace: fc.integer({ min: 0, max: 90 }),
    notices: fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
  })
  .map(({ full, grace, notices }): Policy => {
    const level = { full: `P${full}M`, light: null, noticeDays: notices, graceDays: grace };
    return { ...policy, refresh: { high: level, medium: level, low: level } };
  });
const risk = fc.constantFrom('low' as const, 'medium' as const, 'high' as const, null);

/** Reminders on ascending days before the suspension. */
const ladder = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 0, max: 29 }), { minLength: 1, maxLength: 5 }),
    fc.subarray(['list', 'reminder_1', 'reminder_2', 'escalation', 'final_notice'], { minLength: 5 }),
  )
  .map(([days, steps]): Policy => {
    const followUpLadder = days
      .sort((a, b) => a - b)
      .map((day, index): LadderStep => ({
        day,
        step: steps[index] ?? '',
        audience: 'customer',
        channels: ['email'],
      }));
    return { ...policy, followUpLadder };
  });

/** An active customer whose review was set by a policy. */
function reviewed(by: Policy, daysAgo: number, level: DateFacts['risk']): DateFacts {
  const reviewFrom = new Date(NOW.getTime() - daysAgo * DAY);
  const plan = nextReview(level ?? 'medium', reviewFrom, by.refresh, DAY);
  return {
    status: 'active',
    trigger: 'continuous',
    risk: level,
    reviewFrom,
    nextReviewOn: plan.dueOn,
    overdue: false,
    openCase: null,
    duties: { refresh_notice: plan.noticesAt[0]?.at ?? plan.dueAt },
  };
}

/** A customer who stands on a rung of a policy's ladder, climbed in time. */
function climbing(by: Policy, step: number): DateFacts {
  const rungs = ladderOf('follow_up', by);
  const index = Math.min(step, rungs.length - 1);
  const startedAt = new Date('2026-11-01T09:00:00Z');
  const last = rungs[index - 1];
  const ladderStepAt = last === undefined ? null : addPeriod(startedAt, `P${last.day}D`, DAY);
  const rung = rungs[index];
  if (rung === undefined) throw new Error('There is no such rung');
  const openCase: OpenCase = {
    id: 'case',
    kind: 'follow_up',
    stage: 'waiting_customer',
    waitingOn: 'customer',
    since: startedAt,
    openedAt: startedAt,
    progressAt: startedAt,
    ladderStartedAt: startedAt,
    ladderStep: index,
    ladderStepAt,
    dueOn: null,
  };
  return {
    ...reviewed(policy, 10, 'low'),
    openCase,
    duties: { follow_up_step: rungDueAt(rung, startedAt, ladderStepAt, DAY) },
  };
}

/** The facts once a move has been made. */
function moved(facts: DateFacts, moves: readonly Move[]): DateFacts {
  return moves.reduce((now, move) => {
    const duties = { ...now.duties };
    delete duties[move.duty.from];
    const openCase =
      now.openCase === null
        ? null
        : {
            ...now.openCase,
            ladderStep: move.rung.to ?? now.openCase.ladderStep,
            dueOn: move.dueAt.to ?? now.openCase.dueOn,
          };
    return {
      ...now,
      openCase: move.endsCase ? null : openCase,
      duties: { ...duties, [move.duty.to]: move.at.to },
      nextReviewOn: move.what === 'review' || move.what === 'refresh' ? move.on.to : now.nextReviewOn,
    };
  }, facts);
}

const movesBetween = (facts: DateFacts, before: Policy, after: Policy) =>
  movesOf(facts, { before, after }, NOW, DAY);

test('a policy that says the same moves nothing', () => {
  fc.assert(
    fc.property(refresh, fc.integer({ min: 0, max: 400 }), risk, (by, daysAgo, level) => {
      expect(movesBetween(reviewed(by, daysAgo, level), by, structuredClone(by))).toEqual([]);
    }),
  );
});

test('a review lands where the new policy would have set it, and undoing the change gives every date back', () => {
  fc.assert(
    fc.property(refresh, refresh, fc.integer({ min: 0, max: 400 }), risk, (before, after, daysAgo, level) => {
      const facts = reviewed(before, daysAgo, level);
      const there = moved(facts, movesBetween(facts, before, after));
      expect(there).toEqual(reviewed(after, daysAgo, level));
      expect(moved(there, movesBetween(there, after, before))).toEqual(facts);
    }),
  );
});

test('a review that comes a month later moves, though its longer notice begins at the same instant', () => {
  const by = (full: string, notice: number): Policy => {
    const level = { full, light: null, noticeDays: [notice], graceDays: 0 };
    return { ...policy, refresh: { high: level, medium: level, low: level } };
  };
  const facts = reviewed(by('P7M', 10), 23, 'low');
  const [move, ...others] = movesBetween(facts, by('P7M', 10), by('P8M', 41));
  expect(others).toEqual([]);
  expect(move?.at.to).toEqual(move?.at.from);
  expect(move?.on).toEqual({ from: '2027-05-30', to: '2027-06-30' });
});

test('applied twice, a change moves nothing the second time', () => {
  fc.assert(
    fc.property(refresh, refresh, fc.integer({ min: 0, max: 400 }), (before, after, daysAgo) => {
      const facts = reviewed(before, daysAgo, 'low');
      const there = moved(facts, movesBetween(facts, before, after));
      expect(movesBetween(there, before, after)).toEqual([]);
    }),
  );
});

test('a ladder with the same rungs on other days is climbed on, and undoing gives the day back', () => {
  fc.assert(
    fc.property(
      ladder,
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 3 }),
      (before, step, later) => {
        const after: Policy = {
          ...before,
          followUpLadder: before.followUpLadder.map((rung) => ({ ...rung, day: rung.day + later })),
          suspendAfterDays: before.suspendAfterDays + later,
          closeProposalAfterDays: before.closeProposalAfterDays + later,
        };
        const facts = climbing(before, step);
        const there = moved(facts, movesBetween(facts, before, after));
        expect(there.openCase?.ladderStep).toBe(facts.openCase?.ladderStep);
        const [from, to] = [facts.duties.follow_up_step, there.duties.follow_up_step];
        expect(Number(to)).toBeGreaterThanOrEqual(Number(from));
        expect(moved(there, movesBetween(there, after, before)).duties).toEqual(facts.duties);
      },
    ),
  );
});

test('no rung that was climbed is climbed again, whatever the ladder becomes', () => {
  fc.assert(
    fc.property(ladder, ladder, fc.integer({ min: 0, max: 7 }), (before, after, step) => {
      const [old, fresh] = [ladderOf('follow_up', before), ladderOf('follow_up', after)];
      const index = sameRung(old, fresh, step);
      const climbed = old.slice(0, step).map((rung) => rung.step);
      expect(climbed).not.toContain(fresh[index]?.step ?? 'none');
      expect(index).toBeLessThanOrEqual(fresh.length);
    }),
  );
});

describe('an announced review', () => {
  const quarter: Policy = {
    ...policy,
    refresh: { ...policy.refresh, low: { ...policy.refresh.low, light: 'P9M' } },
  };

  function announced(dueOn: Date): DateFacts {
    const facts = reviewed(policy, 340, 'low');
    const openCase: OpenCase = {
      ...(climbing(policy, 0).openCase as OpenCase),
      kind: 'refresh',
      waitingOn: 'confirmation',
      ladderStartedAt: null,
      dueOn,
    };
    return { ...facts, openCase, duties: { refresh_notice: new Date(dueOn.getTime() - 7 * DAY) } };
  }

  test('moves with the policy', () => {
    const plan = nextReview('low', new Date(NOW.getTime() - 340 * DAY), policy.refresh, DAY);
    const [move] = movesBetween(announced(plan.dueAt), policy, quarter);
    expect(move).toMatchObject({ what: 'refresh', endsCase: false, duty: { to: 'refresh_due' } });
    expect(move?.on.from).toBe(dayInIstanbul(plan.dueAt));
  });

  test('that somebody began early keeps its day', () => {
    const early = new Date(NOW.getTime() + 20 * DAY);
    expect(movesBetween(announced(early), policy, quarter)).toEqual([]);
  });

  test('ends where the new day is far away', () => {
    const plan = nextReview('low', new Date(NOW.getTime() - 340 * DAY), policy.refresh, DAY);
    const far: Policy = {
      ...policy,
      refresh: { ...policy.refresh, low: { ...policy.refresh.low, light: 'P20M' } },
    };
    expect(movesBetween(announced(plan.dueAt), policy, far)).toMatchObject([
      { endsCase: true, duty: { from: 'refresh_notice', to: 'refresh_notice' } },
    ]);
  });
});

test('deadlines move by the difference, so that what an import spread stays spread', () => {
  const openCase: OpenCase = {
    ...(climbing(policy, 0).openCase as OpenCase),
    kind: 'onboarding',
    waitingOn: 'submit',
    stage: 'collecting',
  };
  const spread = new Date('2026-12-03T10:17:00Z');
  const facts: DateFacts = {
    ...reviewed(policy, 0, 'low'),
    status: 'onboarding',
    openCase,
    duties: { case_expiry: spread },
  };
  const [move] = movesBetween(facts, policy, { ...policy, onboardingExpiry: 'P45D' });
  expect(move).toMatchObject({ what: 'onboarding_expiry', at: { to: new Date('2026-12-18T10:17:00Z') } });
});

test('a bound that was read is refused, one that was recalled is warned of', () => {
  const floor = { path: 'a', atLeast: 'P8Y', legalBasis: 'x' };
  const broken = (confidence: 'read' | 'recalled', value: string) =>
    brokenFloors({ a: value }, [{ ...floor, confidence }]).map(({ refused }) => refused);
  expect(broken('read', 'P7Y')).toEqual([true]);
  expect(broken('recalled', 'P95M')).toEqual([false]);
  expect(broken('read', 'P96M')).toEqual([]);
});
