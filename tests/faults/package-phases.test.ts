import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { personRecord } from '../../operations/demo/records';
import { projectRoot } from '../../project-root';
import { paperPdf } from '../support/pdf-files';
import { until } from '../support/wait';
import { Client, colleague } from './client';
import { startSystem, type Part, type System } from './system';

const run = promisify(execFile);
const CUSTOMERS = 24;

/** Papers that no socket's buffers hold: who has read little of a download has not been sent all of it. */
const LARGE = ['signature_sample', 'address_proof', 'funds_proof'];
const LARGE_BYTES = 8 * 1024 * 1024;

let system: System;
let admin: Client;
let staff: Client;
let officer: Client;

beforeAll(async () => {
  system = await startSystem();
  admin = new Client(system, system.adminToken);
  officer = await colleague(admin, 'officer');
  staff = await colleague(admin, 'staff');
  for (let index = 700; index < 700 + CUSTOMERS; index += 1) await create(index);
}, 240_000);

afterAll(() => system?.stop(), 60_000);

async function create(index: number): Promise<string> {
  const who: [string, string, string, string] = ['Çiğdem Işıl', 'Öztürk', '1990-04-12', 'öğretmen'];
  const answer = await staff.post('/api/v1/customers', {
    type: 'natural_person_tr',
    trigger: 'continuous',
    record: personRecord({ index, who, cardUntil: '2033-01-01' }),
  });
  if (answer.status !== 201) throw new Error(`A customer was not created: ${answer.status}`);
  return String(answer.body['id']);
}

const verify = async (bytes: Buffer, name: string) => {
  const file = join(system.dataDir, name);
  writeFileSync(file, bytes);
  const cli = join(projectRoot, 'scripts', 'sicil.mjs');
  const env = { ...process.env, SICIL_DATA_DIR: system.dataDir };
  return (await run(process.execPath, [cli, 'verify-package', file], { cwd: projectRoot, env })).stdout;
};

/** Kills the part as soon as the package is in a phase, or has passed it. */
async function killIn(
  part: Part,
  path: string,
  phases: string[],
  after: (done: number) => boolean,
): Promise<void> {
  let last = '';
  await until(
    `the package is ${phases[0]}`,
    async () => {
      const { body } = await officer.get(`${path}/progress`);
      last = JSON.stringify(body);
      return phases.includes(String(body['phase'])) && after(Number(body['done']));
    },
    120_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}; last progress ${last}`, { cause: error });
  });
  await system.kill(part);
}

test.each<Part>(['worker', 'temporal', 'postgres'])(
  'a package is made, sealed and handed out whole although %s dies in each of its phases',
  async (part) => {
    const body = { profile: 'masak', period: { from: '2026-01-01', to: '2030-12-31' } };
    const asking = officer.post('/api/v1/audit-packages', body);
    await system.kill(part);
    const asked = await asking;
    expect(asked.status).toBe(202);
    const path = `/api/v1/audit-packages/${String(asked.body['id'])}`;
    const later = ['assembling', 'ready'];
    await killIn(part, path, ['including', ...later], (done) => done > 3);
    await killIn(part, path, later, () => true);
    await until(
      'the package waits for its seal',
      async () => (await officer.get(path)).body['status'] === 'awaiting_seal',
      150_000,
    );
    const sealing = admin.post(`${path}/seal`);
    await system.kill(part);
    expect((await sealing).body['status']).toBe('sealed');
    expect((await officer.get(path)).body['progress']).toMatchObject({ done: CUSTOMERS, total: CUSTOMERS });

    const cut = officer.bytes(`${path}/download`).then(
      () => 'whole',
      () => 'cut',
    );
    await system.kill(part);
    expect(['whole', 'cut']).toContain(await cut);
    await system.ready();
    const bytes = await until('it is there as a whole', () =>
      officer.bytes(`${path}/download`).catch(() => undefined),
    );
    expect(await verify(bytes, `${part}.zip`)).toContain('PASS');
  },
  400_000,
);

test('the API dies after the seal and in the middle of a download: the client sees it, and the next download is whole', async () => {
  const customer = await create(700 + CUSTOMERS);
  for (const [n, kind] of LARGE.entries()) {
    const data = Buffer.alloc(LARGE_BYTES, n);
    const bytes = paperPdf({ more: [{ dictionary: '', data }] });
    const answer = await staff.upload(`/api/v1/customers/${customer}/documents`, kind, {}, bytes);
    expect(answer.status).toBe(201);
  }
  const asked = await officer.post('/api/v1/audit-packages', {
    profile: 'masak',
    period: { from: '2026-01-01', to: '2030-12-31' },
    customers: [customer],
  });
  const path = `/api/v1/audit-packages/${String(asked.body['id'])}`;
  await until(
    'the package waits for its seal',
    async () => (await officer.get(path)).body['status'] === 'awaiting_seal',
    120_000,
  );
  const sealing = admin.post(`${path}/seal`);
  await system.kill('api');
  expect((await sealing).body['status']).toBe('sealed');

  await system.ready();
  const answer = await fetch(`${system.address}${path}/download`, {
    headers: { authorization: `Bearer ${officer.token}` },
    signal: AbortSignal.timeout(60_000),
  });
  const received: Uint8Array[] = [];
  const reader = answer.body?.getReader();
  const read = async () => {
    const part = await reader?.read();
    if (part?.value !== undefined) received.push(part.value);
    return part?.done ?? true;
  };
  expect(await read()).toBe(false);
  await system.kill('api');
  const readOn = async () => {
    while (!(await read()));
  };
  // By name: the error comes from outside jest's realm.
  await expect(readOn()).rejects.toMatchObject({ name: 'TypeError' });
  const torn = Buffer.concat(received);
  expect(torn.length).toBeLessThan(LARGE.length * LARGE_BYTES);
  await expect(verify(torn, 'torn.zip')).rejects.toMatchObject({ code: 4 });

  await system.ready();
  expect(await verify(await officer.bytes(`${path}/download`), 'whole.zip')).toContain('PASS');
}, 300_000);
