import { continueAsNew, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';

import type { ImportRef } from '../activities/imports';
import type { ImportStep } from '../domain/import-status';
import { wakeSignal } from './customer-lifecycle';
import { failureCode, fairness } from './faults';
import { importing, importSteps } from './import-activities';

/**
 * From an uploaded file to records: a pass that checks, a person's word, a pass that opens files. Looks at Postgres before
 * every step, so that it goes on wherever an earlier run stopped, and stops where somebody cancelled.
 */
export async function customerImport(ref: ImportRef): Promise<void> {
  let woken = false;
  setHandler(wakeSignal, () => {
    woken = true;
  });
  while (!workflowInfo().continueAsNewSuggested) {
    // Cleared before Postgres is read and tested after the last await: a wake-up in between is never lost.
    woken = false;
    const next = await importSteps.lookAtImport(ref);
    if (next.do !== 'rest') await serve(ref, next);
    else if (!woken) return;
  }
  await continueAsNew<typeof customerImport>(ref);
}

async function serve(ref: ImportRef, next: ImportStep): Promise<void> {
  try {
    await perform(ref, next);
  } catch (error) {
    // Removing a file has nothing to fail: the sweep comes back to it.
    if (isCancellation(error) || next.do === 'forget') throw error;
    await importSteps.noteImportFailure({ ...ref, code: failureCode(error) });
  }
}

async function perform(ref: ImportRef, next: ImportStep): Promise<void> {
  const options = { priority: fairness(ref.dealerId) };
  switch (next.do) {
    case 'check':
      return importing.checkImport.executeWithOptions(options, [ref]);
    case 'commit':
      return importing.commitImport.executeWithOptions(options, [ref]);
    case 'forget':
      return importing.forgetImport.executeWithOptions(options, [ref]);
    case 'rest':
      return;
  }
}
