import { ApplicationFailure, rootCause, type Priority } from '@temporalio/workflow';

/** The code of what went wrong, for the case page. Messages stay out: a code cannot hold personal data. */
export function failureCode(error: unknown): string {
  let cause: unknown = error;
  while (cause instanceof Error) {
    if (cause instanceof ApplicationFailure && typeof cause.type === 'string') return cause.type;
    cause = cause.cause;
  }
  return rootCause(error) === undefined ? 'UNKNOWN' : 'FAILED';
}

/** One dealer's burst must not keep another waiting: the server shares its queues by this key. */
export function fairness(dealerId: string): Priority {
  return { fairnessKey: dealerId };
}
