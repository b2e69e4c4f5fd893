import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';

import { connect } from './connection';

const folder = join(__dirname, '..', 'migrations');

/** Names without extension, so that a database migrated from sources and from the build counts each file once. */
const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () =>
    readdirSync(folder)
      .filter((file) => /^\d{4}_[a-z_]+\.(ts|js)$/.test(file))
      .map((file) => file.replace(/\.(ts|js)$/, ''))
      .sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => require(join(folder, name)) as Knex.Migration,
};

/** Any number, the same for every process that migrates. */
const MIGRATION_LOCK = 7_235_641;

/** Creates the two roles where they are missing and brings the schema to this version; safe to run side by side. */
export async function migrate(url: string): Promise<{ applied: string[] }> {
  await createRoles(url);
  const owner = connect(url, 'owner', { poolMax: 2 });
  try {
    return await owner.transaction(async (trx) => {
      await trx.raw('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      const [, applied] = (await trx.migrate.latest({ migrationSource, disableTransactions: true })) as [
        number,
        string[],
      ];
      // The API's readiness check compares it with the files of this version.
      await trx.raw('grant select on knex_migrations to sicil_app');
      return { applied };
    });
  } finally {
    await owner.destroy();
  }
}

/** Names of migrations that the database lacks; empty when it is at head. */
export async function pendingMigrations(db: Knex): Promise<string[]> {
  const known = await migrationSource.getMigrations([]);
  const done = (await db.raw('select name from knex_migrations')) as { rows: { name: string }[] };
  const names = new Set(done.rows.map((row) => row.name));
  return known.filter((name) => !names.has(name));
}

async function createRoles(url: string): Promise<void> {
  const { default: knex } = await import('knex');
  const admin = knex({
    client: 'pg',
    connection: { connectionString: url, connectionTimeoutMillis: 5000 },
    pool: { min: 0, max: 1 },
  });
  try {
    await admin.raw(`
      do $$ begin
        perform pg_advisory_xact_lock(${MIGRATION_LOCK});
        if not exists (select from pg_roles where rolname = 'sicil_owner') then create role sicil_owner nologin; end if;
        if not exists (select from pg_roles where rolname = 'sicil_app') then create role sicil_app nologin; end if;
        execute format('grant create, connect, temporary on database %I to sicil_owner', current_database());
        execute format('grant connect on database %I to sicil_app', current_database());
        grant create, usage on schema public to sicil_owner;
        grant usage on schema public to sicil_app;
      end $$`);
  } finally {
    await admin.destroy();
  }
}
