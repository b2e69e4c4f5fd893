import type { Knex } from 'knex';

import { listenTo, type Listening } from '../db/notifications';
import { ComplianceError } from '../domain/errors';
import type { Logger } from '../logger';

/** Streams that one person may hold open in this process: a browser with a few tabs. */
const STREAMS_PER_PERSON = 6;
const STREAMS_MAX = 500;
const RECONNECT_MS = 5_000;

/** One open stream: `moved` when what it is about has changed, `closing` when the process ends. */
export interface Subscriber {
  moved(): void;
  closing(): void;
}

/** Tells open streams that their package has changed. One database connection serves them all. */
export interface ChangeFeed {
  /**
   * Joins until the function it answers with is called. Throws TOO_MANY where this person, or everybody together, holds as
   * many streams as one process keeps open.
   */
  join(userId: string, packageId: string, subscriber: Subscriber): () => void;
  /** False while nobody would hear of a change: then streams look by themselves. */
  listening(): boolean;
  close(): void;
}

interface Member {
  userId: string;
  packageId: string;
  subscriber: Subscriber;
}

export function createChangeFeed(db: Knex, logger: Logger): ChangeFeed {
  const members = new Set<Member>();
  let connection: Listening | null = null;
  let starting = false;
  let closed = false;

  const tellAll = (packageId: string) => {
    for (const member of members) if (member.packageId === packageId) member.subscriber.moved();
  };

  /** Listens only while somebody watches: a quiet API holds no connection for it. */
  async function listen(): Promise<void> {
    if (starting || connection !== null || closed || members.size === 0) return;
    starting = true;
    try {
      connection = await listenTo(db, 'sicil_packages', {
        payload: tellAll,
        end() {
          connection = null;
          setTimeout(() => void listen(), RECONNECT_MS).unref();
        },
      });
      if (closed || members.size === 0) hangUp();
      // Whatever changed before the connection stood was announced to nobody.
      for (const { subscriber } of members) subscriber.moved();
    } catch (error) {
      const errorClass = error instanceof Error ? error.name : typeof error;
      logger.warn({ errorClass }, 'no news of packages from the database; streams look by themselves');
      setTimeout(() => void listen(), RECONNECT_MS).unref();
    } finally {
      starting = false;
    }
  }

  function hangUp(): void {
    connection?.close();
    connection = null;
  }

  function join(userId: string, packageId: string, subscriber: Subscriber): () => void {
    const own = [...members].filter((member) => member.userId === userId).length;
    if (own >= STREAMS_PER_PERSON || members.size >= STREAMS_MAX || closed)
      throw new ComplianceError('TOO_MANY', 'too_many_streams');
    const member = { userId, packageId, subscriber };
    members.add(member);
    void listen();
    return () => {
      members.delete(member);
      if (members.size === 0) hangUp();
    };
  }

  return {
    join,
    listening: () => connection !== null,
    close() {
      closed = true;
      hangUp();
      for (const { subscriber } of members) subscriber.closing();
    },
  };
}
