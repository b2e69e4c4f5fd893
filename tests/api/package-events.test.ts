import { once } from 'node:events';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import express from 'express';
import { Client } from 'pg';

import { createPackageSteps } from '../../activities/packages';
import { createChangeFeed } from '../../api/change-feed';
import { streamEvents } from '../../api/event-stream';
import type { Call } from '../../api/route';
import { failPackage } from '../../operations/packages';
import { folderStore } from '../../stores/files';
import { activitiesWith, addPerson } from '../package/package-world';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { until } from '../support/wait';

const db = useDatabase();
const installation = useInstallation(db);
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
let auditor: TestUser;
const open: AbortController[] = [];
afterEach(() => open.splice(0).forEach((one) => one.abort()));
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
  auditor = await dealer.addUser('auditor');
  await dealer.run((tx) => addPerson(tx, { surname: 'Kanaryaoğlu' }));
}, 60_000);

interface Seen {
  id: number;
  event: string;
  data: Record<string, unknown>;
}

/** A reader of events that keeps what it read. */
async function watch(id: string, token: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  open.push(abort);
  const response = await fetch(`${api.url}/api/v1/audit-packages/${id}/events`, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: abort.signal,
  });
  const state = { text: '', ended: false };
  const pump = async () => {
    for await (const part of response.body ?? []) state.text += Buffer.from(part as Uint8Array).toString();
    state.ended = true;
  };
  pump().catch(() => undefined);
  const events = (): Seen[] =>
    [...state.text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/gm)].map(
      ([, seq, event = '', data = '']) => ({
        id: Number(seq),
        event,
        data: JSON.parse(data) as Record<string, unknown>,
      }),
    );
  return { response, state, events, abort };
}

async function ask(): Promise<string> {
  const { body } = await api.call('POST', '/api/v1/audit-packages', {
    token: officer.token,
    body: { profile: 'masak', period: { from: '2026-01-01', to: '2027-12-31' } },
  });
  return String(body['id']);
}

/** Ends the connections that wait for announcements, as a restart of the database would. */
async function cutListeners(): Promise<void> {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  const { rowCount } = await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'listen %'",
  );
  await client.end();
  expect(rowCount).toBe(1);
}

const act = (id: string, name: string, token = officer.token, body: object = {}) =>
  api.call('POST', `/api/v1/audit-packages/${id}/${name}`, { token, body });
const end = (id: string) => dealer.run((tx) => failPackage(tx, id, 'STUCK'));

test('a watcher sees each change within a second, with rising numbers, until the end', async () => {
  const id = await ask();
  const { response, events, state } = await watch(id, auditor.token);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('cache-control')).toContain('no-store');
  await until('the present state has come', async () => events().length === 1);
  expect(events()[0]).toMatchObject({
    event: 'package',
    data: { status: 'rendering', phase: 'queued', done: 0 },
  });
  // The connection that hears of changes stands: what comes now comes by it.
  await until('the first look is over', async () => state.text.length > 0);
  const cancelledAt = Date.now();
  await act(id, 'cancel');
  await until('the end has come', async () => state.ended);
  expect(Date.now() - cancelledAt).toBeLessThan(2_500);
  expect(events().map(({ data }) => data['status'])).toEqual(['rendering', 'cancelled']);
  const numbers = events().map((event) => event.id);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(events().every((event) => event.id === event.data['seq'])).toBe(true);
  expect(state.text).not.toMatch(/Kanarya|KYM-/);
}, 30_000);

test('a reader who comes back is told what is new only, and 204 when that was the end', async () => {
  const id = await ask();
  const first = await watch(id, auditor.token);
  await until('the present state has come', async () => first.events().length === 1);
  const seen = String(first.events()[0]?.id);
  first.abort.abort();
  const second = await watch(id, auditor.token, { 'last-event-id': seen });
  await end(id);
  await until('the end has come', async () => second.state.ended);
  expect(second.events().map(({ data }) => data['status'])).toEqual(['failed']);
  const third = await watch(id, auditor.token, { 'last-event-id': String(second.events()[0]?.id) });
  expect(third.response.status).toBe(204);
  const made = await watch(id, auditor.token, { 'last-event-id': 'no number' });
  await until('a made-up number counts for nothing', async () => made.events().length === 1);
}, 30_000);

test('what nobody may read has no events: strangers, other dealers, ids of nothing', async () => {
  const id = await ask();
  const other = await makeDealer(db, installation);
  expect((await watch(id, 'wrong-token')).response.status).toBe(401);
  expect((await watch(id, other.admin.token)).response.status).toBe(404);
  expect((await watch('01910000-0000-7000-8000-000000000000', auditor.token)).response.status).toBe(404);
  await end(id);
}, 30_000);

test('one person holds six streams at most, and a closed one counts no more', async () => {
  const id = await ask();
  const token = (await dealer.addUser('staff')).token;
  const streams = [];
  for (let n = 0; n < 6; n += 1) streams.push(await watch(id, token));
  expect(streams.map(({ response }) => response.status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect((await watch(id, token)).response.status).toBe(429);
  expect((await watch(id, auditor.token)).response.status).toBe(200);
  streams[0]?.abort.abort();
  await until('there is room again', async () => (await watch(id, token)).response.status === 200, 10_000);
  await end(id);
}, 30_000);

test('a reader who is gone before the first look at the package holds no stream', async () => {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const changes = createChangeFeed(db.owner, silent);
  let over = false;
  const app = express().use((req, res) => {
    const read = async () => {
      reader.destroy();
      await once(res, 'close');
      return { id: 1, event: 'package', data: {}, last: false };
    };
    const call = { req, deps: { changes }, identity: officer } as unknown as Call;
    void streamEvents({ operation: 'watchPackage', packageId: 'p', read }, call, res).then(
      () => (over = true),
    );
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = get({ port: (server.address() as AddressInfo).port });
  reader.on('error', () => undefined);
  try {
    await until('the stream is over', () => over, 5_000);
  } finally {
    changes.close();
    server.close();
  }
}, 30_000);

test('a stream gives signs of life, and ends within a minute once its token is revoked or its database connection is cut', async () => {
  const id = await ask();
  const user = await dealer.addUser('staff');
  const kept = await watch(id, auditor.token);
  const { state, events } = await watch(id, user.token);
  await until('it has begun', async () => events().length === 1);
  await dealer.run((tx) =>
    tx.sql('api_tokens').where({ user_id: user.userId }).update({ revoked_at: tx.now }),
  );
  // Whoever stays is served on over a new connection, or by looking.
  await cutListeners();
  await until('the stream has ended', async () => state.ended, 30_000);
  expect(state.text).toContain(': still there');
  await end(id);
  await until('the other one saw the end', async () => kept.state.ended, 15_000);
  expect(kept.events().at(-1)?.data).toMatchObject({ status: 'failed', phase: 'discarding' });
}, 60_000);

test('progress is told by polling too, and a stopped package is answered by an officer only', async () => {
  const id = await ask();
  const path = `/api/v1/audit-packages/${id}/progress`;
  expect((await api.call('GET', path, { token: auditor.token })).body).toMatchObject({
    phase: 'queued',
    done: 0,
    failing: 0,
    secondsLeft: null,
    troubles: [],
  });
  expect((await act(id, 'retry')).status).toBe(409);
  expect((await act(id, 'retry', auditor.token)).status).toBe(403);
  const customerId = '01910000-0000-7000-8000-000000000000';
  expect((await act(id, 'leave-out', officer.token, { customerId, reason: 'Belge yok' })).status).toBe(409);
  expect((await act(id, 'leave-out', officer.token, { customerId })).status).toBe(422);
  await createPackageSteps(installation.database).notePackageFailure({
    dealerId: dealer.dealerId,
    packageId: id,
    code: 'FAULT',
  });
  expect((await api.call('GET', path, { token: auditor.token })).body).toMatchObject({ status: 'failed' });
});

test('the package tells of its work what its progress tells, with the time left', async () => {
  for (let n = 0; n < 7; n += 1) await dealer.run((tx) => addPerson(tx));
  const id = await ask();
  const ref = { dealerId: dealer.dealerId, packageId: id };
  const unused = () => Promise.reject(new Error('Nothing is made here'));
  const files = folderStore(join(installation.folder, 'files'));
  await activitiesWith(installation.database, files, { print: unused }).freezePackage(ref);
  const items = db.owner('audit_package_items').where({ package_id: id });
  const made = await items.clone().orderBy('code').limit(6).pluck('customer_id');
  // Six files within the minute before, two to go.
  const since = new Date(installation.clock.now().getTime() - 60_000);
  await items.clone().whereIn('customer_id', made).update({ rendered_at: since });
  await db.owner('audit_packages').where({ id }).update({ done: made.length, failing: 1 });
  const read = async (path: string) =>
    (await api.call('GET', `/api/v1/audit-packages/${id}${path}`, { token: auditor.token })).body;
  const { done, total, failing, secondsLeft } = await read('/progress');
  expect([done, total, failing, secondsLeft]).toEqual([6, 8, 1, 20]);
  expect((await read(''))['progress']).toEqual({ done, total, failing, secondsLeft });
});
