import fc from 'fast-check';
import {
  FEASTS_KNOWN_UNTIL,
  addBusinessDays,
  isBusinessDay,
  isHoliday,
} from '../../domain/business-calendar';
import { addDays, daysBetween } from '../../domain/days';

test.each([
  ['2026-03-16', '2026-03-31'],
  ['2026-05-20', '2026-06-08'],
  ['2026-10-27', '2026-11-11'],
  ['2026-11-20', '2026-12-04'],
  ['2026-12-24', '2027-01-08'],
  ['2027-03-05', '2027-03-24'],
  ['2027-05-07', '2027-05-26'],
])('ten business days after %s are over on %s', (day, expected) => {
  expect(addBusinessDays(day, 10)).toBe(expected);
});

test('the full-day holidays of 2026 and 2027 are these and no others', () => {
  const found: string[] = [];
  for (let day = '2026-01-01'; day <= FEASTS_KNOWN_UNTIL; day = addDays(day, 1))
    if (isHoliday(day)) found.push(day);
  expect(found).toEqual([
    '2026-01-01',
    '2026-03-20',
    '2026-03-21',
    '2026-03-22',
    '2026-04-23',
    '2026-05-01',
    '2026-05-19',
    '2026-05-27',
    '2026-05-28',
    '2026-05-29',
    '2026-05-30',
    '2026-07-15',
    '2026-08-30',
    '2026-10-29',
    '2027-01-01',
    '2027-03-09',
    '2027-03-10',
    '2027-03-11',
    '2027-04-23',
    '2027-05-01',
    '2027-05-16',
    '2027-05-17',
    '2027-05-18',
    '2027-05-19',
    '2027-07-15',
    '2027-08-30',
    '2027-10-29',
  ]);
});

test('half days before a feast are business days', () => {
  for (const day of ['2026-03-19', '2026-05-26', '2026-10-28', '2027-03-08', '2027-10-28']) {
    expect([day, isBusinessDay(day)]).toEqual([day, true]);
  }
});

test('weekends are no business days', () => {
  expect(isBusinessDay('2026-11-20')).toBe(true);
  expect(isBusinessDay('2026-11-21')).toBe(false);
  expect(isBusinessDay('2026-11-22')).toBe(false);
});

test('years without known feasts keep the fixed holidays', () => {
  expect(isHoliday('2031-10-29')).toBe(true);
  expect(isBusinessDay('2031-10-30')).toBe(true);
});

test('counting lands on a business day and passes exactly as many as asked', () => {
  fc.assert(
    fc.property(fc.nat(700), fc.integer({ min: 1, max: 40 }), (offset, count) => {
      const start = addDays('2026-01-01', offset);
      const end = addBusinessDays(start, count);
      expect(isBusinessDay(end)).toBe(true);
      const passed = Array.from({ length: daysBetween(start, end) }, (_, index) => addDays(start, index + 1));
      expect(passed.filter(isBusinessDay)).toHaveLength(count);
    }),
  );
});

test('no business day is the day itself, and nonsense is refused', () => {
  expect(addBusinessDays('2026-11-22', 0)).toBe('2026-11-22');
  expect(() => addBusinessDays('2026-11-22', -1)).toThrow(RangeError);
  expect(() => addBusinessDays('2026-11-22', 1.5)).toThrow(RangeError);
  expect(() => addBusinessDays('2026-02-30', 0)).toThrow(RangeError);
});
