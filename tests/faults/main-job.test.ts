import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { personRecord } from '../../operations/demo/records';
import { projectRoot } from '../../project-root';
import { until } from '../support/wait';
import { Client, colleague } from './client';
import { startSystem, type System } from './system';

const run = promisify(execFile);
const DAY_SECONDS = 4;

let system: System;
let admin: Client;
let staff: Client;
let officer: Client;

beforeAll(async () => {
  system = await startSystem({ SICIL_DAY_SECONDS: String(DAY_SECONDS) });
  admin = new Client(system, system.adminToken);
  staff = await colleague(admin, 'staff');
  officer = await colleague(admin, 'officer');
}, 180_000);

afterAll(() => system?.stop(), 60_000);

const today = () => new Date().toISOString().slice(0, 10);
const person = (index: number, changes: Record<string, unknown> = {}) =>
  personRecord(
    {
      index,
      who: ['Çiğdem Işıl', 'Öztürk', '1990-04-12', 'öğretmen'],
      cardUntil: '2033-01-01',
    },
    changes,
  );

async function create(record: unknown): Promise<string> {
  const answer = await staff.post('/api/v1/customers', {
    type: 'natural_person_tr',
    trigger: 'continuous',
    record,
  });
  expect(answer.status).toBe(201);
  return String(answer.body['id']);
}

async function addPapers(id: string): Promise<void> {
  const path = `/api/v1/customers/${id}/documents`;
  const answers = [
    await staff.upload(path, 'identity_card', { originalSeen: 'true', expiresOn: '2033-01-01' }),
    await staff.upload(path, 'signature_sample'),
    await staff.upload(path, 'address_proof', { issuedOn: today() }),
  ];
  expect(answers.map((answer) => answer.status)).toEqual([201, 201, 201]);
}

const sicil = (...args: string[]) =>
  run(process.execPath, [join(projectRoot, 'scripts', 'sicil.mjs'), ...args], {
    cwd: projectRoot,
    env: { ...process.env, SICIL_DATA_DIR: system.dataDir },
  });

test('killing each part once during the main job loses nothing and sends no reminder twice', async () => {
  // The worker dies right after the follow-up began.
  const id = await create(person(501, { occupation: undefined }));
  expect((await staff.post(`/api/v1/customers/${id}/submit`)).status).toBe(200);
  await system.kill('worker');
  const toCustomer = async () => (await admin.mails()).filter((mail) => mail.to.includes('musteri501@'));
  await until('the first list arrives', async () => (await toCustomer()).length > 0, 60_000);

  // Temporal dies between the last missing field and verification.
  await addPapers(id);
  expect((await staff.patch(`/api/v1/customers/${id}`, { occupation: 'öğretmen' })).status).toBe(200);
  await system.kill('temporal');
  await staff.stage(id, 'decision', 120_000);

  // Postgres dies while the second person approves; the client repeats the same call.
  const approving = officer.post(`/api/v1/customers/${id}/decisions`, {
    decision: 'approve',
    reason: 'Belgeler tam',
  });
  await system.kill('postgres');
  expect((await approving).status).toBeLessThan(300);
  const active = await officer.get(`/api/v1/customers/${id}`);
  expect(active.body['status']).toBe('active');

  // The API dies while a package is asked for.
  const asking = officer.post('/api/v1/audit-packages', {
    profile: 'masak',
    period: { from: '2026-01-01', to: '2030-12-31' },
  });
  await system.kill('api');
  const asked = await asking;
  expect(asked.status).toBe(202);
  const packagePath = `/api/v1/audit-packages/${String(asked.body['id'])}`;
  await system.kill('worker');
  await until(
    'the package waits for its seal',
    async () => (await officer.get(packagePath)).body['status'] === 'awaiting_seal',
    120_000,
  );
  expect((await admin.post(`${packagePath}/seal`)).body['status']).toBe('sealed');

  const file = join(system.dataDir, 'package.zip');
  const bytes = await officer.bytes(`${packagePath}/download`);
  writeFileSync(file, bytes);
  expect((await sicil('verify-package', file)).stdout).toContain('PASS');

  const mails = await toCustomer();
  const ids = mails.map((mail) => mail.messageId);
  expect(new Set(ids).size).toBe(ids.length);
  const doctor = await sicil('doctor', '--json');
  expect(JSON.parse(doctor.stdout)).toMatchObject({ problems: [] });
  expect((await sicil('audit', 'verify')).stdout).not.toContain('changed');
}, 600_000);

test('fifty onboardings finish although Postgres stands still for a minute in between', async () => {
  const ids: string[] = [];
  for (let index = 600; index < 650; index++) ids.push(await create(person(index)));
  for (const id of ids) await addPapers(id);
  for (const id of ids) expect((await staff.post(`/api/v1/customers/${id}/submit`)).status).toBe(200);
  process.kill(system.pid('postgres'), 'SIGSTOP');
  try {
    // Other work flows on: what does not need the database still answers while it stands still.
    const stopped = Date.now();
    await until(
      'a minute has passed and the API lived through it',
      async () => {
        const answer = await fetch(`${system.address}/livez`, { signal: AbortSignal.timeout(2000) });
        expect(answer.status).toBe(200);
        return Date.now() - stopped > 60_000;
      },
      90_000,
    );
  } finally {
    process.kill(system.pid('postgres'), 'SIGCONT');
  }
  await system.ready();
  for (const id of ids) await staff.stage(id, 'decision', 240_000);
}, 600_000);

test('onboardings go on although Temporal loses its whole database in between', async () => {
  const ids: string[] = [];
  for (let index = 660; index < 665; index++) ids.push(await create(person(index)));
  for (const id of ids) await addPapers(id);
  for (const id of ids) expect((await staff.post(`/api/v1/customers/${id}/submit`)).status).toBe(200);
  await system.loseTemporal();
  await system.ready();
  for (const id of ids) await staff.stage(id, 'decision', 240_000);
}, 400_000);

test('no personal value stands in the logs of any part', () => {
  const logs = system.logs();
  for (const value of ['Öztürk', 'OZTURK', 'Çiğdem', 'musteri501', 'musteri620', '88000050', 'Kalpakçılar']) {
    expect({ value, found: logs.includes(value) }).toEqual({ value, found: false });
  }
});
