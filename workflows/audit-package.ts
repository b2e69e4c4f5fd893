import {
  condition,
  continueAsNew,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';

import type { PackageRef } from '../activities/packages';
import type { PackageStep } from '../domain/audit-package';
import { auditInclusion } from './audit-inclusion';
import { wakeSignal } from './customer-lifecycle';
import { failureCode, fairness } from './faults';
import { workflowIds } from './names';
import { packageSteps, rendering } from './package-activities';
import { pinnedWhereVersioned } from './versions';

/** A portion of an earlier run that is just being ended. */
const STALE_CHILD_WAIT = '5 seconds';

/**
 * From a request to a package that waits for its seal: freeze, include the customers portion by portion, assemble. Looks
 * at Postgres before every step, so that it goes on wherever an earlier run stopped, and stops where somebody cancelled.
 */
export async function auditPackage(ref: PackageRef): Promise<void> {
  let woken = false;
  setHandler(wakeSignal, () => {
    woken = true;
  });
  while (!workflowInfo().continueAsNewSuggested) {
    // Cleared before Postgres is read and tested after the last await: a wake-up in between is never lost.
    woken = false;
    const next = await packageSteps.lookAtPackage(ref);
    // Whoever cancels or leaves somebody out need not wait for the next try.
    if (next.do === 'wait') await condition(() => woken, `${next.seconds} seconds`);
    else if (next.do !== 'rest') await serve(ref, next);
    else if (!woken) return;
  }
  await continueAsNew<typeof auditPackage>(ref);
}

// A package begun by one build is finished by it: what it renders must be of one piece.
setWorkflowOptions(pinnedWhereVersioned, auditPackage);

async function serve(ref: PackageRef, next: PackageStep): Promise<void> {
  try {
    await perform(ref, next);
  } catch (error) {
    if (isCancellation(error)) throw error;
    if (isStaleChild(error)) await sleep(STALE_CHILD_WAIT);
    // Removing leftovers has nothing to fail: the sweep comes back to it.
    else if (next.do === 'discard') throw error;
    else await packageSteps.notePackageFailure({ ...ref, code: failureCode(error) });
  }
}

function isStaleChild(error: unknown): boolean {
  return error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
}

async function perform(ref: PackageRef, next: PackageStep): Promise<void> {
  const options = { priority: fairness(ref.dealerId) };
  switch (next.do) {
    case 'freeze':
      return rendering.freezePackage.executeWithOptions(options, [ref]);
    case 'include':
      await Promise.all(next.chunks.map((chunk) => includeChunk(ref, chunk)));
      return;
    case 'assemble':
      return rendering.assemblePackage.executeWithOptions(options, [ref]);
    case 'discard':
      return rendering.discardPackage.executeWithOptions(options, [ref]);
    case 'wait':
    case 'rest':
      return;
  }
}

function includeChunk(ref: PackageRef, chunk: number): Promise<void> {
  return executeChild(auditInclusion, {
    workflowId: workflowIds.inclusion(ref.dealerId, ref.packageId, chunk),
    args: [{ ...ref, chunk }],
    parentClosePolicy: ParentClosePolicy.TERMINATE,
  });
}
