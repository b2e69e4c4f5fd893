import fc from 'fast-check';

import { addDays } from '../../domain/days';
import { comesOfAgeOn, isMinor } from '../../domain/legal-capacity';

const day = fc
  .date({ min: new Date('1930-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

test('a person is a minor up to the day before they come of age, and never again from that day on', () => {
  fc.assert(
    fc.property(day, fc.boolean(), fc.integer({ min: 15, max: 21 }), (birthDate, yearOnly, adultAge) => {
      const person = { birthDate, ...(yearOnly ? { birthDatePrecision: 'year' } : {}) };
      const on = comesOfAgeOn(person, adultAge) ?? '';
      expect(isMinor(person, addDays(on, -1), adultAge)).toBe(true);
      expect(isMinor(person, on, adultAge)).toBe(false);
    }),
  );
});

test('of whom only the year is known, the last day of that year counts; without a birth date nobody can tell', () => {
  const known = { birthDate: '2008-03-02', birthDatePrecision: 'year' };
  expect(comesOfAgeOn(known, 18)).toBe('2026-12-31');
  expect(comesOfAgeOn({}, 18)).toBeNull();
});
