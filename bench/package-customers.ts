import { randomBytes, randomUUID } from 'node:crypto';

import { getCustomers } from '../db/customers';
import { createCustomers } from '../operations/customer-batch';
import { personRecord } from '../operations/demo/records';
import { addDocument } from '../operations/documents';
import { openCustomerKey } from '../operations/record-envelope';
import type { FileStore } from '../stores/files';
import { inParallel, type Installation } from './installation';
import { invented } from './large-customers';

const PAPERS = ['identity_card', 'address_proof'] as const;
const BATCH = 25;
const BATCHES_AT_ONCE = 2;
const DAY = 86_400_000;

/**
 * Opens files for customers `first` to `until` (not included), each with two documents that lie encrypted in the store as
 * uploads do. Nobody is onboarded: a package takes every file of its period.
 */
export async function addCustomersWithDocuments(
  { run }: Pick<Installation, 'run'>,
  files: FileStore,
  { first, until }: { first: number; until: number },
): Promise<void> {
  const starts: number[] = [];
  for (let number = first; number < until; number += BATCH) starts.push(number);
  await inParallel(
    starts,
    async (start) => {
      const numbers = Array.from({ length: Math.min(BATCH, until - start) }, (_, index) => start + index);
      const created = await run((tx) =>
        createCustomers(
          tx,
          numbers.map((number) => ({
            type: 'natural_person_tr',
            trigger: 'continuous',
            record: recordOf(number),
          })),
        ),
      );
      await addPapers(
        run,
        files,
        created.map(({ id }) => id),
      );
    },
    BATCHES_AT_ONCE,
  );
}

function recordOf(number: number): Record<string, unknown> {
  const { givenNames, surname, birthDate } = invented(number).record;
  const cardUntil = new Date(Date.now() + 2_000 * DAY).toISOString().slice(0, 10);
  // Numbers of nobody exist for indexes of up to four digits; customers of the bench may share one.
  return personRecord({
    index: number % 10_000,
    who: [givenNames, surname, birthDate, 'Öğretmen'],
    cardUntil,
  });
}

async function addPapers(
  run: Installation['run'],
  files: FileStore,
  customerIds: readonly string[],
): Promise<void> {
  const keys = await run(async (tx) => {
    const opened: [id: string, key: Buffer][] = [];
    for (const customer of await getCustomers(tx, customerIds))
      opened.push([customer.id, await openCustomerKey(tx, customer)]);
    return opened;
  });
  const papers = keys.flatMap(([customerId, key]) => PAPERS.map((kind) => ({ customerId, key, kind })));
  const stored = await inParallel(papers, async ({ key }) => files.receive(key, scan()));
  const issuedOn = new Date(Date.now() - 7 * DAY).toISOString().slice(0, 10);
  for (const [customerId] of keys) {
    await run(async (tx) => {
      for (const [index, { kind, customerId: owner }] of papers.entries()) {
        const file = stored[index];
        if (owner !== customerId || file === undefined) continue;
        const paper = { ...file, id: randomUUID(), fileName: `${kind}.jpg` };
        await addDocument(tx, customerId, { stored: paper, kind, issuedOn, originalSeen: true });
      }
    });
  }
}

/** Bytes of the kind and size that a scanner gives, 30 to 60 KB which nothing compresses; no two are alike. */
async function* scan(): AsyncGenerator<Buffer> {
  const size = 30_000 + (randomBytes(2).readUInt16BE() % 30_000);
  yield Buffer.concat([JPEG_HEAD, randomBytes(size), JPEG_END]);
}

const JPEG_HEAD = Buffer.from('ffd8ffe000104a46494600010101004800480000', 'hex');
const JPEG_END = Buffer.from('ffd9', 'hex');
