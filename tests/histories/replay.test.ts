import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { temporal } from '@temporalio/proto';
import { Runtime, Worker, type ReplayWorkerOptions } from '@temporalio/worker';

import { dataConverter } from '../../temporal-converter';
import * as workflows from '../../workflows';
import { silentLogger, workflowBundle } from '../support/workflow-bundle';

interface Recorded {
  workflowId: string;
  history: temporal.api.history.v1.History;
}

function recorded(): Recorded[] {
  return readdirSync(__dirname)
    .filter((file) => file.endsWith('.bin'))
    .map((file) => ({
      workflowId: file,
      history: temporal.api.history.v1.History.decode(readFileSync(join(__dirname, file))),
    }));
}

beforeAll(() => {
  Runtime.install({ logger: silentLogger, telemetryOptions: { logging: { filter: 'OFF', forward: {} } } });
});

async function replay(options: ReplayWorkerOptions, histories: Recorded[]): Promise<string[]> {
  const broken: string[] = [];
  const converter = { dataConverter: dataConverter(null) };
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { ...options, ...converter },
    histories,
  )) {
    if (error !== undefined) broken.push(`${workflowId}: ${error.message}`);
  }
  return broken;
}

test('runs that began before this version go on with it', async () => {
  const codePath = await workflowBundle();
  expect(await replay({ workflowBundle: { codePath } }, recorded())).toEqual([]);
}, 120_000);

test('every workflow has a recorded run', () => {
  const types = new Set(recorded().map(({ workflowId }) => workflowId.split('-')[0]));
  const exported = Object.entries(workflows).filter(([, value]) => typeof value === 'function');
  expect(exported.map(([name]) => name).filter((name) => !types.has(name))).toEqual([]);
});

test('a change that old runs cannot follow is seen', async () => {
  const histories = recorded().filter(({ workflowId }) => workflowId.startsWith('verification'));
  expect(histories.length).toBeGreaterThan(0);
  const broken = await replay({ workflowsPath: join(__dirname, 'changed-workflows.ts') }, histories);
  expect(broken).toHaveLength(histories.length);
}, 120_000);
