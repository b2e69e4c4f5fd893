import { NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { answerQuestions } from './contestants';

/** Runs bare trees with activities that do nothing and the SDK's own settings; counts those that have arrived. */
async function main(): Promise<void> {
  Runtime.install({ telemetryOptions: { logging: { filter: 'ERROR', forward: {} } } });
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '' });
  let arrived = 0;
  const worker = await Worker.create({
    connection,
    namespace: process.env['TEMPORAL_NAMESPACE'] ?? '',
    taskQueue: process.env['BENCH_TASK_QUEUE'] ?? '',
    workflowsPath: require.resolve('./bare-tree'),
    activities: {
      nothing: async () => undefined,
      arrived: async () => {
        arrived += 1;
      },
    },
  });
  answerQuestions({ ready: async () => undefined, arrived: async () => arrived });
  await worker.run();
  await connection.close();
  process.disconnect();
}

void main();
