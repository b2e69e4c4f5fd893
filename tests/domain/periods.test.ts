import fc from 'fast-check';
import { REAL_DAY } from '../../clock';
import { addPeriod, parsePeriod, subtractPeriod } from '../../domain/periods';

const added = (start: string, period: string, day = REAL_DAY) =>
  addPeriod(new Date(start), period, day).toISOString();

describe('reading periods', () => {
  test.each([
    ['P30D', { months: 0, days: 30, milliseconds: 0 }],
    ['P12M', { months: 12, days: 0, milliseconds: 0 }],
    ['P1Y2M3W4D', { months: 14, days: 25, milliseconds: 0 }],
    ['PT24H', { months: 0, days: 0, milliseconds: 86_400_000 }],
    ['P1DT1H30M15S', { months: 0, days: 1, milliseconds: 5_415_000 }],
    ['P0D', { months: 0, days: 0, milliseconds: 0 }],
  ])('%s', (text, expected) => {
    expect(parsePeriod(text)).toEqual(expected);
  });

  test.each([
    '',
    'P',
    'PT',
    'P1DT',
    '30D',
    'P30',
    'P-1D',
    '-P1D',
    'P1.5D',
    'p1d',
    ' P1D',
    'P1D\n',
    'P1H',
    'P1M1Y',
  ])('%j is refused', (text) => {
    expect(() => parsePeriod(text)).toThrow(RangeError);
  });
});

describe('with real days', () => {
  test.each([
    ['2026-11-22T07:15:00.000Z', 'P30D', '2026-12-22T07:15:00.000Z'],
    ['2026-01-31T07:00:00.000Z', 'P1M', '2026-02-28T07:00:00.000Z'],
    ['2024-02-29T07:00:00.000Z', 'P12M', '2025-02-28T07:00:00.000Z'],
    // 22:00 UTC is already the first of the month in Istanbul.
    ['2026-01-31T22:00:00.000Z', 'P1M', '2026-02-28T22:00:00.000Z'],
    ['2026-11-22T07:15:00.000Z', 'PT24H', '2026-11-23T07:15:00.000Z'],
    ['2026-11-22T07:15:00.000Z', 'P1DT1H', '2026-11-23T08:15:00.000Z'],
    // Over the change to summer time of 2015 the wall clock keeps its hour, a day of hours does not.
    ['2015-03-28T10:00:00.000Z', 'P1D', '2015-03-29T09:00:00.000Z'],
    ['2015-03-28T10:00:00.000Z', 'PT24H', '2015-03-29T10:00:00.000Z'],
  ])('%s and %s give %s', (start, period, expected) => {
    expect(added(start, period)).toBe(expected);
  });

  test('notices ahead of a date are counted back the same way', () => {
    expect(subtractPeriod(new Date('2026-12-22T07:15:00Z'), 'P30D', REAL_DAY)).toEqual(
      new Date('2026-11-22T07:15:00Z'),
    );
    expect(subtractPeriod(new Date('2026-03-31T07:00:00Z'), 'P1M', REAL_DAY)).toEqual(
      new Date('2026-02-28T07:00:00Z'),
    );
  });
});

describe('with shrunk days', () => {
  test.each([
    ['P30D', 30_000],
    ['P1M', 30_000],
    ['P12M', 365_000],
    ['P1Y', 365_000],
    ['P14M', 425_000],
    ['PT24H', 1000],
    ['PT12H', 500],
    ['P1DT6H', 1250],
  ])('a day of one second makes %s last %i ms', (period, milliseconds) => {
    const start = new Date('2026-11-22T07:15:00Z');
    expect(addPeriod(start, period, 1000).getTime() - start.getTime()).toBe(milliseconds);
    expect(start.getTime() - subtractPeriod(start, period, 1000).getTime()).toBe(milliseconds);
  });
});

test('a longer period never ends earlier', () => {
  const start = fc.date({ min: new Date('2020-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(start, fc.nat(400), fc.nat(400), fc.constantFrom(REAL_DAY, 60_000), (from, a, b, day) => {
      const [short, long] = a <= b ? [a, b] : [b, a];
      for (const unit of ['D', 'M']) {
        expect(addPeriod(from, `P${short}${unit}`, day).getTime()).toBeLessThanOrEqual(
          addPeriod(from, `P${long}${unit}`, day).getTime(),
        );
      }
    }),
  );
});
