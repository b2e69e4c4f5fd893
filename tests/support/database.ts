import { randomUUID } from 'node:crypto';

import type { Knex } from 'knex';
import { Client } from 'pg';

import { connect } from '../../db/connection';
import { migrate } from '../../db/migrate';
import { testServer } from './servers';

/** A migrated database of one test file. `url` and the connections are there from `beforeAll` on. */
export interface TestDatabase {
  /** Address with the superuser's rights, as the embedded start hands it to the processes. */
  url: string;
  /** Connection with the rights that migrate. */
  owner: Knex;
  /** Connection with the rights that API and worker have. */
  app: Knex;
}

const TEMPLATE = 'sicil_template';

/**
 * Gives the calling test file an own copy of the migrated database, dropped at its end.
 * Call it at the top of the file; the members may be read inside tests and hooks only.
 */
export function useDatabase(): TestDatabase {
  const database: Partial<TestDatabase> = {};
  let server = '';
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  beforeAll(async () => {
    server = (await testServer<{ url: string }>('postgres')).url;
    await ensureTemplate(server);
    await inMaintenance(server, (client) => client.query(`create database ${name} template ${TEMPLATE}`));
    const url = inDatabase(server, name);
    Object.assign(database, { url, owner: connect(url, 'owner'), app: connect(url, 'app') });
  }, 120_000);
  afterAll(async () => {
    await database.app?.destroy();
    await database.owner?.destroy();
    if (server !== '') {
      await inMaintenance(server, (client) => client.query(`drop database if exists ${name} with (force)`));
    }
  }, 30_000);
  return database as TestDatabase;
}

/** An empty, unmigrated database, for tests of the migrations themselves. The caller drops it. */
export async function emptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = (await testServer<{ url: string }>('postgres')).url;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await inMaintenance(server, (client) => client.query(`create database ${name}`));
  const drop = async (): Promise<void> => {
    await inMaintenance(server, (client) => client.query(`drop database if exists ${name} with (force)`));
  };
  return { url: inDatabase(server, name), drop };
}

/** The first test file of a run migrates the template; the others wait on the lock and copy. */
async function ensureTemplate(server: string): Promise<void> {
  await inMaintenance(server, async (client) => {
    await client.query("select pg_advisory_lock(hashtext('sicil_template'))");
    const ready = await client.query('select 1 from pg_database where datname = $1 and datistemplate', [
      TEMPLATE,
    ]);
    if (ready.rowCount === 1) return;
    await client.query(`drop database if exists ${TEMPLATE} with (force)`);
    await client.query(`create database ${TEMPLATE}`);
    await migrate(inDatabase(server, TEMPLATE));
    await client.query(`alter database ${TEMPLATE} with is_template true`);
  });
}

async function inMaintenance<T>(server: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function inDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}
