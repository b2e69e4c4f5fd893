/** Milliseconds of a real day. */
export const REAL_DAY = 86_400_000;

/**
 * The only source of business time. Rules, due dates and business stamps take `now` from here, so that tests move time
 * and a demo shortens every policy day; audit stamps stay the database's own.
 */
export interface Clock {
  now(): Date;
  /** Length of one policy day in milliseconds: 86,400,000, unless SICIL_DAY_SECONDS shrinks it in development. */
  readonly dayMilliseconds: number;
  /** Milliseconds by which this clock is ahead of the machine's: what the database adds to its own where it stamps. */
  ahead(): number;
}

/** The system's time. `daySeconds` shortens policy days in development. */
export function systemClock(daySeconds?: number): Clock {
  return {
    now: () => new Date(),
    dayMilliseconds: daySeconds === undefined ? REAL_DAY : daySeconds * 1000,
    ahead: () => 0,
  };
}

/** A clock for tests: starts at an instant and moves only when told to. */
export interface MovableClock extends Clock {
  moveTo(instant: Date | string): void;
  moveBy(milliseconds: number): void;
}

export function movableClock(start: Date | string): MovableClock {
  let current = new Date(start).getTime();
  return {
    now: () => new Date(current),
    dayMilliseconds: REAL_DAY,
    ahead: () => current - Date.now(),
    moveTo: (instant) => {
      current = new Date(instant).getTime();
    },
    moveBy: (milliseconds) => {
      current += milliseconds;
    },
  };
}
