import { decide } from '../../operations/decisions';
import { submitCase } from '../../operations/onboarding';
import type { TestUser } from '../support/dealer';
import { openFile } from './files';
import { standingOf, untilQuiet, untilStage, useWorld } from './world';

const world = useWorld();

let clerk: TestUser;
let officer: TestUser;
beforeAll(async () => {
  clerk = await world.dealer.addUser('staff');
  officer = await world.dealer.addUser('officer');
});

const byClerk = <T>(fn: Parameters<typeof world.dealer.run<T>>[0]) => world.dealer.run(fn, clerk.userId);
const byOfficer = <T>(fn: Parameters<typeof world.dealer.run<T>>[0]) => world.dealer.run(fn, officer.userId);

test.each(['natural_person_tr', 'company'] as const)(
  'a complete %s goes from submit to a decision by itself, and is active once a second person approves',
  async (type) => {
    const id = await byClerk((tx) => openFile(tx, { type, seed: 10 }));
    expect(await standingOf(world, id)).toMatchObject({ status: 'onboarding', stage: 'collecting' });
    await byClerk((tx) => submitCase(tx, id));
    await untilStage(world, id, 'decision');
    await byOfficer((tx) => decide(tx, id, { decision: 'approve', reason: 'Dosya tam' }));
    expect(await standingOf(world, id)).toMatchObject({ status: 'active', outcome: 'approved' });
    await untilQuiet(world);
  },
);
