import { listOpenDuties } from '../../db/duties';
import { updateRecord } from '../../operations/customers';
import { decide } from '../../operations/decisions';
import { demoTckn } from '../../operations/demo/numbers';
import { findDuplicates } from '../../operations/duplicates';
import { listCustomers } from '../../operations/customer-list';
import { awaitingDecision } from '../console/files';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer, type TestUser } from '../support/dealer';
import { paperPdf } from '../support/pdf-files';
import { submitCase } from '../../operations/onboarding';
import { CITIZENS_PAPERS, customerOf, findingsOf, openOne, read, takeIn, TODAY } from './tricky-files';

/** D-10, who a customer is and how long: T10, T11, T13, T14, T21 (T12 has a file of its own). */
const db = useDatabase();
const NOW = `${TODAY}T09:00:00Z`;
const installation = useInstallation(db, NOW);
const api = useApi(installation);
let dealer: TestDealer;
let officer: TestUser;
beforeEach(async () => {
  installation.clock.moveTo(NOW);
  dealer = await makeDealer(db, installation);
  officer = await dealer.addUser('officer');
});

const change = (id: string, patch: object) =>
  dealer.run((tx) => updateRecord(tx, id, { patch, ifVersion: null }));

async function activeCustomer(index: number, changes: Record<string, unknown> = {}): Promise<string> {
  const id = await openOne(dealer, index, changes);
  await takeIn(dealer, id, CITIZENS_PAPERS);
  await dealer.run((tx) => submitCase(tx, id));
  await dealer.run((tx) => awaitingDecision(tx, id));
  await dealer.run((tx) => decide(tx, id, { decision: 'approve', reason: 'Uygun' }), officer.userId);
  return id;
}

/** Nobody acts for them. */
const ALONE = { legalCapacity: undefined, representative: undefined };

test('T10: a minor who buys over the threshold needs a parent, and an own signature is refused', async () => {
  const id = await openOne(dealer, 43, { ...ALONE, birthDate: '2009-01-10' });
  await takeIn(dealer, id, ['identity_card', 'signature_sample']);
  expect(await findingsOf(dealer, id)).toEqual([
    'needs_representative representative',
    'own_signature documents.signature_sample',
  ]);
  const { representative } = customerOf(43).record;
  await change(id, { representative, legalCapacity: 'minor' });
  // The parent signs now, and shows by what right.
  expect(await findingsOf(dealer, id)).toEqual([]);
  expect((await read(dealer, id)).findings.map(({ field }) => field)).toEqual(['documents.authority']);
});

test('T11: who turns eighteen tomorrow is a minor until the day ends in Istanbul', async () => {
  installation.clock.moveTo(`${TODAY}T20:59:59Z`);
  expect(customerOf(43).record['birthDate']).toBe('2008-11-23');
  const before = await openOne(dealer, 43, ALONE);
  expect(await findingsOf(dealer, before)).toEqual(['needs_representative representative']);
  installation.clock.moveTo(`${TODAY}T21:00:00Z`);
  const after = await openOne(dealer, 43, ALONE);
  expect(await findingsOf(dealer, after)).toEqual([]);
  // The older file learns of it with the next look at it.
  await change(before, { phone: '+90 530 000 11 22' });
  expect(await findingsOf(dealer, before)).toEqual([]);
});

test('T13: an old identity card is taken only with the word that religion and blood group are covered', async () => {
  const id = await openOne(dealer, 46);
  const upload = (fields: Record<string, string>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries({
      kind: 'old_identity_card',
      originalSeen: 'true',
      ...fields,
    }))
      form.append(name, value);
    form.append('file', new Blob([new Uint8Array(paperPdf())]), 'nüfus cüzdanı.pdf');
    return api.call('POST', `/api/v1/customers/${id}/documents`, { token: officer.token, raw: form });
  };
  const refused = await upload({});
  expect(refused).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/masked', code: 'masking_required' }] },
  });
  expect((await read(dealer, id)).documents).toEqual([]);
  const taken = await upload({ masked: 'true' });
  expect(taken).toMatchObject({ status: 201, body: { masked: { by: officer.userId } } });
  expect((await read(dealer, id)).findings.map(({ field }) => field)).not.toContain(
    'documents.old_identity_card',
  );
});

test('T14: a leap day is a birthday and a day of approval, and a card that ends on 28 February is watched to its end', async () => {
  expect(customerOf(36).record).toMatchObject({
    birthDate: '2000-02-29',
    idDocument: { expiresOn: '2030-02-28' },
  });
  installation.clock.moveTo('2028-02-29T09:00:00Z');
  const id = await activeCustomer(36);
  expect(await findingsOf(dealer, id)).toEqual([]);
  // A low risk is confirmed a year later: the year after has no 29 February.
  expect(await read(dealer, id)).toMatchObject({ risk: 'low', nextReviewOn: '2029-02-28' });
  const duties = await dealer.run((tx) => listOpenDuties(tx, id));
  const expiry = duties.find(({ kind }) => kind === 'document_expiry');
  // First looked at sixty days ahead; it runs out when its last day ends in Istanbul.
  expect(expiry?.dueAt.toISOString()).toBe('2029-12-29T21:00:00.000Z');
  installation.clock.moveTo('2030-02-28T20:59:59Z');
  await change(id, { phone: '+90 530 000 11 22' });
  expect(await findingsOf(dealer, id)).not.toContain('expired idDocument.expiresOn');
  installation.clock.moveTo('2030-02-28T21:00:00Z');
  await change(id, { phone: '+90 530 000 11 23' });
  expect(await findingsOf(dealer, id)).toContain('expired idDocument.expiresOn');
});

test('T21: a sole trader’s tax number is the identity number: one customer in two capacities', async () => {
  const tckn = demoTckn(47);
  const id = await openOne(dealer, 47, { vkn: tckn });
  expect(await findingsOf(dealer, id)).toEqual([]);
  expect((await read(dealer, id)).record).toMatchObject({
    soleTrader: true,
    tradeName: 'Özge Kılıç Takı Tasarım',
    occupation: 'takı tasarımcısı',
  });
  const { data } = await dealer.run((tx) => listCustomers(tx, { q: tckn, limit: 10 }));
  expect(data.map((row) => row.id)).toEqual([id]);
  // Whoever enters the person anew, without the trade, is led to the same file.
  const [again] = await dealer.run((tx) =>
    findDuplicates(tx, [{ type: 'natural_person_tr', record: { givenNames: 'Özge', tckn } }]),
  );
  expect(again?.candidates).toMatchObject([{ customerId: id, strength: 'strong' }]);
  const unnamed = await openOne(dealer, 47, { tckn: demoTckn(470), vkn: '1234567891', tradeName: undefined });
  expect(await findingsOf(dealer, unnamed)).toEqual(['(checksum vkn)', 'missing tradeName']);
});
