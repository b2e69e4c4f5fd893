import { cpus } from 'node:os';

import { Context } from '@temporalio/activity';

import { createDispatchActivities, type Waker } from '../activities/dispatch';
import { createImportActivities, createImportSteps } from '../activities/imports';
import { createLifecycleActivities } from '../activities/lifecycle';
import { createNoticeActivities } from '../activities/notices';
import { createPackageActivities, createPackageSteps } from '../activities/packages';
import { createPolicyChangeSteps } from '../activities/policy-change';
import { createRegistryActivities } from '../activities/registry';
import type { Config } from '../config';
import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import type { Logger } from '../logger';
import { failPackage } from '../operations/packages';
import { createPdfPrinter } from '../printing/pdf-printer';
import type { FileStore } from '../stores/files';
import type { QueueName } from '../workflows/names';
import type { QueueActivities } from './create-workers';
import { createMailTransport } from './mail-transport';
import { createRegisterClient } from './register-client';

export interface ActivityParts {
  config: Config;
  database: Database;
  files: FileStore;
  waker: Waker;
  logger: Logger;
  queues: readonly QueueName[];
}

/** Builds what the activities of these queues need, and only that: a worker of `render` opens no mail connection. */
export function composeActivities(parts: ActivityParts): {
  activities: QueueActivities;
  close(): Promise<void>;
} {
  const activities: QueueActivities = {};
  const closings: (() => Promise<void> | void)[] = [];
  for (const queue of parts.queues) activities[queue] = builders[queue](parts, closings);
  return {
    activities,
    close: async () => {
      for (const close of closings) await close();
    },
  };
}

type Builder = (parts: ActivityParts, closings: (() => Promise<void> | void)[]) => object;

const builders: Record<QueueName, Builder> = {
  lifecycle: ({ config, database, waker, logger }) => ({
    ...createLifecycleActivities(database, { registerOn: config.register.mode !== 'off' }),
    ...createPackageSteps(database),
    ...createPolicyChangeSteps(database),
    ...createImportSteps(database),
    ...createDispatchActivities({
      db: database,
      waker,
      logger,
      failPackage: (dealerId, packageId) =>
        inDealer(database, dealerId, SYSTEM, (tx) => failPackage(tx, packageId, 'STUCK')),
    }),
  }),
  registry: ({ config, database }, closings) => {
    const { url, mode } = config.register;
    // Switched off nobody asks; the address only has to be one.
    const client = createRegisterClient(url ?? 'http://127.0.0.1:9/', mode === 'simulated');
    closings.push(() => client.close());
    return createRegistryActivities(database, client);
  },
  notices: ({ config, database }, closings) => {
    if (config.smtpUrl === undefined) return createNoticeActivities(database, null);
    const transport = createMailTransport(config.smtpUrl);
    closings.push(() => transport.close());
    return createNoticeActivities(database, transport);
  },
  render: ({ config, database, files, logger }, closings) => {
    const printer = createPdfPrinter({
      executablePath: config.chromium,
      tabs: Math.max(1, cpus().length),
      log: logger,
    });
    closings.push(() => printer.close());
    const heartbeat = () => Context.current().heartbeat();
    return {
      ...createPackageActivities({ database, files, printer, logger, heartbeat }),
      ...createImportActivities({ database, files, heartbeat }),
    };
  },
};
