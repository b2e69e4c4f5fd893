import { Client, Connection } from '@temporalio/client';

import type { Logger } from '../logger';
import type { WakeUps } from '../operations/wake-ups';

const DEADLINE_MS = 2_000;
/** Of a whole lifecycle run (design §5): all that is left after that is a wait, and waits are rows. */
const LIFECYCLE_TIMEOUT = '2 days';
const PACKAGE_TIMEOUT = '2 days';

export interface TemporalLink {
  wakeUps: WakeUps;
  /** Resolves when Temporal answers; the answer is kept for a few seconds. */
  check(): Promise<void>;
  close(): Promise<void>;
}

const CHECK_KEPT_MS = 3_000;

/**
 * Wakes workflows by signal-with-start in the background: nobody waits for it, and a Temporal that is away costs a log line.
 * The signal carries nothing; ids of people stay out of Temporal.
 */
export function linkTemporal(
  { address, namespace }: { address: string; namespace: string },
  logger: Logger,
): TemporalLink {
  const connection = Connection.lazy({ address, connectTimeout: DEADLINE_MS });
  const client = new Client({ connection, namespace });
  let checked: { at: number; result: Promise<void> } | undefined;

  const background = (what: string, start: () => Promise<unknown>): void => {
    connection.withDeadline(Date.now() + DEADLINE_MS, start).catch((error: unknown) => {
      logger.warn(
        { what, errorClass: error instanceof Error ? error.name : typeof error },
        'wake-up left to the next sweep',
      );
    });
  };

  return {
    wakeUps: {
      wake(dealerId, customerIds) {
        for (const customerId of customerIds) {
          background('customer', () =>
            client.workflow.signalWithStart('customerLifecycle', {
              workflowId: `customer:${dealerId}:${customerId}`,
              taskQueue: 'lifecycle',
              args: [{ dealerId, customerId }],
              signal: 'wake',
              workflowIdReusePolicy: 'ALLOW_DUPLICATE',
              workflowIdConflictPolicy: 'USE_EXISTING',
              workflowExecutionTimeout: LIFECYCLE_TIMEOUT,
            }),
          );
        }
      },
      wakePackage(dealerId, packageId) {
        background('package', () =>
          client.workflow.signalWithStart('auditPackage', {
            workflowId: `package:${dealerId}:${packageId}`,
            taskQueue: 'lifecycle',
            args: [{ dealerId, packageId }],
            signal: 'wake',
            workflowIdReusePolicy: 'ALLOW_DUPLICATE',
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowExecutionTimeout: PACKAGE_TIMEOUT,
          }),
        );
      },
    },
    check() {
      if (checked === undefined || checked.at < Date.now() - CHECK_KEPT_MS) {
        const result = connection
          .withDeadline(Date.now() + DEADLINE_MS, () => connection.workflowService.getSystemInfo({}))
          .then(() => undefined);
        checked = { at: Date.now(), result };
      }
      return checked.result;
    },
    close: () => connection.close(),
  };
}
