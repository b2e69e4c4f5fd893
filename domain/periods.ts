import { addDays, addMonths, instantAt, localTimeOf } from './days';

/** A parsed ISO 8601 period. Months and days follow the calendar, milliseconds the clock. */
export interface Period {
  months: number;
  days: number;
  milliseconds: number;
}

const REAL_DAY = 86_400_000;
const PERIOD =
  /^P(?!$)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?!$)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?$/;

/** Reads a period such as P30D, P12M, P1Y or PT24H. Throws RangeError for anything else: policies are checked on save. */
export function parsePeriod(text: string): Period {
  const match = PERIOD.exec(text);
  if (match === null) throw new RangeError('Not an ISO 8601 period such as P30D, P12M or PT24H');
  const part = (index: number) => Number(match[index] ?? 0);
  return {
    months: part(1) * 12 + part(2),
    days: part(3) * 7 + part(4),
    milliseconds: part(5) * 3_600_000 + part(6) * 60_000 + part(7) * 1000,
  };
}

/**
 * The instant one period later. With a real day, months and days are those of the calendar in Europe/Istanbul and keep
 * the time of day (31 January and P1M give 28 February). With a shrunk day (SICIL_DAY_SECONDS) the period becomes a
 * number of such days, 365 to a year and 30 to a month, and hours shrink alike.
 */
export function addPeriod(start: Date, period: string, dayMilliseconds: number): Date {
  return shift(start, parsePeriod(period), dayMilliseconds, 1);
}

/** The instant one period earlier, by the same rules: notices go out ahead of a due date. */
export function subtractPeriod(start: Date, period: string, dayMilliseconds: number): Date {
  return shift(start, parsePeriod(period), dayMilliseconds, -1);
}

function shift(start: Date, period: Period, dayMilliseconds: number, sign: 1 | -1): Date {
  if (dayMilliseconds !== REAL_DAY) {
    return new Date(start.getTime() + Math.round(sign * shrunk(period, dayMilliseconds)));
  }
  const { day, millisecondsOfDay } = localTimeOf(start);
  const shifted = addDays(addMonths(day, sign * period.months), sign * period.days);
  return new Date(instantAt(shifted, millisecondsOfDay).getTime() + sign * period.milliseconds);
}

function shrunk(period: Period, dayMilliseconds: number): number {
  const years = Math.trunc(period.months / 12);
  const days = years * 365 + (period.months % 12) * 30 + period.days;
  return (days + period.milliseconds / REAL_DAY) * dayMilliseconds;
}
