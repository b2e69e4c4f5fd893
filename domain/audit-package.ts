/**
 * Where an audit package stands for people: being made, waiting for a second person, finished one way or the other. A
 * rehearsal (`dryRun`) ends as `rehearsed`: nothing is rendered, and it can never be sealed.
 */
export const PACKAGE_STATUSES = [
  'rendering',
  'awaiting_seal',
  'sealed',
  'failed',
  'cancelled',
  'rehearsed',
] as const;
export type PackageStatus = (typeof PACKAGE_STATUSES)[number];

/**
 * Where the machine stands with it. `fixing`: frozen, and waiting until the fix window ends. `blocked`: files could not be
 * made however often they were tried, and a person has to say what becomes of it. `discarding`: it will not be sealed, and
 * what was made of it is being removed.
 */
export const PACKAGE_PHASES = [
  'queued',
  'fixing',
  'including',
  'assembling',
  'blocked',
  'ready',
  'discarding',
  'ended',
] as const;
export type PackagePhase = (typeof PACKAGE_PHASES)[number];

/**
 * What a look at a package tells its workflow to do next. `freeze` is also the work of a rehearsal and of a fix window that
 * opens or ends. `chunks` are numbers of portions of customers.
 */
export type PackageStep =
  | { do: 'freeze' }
  | { do: 'include'; chunks: number[] }
  /** Only customers are left whose file failed: until the next of them is tried again. */
  | { do: 'wait'; seconds: number }
  | { do: 'assemble' }
  | { do: 'discard' }
  | { do: 'rest' };

/** Customers that one child workflow includes: a few minutes of work. */
export const CHUNK_CUSTOMERS = 25;

/** Portions in flight at a time: enough to keep the render queue busy until the next ones are looked up, when the last is in. */
export const CHUNKS_AT_ONCE = 8;

/** A customer whose file cannot be made this often stops the package: an inspector must not get one with a hole unawares. */
export const ITEM_ATTEMPTS_MAX = 5;

const SECOND = 1000;
/** Waits before the second, third, … try at a customer's file. */
const RETRY_WAITS_MS = [2 * SECOND, 10 * SECOND, 60 * SECOND, 300 * SECOND];

/** Milliseconds until a customer's file is tried again after so many tries that failed. */
export function retryAfterMs(tries: number): number {
  return RETRY_WAITS_MS[Math.min(Math.max(tries, 1), RETRY_WAITS_MS.length) - 1] ?? 0;
}

/** Files from which on a rate is worth telling. */
const RATE_FILES_MIN = 5;

/** Seconds until `left` more files are made at the rate of the last ones; null where these say too little. */
export function secondsLeft(work: { files: number; elapsedMs: number; left: number }): number | null {
  if (work.files < RATE_FILES_MIN || work.elapsedMs <= 0) return null;
  return Math.ceil((work.left * work.elapsedMs) / work.files / SECOND);
}

/** Business days for which gaps may be closed after the snapshot, at most. */
export const FIX_WINDOW_DAYS_MAX = 10;

/** A rehearsal's number: `PR-<year>-<four digits>`; it takes none of the packages' own. */
export function rehearsalNumber(year: string, count: number): string {
  return `PR-${year}-${String(count).padStart(4, '0')}`;
}

/** A package's number: `DP-<year>-<four digits>`, counted per dealer. */
export function packageNumber(year: string, count: number): string {
  return `DP-${year}-${String(count).padStart(4, '0')}`;
}
