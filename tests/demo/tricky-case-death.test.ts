import { listOpenDuties } from '../../db/duties';
import { closeCustomer } from '../../operations/closing';
import { updateRecord } from '../../operations/customers';
import { decide } from '../../operations/decisions';
import { submitCase } from '../../operations/onboarding';
import { told, useOffice } from '../notices/office';
import { useApi } from '../support/api';
import { CITIZENS_PAPERS, customerOf, findingsOf, openOne, read, takeIn } from './tricky-files';

const office = useOffice();
const api = useApi(office.installation);
const { deceasedOn, email } = customerOf(45).record;

/** A customer in good standing, whose welcome is not in the mail yet. */
async function active(): Promise<string> {
  const id = await openOne(office.dealer, 45, { deceasedOn: undefined });
  await takeIn(office.dealer, id, CITIZENS_PAPERS);
  await office.act((tx) => submitCase(tx, id));
  await office.serve(id);
  await office.dealer.run(
    (tx) => decide(tx, id, { decision: 'approve', reason: 'Uygun' }),
    office.officer.userId,
  );
  return id;
}

const die = (id: string) =>
  office.act((tx) => updateRecord(tx, id, { patch: { deceasedOn }, ifVersion: null }));
const mailsToCustomer = () =>
  office.mailbox.mails.filter(({ to }) => JSON.stringify(to).includes(String(email)));

test('T12: once staff note a death nothing more is written to the customer: not what was queued, not the ladder, not the review', async () => {
  const id = await active();
  expect((await told(office, id)).notices).toContainEqual(
    expect.objectContaining({ kind: 'welcome', state: 'queued' }),
  );
  await die(id);
  expect(await findingsOf(office.dealer, id)).toEqual(['deceased deceasedOn']);
  await office.pass(id, 400);
  expect(mailsToCustomer()).toEqual([]);
  const { notices, tasks } = await told(office, id);
  const toCustomer = notices.filter(({ audience }) => audience === 'customer');
  expect(toCustomer).toMatchObject([{ kind: 'welcome', state: 'skipped', skipReason: 'deceased' }]);
  // Each message that would have gone out is a task instead: a person finds the words for the heirs.
  const instead = tasks.filter(({ kind }) => kind === 'tell_customer');
  expect(instead.map(({ detail }) => detail['step'])).toEqual(
    expect.arrayContaining(['reminder_1', 'reminder_2', 'final_notice']),
  );
  expect(new Set(instead.map(({ detail }) => detail['reason']))).toEqual(new Set(['deceased']));
});

test('T12: the living one is written to, so that silence is the death’s doing', async () => {
  const id = await active();
  await office.serve(id);
  expect(mailsToCustomer()).toHaveLength(1);
});

test('T12: of somebody who has died no form is made, the file can be closed, and the heirs open their own', async () => {
  const id = await active();
  await die(id);
  const form = await api.call('POST', `/api/v1/customers/${id}/forms`, {
    token: office.officer.token,
    body: { privacyNotice: { version: '2026-11', channel: 'print' } },
  });
  expect(form).toMatchObject({ status: 409, body: { code: 'STATE_FORBIDS' } });
  expect(form.body['detail']).toContain('vefat');
  await office.dealer.run((tx) => closeCustomer(tx, id, 'Müşteri vefat etti'), office.officer.userId);
  expect(await read(office.dealer, id)).toMatchObject({ status: 'closed', openCaseId: null });
  expect(await office.act((tx) => listOpenDuties(tx, id))).toEqual([]);
  const heir = await openOne(office.dealer, 4);
  expect(await read(office.dealer, heir)).toMatchObject({ status: 'onboarding' });
});
