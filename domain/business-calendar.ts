import { type Day, addDays, parseDay, weekday } from './days';

/** Official holidays on the same day of every year, 'MM-DD' (D-3.9). */
const FIXED_HOLIDAYS: ReadonlySet<string> = new Set([
  '01-01', // Yılbaşı
  '04-23', // Ulusal Egemenlik ve Çocuk Bayramı
  '05-01', // Emek ve Dayanışma Günü
  '05-19', // Atatürk'ü Anma, Gençlik ve Spor Bayramı
  '07-15', // Demokrasi ve Millî Birlik Günü
  '08-30', // Zafer Bayramı
  '10-29', // Cumhuriyet Bayramı
]);

/**
 * Days of the two religious feasts, first to last (D-3.9, from PyPI holidays 0.109). Those of 2027 are to be checked
 * against Diyanet. Half days before them (and 28 October) count as business days: the earlier deadline is the safer
 * one. [ours]
 */
const FEASTS: readonly { from: Day; to: Day }[] = [
  { from: '2026-03-20', to: '2026-03-22' }, // Ramazan
  { from: '2026-05-27', to: '2026-05-30' }, // Kurban
  { from: '2027-03-09', to: '2027-03-11' }, // Ramazan
  { from: '2027-05-16', to: '2027-05-19' }, // Kurban; the last day is 19 May anyway
];

/**
 * Until when the feasts are known. Later years hold the fixed holidays only, so a deadline there may fall too early,
 * never too late.
 */
export const FEASTS_KNOWN_UNTIL: Day = '2027-12-31';

/** Whether a day is an official full-day holiday. */
export function isHoliday(day: Day): boolean {
  return FIXED_HOLIDAYS.has(day.slice(5)) || FEASTS.some(({ from, to }) => from <= day && day <= to);
}

/** A working day (iş günü): Monday to Friday, no official holiday. Throws RangeError for what is no day. */
export function isBusinessDay(day: Day): boolean {
  const inWeek = weekday(day);
  return inWeek !== 0 && inWeek !== 6 && !isHoliday(day);
}

/**
 * The `count`-th business day after a day, which itself is not counted (D-3.9 [ours]); zero answers the day itself.
 * Throws RangeError for what is no day, and for a count that is negative or no whole number.
 */
export function addBusinessDays(day: Day, count: number): Day {
  if (!Number.isInteger(count) || count < 0) throw new RangeError('Business days are counted forward, whole');
  if (parseDay(day) === null) throw new RangeError('Not a day written as YYYY-MM-DD');
  let current = day;
  for (let left = count; left > 0;) {
    current = addDays(current, 1);
    if (isBusinessDay(current)) left -= 1;
  }
  return current;
}
