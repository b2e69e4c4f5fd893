import { randomUUID } from 'node:crypto';

import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';

import { codeOf, FileFault, passesByItself } from '../activities/faults';
import { AskAgain } from '../activities/registry';
import { ComplianceError } from '../domain/errors';
import type { Logger } from '../logger';

/** A fault that comes back this often is a defect, not an outage: the workflow notes it and goes on. */
const FAULT_ATTEMPTS_MAX = 6;

/**
 * The one wall between what goes wrong here and Temporal's history: every error is replaced by a code and an error id. A
 * Postgres error quotes bound values, so neither its message nor its cause passes, here or into the log.
 */
export class ActivityFaults implements ActivityInboundCallsInterceptor {
  constructor(
    private readonly context: Context,
    private readonly logger: Logger,
  ) {}

  async execute(
    input: ActivityExecuteInput,
    next: Next<ActivityInboundCallsInterceptor, 'execute'>,
  ): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      throw this.replace(error);
    }
  }

  private replace(error: unknown): Error {
    // The worker is stopping or the run was cancelled: the SDK's own words, nothing of ours.
    if (error instanceof CancelledFailure) return error;
    const { activityType, attempt, workflowExecution } = this.context.info;
    const errorId = randomUUID();
    const { type, passes } = classify(error);
    this.logger.warn(
      {
        errorId,
        type,
        class: error instanceof Error ? error.constructor.name : typeof error,
        sqlState: codeOf(error),
        activity: activityType,
        attempt,
        workflowId: workflowExecution?.workflowId,
      },
      'an activity failed',
    );
    return ApplicationFailure.create({
      type,
      message: errorId,
      nonRetryable: error instanceof ComplianceError || (!passes && attempt >= FAULT_ATTEMPTS_MAX),
      ...(error instanceof AskAgain ? { nextRetryDelay: error.retryInMs } : {}),
    });
  }
}

function classify(error: unknown): { type: string; passes: boolean } {
  if (error instanceof ComplianceError) return { type: error.code, passes: false };
  if (error instanceof AskAgain) return { type: 'REGISTER_UNCLEAR', passes: true };
  if (error instanceof FileFault) return { type: error.code, passes: false };
  return passesByItself(error) ? { type: 'OUTAGE', passes: true } : { type: 'FAULT', passes: false };
}
