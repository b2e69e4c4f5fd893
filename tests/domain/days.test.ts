import fc from 'fast-check';
import {
  addDays,
  addMonths,
  ageOn,
  dayInIstanbul,
  daysBetween,
  instantAt,
  instantOfDay,
  localTimeOf,
  parseDay,
  weekday,
} from '../../domain/days';

const days = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2100-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const instants = fc.date({
  min: new Date('2017-01-01T00:00:00Z'),
  max: new Date('2100-01-01T00:00:00Z'),
  noInvalidDate: true,
});

describe('days', () => {
  test.each(['2026-11-22', '2024-02-29', '2000-02-29', '1900-12-31', '0099-01-01', '9999-12-31'])(
    '%s is a real day',
    (text) => {
      expect(parseDay(text)).toBe(text);
    },
  );

  test.each([
    '2026-02-29',
    '1900-02-29',
    '2026-02-30',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '26-01-01',
    '2026-01-01T00:00:00Z',
    ' 2026-01-01',
    '2026-01-01\n',
    '22.11.2026',
    '٢٠٢٦-01-01',
    '',
    'bugün',
  ])('%j is no day', (text) => {
    expect(parseDay(text)).toBeNull();
  });

  test('days and distances undo each other', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(daysBetween('2024-02-28', '2024-03-01')).toBe(2);
    fc.assert(
      fc.property(days, fc.integer({ min: -40_000, max: 40_000 }), (day, count) => {
        expect(daysBetween(day, addDays(day, count))).toBe(count);
      }),
    );
  });

  test('the weekday is that of the calendar', () => {
    expect(weekday('2026-11-22')).toBe(0);
    expect(weekday('2026-11-28')).toBe(6);
  });

  test('what is no day is refused, not guessed', () => {
    expect(() => addDays('2026-02-30', 1)).toThrow(RangeError);
    expect(() => addMonths('soon', 1)).toThrow(RangeError);
    expect(() => daysBetween('2026-01-01', '')).toThrow(RangeError);
  });
});

describe('months', () => {
  test.each([
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2025-02-28', 12, '2026-02-28'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-08-31', 6, '2027-02-28'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2026-12-15', 1, '2027-01-15'],
    ['2026-01-15', -1, '2025-12-15'],
    ['2026-11-22', 0, '2026-11-22'],
  ])('%s and %i months give %s', (day, count, expected) => {
    expect(addMonths(day, count)).toBe(expected);
  });

  test('the month is always the right one and the day never later', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: -600, max: 600 }), (day, count) => {
        const shifted = addMonths(day, count);
        const months = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
        expect(months(shifted) - months(day)).toBe(count);
        expect(Number(shifted.slice(8)) <= Number(day.slice(8))).toBe(true);
      }),
    );
  });
});

describe('age', () => {
  test.each([
    ['1990-01-01', '2026-11-21', 36],
    ['2008-11-22', '2026-11-21', 17],
    ['2008-11-22', '2026-11-22', 18],
    ['2000-02-29', '2018-02-27', 17],
    ['2000-02-29', '2018-02-28', 18],
    ['2000-02-29', '2020-02-28', 19],
    ['2000-02-29', '2020-02-29', 20],
    ['2026-11-22', '2026-11-22', 0],
    ['2026-11-23', '2026-11-22', -1],
  ])('born %s is %3$i on %s', (birth, on, expected) => {
    expect(ageOn(birth, on)).toBe(expected);
  });
});

describe('Istanbul', () => {
  test('its day begins at 21:00 UTC of the day before', () => {
    expect(dayInIstanbul(new Date('2026-11-21T20:59:59.999Z'))).toBe('2026-11-21');
    expect(dayInIstanbul(new Date('2026-11-21T21:00:00Z'))).toBe('2026-11-22');
    expect(instantOfDay('2026-11-22', 0).toISOString()).toBe('2026-11-21T21:00:00.000Z');
    expect(instantOfDay('2026-07-01', 9.5).toISOString()).toBe('2026-07-01T06:30:00.000Z');
    expect(instantOfDay('2026-12-31', 24).toISOString()).toBe('2026-12-31T21:00:00.000Z');
  });

  test('before 2017 it had winter and summer time', () => {
    expect(instantOfDay('2015-01-15', 0).toISOString()).toBe('2015-01-14T22:00:00.000Z');
    expect(instantOfDay('2015-07-15', 0).toISOString()).toBe('2015-07-14T21:00:00.000Z');
    expect(dayInIstanbul(new Date('2015-01-14T21:30:00Z'))).toBe('2015-01-14');
    expect(instantOfDay('2015-03-29', 2).toISOString()).toBe('2015-03-29T00:00:00.000Z');
    // The night of the change: midnight still counted UTC+2, noon already UTC+3.
    expect(instantOfDay('2015-03-29', 0).toISOString()).toBe('2015-03-28T22:00:00.000Z');
    expect(instantOfDay('2015-03-29', 12).toISOString()).toBe('2015-03-29T09:00:00.000Z');
  });

  test('day and time of day lead back to the instant', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const { day, millisecondsOfDay } = localTimeOf(instant);
        expect(instantAt(day, millisecondsOfDay)).toEqual(instant);
        expect(millisecondsOfDay).toBeGreaterThanOrEqual(0);
        expect(millisecondsOfDay).toBeLessThan(86_400_000);
      }),
    );
  });
});
