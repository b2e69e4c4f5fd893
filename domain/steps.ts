/**
 * What a Postgres step tells its workflow to do next: call it again (it moved), run something slower, or return because
 * all that is left is a wait that a duty holds.
 */
export type Step =
  | { do: 'again' }
  | { do: 'wait' }
  | { do: 'closed' }
  | { do: 'verify' }
  | { do: 'follow_up' }
  | { do: 'ask_register'; subject: number }
  | { do: 'deliver'; noticeId: string };

export type LifecycleChild = 'onboarding' | 'missingDataFollowUp' | 'annualRefresh';

/** What the lifecycle does next: run a child for the open case, deliver a notice, look again, or rest. */
export type LifecycleStep =
  | { do: 'child'; child: LifecycleChild; caseId: string }
  | { do: 'deliver'; noticeId: string }
  | { do: 'again' }
  | { do: 'rest' };
