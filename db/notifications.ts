import type { Knex } from 'knex';

export interface Listening {
  close(): void;
}

interface RawConnection {
  query(sql: string): Promise<unknown>;
  on(event: 'notification', listener: (message: { payload?: string }) => void): void;
  on(event: 'error' | 'end', listener: () => void): void;
  end(): Promise<void>;
}

/**
 * Hears what transactions announce on a channel with pg_notify, over a connection of its own beside the pool. `onEnd` is
 * called once when the connection is gone, for whatever reason but `close`. Announcements made meanwhile are lost: who
 * listens looks at the rows too, now and then.
 */
export async function listenTo(
  db: Knex,
  channel: 'sicil_packages',
  on: { payload: (payload: string) => void; end: () => void },
): Promise<Listening> {
  const client = db.client as { acquireRawConnection(): Promise<RawConnection> };
  const connection = await client.acquireRawConnection();
  let closed = false;
  const end = () => {
    if (closed) return;
    closed = true;
    connection.end().catch(() => undefined);
    on.end();
  };
  connection.on('error', end);
  connection.on('end', end);
  connection.on('notification', ({ payload }) => {
    if (payload !== undefined) on.payload(payload);
  });
  try {
    await connection.query('set role sicil_app');
    await connection.query(`listen ${channel}`);
  } catch (error) {
    closed = true;
    connection.end().catch(() => undefined);
    throw error;
  }
  return {
    close() {
      closed = true;
      connection.end().catch(() => undefined);
    },
  };
}
