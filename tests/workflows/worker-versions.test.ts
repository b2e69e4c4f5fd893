import { submitCase } from '../../operations/onboarding';
import { DEPLOYMENT, makeCurrent } from '../../workers/versions';
import { until } from '../support/wait';
import { openFile } from './files';
import { untilNoneRuns, untilStage, useWorld } from './world';

const world = useWorld({ worker: false });

async function openedAndSubmitted(seed: number): Promise<string> {
  const id = await world.dealer.run((tx) => openFile(tx, { seed }));
  await world.dealer.run((tx) => submitCase(tx, id));
  return id;
}

const takesOver = (buildId: string) =>
  until(
    `${buildId} has taken over`,
    () => makeCurrent(world.client, world.temporal.namespace, buildId),
    60_000,
  );

async function currentBuild(): Promise<string | undefined> {
  const { workerDeploymentInfo } = await world.client.connection.workflowService.describeWorkerDeployment({
    namespace: world.temporal.namespace,
    deploymentName: DEPLOYMENT,
  });
  return workerDeploymentInfo?.routingConfig?.currentDeploymentVersion?.buildId ?? undefined;
}

test('a build takes the work over once it is polled, and no run is stranded between two builds', async () => {
  expect(await makeCurrent(world.client, world.temporal.namespace, 'first')).toBe(false);
  const first = await world.startWorker('first');
  await takesOver('first');
  const served = await openedAndSubmitted(7001);
  await untilStage(world, served, 'decision');

  const second = await world.startWorker('second');
  const between = await Promise.all([7002, 7003, 7004, 7005].map(openedAndSubmitted));
  await takesOver('second');
  expect(await currentBuild()).toBe('second');
  await first.stop();
  for (const id of between) await untilStage(world, id, 'decision');
  const after = await openedAndSubmitted(7006);
  await untilStage(world, after, 'decision');
  await untilNoneRuns(world);

  // A worker of the old build comes back, as after a crash in the middle of a deploy: it is not given the work.
  const late = await world.startWorker('first');
  expect(await makeCurrent(world.client, world.temporal.namespace, 'first')).toBe(true);
  expect(await currentBuild()).toBe('second');
  await late.stop();
  await second.stop();
}, 180_000);
