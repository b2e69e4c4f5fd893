import { setTimeout as pause } from 'node:timers/promises';

import { updateRecord } from '../../operations/customers';
import { submitCase } from '../../operations/onboarding';
import { until } from '../support/wait';
import { openFile } from './files';
import { isUnbroken, stageTrail } from './stage-trail';
import { dueNow, untilNoneRuns, untilQuiet, useWorld } from './world';

const CUSTOMERS = 8;
/** Two of these outlive the heartbeat of a workflow task (8 s), each stays under the limit of a step (5 s). */
const LOOK_MS = 4_400;

const world = useWorld({ registerOff: true, slowLooksMs: LOOK_MS });

/**
 * The one shape in which wake-ups were lost: the signal arrives in a new workflow task while a local activity of the old
 * one is still under way, so that the server lets the run complete. Here every run is in its last look when it comes.
 */
test('a wake-up that comes while a run takes its last, slow look is not lost', async () => {
  const ids: string[] = [];
  for (let index = 0; index < CUSTOMERS; index++) {
    ids.push(await world.dealer.run((tx) => openFile(tx, { seed: 8000 + index })));
  }
  await Promise.all(ids.map((id) => world.dealer.run((tx) => submitCase(tx, id))));
  const isServed = async (id: string) => !(await dueNow(world)).some((duty) => duty.customerId === id);
  await Promise.all(
    ids.map(async (id, index) => {
      await until('the first duty is served', () => isServed(id), 60_000);
      // From the first look's end to shortly before the second one's: its answer is made and not yet given.
      await pause(LOOK_MS + 300 + (index * (LOOK_MS - 700)) / CUSTOMERS);
      await world.dealer.run((tx) =>
        updateRecord(tx, id, { patch: { occupation: `Meslek ${index}` }, ifVersion: null }),
      );
    }),
  );
  await untilQuiet(world);
  await untilNoneRuns(world);
  for (const id of ids) expect(isUnbroken(await stageTrail(world.dealer, id))).toBe(true);
}, 180_000);
