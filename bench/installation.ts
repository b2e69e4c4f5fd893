import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import type { Knex } from 'knex';

import { systemClock } from '../clock';
import { connect } from '../db/connection';
import { migrate } from '../db/migrate';
import { inDealer, type Database, type Tx } from '../db/transaction';
import type { Actor } from '../domain/customer';
import { createCustomer } from '../operations/customers';
import { addDealer } from '../operations/dealers';
import { personRecord } from '../operations/demo/records';
import { addDocument, type StoredFile } from '../operations/documents';
import { ensureMasterKey, openKeyRing, type KeyRing } from '../stores/keys';

/** One dealer on a database of its own, with customers made as they are wanted. */
export interface Installation {
  knex: Knex;
  keys: KeyRing;
  masterKeyFile: string;
  dealerId: string;
  /** API token of the dealer's one person. */
  token: string;
  actor: Actor;
  run: <T>(fn: (tx: Tx) => Promise<T>) => Promise<T>;
  /** Opens so many complete files, ready to be submitted. */
  addCustomers(count: number): Promise<string[]>;
  close(): Promise<void>;
}

/** What the bench works with at once: about what a busy counter's API does. */
export const AT_ONCE = 8;

/**
 * Migrates the database and adds the dealer. Its only person submits every case and may therefore decide none of them, so
 * that no mail goes out to officers: sending mail is no part of what is measured.
 */
export async function openInstallation(databaseUrl: string, folder: string): Promise<Installation> {
  const masterKeyFile = join(folder, 'keys', 'master.key');
  ensureMasterKey(masterKeyFile);
  const keys = openKeyRing(masterKeyFile);
  const clock = systemClock();
  await migrate(databaseUrl);
  const owner = connect(databaseUrl, 'owner', { poolMax: 1 });
  const dealer = await addDealer(owner, keys, clock, {
    title: 'Ölçüm Kuyumculuk Ltd. Şti.',
    admin: { email: 'olcum@example.com', name: 'Ölçüm Kişisi', password: randomBytes(16).toString('hex') },
  });
  await owner.destroy();
  const knex = connect(databaseUrl, 'app', { poolMax: AT_ONCE });
  const { dealerId } = dealer;
  const actor: Actor = { kind: 'user', userId: dealer.adminUserId, role: 'admin' };
  const database: Database = { knex, clock, keys };
  const run: Installation['run'] = (fn) => inDealer(database, dealerId, actor, fn);
  let made = 0;
  return {
    knex,
    keys,
    masterKeyFile,
    dealerId,
    token: dealer.adminToken,
    actor,
    run,
    addCustomers: async (count) => {
      const first = made;
      made += count;
      const numbers = Array.from({ length: count }, (_, index) => first + index);
      return inParallel(numbers, (number) => openFile(run, number), FILES_AT_ONCE);
    },
    close: () => knex.destroy(),
  };
}

/** Few: new files of one dealer wait for each other at the counter of their numbers. */
const FILES_AT_ONCE = 3;
const PAPERS = ['identity_card', 'signature_sample', 'address_proof'] as const;
const DAY = 86_400_000;

/** A file of which nothing is missing. No part of the measured work reads the papers themselves: only rows are written. */
async function openFile(run: Installation['run'], number: number): Promise<string> {
  const day = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
  const record = personRecord({
    // Numbers of nobody exist for indexes of up to four digits; customers of the bench may share one.
    index: number % 10_000,
    who: ['Ölçü', 'Deneme', '1990-05-17', 'Öğretmen'],
    cardUntil: day(2_000),
  });
  const file = { type: 'natural_person_tr', trigger: 'continuous', record } as const;
  const { id } = await run((tx) => createCustomer(tx, file));
  for (const kind of PAPERS) {
    const paper = { stored: emptyPaper(), kind, issuedOn: day(-7), originalSeen: true };
    await run((tx) => addDocument(tx, id, paper));
  }
  return id;
}

function emptyPaper(): StoredFile {
  const id = randomUUID();
  const sha256 = randomBytes(32);
  return { id, address: `none-${id}`, mediaType: 'application/pdf', bytes: 1, sha256, fileName: 'belge.pdf' };
}

/** Works through the items, so many at once, and answers in their order. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  atOnce = AT_ONCE,
): Promise<Result[]> {
  const results: Result[] = [];
  const entries = items.entries();
  const line = async () => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, line));
  return results;
}
