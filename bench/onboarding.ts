import { setTimeout as pause } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';

import { submitCase } from '../operations/onboarding';
import { dataConverter } from '../temporal-converter';
import { createTemporalWakeUps } from '../temporal-wake-ups';
import { workflowIds } from '../workflows/names';
import { startContestant } from './contestants';
import type { Duel, Round } from './figures';
import { inParallel, type Installation } from './installation';
import { cpuOf, spent, type Roots } from './process-cost';
import { countsOf, markArrival, shapeOf, type Shape, type ShapeCounts } from './shape';

export interface OnboardingOptions {
  installation: Installation;
  /** Environment of the product's processes; the bare worker gets the same. */
  env: NodeJS.ProcessEnv;
  temporal: { address: string; namespace: string };
  /** Processes that both contestants use, and the product's worker. */
  roots: { postgres: number; temporal: number; worker: number };
  customers: number;
  rounds: number;
  logFile: string;
  say: (line: string) => void;
}

const TASK_QUEUE = 'bench-bare';
const POLL_MS = 50;
/** A round that takes longer than this has got stuck, however slow the machine. */
const ROUND_MS_MAX = 15 * 60_000;
/**
 * Local activities after the one that brings the case to its decision: the onboarding sees that it waits, the lifecycle
 * that nothing is due, and asks under the lock whether it may rest.
 */
const AFTER_ARRIVAL = 3;

/** Complete files from submit to "decision": the product's worker against bare runs of the same shape. */
export async function benchOnboarding(options: OnboardingOptions): Promise<Duel & { shape: ShapeCounts }> {
  const { temporal, logFile, say } = options;
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const bareWorker = startContestant('bench/bare-worker.js', {
    env: {
      ...options.env,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      BENCH_TASK_QUEUE: TASK_QUEUE,
    },
    logFile,
  });
  try {
    await bareWorker.ask('ready');
    const contest: Contest = { options, client, bareWorker };
    say('Onboarding: warming up and recording the shape of a run …');
    const warmUp = Math.max(20, Math.round(options.customers / 10));
    const { shape } = await runProduct(contest, warmUp);
    await runBare(contest, warmUp, shape);
    const product: Round[] = [];
    const bare: Round[] = [];
    for (let round = 1; round <= options.rounds; round += 1) {
      product.push((await runProduct(contest, options.customers)).round);
      bare.push(await runBare(contest, options.customers, shape));
      say(`Onboarding: round ${round} of ${options.rounds}: ${speeds(product.at(-1), bare.at(-1))} cases/s`);
    }
    return { product, bare, shape: countsOf(shape) };
  } finally {
    await bareWorker.stop();
    await connection.close();
  }
}

interface Contest {
  options: OnboardingOptions;
  client: Client;
  bareWorker: ReturnType<typeof startContestant>;
}

async function runProduct(contest: Contest, count: number): Promise<{ round: Round; shape: Shape }> {
  const { installation, temporal, roots } = contest.options;
  const ids = await installation.addCustomers(count);
  const connection = Connection.lazy({ address: temporal.address });
  const wakeUps = createTemporalWakeUps({
    connection,
    namespace: temporal.namespace,
    dataConverter: dataConverter(installation.keys.payloadKey()),
    logger: { info: noLine, warn: noLine, error: noLine },
  });
  const { dealerId } = installation;
  // Waits for each wake-up, as the bare side does: an API's many clients give it a steady stream, never one burst.
  const begin = () =>
    inParallel(ids, async (customerId) => {
      await installation.run((tx) => submitCase(tx, customerId));
      // On a machine that is busy elsewhere one may take longer than its deadline; the sweep would come a minute later.
      while ((await wakeUps.wakeNow([{ dealerId, customerId }])) > 0);
    });
  const before = await countAtDecision(installation);
  const arrived = async () => (await countAtDecision(installation)) - before;
  try {
    const round = await timed(contest, { ...roots }, count, begin, arrived);
    const shape = await shapeOf(contest.client, workflowIds.customer(dealerId, ids.at(-1) ?? ''));
    return { round, shape: markArrival(shape, countsOf(shape).local - AFTER_ARRIVAL) };
  } finally {
    await connection.close();
  }
}

async function runBare(contest: Contest, count: number, shape: Shape): Promise<Round> {
  const { client, bareWorker, options } = contest;
  const { postgres, temporal } = options.roots;
  const ids = Array.from({ length: count }, () => `bare:${process.hrtime.bigint()}`);
  const begin = () =>
    inParallel(ids, (workflowId) =>
      client.workflow.signalWithStart('bareTree', {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [shape],
        signal: 'wake',
        workflowExecutionTimeout: '2 days',
      }),
    );
  const before = await bareWorker.ask<number>('arrived');
  const arrived = async () => (await bareWorker.ask<number>('arrived')) - before;
  return timed(contest, { postgres, temporal, worker: bareWorker.pid }, count, begin, arrived);
}

/** Time until all have arrived; CPU until every run is closed, so that what trails behind counts as well. */
async function timed(
  contest: Contest,
  roots: Roots,
  count: number,
  begin: () => Promise<unknown>,
  arrived: () => Promise<number>,
): Promise<Round> {
  const before = { ...cpuOf(roots), bench: ownCpu() };
  const started = performance.now();
  const begun = begin();
  const endsAt = started + ROUND_MS_MAX;
  while ((await arrived()) < count) {
    if (performance.now() > endsAt) throw new Error('A round of the onboarding bench got stuck');
    await pause(POLL_MS);
  }
  const seconds = (performance.now() - started) / 1000;
  await begun;
  await untilClosed(contest.client);
  return { units: count, seconds, cpu: spent(before, { ...cpuOf(roots), bench: ownCpu() }) };
}

async function untilClosed(client: Client): Promise<void> {
  const query = `ExecutionStatus = 'Running' AND WorkflowType IN ('customerLifecycle', 'bareTree')`;
  const endsAt = performance.now() + ROUND_MS_MAX;
  while ((await client.workflow.count(query)).count > 0) {
    if (performance.now() > endsAt) throw new Error('Runs of the onboarding bench stay open');
    await pause(250);
  }
}

async function countAtDecision({ run }: Installation): Promise<number> {
  const rows: { count: number }[] = await run((tx) =>
    tx.sql('cases').where({ dealer_id: tx.dealerId, stage: 'decision' }).count(),
  );
  return rows[0]?.count ?? 0;
}

/** This process takes the API's part: it submits, and it wakes. */
function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function noLine(): void {}

function speeds(...rounds: (Round | undefined)[]): string {
  return rounds
    .map((round) => (round === undefined ? '–' : (round.units / round.seconds).toFixed(1)))
    .join(' against ');
}
