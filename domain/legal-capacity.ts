import { ageOn, parseDay } from './days';
import { isAbsent, textAt, valueAt } from './record-path';

/**
 * Whether a person is younger than `adultAge` on a day in Europe/Istanbul (T10, T11). Of somebody whose register shows the
 * year only (T15) the last day of that year counts: until then nobody can know. [ours] Without a birth date: false.
 */
export function isMinor(person: unknown, today: string, adultAge: number): boolean {
  const birth = textAt(person, 'birthDate');
  if (parseDay(birth) === null) return false;
  const latest = isYearOnly(person) ? `${birth.slice(0, 4)}-12-31` : birth;
  return ageOn(latest, today) < adultAge;
}

/** The register knows the year only: day and month of the birth date mean nothing (T15). */
export function isYearOnly(person: unknown): boolean {
  return valueAt(person, 'birthDatePrecision') === 'year';
}

/** Whether somebody acts for the person; without a name it is nobody. */
export function isRepresented(record: unknown): boolean {
  return !['givenNames', 'surname'].every((part) =>
    isAbsent(valueAt(record, `representative.person.${part}`)),
  );
}

/** Whether the person's own signature binds nobody: a minor, or somebody whom a court restricted. */
export function lacksCapacity(record: unknown, today: string, adultAge: number): boolean {
  const declared = valueAt(record, 'legalCapacity');
  return declared === 'minor' || declared === 'restricted' || isMinor(record, today, adultAge);
}

/** Whether staff have marked the customer as deceased, with the day (T12): nobody writes to them or signs for them. */
export function isDeceased(record: unknown): boolean {
  return !isAbsent(valueAt(record, 'deceasedOn'));
}
