import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { serve } from '../../api/main';
import { healthOf } from '../../api/health';
import { linkTemporal } from '../../api/wake-ups';
import { connect } from '../../db/connection';
import { newKey } from '../../stores/crypto';
import { useApi, type Json } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { until } from '../support/wait';

const db = useDatabase();
const installation = useInstallation(db);
let temporalAnswers = true;
const temporal = async () => {
  if (!temporalAnswers) throw new Error('14 UNAVAILABLE: canary');
};
const api = useApi(installation, () => ({ health: healthOf(db.app, temporal) }));
let dealer: TestDealer;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
}, 60_000);

const ready = () => api.call('GET', '/readyz');
const missing = ({ body }: { body: Json }) => body['missing'];

async function beat(queues: readonly string[], ageSeconds: number): Promise<void> {
  await db.app('worker_heartbeats').delete();
  for (const queue of queues) {
    await db.app.raw(
      `insert into worker_heartbeats (worker_id, queue, build, at)
       values (gen_random_uuid(), ?, 'test', clock_timestamp() - ? * interval '1 second')`,
      [queue, ageSeconds],
    );
  }
}

const ALL = ['lifecycle', 'registry', 'notices', 'render'];

test('readiness names each part that is not there', async () => {
  await beat(ALL, 1);
  expect(await ready()).toMatchObject({ status: 200, body: { ready: true, missing: [] } });

  temporalAnswers = false;
  const withoutTemporal = await ready();
  expect([withoutTemporal.status, missing(withoutTemporal)]).toEqual([503, ['temporal']]);
  expect(JSON.stringify(withoutTemporal.body)).not.toContain('canary');
  temporalAnswers = true;

  await beat(ALL, 25);
  expect(missing(await ready())).toEqual(['worker']);
  await beat(ALL.slice(1), 1);
  const { body } = await ready();
  expect(JSON.stringify(body['parts'])).toContain('nobody polls: lifecycle');

  await beat(ALL, 1);
  await db.owner('knex_migrations').where({ name: '0006_gate' }).update({ name: 'renamed' });
  const behind = await ready();
  expect(missing(behind)).toEqual(['migrations']);
  expect(JSON.stringify(behind.body)).toContain('0006_gate');
  await db.owner('knex_migrations').where({ name: 'renamed' }).update({ name: '0006_gate' });
});

test('a red readiness refuses no request, and liveness asks nobody', async () => {
  temporalAnswers = false;
  expect((await api.call('GET', '/livez')).status).toBe(200);
  expect((await api.call('GET', '/api/v1/me', { token: dealer.admin.token })).status).toBe(200);
  temporalAnswers = true;
});

test('a Temporal that is away is told of in seconds and fails no wake-up', async () => {
  const warned: object[] = [];
  const log = (line: object) => void warned.push(line);
  const link = linkTemporal({ address: '127.0.0.1:1', namespace: 'none' }, newKey(), {
    info: log,
    warn: log,
    error: log,
  });
  const started = Date.now();
  await expect(link.check()).rejects.toThrow(/deadline|connect|UNAVAILABLE/i);
  expect(Date.now() - started).toBeLessThan(5_000);
  link.wakeUps.wake(dealer.dealerId, ['01890000-0000-7000-8000-000000000000']);
  await until('the lost wake-up is logged', () => warned.length > 0);
  await link.close();
});

describe('with a database that is away', () => {
  const gone = connect('postgres://postgres:canary@127.0.0.1:1/none', 'app');
  const lost = useApi(installation, () => ({
    database: { ...installation.database, knex: gone },
    health: healthOf(gone, temporal),
  }));
  afterAll(() => gone.destroy());

  test('a request is answered with 503 and when to come again, and the log holds no values', async () => {
    const answer = await lost.call('GET', '/api/v1/me', { token: dealer.admin.token });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(lost.logged).toHaveLength(1);
    expect(JSON.stringify(lost.logged)).not.toMatch(/canary|sicil_/);
    expect(missing(await lost.call('GET', '/readyz'))).toEqual(['database', 'migrations', 'worker']);
  });
});

test('a lock that is held too long is answered with 503, not waited for', async () => {
  const created = await api.call('POST', '/api/v1/customers', {
    token: dealer.admin.token,
    body: { type: 'company', trigger: 'continuous', record: { title: 'Kilitli A.Ş.' } },
  });
  const id = String(created.body['id']);
  await db.owner.transaction(async (trx) => {
    await trx('customers').where({ id }).forUpdate().first();
    const started = Date.now();
    const answer = await api.call('POST', `/api/v1/customers/${id}/submit`, { token: dealer.admin.token });
    expect(answer.status).toBe(503);
    expect(Date.now() - started).toBeLessThan(4_000);
  });
  expect(
    (await api.call('POST', `/api/v1/customers/${id}/submit`, { token: dealer.admin.token })).status,
  ).toBe(200);
});

test('a port in use is named with what to do', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const start = serve({
    DATABASE_URL: db.url,
    PORT: String(port),
    SICIL_DATA_DIR: installation.folder,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  });
  await expect(start).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is in use: stop what uses it, or set PORT to a free one`,
  );
  await new Promise((resolve) => other.close(resolve));
});
