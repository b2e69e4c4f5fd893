import { ApplicationFailure, TimeoutFailure, type ActivityOptions } from '@temporalio/workflow';

/** The code of what went wrong, for the case page. Messages stay out: a code cannot hold personal data. */
export function failureCode(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && typeof cause.type === 'string') return cause.type;
    if (cause instanceof TimeoutFailure) return 'TIMEOUT';
  }
  return 'FAILED';
}

/** One dealer's burst must not keep another waiting: the server shares its queues by this key. */
export function fairness(dealerId: string): NonNullable<ActivityOptions['priority']> {
  return { fairnessKey: dealerId };
}
