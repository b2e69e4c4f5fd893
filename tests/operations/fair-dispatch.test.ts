import { createDispatchActivities } from '../../activities/dispatch';
import { claimDuties } from '../../db/due-work';
import { createCustomer } from '../../operations/customers';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);
const TWO_DAYS = 172_800_000;

let busy: TestDealer;
let quiet: TestDealer;

/** Files that nobody submits: after a day each has a duty that is due. */
async function openFiles(dealer: TestDealer, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await dealer.run((tx) =>
      createCustomer(tx, {
        type: 'natural_person_tr',
        trigger: 'continuous',
        record: { givenNames: 'Deneme', surname: 'Müşteri' },
      }),
    );
  }
}

beforeAll(async () => {
  busy = await makeDealer(db, installation);
  quiet = await makeDealer(db, installation);
  await openFiles(busy, 30);
  await openFiles(quiet, 1);
  installation.clock.moveBy(TWO_DAYS);
}, 60_000);

test("a dealer's burst takes no more than its share of a round, and another's one customer is always in it", async () => {
  const claimed = await claimDuties(installation.database.knex, installation.clock.now(), 10);
  const of = (dealer: TestDealer) => claimed.filter((duty) => duty.dealerId === dealer.dealerId).length;
  expect([of(busy), of(quiet)]).toEqual([10, 1]);
});

test("another dealer's one customer is woken before the rest of a burst", async () => {
  installation.clock.moveBy(TWO_DAYS);
  const woken: string[] = [];
  const dispatch = createDispatchActivities({
    db: installation.database,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    failPackage: async () => undefined,
    waker: {
      wakeNow: async (customers) => {
        woken.push(...customers.map((customer) => customer.dealerId));
        return 0;
      },
      wakeImportNow: async () => true,
      wakePolicyChangeNow: async () => true,
      wakePackageNow: async () => true,
      isRunning: async () => true,
    },
  });
  await dispatch.dispatchDueWork();
  expect(woken.filter((dealerId) => dealerId === busy.dealerId)).toHaveLength(30);
  expect(woken.indexOf(quiet.dealerId)).toBeLessThan(2);
});
