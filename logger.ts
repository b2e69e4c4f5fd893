import pino from 'pino';

/** Structured lines to stdout. Callers pass ids, codes and counts only: personal data never enters a log. */
export type Logger = Pick<pino.Logger, 'info' | 'warn' | 'error'>;

export function createLogger(part: string): Logger {
  return pino({ base: { part }, timestamp: pino.stdTimeFunctions.isoTime });
}
