import { Client } from 'pg';

import { createDispatchActivities } from '../../activities/dispatch';
import { inDealer } from '../../db/transaction';
import { SYSTEM } from '../../domain/customer';
import { checkpointNow, checkpointProblems, readCheckpoint } from '../../operations/checkpoints';
import { updateRecord } from '../../operations/customers';
import { createSigningKey } from '../../stores/package-signature';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { openFile } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
let customers: string[];

beforeEach(async () => {
  dealer = await makeDealer(db, installation);
  customers = [];
  for (let n = 0; n < 3; n += 1) customers.push(await dealer.run((tx) => openFile(tx)));
}, 60_000);

const checkpoint = () => checkpointNow(installation.database, dealer.dealerId);
const edit = (id: string, occupation: string) =>
  dealer.run((tx) => updateRecord(tx, id, { patch: { occupation }, ifVersion: null }));

/** What somebody with every right on the database could do: as superuser, triggers and foreign keys off. */
async function tamper(...statements: [string, unknown[]][]): Promise<void> {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    for (const [sql, values] of statements) {
      expect((await client.query(sql, values)).rowCount).toBeGreaterThan(0);
    }
  } finally {
    await client.end();
  }
}

const problems = async () =>
  (await dealer.run(checkpointProblems)).map(({ problem, chainId, seq }) =>
    chainId === dealer.dealerId ? `${problem} ${seq}` : `${problem} ${customers.indexOf(chainId)}/${seq}`,
  );

const lastSeq = async (chain: string) =>
  Number((await db.owner('chain_heads').where({ chain_id: chain }).first('seq')).seq);

/** Cuts a chain's tail and sets its head back, so that the chain alone looks whole. */
async function cutTail(chain: string, to: number): Promise<void> {
  const at = [chain, to];
  await tamper(
    ['delete from audit_log where chain_id = $1 and seq > $2', at],
    [
      `update chain_heads h set seq = $2, hash = l.hash from audit_log l
       where h.chain_id = $1 and l.chain_id = $1 and l.seq = $2`,
      at,
    ],
  );
}

test('checkpoints follow one another, keep only heads that moved, and agree with an untouched log', async () => {
  expect(await checkpoint()).toBe(1);
  await edit(customers[0] ?? '', 'Mimar');
  expect(await checkpoint()).toBe(2);
  const rows = await db.owner('audit_checkpoint_heads').where({ dealer_id: dealer.dealerId, n: 2 });
  expect(rows.map((row) => row.chain_id)).toEqual([customers[0]]);
  const { statement } = await dealer.run((tx) => readCheckpoint(tx, 2));
  expect(statement).toMatchObject({ n: 2, leafCount: 4, dealer: dealer.dealerId });
  expect(statement.previous).toMatch(/^[0-9a-f]{64}$/);
  expect(await problems()).toEqual([]);
});

test('a tail cut since a checkpoint is found, though the chain looks whole', async () => {
  const [chain = ''] = customers;
  await edit(chain, 'Mimar');
  await checkpoint();
  const seq = await lastSeq(chain);
  await cutTail(chain, seq - 1);
  const { rows } = await db.app.raw('select * from gate.audit_problems() where chain_id = ?', [chain]);
  expect(rows).toEqual([]);
  expect(await problems()).toEqual([`cut_since_checkpoint 0/${seq}`]);
});

test('a customer deleted with the whole chain is found', async () => {
  await checkpoint();
  const [, chain = ''] = customers;
  const seq = await lastSeq(chain);
  await tamper(
    ['delete from audit_log where chain_id = $1', [chain]],
    ['delete from chain_heads where chain_id = $1', [chain]],
  );
  expect(await problems()).toEqual([`cut_since_checkpoint 1/${seq}`]);
});

test('a chain that was written anew from some entry on is found', async () => {
  const [chain = ''] = customers;
  await edit(chain, 'Mimar');
  await checkpoint();
  const seq = await lastSeq(chain);
  await cutTail(chain, seq - 1);
  await edit(chain, 'Avukat');
  expect(await problems()).toContain(`cut_since_checkpoint 0/${seq}`);
});

test('a leaf deleted together with its chain breaks the root', async () => {
  await checkpoint();
  const chain = customers[2];
  for (const table of ['audit_log', 'chain_heads', 'audit_checkpoint_heads'])
    await tamper([`delete from ${table} where chain_id = $1`, [chain]]);
  expect(await problems()).toEqual(['checkpoint_changed 1']);
});

test.each([
  ['at', "at = at + interval '1 millisecond'"],
  ['leaf_count', 'leaf_count = leaf_count + 1'],
  ['merkle_root', "merkle_root = sha256('x')"],
  ['previous_hash', "previous_hash = sha256('x')"],
  ['signature', 'signature = set_byte(signature, 0, get_byte(signature, 0) # 1)'],
])('a checkpoint with another %s is found', async (_column, change) => {
  await checkpoint();
  await checkpoint();
  await tamper([`update audit_checkpoints set ${change} where dealer_id = $1 and n = 2`, [dealer.dealerId]]);
  expect(await problems()).toContain('checkpoint_changed 2');
});

test('a checkpoint taken out, and one signed with a key of somebody else, are found', async () => {
  for (let n = 0; n < 3; n += 1) await checkpoint();
  const foreign = createSigningKey();
  const der = Buffer.from(foreign.publicKeyPem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
  await tamper(['delete from audit_checkpoints where dealer_id = $1 and n = 2', [dealer.dealerId]]);
  await tamper([
    'update audit_checkpoints set public_key = $2 where dealer_id = $1 and n = 3',
    [dealer.dealerId, der],
  ]);
  expect(await problems()).toEqual([
    'checkpoint_missing_before 3',
    'checkpoint_unknown_key 3',
    'checkpoint_changed 3',
  ]);
});

test('two at once become two, one after the other', async () => {
  const made = await Promise.all([checkpoint(), checkpoint(), checkpoint()]);
  expect(made.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  expect(await problems()).toEqual([]);
});

test('the application changes and deletes none, and a checkpoint that could miss an entry is refused', async () => {
  await checkpoint();
  for (const sql of ['update audit_checkpoints set n = 9', 'delete from audit_checkpoint_heads'])
    await expect(dealer.run((tx) => tx.sql.raw(sql))).rejects.toThrow(/permission denied/);
  await expect(db.owner.raw('delete from audit_checkpoints')).rejects.toThrow('append-only');
});

test('the sweep makes one a day for every dealer', async () => {
  const dispatch = createDispatchActivities({
    db: installation.database,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    failPackage: async () => undefined,
    waker: {
      wakeNow: async () => 0,
      wakeImportNow: async () => true,
      wakePolicyChangeNow: async () => true,
      wakePackageNow: async () => true,
      isRunning: async () => true,
    },
  });
  const count = async () =>
    Number((await db.owner('audit_checkpoints').where({ dealer_id: dealer.dealerId }).count())[0]?.['count']);
  await dispatch.dispatchDueWork();
  await dispatch.dispatchDueWork();
  expect(await count()).toBe(1);
  installation.clock.moveBy(86_400_000);
  await dispatch.dispatchDueWork();
  expect(await count()).toBe(2);
});

test("another dealer's checkpoints are not seen", async () => {
  await checkpoint();
  const other = await makeDealer(db, installation);
  await inDealer(installation.database, other.dealerId, SYSTEM, async (tx) => {
    expect(await tx.sql('audit_checkpoints').select('n')).toEqual([]);
    expect(await tx.sql('audit_checkpoint_heads').select('n')).toEqual([]);
  });
});
