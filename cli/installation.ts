import { join } from 'node:path';

import type { Knex } from 'knex';

import { systemClock, type Clock } from '../clock';
import { loadConfig, type Config } from '../config';
import { connect, type DatabaseRole } from '../db/connection';
import { dealerIds } from '../db/dealers';
import { folderStore, type FileStore } from '../stores/files';
import { ensureMasterKey, openKeyRing, type KeyRing } from '../stores/keys';

/** What a command needs of an installation. */
export interface Installation {
  config: Config;
  knex: Knex;
  clock: Clock;
}

/** Runs with a connection in one role and closes it, whatever happens. */
export async function withDatabase<T>(
  role: DatabaseRole,
  run: (installation: Installation) => Promise<T>,
): Promise<T> {
  const config = loadConfig(process.env);
  const knex = connect(config.databaseUrl, role, { poolMax: 4, statementTimeoutMs: 300_000 });
  try {
    return await run({ config, knex, clock: systemClock(config.daySeconds) });
  } finally {
    await knex.destroy();
  }
}

/**
 * The keys of this installation. The master key is made only while there is no dealer: once there is one, a new key would
 * open nothing, and a missing file is an error.
 */
export async function keysOf({ config, knex }: Installation): Promise<KeyRing> {
  if ((await dealerIds(knex)).length === 0) ensureMasterKey(config.masterKeyFile);
  return openKeyRing(config.masterKeyFile);
}

export function filesOf(config: Config): FileStore {
  return folderStore(join(config.dataDir, 'files'));
}
