import { v7 as uuidv7 } from 'uuid';

import { getCase } from '../../db/cases';
import { endDuties, listOpenDuties } from '../../db/duties';
import { DUTY_KINDS } from '../../domain/customer';
import { readCustomer, updateRecord } from '../../operations/customers';
import { decide, excludedPeople } from '../../operations/decisions';
import { withdrawDocument } from '../../operations/documents';
import { advanceCustomer } from '../../operations/lifecycle';
import { advanceOnboarding } from '../../operations/onboarding';
import { advanceVerification } from '../../operations/verification';
import { awaitingDecision, completeCustomer, document } from '../console/files';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';

const OTHER_DUTIES = DUTY_KINDS.filter((kind) => kind !== 'document_expiry');

const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
let first: string;
let second: string;
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  first = (await dealer.addUser('manager')).userId;
  second = (await dealer.addUser('manager')).userId;
}, 60_000);

const approve = (customerId: string, userId: string) =>
  dealer.run((tx) => decide(tx, customerId, { decision: 'approve', reason: 'Kayıt tamam.' }), userId);

/** A customer in good standing, with one paper that no rule asks for. */
async function activeCustomer(): Promise<{ customerId: string; paper: string }> {
  const [customerId, paper] = await dealer.run(async (tx) => {
    const id = await completeCustomer(tx);
    const other = await document(tx, id, 'other');
    await awaitingDecision(tx, id);
    return [id, other.id];
  });
  await approve(customerId, first);
  return { customerId, paper };
}

const openCaseOf = (customerId: string) =>
  dealer.run(async (tx) => getCase(tx, (await readCustomer(tx, customerId)).openCaseId ?? ''));

/** As the worker would. */
async function toDecision(customerId: string): Promise<void> {
  const { id } = await openCaseOf(customerId);
  await dealer.run(async (tx) => {
    for (let step = 0; step < 6; step++) {
      const next = await advanceOnboarding(tx, customerId, id);
      if (next.do === 'verify') await advanceVerification(tx, customerId, id, false);
      if (next.do === 'wait') break;
    }
  });
}

test('who withdraws a paper of an earlier case has worked on the present one, and cannot decide it', async () => {
  const { customerId, paper } = await activeCustomer();
  await dealer.run((tx) => updateRecord(tx, customerId, { patch: { surname: 'Çolak' }, ifVersion: null }));
  await dealer.run((tx) => withdrawDocument(tx, customerId, paper, 'Başka kişiye ait'), second);
  await toDecision(customerId);

  const row = await openCaseOf(customerId);
  expect([row.kind, row.stage]).toEqual(['review', 'decision']);
  const excluded = await dealer.run((tx) => excludedPeople(tx, row));
  expect([excluded.includes(second), excluded.includes(first)]).toEqual([true, false]);
  await expect(approve(customerId, second)).rejects.toMatchObject({ code: 'FOUR_EYES' });
  // The second wall: a decision that no code of ours has looked at.
  const insertion = db.owner('decisions').insert({
    dealer_id: dealer.dealerId,
    id: uuidv7(),
    customer_id: customerId,
    case_id: row.id,
    decision: 'approve',
    reason: 'x',
    decided_by: second,
    decided_at: new Date(),
    record_version: 2,
    four_eyes: 'enforced',
  });
  await expect(insertion).rejects.toMatchObject({ code: 'SC002' });
  await approve(customerId, first);
  expect(await dealer.run((tx) => readCustomer(tx, customerId))).toMatchObject({ status: 'active' });
});

test('a withdrawal that opens a case belongs to that case', async () => {
  const { customerId } = await activeCustomer();
  const [card] = (await dealer.run((tx) => readCustomer(tx, customerId))).documents.filter(
    ({ kind }) => kind === 'identity_card',
  );
  await dealer.run((tx) => withdrawDocument(tx, customerId, card?.id ?? '', 'Okunmuyor'), second);
  const row = await openCaseOf(customerId);
  expect(row.kind).toBe('follow_up');
  expect(await dealer.run((tx) => excludedPeople(tx, row))).toEqual([second]);
});

test("a card's new expiry day in the record moves the first notice, sixty days ahead of it", async () => {
  const { customerId } = await activeCustomer();
  const watched = async () => {
    const duties = await dealer.run((tx) => listOpenDuties(tx, customerId));
    return duties.find(({ kind }) => kind === 'document_expiry')?.dueAt.toISOString();
  };
  expect(await watched()).toBe('2031-03-06T21:00:00.000Z');
  const change = (expiresOn: string) =>
    dealer.run((tx) =>
      updateRecord(tx, customerId, { patch: { idDocument: { expiresOn } }, ifVersion: null }),
    );
  await change('2027-01-31');
  expect(await watched()).toBe('2026-12-01T21:00:00.000Z');
  await change('2036-02-29');
  expect(await watched()).toBe('2035-12-30T21:00:00.000Z');
});

test('a file is looked at again on the day its customer comes of age, though nobody touches it', async () => {
  const { customerId } = await activeCustomer();
  await dealer.run((tx) =>
    updateRecord(tx, customerId, { patch: { birthDate: '2009-01-10' }, ifVersion: null }),
  );
  const needed = async () =>
    (await dealer.run((tx) => readCustomer(tx, customerId))).findings.map(({ code }) => code);
  expect(await needed()).toContain('needs_representative');
  const watched = async () =>
    (await dealer.run((tx) => listOpenDuties(tx, customerId)))
      .find(({ kind }) => kind === 'document_expiry')
      ?.dueAt.toISOString();
  expect(await watched()).toBe('2027-01-09T21:00:00.000Z');
  installation.clock.moveTo('2027-01-09T21:00:00Z');
  await dealer.run((tx) => endDuties(tx, customerId, { kinds: OTHER_DUTIES }, 'done'));
  await dealer.run((tx) => advanceCustomer(tx, customerId));
  expect(await needed()).not.toContain('needs_representative');
  expect(await watched()).toBe('2031-03-06T21:00:00.000Z');
});
