import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';

import { testServer } from './servers';

/** A namespace of one test file on the run's Temporal server; there from `beforeAll` on. */
export interface TestTemporal {
  /** host:port of the server. */
  address: string;
  namespace: string;
  connection: Connection;
}

/** Gives the calling test file a namespace of its own. Call it at the top of the file. */
export function useTemporal(): TestTemporal {
  const temporal: Partial<TestTemporal> = {};
  beforeAll(async () => {
    const { address } = await testServer<{ address: string }>('temporal');
    const connection = await Connection.connect({ address, connectTimeout: 20_000 });
    const namespace = `test-${randomUUID()}`;
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    await untilUsable(connection, namespace);
    Object.assign(temporal, { address, namespace, connection });
  }, 900_000);
  afterAll(async () => {
    await temporal.connection?.close();
  });
  return temporal as TestTemporal;
}

/** The server's caches learn of a namespace a moment after it was registered. */
async function untilUsable(connection: Connection, namespace: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await connection.workflowService.listOpenWorkflowExecutions({ namespace, maximumPageSize: 1 });
      await connection.workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'probe' } });
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(100);
    }
  }
}
