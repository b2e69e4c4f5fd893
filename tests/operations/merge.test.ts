import { listStuck } from '../../db/doctor';
import { listOpenDuties } from '../../db/duties';
import { listOpenTasks, openTask } from '../../db/tasks';
import type { CustomerType } from '../../domain/customer';
import { listCases } from '../../operations/cases';
import { listCustomers } from '../../operations/customer-list';
import { createCustomer, readCustomer, revealField, updateRecord } from '../../operations/customers';
import { decide } from '../../operations/decisions';
import { findDuplicates, openDuplicates } from '../../operations/duplicates';
import { mergeCustomers, type MergeInput } from '../../operations/merge';
import { undoMerge } from '../../operations/merge-undo';
import { mergedFiles, previewMerge } from '../../operations/merge-views';
import { readTimeline } from '../../operations/timeline';
import { awaitingDecision, completeCustomer } from '../console/files';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { inventedTckn } from '../workflows/files';

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
let officer: TestUser;
const START = new Date('2026-11-22T09:00:00Z');
beforeEach(async () => {
  installation.clock.moveTo(START);
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
});

const open = (record: Record<string, unknown>, type: CustomerType = 'natural_person_tr') =>
  dealer.run(async (tx) => (await createCustomer(tx, { type, trigger: 'continuous', record })).id);
const merge = (survivor: string, input: Omit<MergeInput, 'reason'>) =>
  dealer.run((tx) => mergeCustomers(tx, survivor, { reason: 'Aynı kişi', ...input }), officer.userId);
const undo = (id: string) =>
  dealer.run(async (tx) => void (await undoMerge(tx, id, 'Yanlış kişi')), officer.userId);
const read = (id: string) => dealer.run((tx) => readCustomer(tx, id));
const found = (q: string) =>
  dealer.run(async (tx) => (await listCustomers(tx, { q, limit: 10 })).data.map(({ id }) => id));
const duties = (id: string) =>
  dealer.run(async (tx) => (await listOpenDuties(tx, id)).map(({ kind, dueAt }) => [kind, dueAt]));
/** No worker runs here, so that waits may be overdue; nothing else may be wrong. */
const healthy = async () => {
  const stuck = await listStuck(db.app, installation.clock.now());
  const own = stuck.filter((one) => one.dealerId === dealer.dealerId && one.problem !== 'duty_overdue');
  expect(own).toEqual([]);
};

async function activeCustomer(changes: Record<string, unknown>): Promise<string> {
  const id = await dealer.run((tx) => completeCustomer(tx, changes));
  await dealer.run((tx) => awaitingDecision(tx, id));
  await dealer.run((tx) => decide(tx, id, { decision: 'approve', reason: 'Uygun' }), officer.userId);
  return id;
}

const YKN = '99000000250';

test('T09: who was naturalised has one file with the new number, found by the old one too', async () => {
  const tckn = inventedTckn(20_260);
  const old = await open({ givenNames: 'Olena', surname: 'Kovalenko', ykn: YKN }, 'natural_person_foreign');
  const now = await open({ givenNames: 'Olena', surname: 'Yıldız', tckn, phone: '0532 111 22 33' });
  await merge(old, { absorb: now, take: ['tckn', 'surname'], record: { ykn: null } });

  expect((await read(old)).record).toEqual({
    givenNames: 'Olena',
    surname: 'Yıldız',
    tckn: `${tckn.slice(0, 3)}******${tckn.slice(-2)}`,
  });
  expect(await dealer.run((tx) => revealField(tx, old, 'tckn', 'Kontrol'))).toBe(tckn);
  for (const q of [YKN, tckn, '0532 111 22 33', 'kovalenko', 'olena yildiz'])
    expect(await found(q)).toEqual([old]);
  const again = await dealer.run((tx) =>
    findDuplicates(tx, [{ type: 'natural_person_foreign', record: { ykn: YKN } }]),
  );
  expect(again[0]?.candidates).toMatchObject([{ customerId: old, strength: 'strong' }]);
  await healthy();
});

test('the absorbed file is closed with its case, waits and tasks, and leads to its survivor', async () => {
  const survivor = await open({ givenNames: 'Ayşe', surname: 'Kaya', birthDate: '1990-01-02' });
  const absorbed = await open({ givenNames: 'Ayşe', surname: 'Kaya', birthDate: '1990-01-02' });
  const code = (await read(absorbed)).code;
  expect(await dealer.run((tx) => openDuplicates(tx, survivor))).toHaveLength(1);
  const errand = { kind: 'call_customer', forRole: 'staff', dedupe: `errand:${absorbed}` } as const;
  await dealer.run((tx) => openTask(tx, { ...errand, customerId: absorbed, caseId: null }));
  await merge(survivor, { absorb: absorbed });

  expect(await read(absorbed)).toMatchObject({ status: 'closed', openCaseId: null });
  expect(await duties(absorbed)).toEqual([]);
  expect(await dealer.run((tx) => listOpenTasks(tx, { customerId: absorbed, limit: 10 }))).toEqual([]);
  expect(await dealer.run((tx) => openDuplicates(tx, survivor))).toEqual([]);
  expect(await dealer.run((tx) => mergedFiles(tx, survivor))).toMatchObject([{ customerId: absorbed, code }]);
  expect(await found(code)).toEqual([survivor]);
  await expect(
    dealer.run((tx) => updateRecord(tx, absorbed, { patch: { phone: '1' }, ifVersion: null })),
  ).rejects.toThrow('customer_closed');
  const events = await dealer.run(async (tx) => [
    (await readTimeline(tx, survivor, { limit: 5 })).data.map(({ event }) => event),
    (await readTimeline(tx, absorbed, { limit: 5 })).data.map(({ event }) => event),
  ]);
  expect(events[0]).toContain('customer.merged');
  expect(events[1]).toEqual(expect.arrayContaining(['customer.absorbed', 'customer.status_changed']));
  // Nothing of the survivor was chosen from the other file: its record stays the version it was.
  expect((await read(survivor)).version).toBe(1);
  await healthy();
});

test('a merge that changes who an active customer is asks for a decision of its own', async () => {
  const active = await activeCustomer({ tckn: inventedTckn(1), surname: 'Çınar' });
  const other = await open({ givenNames: 'Işık', surname: 'Çınaroğlu', tckn: inventedTckn(2) });
  await merge(active, { absorb: other, take: ['surname'] });
  const { data } = await dealer.run((tx) => listCases(tx, { customerId: active, limit: 5 }));
  expect(data.filter(({ stage }) => stage !== 'closed')).toMatchObject([{ kind: 'review' }]);
  await healthy();
});

test('undone within its period, both files stand, are found and wait as they did', async () => {
  const survivor = await open({
    givenNames: 'Ayşe',
    surname: 'Kaya',
    tckn: inventedTckn(11),
    phone: '0532 000 11 22',
  });
  const absorbed = await activeCustomer({ givenNames: 'Ayşe', surname: 'Kaya', tckn: inventedTckn(12) });
  const before = {
    survivor: await read(survivor),
    absorbed: await read(absorbed),
    duties: await duties(absorbed),
  };
  expect(before.duties.length).toBeGreaterThan(0);
  const id = await merge(survivor, { absorb: absorbed, take: ['tckn', 'address'] });
  expect((await read(survivor)).record).toMatchObject({ address: { province: 'İstanbul' } });
  expect(await found(inventedTckn(11))).toEqual([survivor]);
  await healthy();

  installation.clock.moveTo(new Date('2026-12-20T09:00:00Z'));
  await undo(id);
  expect((await read(survivor)).record).toEqual(before.survivor.record);
  expect(await read(absorbed)).toMatchObject({ status: 'active', record: before.absorbed.record });
  expect(await duties(absorbed)).toEqual(before.duties);
  expect(await found(inventedTckn(12))).toEqual([absorbed]);
  expect(await found('0532 000 11 22')).toEqual([survivor]);
  expect(await dealer.run((tx) => mergedFiles(tx, survivor))).toEqual([]);
  // Who undoes it has looked: the same resemblance does not ask again.
  expect(await dealer.run((tx) => openDuplicates(tx, survivor))).toEqual([]);
  await healthy();
  await expect(undo(id)).rejects.toThrow('merge_undone');
});

test('an onboarding that a merge ended goes on where it stood, with its decision task', async () => {
  const survivor = await open({ givenNames: 'Ayşe', surname: 'Kaya' });
  const absorbed = await dealer.run((tx) => completeCustomer(tx, {}));
  await dealer.run((tx) => awaitingDecision(tx, absorbed));
  const kinds = () =>
    dealer.run(async (tx) =>
      (await listOpenTasks(tx, { customerId: absorbed, limit: 10 })).map(({ kind }) => kind),
    );
  expect(await kinds()).toContain('decide');
  const id = await merge(survivor, { absorb: absorbed });
  expect(await kinds()).toEqual([]);
  await undo(id);
  expect(await kinds()).toContain('decide');
  await healthy();
  await dealer.run((tx) => decide(tx, absorbed, { decision: 'approve', reason: 'Uygun' }), officer.userId);
  expect((await read(absorbed)).status).toBe('active');
});

test('after its period a merge stands', async () => {
  const id = await merge(await open({ givenNames: 'A' }), { absorb: await open({ givenNames: 'B' }) });
  installation.clock.moveTo(new Date('2026-12-22T09:00:01Z'));
  await expect(undo(id)).rejects.toThrow('merge_undo_expired');
});

test('a survivor that was edited after the merge keeps its record when the merge is undone', async () => {
  const survivor = await open({ givenNames: 'Ayşe', surname: 'Kaya' });
  const absorbed = await open({ givenNames: 'Ayşe', surname: 'Kaya', phone: '0532 000 00 01' });
  const id = await merge(survivor, { absorb: absorbed, take: ['phone'] });
  await dealer.run((tx) => updateRecord(tx, survivor, { patch: { occupation: 'Kuyumcu' }, ifVersion: null }));
  await undo(id);
  expect((await read(survivor)).record).toMatchObject({ phone: '0532 000 00 01', occupation: 'Kuyumcu' });
});

test('a chain of merges finds the last file by what the first one held, and is undone from its end', async () => {
  const [a, b, c] = [
    await open({ givenNames: 'Bir', surname: 'Kişi', tckn: inventedTckn(71) }),
    await open({ givenNames: 'İki', surname: 'Kişi', tckn: inventedTckn(72) }),
    await open({ givenNames: 'Üç', surname: 'Kişi', tckn: inventedTckn(73) }),
  ];
  const first = await merge(b, { absorb: a });
  const second = await merge(c, { absorb: b });
  expect(await found(inventedTckn(71))).toEqual([c]);
  await expect(undo(first)).rejects.toThrow('merge_undo_order');
  await undo(second);
  expect(await found(inventedTckn(71))).toEqual([b]);
  await undo(first);
  expect(await found(inventedTckn(71))).toEqual([a]);
  await healthy();
});

test('former values are listed under the name that the survivor has now', async () => {
  const survivor = await open({ givenNames: 'Zeliha', surname: 'Son' });
  await merge(survivor, { absorb: await open({ givenNames: 'Xenia', surname: 'Son' }) });
  await dealer.run((tx) => updateRecord(tx, survivor, { patch: { givenNames: 'Abide' }, ifVersion: null }));
  await open({ givenNames: 'Xenia', surname: 'Orta' });
  const { data } = await dealer.run((tx) => listCustomers(tx, { q: 'xenia', limit: 10 }));
  expect(data.map(({ displayName }) => displayName)).toEqual(['Abide Son', 'Xenia Orta']);
});

test('what cannot be one is refused: itself, a person and a company, a closed survivor, a file merged before', async () => {
  const person = await open({ givenNames: 'Ayşe' });
  const company = await open({ title: 'Ayşe Ltd.' }, 'company');
  const third = await open({ givenNames: 'Fatma' });
  await expect(merge(person, { absorb: person })).rejects.toThrow('merge_same_file');
  await expect(merge(person, { absorb: company })).rejects.toThrow('merge_types_differ');
  await expect(merge(person, { absorb: third, take: ['noSuchField'] })).rejects.toThrow('shape');
  await merge(person, { absorb: third });
  await expect(merge(company, { absorb: third })).rejects.toThrow('merge_already');
  await expect(merge(third, { absorb: person })).rejects.toThrow('merge_already');
});

test('the preview shows both files field by field, numbers masked and compared by their true values', async () => {
  const numbers = ['10000000146', '10099999146'];
  const [a, b] = [
    await open({ givenNames: 'Ayşe', tckn: numbers[0], phone: '1' }),
    await open({ givenNames: 'Ayşe', tckn: numbers[1] }),
  ];
  const { fields } = await dealer.run((tx) => previewMerge(tx, a, b));
  expect(fields).toEqual([
    { field: 'givenNames', survivor: 'Ayşe', absorbed: 'Ayşe', same: true },
    { field: 'tckn', survivor: '100******46', absorbed: '100******46', same: false },
    { field: 'phone', survivor: '1', absorbed: null, same: false },
  ]);
});
