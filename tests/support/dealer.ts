import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { movableClock, type MovableClock } from '../../clock';
import { inDealer, type Database, type Tx } from '../../db/transaction';
import type { Role } from '../../domain/customer';
import { createApiToken, tokenOf } from '../../operations/api-tokens';
import { addDealer, type AddedDealer } from '../../operations/dealers';
import { actorOf } from '../../operations/sign-in';
import { addUser } from '../../operations/users';
import { ensureMasterKey, openKeyRing, type KeyRing } from '../../stores/keys';
import type { TestDatabase } from './database';

export const PASSWORD = 'correct horse battery';

/** Keys and clock of one test file, as a process builds them at start. */
export interface Installation {
  folder: string;
  keys: KeyRing;
  clock: MovableClock;
  database: Database;
  /** Customers whose workflows a commit asked to wake. */
  woken: string[];
}

/** An installation over the test's database; its folder is removed at the end. Members may be read inside tests only. */
export function useInstallation(db: TestDatabase, now = '2026-11-22T09:00:00Z'): Installation {
  const installation = {} as Installation;
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'sicil-installation-'));
    const keyFile = join(folder, 'keys', 'master.key');
    ensureMasterKey(keyFile);
    const keys = openKeyRing(keyFile);
    const clock = movableClock(now);
    const woken: string[] = [];
    const database: Database = {
      knex: db.app,
      clock,
      keys,
      afterCommit: (_dealerId, customerIds) => void woken.push(...customerIds),
    };
    Object.assign(installation, { folder, keys, clock, database, woken });
  });
  afterAll(() => rmSync(installation.folder, { recursive: true, force: true }));
  return installation;
}

export interface TestUser {
  userId: string;
  email: string;
  token: string;
}

export interface TestDealer extends AddedDealer {
  admin: TestUser;
  /** Adds a colleague with an API token. */
  addUser(role: Role): Promise<TestUser>;
  /** Runs in the dealer's name, as the first admin unless told otherwise. */
  run<T>(fn: (tx: Tx) => Promise<T>, userId?: string): Promise<T>;
}

let counter = 0;

/** A dealer with its first admin. */
export async function makeDealer(db: TestDatabase, installation: Installation): Promise<TestDealer> {
  counter += 1;
  const email = `admin-${counter}@example.com`;
  const added = await addDealer(db.owner, installation.keys, installation.clock, {
    title: `Deneme Kuyumculuk ${counter} Ltd. Şti.`,
    senderAddress: `uyum-${counter}@example.com`,
    admin: { email, name: 'Ayşe Yönetici', password: PASSWORD },
  });
  const run = <T>(fn: (tx: Tx) => Promise<T>, userId = added.adminUserId) =>
    inDealer(
      installation.database,
      added.dealerId,
      actorOf({ userId, dealerId: added.dealerId, role: 'admin', alsoManager: true }),
      fn,
    );
  return {
    ...added,
    run,
    admin: { userId: added.adminUserId, email, token: added.adminToken },
    addUser: async (role) => {
      counter += 1;
      const user = {
        email: `${role}-${counter}@example.com`,
        name: `Deneme ${role}`,
        role,
        password: PASSWORD,
      };
      return run(async (tx) => {
        const { id } = await addUser(tx, user);
        const tokenId = await createApiToken(tx, { userId: id, name: 'test' });
        return { userId: id, email: user.email, token: await tokenOf(tx, tokenId) };
      });
    },
  };
}
