import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { personRecord } from '../../operations/demo/records';
import { projectRoot } from '../../project-root';
import { until } from '../support/wait';
import { Client, colleague } from './client';
import { startSystem, type Part, type System } from './system';

const run = promisify(execFile);
const CUSTOMERS = 24;

let system: System;
let admin: Client;
let officer: Client;

beforeAll(async () => {
  system = await startSystem();
  admin = new Client(system, system.adminToken);
  officer = await colleague(admin, 'officer');
  const staff = await colleague(admin, 'staff');
  for (let index = 700; index < 700 + CUSTOMERS; index += 1) {
    const who: [string, string, string, string] = ['Çiğdem Işıl', 'Öztürk', '1990-04-12', 'öğretmen'];
    const answer = await staff.post('/api/v1/customers', {
      type: 'natural_person_tr',
      trigger: 'continuous',
      record: personRecord({ index, who, cardUntil: '2033-01-01' }),
    });
    if (answer.status !== 201) throw new Error(`A customer was not created: ${answer.status}`);
  }
}, 240_000);

afterAll(() => system?.stop(), 60_000);

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
