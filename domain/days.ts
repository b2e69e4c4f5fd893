/** A day of the calendar, 'YYYY-MM-DD'. */
export type Day = string;

/** All business days begin and end in Türkiye. UTC+3 all year since 2016; earlier years had summer time. */
const ZONE = 'Europe/Istanbul';
const DAY_MILLISECONDS = 86_400_000;
const HOUR_MILLISECONDS = 3_600_000;
const wallClock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** The day itself when the text is a real day written YYYY-MM-DD (30 February is none), else null. */
export function parseDay(text: string): Day | null {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return null;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  // Date.parse carries 30 February over into March; a real day comes back as it went in.
  return !Number.isNaN(milliseconds) && toDay(milliseconds) === text ? text : null;
}

/** The day `count` days later; negative counts go back. Throws RangeError for what is no day. */
export function addDays(day: Day, count: number): Day {
  return toDay(midnight(day) + count * DAY_MILLISECONDS);
}

/**
 * The same day of the month `count` months later, or that month's last day where it has no such day (TBK m.92 [recalled]):
 * 29 February and twelve months give 28 February. Throws RangeError for what is no day.
 */
export function addMonths(day: Day, count: number): Day {
  const date = new Date(midnight(day));
  const dayOfMonth = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + count);
  const lastOfMonth = new Date(date);
  lastOfMonth.setUTCMonth(lastOfMonth.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(dayOfMonth, lastOfMonth.getUTCDate()));
  return toDay(date.getTime());
}

/** Whole days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((midnight(to) - midnight(from)) / DAY_MILLISECONDS);
}

/** 0 is Sunday, 6 is Saturday. */
export function weekday(day: Day): number {
  return new Date(midnight(day)).getUTCDay();
}

/**
 * Completed years of age on a day; -1 or less before birth. Who was born on 29 February completes a year on 28 February
 * of a common year, as every other period here does. [ours]
 */
export function ageOn(birth: Day, on: Day): number {
  const years = Number(on.slice(0, 4)) - Number(birth.slice(0, 4));
  return addMonths(birth, 12 * years) <= on ? years : years - 1;
}

/** The day it is in Türkiye at an instant. */
export function dayInIstanbul(instant: Date): Day {
  return localTimeOf(instant).day;
}

/** The instant at which the clock in Türkiye shows this hour (0 to 24, fractions allowed) of a day. */
export function instantOfDay(day: Day, hour: number): Date {
  return instantAt(day, hour * HOUR_MILLISECONDS);
}

/** Day and time of day in Türkiye at an instant. */
export function localTimeOf(instant: Date): { day: Day; millisecondsOfDay: number } {
  const local = instant.getTime() + offsetAt(instant.getTime());
  const day = toDay(local);
  return { day, millisecondsOfDay: local - midnight(day) };
}

/** The instant of a day and time of day in Türkiye; undoes `localTimeOf`. */
export function instantAt(day: Day, millisecondsOfDay: number): Date {
  const local = midnight(day) + millisecondsOfDay;
  // The offset is that of the instant looked for: the second look is right where the first one crossed a clock change.
  const guess = local - offsetAt(local);
  return new Date(local - offsetAt(guess));
}

function offsetAt(instant: number): number {
  const parts = new Map(wallClock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const shown = Date.UTC(
    parts.get('year') ?? 0,
    (parts.get('month') ?? 1) - 1,
    parts.get('day'),
    parts.get('hour'),
    parts.get('minute'),
    parts.get('second'),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}

function midnight(day: Day): number {
  if (parseDay(day) === null) throw new RangeError('Not a day written as YYYY-MM-DD');
  return Date.parse(`${day}T00:00:00Z`);
}

function toDay(milliseconds: number): Day {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
