import { updateCustomer } from '../../db/customers';
import { listOpenDuties, setDuty } from '../../db/duties';
import { createCustomer } from '../../operations/customers';
import { advanceCustomer, parkStuckDuty } from '../../operations/lifecycle';
import { completeTask, listTasks } from '../../operations/tasks';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);

test('an officer who ends the task about a parked duty sets the work going again', async () => {
  const dealer = await makeDealer(db, installation);
  const officer = await dealer.addUser('officer');
  const customerId = await dealer.run(async (tx) => {
    const { id } = await createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record: {} });
    const [duty] = await listOpenDuties(tx, id);
    await parkStuckDuty(tx, id, duty!.id);
    return id;
  });
  installation.woken.length = 0;

  await dealer.run(async (tx) => {
    const parked = (await listOpenDuties(tx, customerId)).filter(({ state }) => state === 'parked');
    expect(parked).toHaveLength(1);
    const [task] = (await listTasks(tx, { customerId, limit: 10 })).filter(
      ({ kind }) => kind === 'duty_parked',
    );
    await completeTask(tx, task!.id, 'Sebep giderildi.');
  }, officer.userId);

  const after = await dealer.run((tx) => listOpenDuties(tx, customerId));
  expect(after.filter(({ state }) => state === 'parked')).toEqual([]);
  expect(after[0]).toMatchObject({ state: 'due', attempts: 0, dueAt: installation.clock.now() });
  expect(installation.woken).toEqual([customerId]);
});

test('a review that waits behind a long follow-up is put off day by day, and never counts as stuck', async () => {
  const dealer = await makeDealer(db, installation);
  const [duty] = await dealer.run(async (tx) => {
    const { id } = await createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record: {} });
    await updateCustomer(tx, id, { status: 'suspended' });
    await setDuty(tx, id, null, 'refresh_notice', tx.now);
    await tx.sql('duties').where({ customer_id: id, kind: 'refresh_notice' }).update({ attempts: 9 });
    await advanceCustomer(tx, id);
    return (await listOpenDuties(tx, id)).filter(({ kind }) => kind === 'refresh_notice');
  });
  expect(duty).toMatchObject({ state: 'due', attempts: 0 });
  expect(duty!.dueAt.getTime()).toBe(installation.clock.now().getTime() + installation.clock.dayMilliseconds);
});
