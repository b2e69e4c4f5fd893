import { Connection } from '@temporalio/client';

import type { Logger } from '../logger';
import type { WakeUps } from '../operations/wake-ups';
import { dataConverter } from '../temporal-converter';
import { createTemporalWakeUps } from '../temporal-wake-ups';

const DEADLINE_MS = 2_000;
const CHECK_KEPT_MS = 3_000;

export interface TemporalLink {
  wakeUps: WakeUps;
  /** Resolves when Temporal reads its own state; an open port alone says nothing. Kept for a few seconds. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The API's line to Temporal: wake-ups in the background, for which nobody waits. A Temporal that is away costs a log line.
 * @param payloadKey seals what goes over the line, as the workers do
 */
export function linkTemporal(
  { address, namespace }: { address: string; namespace: string },
  payloadKey: Buffer,
  logger: Logger,
): TemporalLink {
  const connection = Connection.lazy({ address, connectTimeout: DEADLINE_MS });
  const converter = dataConverter(payloadKey);
  const wakeUps = createTemporalWakeUps({ connection, namespace, dataConverter: converter, logger });
  let checked: { at: number; result: Promise<void> } | undefined;
  return {
    wakeUps,
    check() {
      if (checked === undefined || checked.at < Date.now() - CHECK_KEPT_MS) {
        const result = connection
          .withDeadline(Date.now() + DEADLINE_MS, () =>
            connection.workflowService.describeNamespace({ namespace }),
          )
          .then(() => undefined);
        checked = { at: Date.now(), result };
      }
      return checked.result;
    },
    async close() {
      await wakeUps.idle();
      await connection.close();
    },
  };
}
