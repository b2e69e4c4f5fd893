import {
  Client,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  type Connection,
} from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';

import type { Logger } from './logger';
import type { WakeUps } from './operations/wake-ups';
import { QUEUES, WAKE, workflowIds } from './workflows/names';

/** A dead Temporal took 10 to 19 s to fail: whoever waits for a wake-up waits this long at most. */
const DEADLINE_MS = 2_000;
/** Wake-ups under way at once. */
const PARALLEL = 20;

/** The wake-ups of a process over Temporal, with the answers that the dispatcher wants and a caller of the API does not. */
export interface TemporalWakeUps extends WakeUps {
  /** Wakes customers and answers how many could not be woken; never throws. */
  wakeNow(customers: readonly { dealerId: string; customerId: string }[]): Promise<number>;
  wakePackageNow(dealerId: string, packageId: string): Promise<boolean>;
  wakePolicyChangeNow(dealerId: string, changeId: string): Promise<boolean>;
  wakeImportNow(dealerId: string, importId: string): Promise<boolean>;
  /** Whether the customer's lifecycle is running; throws when Temporal cannot tell. */
  isRunning(dealerId: string, customerId: string): Promise<boolean>;
  /** Settles when what was begun in the background has ended. */
  idle(): Promise<void>;
}

export interface TemporalWakeUpOptions {
  /** A lazy connection: a process starts, and answers people, without Temporal. */
  connection: Connection;
  namespace: string;
  dataConverter: DataConverter;
  logger: Logger;
}

/** The only caller of signal-with-start. The signal carries nothing; why to wake is a row in Postgres. */
export function createTemporalWakeUps(options: TemporalWakeUpOptions): TemporalWakeUps {
  const { connection, logger } = options;
  const client = new Client({
    connection,
    namespace: options.namespace,
    dataConverter: options.dataConverter,
  });
  const background = new Set<Promise<unknown>>();
  const inTime = <T>(call: () => Promise<T>) => connection.withDeadline(Date.now() + DEADLINE_MS, call);
  const tried = async (call: () => Promise<unknown>): Promise<boolean> => {
    try {
      await inTime(call);
      return true;
    } catch (error) {
      logger.warn({ code: grpcCode(error) }, 'a wake-up failed; the next sweep makes it good');
      return false;
    }
  };
  const wakeNow = async (customers: readonly { dealerId: string; customerId: string }[]) => {
    let failed = 0;
    await inParallel(customers, async (customer) => {
      const { dealerId, customerId } = customer;
      const workflowId = workflowIds.customer(dealerId, customerId);
      const ref = { dealerId, customerId };
      if (!(await tried(() => signalWithStart(client, 'customerLifecycle', workflowId, ref)))) failed += 1;
    });
    return failed;
  };
  const wakePackageNow = (dealerId: string, packageId: string) =>
    tried(() =>
      signalWithStart(client, 'auditPackage', workflowIds.package(dealerId, packageId), {
        dealerId,
        packageId,
      }),
    );
  const wakePolicyChangeNow = (dealerId: string, changeId: string) =>
    tried(() =>
      signalWithStart(client, 'policyChange', workflowIds.policyChange(dealerId, changeId), {
        dealerId,
        changeId,
      }),
    );
  const wakeImportNow = (dealerId: string, importId: string) =>
    tried(() =>
      signalWithStart(client, 'customerImport', workflowIds.import(dealerId, importId), {
        dealerId,
        importId,
      }),
    );
  const inBackground = (work: Promise<unknown>): void => {
    background.add(work);
    void work.finally(() => background.delete(work));
  };
  return {
    wake: (dealerId, customerIds) =>
      inBackground(wakeNow(customerIds.map((customerId) => ({ dealerId, customerId })))),
    wakePackage: (dealerId, packageId) => inBackground(wakePackageNow(dealerId, packageId)),
    wakeImport: (dealerId, importId) => inBackground(wakeImportNow(dealerId, importId)),
    wakePolicyChange: (dealerId, changeId) => inBackground(wakePolicyChangeNow(dealerId, changeId)),
    wakeNow,
    wakePackageNow,
    wakePolicyChangeNow,
    wakeImportNow,
    isRunning: (dealerId, customerId) => inTime(() => describeRunning(client, dealerId, customerId)),
    idle: async () => void (await Promise.allSettled(background)),
  };
}

/**
 * Starts the workflow of a row, or makes the one that runs look at the row again: somebody may have cancelled it, or given
 * the word it waits for.
 */
function signalWithStart(client: Client, type: string, workflowId: string, ref: object) {
  return client.workflow.signalWithStart(type, {
    workflowId,
    taskQueue: QUEUES.lifecycle,
    args: [ref],
    signal: WAKE,
    signalArgs: [],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowExecutionTimeout: '2 days',
  });
}

async function describeRunning(client: Client, dealerId: string, customerId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowIds.customer(dealerId, customerId)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const line = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, line));
}

/** The number of a gRPC status; its text may repeat what was sent. */
function grpcCode(error: unknown): number | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'number') return cause.code;
  }
  return null;
}
