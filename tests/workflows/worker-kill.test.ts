import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startRegisterSimulator, type RegisterSimulator } from '../../dev/register-simulator';
import { submitCase } from '../../operations/onboarding';
import { projectRoot } from '../../project-root';
import { until } from '../support/wait';
import { workflowBundle } from '../support/workflow-bundle';
import { openFile } from './files';
import { stageTrail } from './stage-trail';
import { dueNow, standingOf, useWorld } from './world';
import type { WorkerProcessSettings } from './worker-process';

const CUSTOMERS = 20;
const KILLS = 4;

const world = useWorld({ worker: false });
const children: ChildProcess[] = [];
let register: RegisterSimulator;
let settings: WorkerProcessSettings;

beforeAll(async () => {
  register = await startRegisterSimulator();
  settings = {
    databaseUrl: world.db.url,
    address: world.temporal.address,
    namespace: world.temporal.namespace,
    keyFile: join(world.installation.folder, 'keys', 'master.key'),
    bundlePath: await workflowBundle(),
    registerUrl: register.url,
  };
}, 120_000);
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await register.close();
});

async function startWorkerProcess(): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'worker-process.ts'), [JSON.stringify(settings)], {
    execArgv: ['-r', join(projectRoot, 'tests', 'package', 'typescript.cjs')],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  children.push(child);
  await once(child, 'message');
  return child;
}

test('workers killed in the middle of 20 onboardings lose nothing and move no case twice or backwards', async () => {
  world.installation.clock.moveTo(new Date());
  const ids: string[] = [];
  for (let index = 0; index < CUSTOMERS; index++) {
    ids.push(await world.dealer.run((tx) => openFile(tx, { seed: 4000 + index })));
  }
  for (let kill = 0; kill < KILLS; kill++) {
    const child = await startWorkerProcess();
    const share = ids.slice(kill * 5, kill * 5 + 5);
    for (const id of share) await world.dealer.run((tx) => submitCase(tx, id));
    await pause(60 + kill * 90);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const halfDone = (await Promise.all(ids.map((id) => standingOf(world, id)))).filter(
    ({ stage }) => stage !== 'decision',
  );
  expect(halfDone.length).toBeGreaterThan(0);

  await startWorkerProcess();
  await until(
    'every case has come to its decision',
    async () => {
      world.installation.clock.moveTo(new Date());
      const stages = await Promise.all(ids.map((id) => standingOf(world, id)));
      return stages.every(({ stage }) => stage === 'decision') && (await dueNow(world)).length === 0;
    },
    120_000,
  );
  for (const id of ids) {
    expect((await stageTrail(world.dealer, id)).map(({ from, to }) => `${from}>${to}`)).toEqual([
      'collecting>verifying',
      'verifying>rating',
      'rating>decision',
    ]);
    const asked = await world.dealer.run((tx) =>
      tx.sql('verifications').where({ customer_id: id }).pluck('result'),
    );
    expect(asked).toEqual(['match']);
  }
}, 180_000);
