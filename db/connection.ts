import knex, { type Knex } from 'knex';
import { types } from 'pg';

// Keep DATE columns as YYYY-MM-DD: pg would turn them into a Date at local midnight.
types.setTypeParser(types.builtins.DATE, (value) => value);
// Counts and sizes fit a number (a chain of 2^53 entries does not exist).
types.setTypeParser(types.builtins.INT8, Number);

export type DatabaseRole = 'owner' | 'app';

/** knex prints errors with their SQL to the console; whoever made the call gets them anyway. */
const silent = { debug: nothing, warn: nothing, error: nothing, deprecate: nothing };
function nothing(): void {}

const ROLE_NAMES: Record<DatabaseRole, string> = { owner: 'sicil_owner', app: 'sicil_app' };

/** Limits of every application connection (design §4): a stuck statement must never hold a slot for long. */
const APP_SETTINGS = [
  "set lock_timeout = '2s'",
  "set statement_timeout = '4s'",
  "set idle_in_transaction_session_timeout = '10s'",
];

export interface ConnectOptions {
  poolMax?: number;
  /** Longer statements for reports and packages, in milliseconds. */
  statementTimeoutMs?: number;
}

/**
 * A pool whose every connection acts as one role. The application role owns nothing and cannot pass row security; a
 * connection that turns out to be able to is refused (embedded Postgres signs in as superuser and steps down by SET ROLE).
 */
export function connect(url: string, role: DatabaseRole, options: ConnectOptions = {}): Knex {
  return knex({
    client: 'pg',
    log: silent,
    connection: { connectionString: url, connectionTimeoutMillis: 2000, application_name: `sicil-${role}` },
    acquireConnectionTimeout: 2000,
    pool: {
      min: 0,
      max: options.poolMax ?? 20,
      // Without it one failed connect would reject every waiter at once and for good.
      propagateCreateError: false,
      afterCreate(connection: PgConnection, done: (error: Error | null, connection: PgConnection) => void) {
        prepare(connection, role, options).then(
          () => done(null, connection),
          (error: Error) => done(error, connection),
        );
      },
    } as Knex.PoolConfig,
  });
}

interface PgConnection {
  query(sql: string): Promise<{ rows: Record<string, unknown>[] }>;
}

async function prepare(connection: PgConnection, role: DatabaseRole, options: ConnectOptions): Promise<void> {
  await connection.query(`set role ${ROLE_NAMES[role]}`);
  await connection.query("set time zone 'UTC'");
  if (role === 'owner') return;
  for (const setting of APP_SETTINGS) await connection.query(setting);
  if (options.statementTimeoutMs !== undefined) {
    await connection.query(`set statement_timeout = ${options.statementTimeoutMs}`);
  }
  await refusePowerfulRole(connection);
}

async function refusePowerfulRole(connection: PgConnection): Promise<void> {
  const { rows } = await connection.query(`
    select rolsuper or rolbypassrls or exists (
      select from pg_class c where c.relowner = r.oid and c.relnamespace = 'public'::regnamespace
    ) as powerful from pg_roles r where rolname = current_user`);
  if (rows[0]?.['powerful'] !== false) {
    throw new Error(
      'The database role of the application may pass row security or owns tables: use sicil_app',
    );
  }
}
