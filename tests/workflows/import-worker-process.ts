import { Context } from '@temporalio/activity';
import { NativeConnection } from '@temporalio/worker';

import { createImportActivities, createImportSteps } from '../../activities/imports';
import { systemClock } from '../../clock';
import { connect } from '../../db/connection';
import { createLogger } from '../../logger';
import { folderStore } from '../../stores/files';
import { openKeyRing } from '../../stores/keys';
import { dataConverter } from '../../temporal-converter';
import { createWorkers, LIFECYCLE_SLOTS } from '../../workers/create-workers';

/** What a test hands to a worker of imports that it means to kill. */
export interface ImportWorkerSettings {
  databaseUrl: string;
  address: string;
  namespace: string;
  keyFile: string;
  filesFolder: string;
  bundlePath: string;
}

/** A worker in a process of its own; says `ready` when it polls, and goes when its parent goes. */
async function main(settings: ImportWorkerSettings): Promise<void> {
  process.on('disconnect', () => process.exit(0));
  const keys = openKeyRing(settings.keyFile);
  const knex = connect(settings.databaseUrl, 'app', { poolMax: LIFECYCLE_SLOTS + 4 });
  const database = { knex, clock: systemClock(), keys };
  const files = folderStore(settings.filesFolder);
  const workers = await createWorkers({
    connection: await NativeConnection.connect({ address: settings.address }),
    namespace: settings.namespace,
    // Payloads in clear: histories of these runs are replayed without a key.
    dataConverter: dataConverter(null),
    logger: createLogger('worker'),
    bundlePath: settings.bundlePath,
    activities: {
      lifecycle: createImportSteps(database),
      render: createImportActivities({ database, files, heartbeat: () => Context.current().heartbeat() }),
    },
  });
  const runs = workers.map(({ worker }) => worker.run());
  process.send?.('ready');
  await Promise.all(runs);
}

void main(JSON.parse(process.argv[2] ?? '{}') as ImportWorkerSettings);
