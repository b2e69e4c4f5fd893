import { ladderOf, nextConsequence, rungDueAt, rungFromDay } from '../../domain/ladder';
import { DEFAULT_POLICY, type Policy } from '../../domain/rules/policy';

const DAY = 86_400_000;
const policy = Object.fromEntries(DEFAULT_POLICY.map(({ key, value }) => [key, value])) as unknown as Policy;
const start = new Date('2026-11-22T09:00:00Z');
const day = (n: number) => new Date(start.getTime() + n * DAY);

test('an onboarding expires on day 30; every other case is suspended and then proposed for closing', () => {
  const steps = (kind: Parameters<typeof ladderOf>[0]) =>
    ladderOf(kind, policy).map((rung) => [rung.day, rung.step]);
  const reminders = [
    [0, 'list'],
    [3, 'reminder_1'],
    [7, 'reminder_2'],
    [14, 'escalation'],
    [21, 'final_notice'],
  ];
  expect(steps('onboarding')).toEqual([...reminders, [30, 'expire']]);
  for (const kind of ['follow_up', 'refresh', 'review'] as const)
    expect(steps(kind)).toEqual([...reminders, [30, 'suspend'], [60, 'propose_close']]);
});

test('a rung falls due on its day, and never sooner than a day after the one before', () => {
  const [, first] = ladderOf('onboarding', policy);
  if (first === undefined) throw new Error('no rung');
  expect(rungDueAt(first, start, day(0), DAY)).toEqual(day(3));
  expect(rungDueAt(first, start, day(2.5), DAY)).toEqual(day(3.5));
  expect(rungDueAt(first, start, day(10), DAY)).toEqual(day(11));
  expect(rungDueAt(first, start, null, DAY)).toEqual(day(3));
});

test('silence joins at the first rung on or after its day', () => {
  const ladder = ladderOf('refresh', policy);
  expect(ladder[rungFromDay(ladder, 14)]?.step).toBe('escalation');
  expect(ladder[rungFromDay(ladder, 15)]?.step).toBe('final_notice');
  expect(ladder[rungFromDay(ladder, 30)]?.step).toBe('suspend');
  expect(rungFromDay(ladder, 61)).toBe(ladder.length);
});

test('the consequence that a reminder names is the one that will really come, and when', () => {
  const onboarding = ladderOf('onboarding', policy);
  expect(nextConsequence(onboarding, 0, start, day(0), DAY)).toEqual({ does: 'expire', at: day(30) });
  expect(nextConsequence(onboarding, 1, start, day(40), DAY)).toEqual({ does: 'expire', at: day(44) });
  const active = ladderOf('follow_up', policy);
  expect(nextConsequence(active, 4, start, day(21), DAY)).toEqual({ does: 'suspend', at: day(30) });
  expect(nextConsequence(active, 6, start, day(60), DAY)).toBeNull();
});
