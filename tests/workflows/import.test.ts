import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { Client, Connection } from '@temporalio/client';
import { v7 as uuidv7 } from 'uuid';

import { createDispatchActivities } from '../../activities/dispatch';
import { takeSheets } from '../../operations/import-upload';
import {
  cancelImport,
  commitImport,
  importFileKey,
  readImport,
  registerImport,
} from '../../operations/imports';
import { projectRoot } from '../../project-root';
import { folderStore } from '../../stores/files';
import { dataConverter } from '../../temporal-converter';
import { createTemporalWakeUps, type TemporalWakeUps } from '../../temporal-wake-ups';
import { recordHistories } from '../histories/recorder';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { useTemporal } from '../support/temporal';
import { until } from '../support/wait';
import { workflowBundle } from '../support/workflow-bundle';
import { textSheet, workbookFile } from '../stores/sheet-files';
import { inventedTckn } from './files';
import type { ImportWorkerSettings } from './import-worker-process';

jest.setTimeout(120_000);
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const children: ChildProcess[] = [];
const endings: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  await recordHistories(client);
  for (const child of children) child.kill('SIGKILL');
  for (const end of endings) await end();
}, 60_000);
const db = useDatabase();
const installation = useInstallation(db);
const temporal = useTemporal();
let client: Client;
let wakeUps: TemporalWakeUps;
let dealer: TestDealer;
let officer: TestUser;
let settings: ImportWorkerSettings;

beforeAll(async () => {
  const connection = Connection.lazy({ address: temporal.address });
  endings.push(() => connection.close());
  const { namespace } = temporal;
  client = new Client({ connection, namespace, dataConverter: dataConverter(null) });
  wakeUps = createTemporalWakeUps({ connection, namespace, dataConverter: dataConverter(null), logger: log });
  endings.unshift(() => wakeUps.idle());
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
  settings = {
    databaseUrl: db.url,
    address: temporal.address,
    namespace,
    keyFile: join(installation.folder, 'keys', 'master.key'),
    filesFolder: join(installation.folder, 'files'),
    bundlePath: await workflowBundle(),
  };
}, 120_000);

async function startWorkerProcess(): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'import-worker-process.ts'), [JSON.stringify(settings)], {
    execArgv: ['-r', join(projectRoot, 'tests', 'package', 'typescript.cjs')],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  children.push(child);
  await once(child, 'message');
  return child;
}

/** Brings a file of this many people; the workflow is not woken yet. */
async function bring(rows: number, dryRun = true): Promise<string> {
  const file = await workbookFile([
    textSheet('Musteriler', [
      ['tip', 'tetik', 'unvan_ad', 'soyad', 'tckn_vkn_ykn'],
      ...Array.from({ length: rows }, (_, n) => [
        'natural_person_tr',
        'continuous',
        `Deneme ${rows}`,
        `Soyad ${n}`,
        inventedTckn(rows * 1000 + n),
      ]),
    ]),
  ]);
  const files = folderStore(settings.filesFolder);
  const key = await dealer.run((tx) => importFileKey(tx));
  const id = uuidv7();
  const taken = await takeSheets(files, key, [file] as unknown as AsyncIterable<Buffer>, id);
  const stored = { ...taken, id, fileName: 'liste.xlsx' };
  return dealer.run((tx) => registerImport(tx, { stored, dryRun, language: 'tr' }), officer.userId);
}

const viewOf = (id: string) => dealer.run((tx) => readImport(tx, id));
const wake = (id: string) => wakeUps.wakeImportNow(dealer.dealerId, id);

function untilStatus(id: string, status: string) {
  return until(
    `the import is ${status}`,
    async () => {
      const view = await viewOf(id);
      return view.status === status ? view : undefined;
    },
    90_000,
  );
}

test('killed in the middle, an import goes on behind its last commit and opens nothing twice', async () => {
  const first = await startWorkerProcess();
  const id = await bring(600);
  expect(await wake(id)).toBe(true);
  const checked = await untilStatus(id, 'checked');
  expect(checked.counts).toMatchObject({ total: 600, errors: 0, created: 0 });

  await dealer.run((tx) => commitImport(tx, id), officer.userId);
  await wake(id);
  const halfway = await until('some records are there', async () => {
    const { counts } = await viewOf(id);
    return counts.created > 0 ? counts.created : undefined;
  });
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(halfway).toBeLessThan(600);
  expect((await viewOf(id)).status).toBe('committing');

  await startWorkerProcess();
  const done = await untilStatus(id, 'done');
  expect(done.counts.created).toBe(600);
  const rows = await dealer.run((tx) =>
    tx
      .sql('import_rows as r')
      .join('customers as c', 'c.id', 'r.customer_id')
      .where({ 'r.import_id': id })
      .select('r.row_number', 'c.code', 'c.display_name'),
  );
  const distinct = (column: string) =>
    new Set((rows as Record<string, unknown>[]).map((row) => row[column])).size;
  expect([rows.length, distinct('row_number'), distinct('code'), distinct('display_name')]).toEqual([
    600, 600, 600, 600,
  ]);
  const [{ count } = { count: 0 }] = (await dealer.run((tx) => tx.sql('customers').count('* as count'))) as {
    count: number;
  }[];
  expect(count).toBe(600);
});

test('a wake-up that was lost is made good by the sweep, and no row starts a workflow of its own', async () => {
  const id = await bring(3, false);
  installation.clock.moveBy(6 * 60_000);
  const dispatch = createDispatchActivities({
    db: installation.database,
    waker: wakeUps,
    logger: log,
    failPackage: async () => undefined,
  });
  await dispatch.dispatchDueWork();
  expect((await untilStatus(id, 'done')).counts).toMatchObject({ created: 3 });
  const types = new Set<string>();
  for await (const run of client.workflow.list()) types.add(run.type);
  expect([...types]).toEqual(['customerImport']);
});

test('an import that somebody cancels in the middle keeps what it opened and opens no more', async () => {
  const id = await bring(520);
  await wake(id);
  await untilStatus(id, 'checked');
  await dealer.run((tx) => commitImport(tx, id), officer.userId);
  await wake(id);
  await until('some records are there', async () =>
    (await viewOf(id)).counts.created > 0 ? true : undefined,
  );
  await dealer.run((tx) => cancelImport(tx, id), officer.userId);
  const { created } = (await viewOf(id)).counts;
  await wake(id);
  await until('the run has ended', async () => {
    const { status } = await client.workflow.getHandle(`import:${dealer.dealerId}:${id}`).describe();
    return status.name === 'RUNNING' ? undefined : true;
  });
  const after = await viewOf(id);
  expect(after).toMatchObject({ status: 'cancelled', counts: { created } });
  expect(created).toBeLessThan(520);
});
