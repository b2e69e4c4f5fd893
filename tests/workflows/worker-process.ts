import { NativeConnection } from '@temporalio/worker';

import { createLifecycleActivities } from '../../activities/lifecycle';
import { createNoticeActivities } from '../../activities/notices';
import { createRegistryActivities } from '../../activities/registry';
import { systemClock } from '../../clock';
import { connect } from '../../db/connection';
import { createLogger } from '../../logger';
import { openKeyRing } from '../../stores/keys';
import { dataConverter } from '../../temporal-converter';
import { createWorkers, LIFECYCLE_SLOTS } from '../../workers/create-workers';
import { createRegisterClient } from '../../workers/register-client';

/** What a test hands to a worker that it means to kill. */
export interface WorkerProcessSettings {
  databaseUrl: string;
  address: string;
  namespace: string;
  keyFile: string;
  bundlePath: string;
  registerUrl: string;
}

/** A worker in a process of its own; says `ready` when it polls, and goes when its parent goes. */
async function main(settings: WorkerProcessSettings): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  const keys = openKeyRing(settings.keyFile);
  const knex = connect(settings.databaseUrl, 'app', { poolMax: LIFECYCLE_SLOTS + 8 });
  const database = { knex, clock: systemClock(), keys };
  const mailer = { send: async () => ({ result: 'sent' as const, code: '250' }) };
  const workers = await createWorkers({
    connection: await NativeConnection.connect({ address: settings.address }),
    namespace: settings.namespace,
    dataConverter: dataConverter(keys.payloadKey()),
    logger: createLogger('worker'),
    bundlePath: settings.bundlePath,
    activities: {
      lifecycle: createLifecycleActivities(database, { registerOn: true }),
      registry: createRegistryActivities(database, createRegisterClient(settings.registerUrl, true)),
      notices: createNoticeActivities(database, mailer),
    },
  });
  const runs = workers.map(({ worker }) => worker.run());
  process.send?.('ready');
  await Promise.all(runs);
}

void main(JSON.parse(process.argv[2] ?? '{}') as WorkerProcessSettings);
