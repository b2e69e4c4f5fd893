import {
  defineSignal,
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';

import type { Shape } from './shape';

interface NothingToDo {
  nothing(): Promise<void>;
  /** Nothing too, at the place where the product's case arrives at its decision. */
  arrived(): Promise<void>;
}

const options = { startToCloseTimeout: '5 seconds', localRetryThreshold: '500 milliseconds' } as const;
const { nothing, arrived } = proxyLocalActivities<NothingToDo>(options);
const remote = proxyActivities<NothingToDo>({ startToCloseTimeout: '20 seconds' });

/** A workflow that does nothing in the recorded shape of the product's: local activities and children, in their order. */
export async function bareTree(shape: Shape): Promise<void> {
  setHandler(defineSignal('wake'), () => undefined);
  for (const step of shape) {
    if (step === 'local') await nothing();
    else if (step === 'arrived') await arrived();
    else if (step === 'remote') await remote.nothing();
    else await executeChild(bareTree, { args: [step], parentClosePolicy: ParentClosePolicy.TERMINATE });
  }
}
