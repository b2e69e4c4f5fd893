import { Client as TemporalClient } from '@temporalio/client';

import { chromiumPath } from './chromium';
import { useTemporal } from './temporal';

const temporal = useTemporal();

test('a test file has a namespace in which workflows can be started at once', async () => {
  const client = new TemporalClient({ connection: temporal.connection, namespace: temporal.namespace });
  const handle = await client.workflow.start('nothing', { taskQueue: 'q', workflowId: 'w' });
  expect((await handle.describe()).status.name).toBe('RUNNING');
});

test('a Chromium is found', async () => {
  expect(await chromiumPath()).toContain('chrom');
});
