import { cpuPerUnit, median, p95, total, verdictOf, type Round } from '../../bench/figures';
import { missed, report, type Bench } from '../../bench/report';

const round = (units: number, seconds: number, cpu: Record<string, number> = {}): Round => ({
  units,
  seconds,
  cpu,
});

test('the median is the middle value whatever the order, and the mean of two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 2, 9, 1])).toBe(5.5);
  expect(median([7])).toBe(7);
  expect(() => median([])).toThrow('at least one value');
});

test('the 95th percentile is the value that 95 of 100 do not exceed, whatever the order', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(p95(hundred)).toBe(95);
  expect(p95([4, 9, 2])).toBe(9);
  expect(p95([])).toBeNaN();
});

test('rates are units a second, and the ratio is the median of the pairs and not that of the medians', () => {
  const verdict = verdictOf({
    product: [round(100, 10), round(100, 40), round(100, 20)],
    bare: [round(100, 5), round(100, 10), round(100, 20)],
  });
  expect(verdict.productRate).toBe(5);
  expect(verdict.bareRate).toBe(10);
  // Pairs: 10 to 20, 2.5 to 10, 5 to 5.
  expect(verdict.ratio).toBe(0.5);
});

test('a pair that ran on a busy machine leaves the ratio as it is', () => {
  const verdict = verdictOf({
    product: [round(100, 10), round(100, 100), round(100, 10)],
    bare: [round(100, 8), round(100, 80), round(100, 8)],
  });
  expect(verdict.ratio).toBeCloseTo(0.8);
});

test('contestants that ran unequally often cannot be compared', () => {
  expect(() => verdictOf({ product: [round(1, 1)], bare: [] })).toThrow('same number of rounds');
});

test('CPU per unit is divided round by round, and a process that was absent spent nothing', () => {
  const rounds = [
    round(10, 1, { worker: 100, postgres: 30 }),
    round(20, 1, { worker: 300 }),
    round(5, 1, { worker: 60, postgres: 10 }),
  ];
  expect(cpuPerUnit(rounds)).toEqual({ worker: 12, postgres: 2 });
  expect(total(cpuPerUnit(rounds))).toBe(14);
});

const bench = (productSeconds: number): Bench => ({
  title: 'onboarding',
  unit: 'cases',
  target: 0.5,
  duel: {
    product: [round(100, productSeconds, { worker: 1_000 })],
    bare: [round(100, 10, { worker: 400, temporal: 200 })],
  },
  notes: ['so many customers'],
});

test('the printed table names speed, ratio, CPU of every process and memory with what holds and what does not', () => {
  const memory = [
    { name: 'worker', megabytes: 401, limit: 400 },
    { name: 'api', megabytes: undefined, limit: 400 },
  ];
  const lines = report([bench(16)], memory)
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '));
  expect(lines).toEqual(
    expect.arrayContaining([
      'onboarding 6.25 cases/s 10.0 cases/s 0.63 ≥ 0.5 holds',
      'onboarding worker 10.0 4.00',
      'onboarding temporal 0.00 2.00',
      'onboarding together 10.0 6.00',
      'worker 401 MB < 400 MB missed',
      'api unknown < 400 MB',
      'onboarding: so many customers',
    ]),
  );
  expect(missed([bench(16)], memory)).toBe(1);
});

test('a ratio exactly at its target holds, and one below it is missed', () => {
  expect(missed([bench(20)], [])).toBe(0);
  expect(missed([bench(20.1)], [])).toBe(1);
});
