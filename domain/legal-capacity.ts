import { addMonths, ageOn, parseDay, type Day } from './days';
import { isAbsent, textAt, valueAt } from './record-path';

/**
 * Whether a person is younger than `adultAge` on a day in Europe/Istanbul (T10, T11). Of somebody whose register shows the
 * year only (T15) the last day of that year counts: until then nobody can know. [ours] Without a birth date: false.
 */
export function isMinor(person: unknown, today: string, adultAge: number): boolean {
  const birth = latestBirthOf(person);
  return birth !== null && ageOn(birth, today) < adultAge;
}

/** The first day on which `isMinor` is no longer true of them, past or to come; null without a birth date. */
export function comesOfAgeOn(person: unknown, adultAge: number): Day | null {
  const birth = latestBirthOf(person);
  return birth === null ? null : addMonths(birth, 12 * adultAge);
}

function latestBirthOf(person: unknown): Day | null {
  const birth = textAt(person, 'birthDate');
  if (parseDay(birth) === null) return null;
  return isYearOnly(person) ? `${birth.slice(0, 4)}-12-31` : birth;
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
