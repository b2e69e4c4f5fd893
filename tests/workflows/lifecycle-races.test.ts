import { setTimeout as pause } from 'node:timers/promises';

import { updateRecord } from '../../operations/customers';
import { submitCase } from '../../operations/onboarding';
import { until } from '../support/wait';
import { openFile } from './files';
import { isUnbroken, stageTrail } from './stage-trail';
import { standingOf, untilStage, useWorld } from './world';

const CUSTOMERS = 6;
const RACES_EACH = Math.ceil(Number(process.env['SICIL_RACES'] ?? 150) / CUSTOMERS);

const world = useWorld({ registerOff: true });

/** Small and seeded: a red run can be repeated. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

let counter = 0;
function edit(id: string): Promise<unknown> {
  counter += 1;
  const patch = { occupation: `Meslek ${counter}` };
  return world.dealer.run((tx) => updateRecord(tx, id, { patch, ifVersion: null }));
}

function isQuiet(id: string): Promise<boolean> {
  return world.dealer.run(async (tx) => {
    const due = await tx
      .sql('duties')
      .where({ customer_id: id, state: 'due' })
      .where('due_at', '<=', tx.now)
      .first('id');
    return due === undefined;
  });
}

/**
 * Two edits: the second falls somewhere into the run that serves the first, every other time just when that run is about
 * to complete. No sweep runs here, so a wake-up that is lost leaves a duty behind.
 */
async function race(id: string, random: () => number): Promise<void> {
  await edit(id);
  if (random() < 0.5) await pause(random() * 120);
  else {
    await until('the first edit is served', () => isQuiet(id), 60_000);
    await pause(random() * 25);
  }
  await edit(id);
  await until('the second edit is served without a sweep', () => isQuiet(id), 60_000);
}

test('edits that race with the end of a run are all served, and no case moves twice or backwards', async () => {
  const seed = Number(process.env['SICIL_RACE_SEED'] ?? 20_261_122);
  const ids: string[] = [];
  for (let index = 0; index < CUSTOMERS; index++) {
    ids.push(await world.dealer.run((tx) => openFile(tx, { seed: 3000 + index })));
  }
  for (const id of ids) await world.dealer.run((tx) => submitCase(tx, id));
  for (const id of ids) await untilStage(world, id, 'decision');

  await Promise.all(
    ids.map(async (id, index) => {
      const random = randoms(seed + index);
      for (let turn = 0; turn < RACES_EACH; turn++) await race(id, random);
    }),
  );

  for (const id of ids) {
    expect(await standingOf(world, id)).toMatchObject({ stage: 'decision' });
    const trail = await stageTrail(world.dealer, id);
    expect(isUnbroken(trail)).toBe(true);
    expect(trail.length).toBeGreaterThan(3 * RACES_EACH);
  }
  // A busy database may let a step wait and try again; nothing else goes wrong.
  expect(JSON.stringify(world.logged)).not.toContain('FAULT');
}, 300_000);
