import { DEFAULT_POLICY } from '../../domain/rules/policy';
import { advanceFollowUp } from '../../operations/follow-up';
import { submitCase } from '../../operations/onboarding';
import { updateRecord } from '../../operations/customers';
import { openFile } from '../workflows/files';
import { activeCustomer, dayOf, told, useOffice, type Told } from './office';

const office = useOffice();

let seed = 100;

/** A customer of the counter without an occupation, submitted. */
async function incomplete(change: Parameters<typeof openFile>[1] = {}): Promise<string> {
  seed += 1;
  const { record, ...rest } = change;
  return office.act(async (tx) => {
    const id = await openFile(tx, { seed, ...rest, record: { occupation: undefined, ...record } });
    await submitCase(tx, id);
    return id;
  });
}

const complete = (id: string) =>
  office.act((tx) => updateRecord(tx, id, { patch: { occupation: 'Öğretmen' }, ifVersion: null }));

/** The customer's mails by rung and day. */
const rungs = ({ notices }: Told) =>
  notices
    .filter((notice) => notice.kind === 'follow_up' && notice.audience === 'customer')
    .map((notice) => [notice.step, dayOf(notice.endedAt), notice.state]);

test('an onboarding is chased on days 0, 3, 7, 14 and 21 with one mail a rung, and ends on day 30', async () => {
  const id = await incomplete();
  await office.pass(id, 29.9);
  const before = await told(office, id);
  expect(rungs(before)).toEqual([
    ['list', 0, 'sent'],
    ['reminder_1', 3, 'sent'],
    ['reminder_2', 7, 'sent'],
    ['final_notice', 21, 'sent'],
  ]);
  expect(before.customer.status).toBe('onboarding');
  const mails = office.mailbox.mails.filter(({ to }) => to === `musteri-${seed}@example.com`);
  expect(mails.map(({ subject }) => subject)).toEqual([
    'Müşteri formunuz için eksik bilgi',
    'Hatırlatma: formunuzda eksik bilgi var',
    'Hatırlatma: formunuzda eksik bilgi var',
    'Son bildirim: formunuzda eksik bilgi var',
  ]);
  expect(mails[0]?.text).toContain('- Meslek: eksik (dayanak: TY m.6/1)');
  expect(mails[0]?.text).toContain('Son tarih: 22.12.2026.');

  await office.pass(id, 1);
  const after = await told(office, id);
  expect(after.customer.status).toBe('expired');
  expect(after.cases.map(({ stage, outcome }) => [stage, outcome])).toEqual([['closed', 'expired']]);
  expect(rungs(after)).toHaveLength(4);
});

test('officer and manager hear on day 14, by code and never by name', async () => {
  const id = await incomplete();
  await office.pass(id, 15);
  const { notices, customer, tasks } = await told(office, id);
  const escalations = notices.filter(({ step }) => step === 'escalation');
  expect(escalations.map(({ audience, endedAt }) => [audience, dayOf(endedAt)])).toEqual([
    ['user', 14],
    ['user', 14],
  ]);
  const mails = office.mailbox.mails.filter(
    ({ subject }) => subject === `Yükseltilen dosya: ${customer.code}`,
  );
  expect(mails.map(({ to }) => to).sort()).toEqual([office.dealer.admin.email, office.officer.email].sort());
  for (const mail of mails) {
    expect(mail.text).toContain('14 gündür eksik');
    expect(mail.text).not.toMatch(/Ayşe|Denemeoğlu/);
  }
  expect(tasks.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['collect_missing', 'call_customer', 'escalation']),
  );
});

test('each rung keeps its proof: time, address, Message-ID and the answer of the server', async () => {
  const id = await incomplete();
  await office.pass(id, 4);
  const { notices, attempts, addresses } = await told(office, id);
  expect(notices).toHaveLength(2);
  const arrived = office.mailbox.mails.map(({ messageId }) => messageId);
  expect(notices.map(({ messageId }) => messageId)).toEqual(arrived);
  expect(new Set(arrived).size).toBe(2);
  expect(arrived[0]).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
  for (const notice of notices) {
    expect(addresses.get(notice.id)).toBe(`musteri-${seed}@example.com`);
    expect(attempts.filter(({ noticeId }) => noticeId === notice.id)).toMatchObject([
      { attempt: 1, result: 'sent', code: '250', at: notice.endedAt },
    ]);
  }
});

test('the ladder stops at once when the last gap closes, and goes no further', async () => {
  const id = await incomplete();
  await office.pass(id, 3.5);
  await complete(id);
  await office.pass(id, 20);
  const now = await told(office, id);
  expect(rungs(now).map(([step]) => step)).toEqual(['list', 'reminder_1']);
  expect(now.cases[0]?.stage).toBe('decision');
  expect(now.tasks.map(({ kind }) => kind)).not.toContain('collect_missing');
});

test('a gap that closes between the queue and the mail server holds the mail back', async () => {
  const id = await incomplete();
  await office.pass(id, 2.9);
  office.outage(0.1);
  const { cases } = await told(office, id);
  await office.machine((tx) => advanceFollowUp(tx, id, cases[0]?.id ?? ''));
  await complete(id);
  await office.serve(id);
  const { notices } = await told(office, id);
  expect(notices.find(({ step }) => step === 'reminder_1')).toMatchObject({
    state: 'skipped',
    skipReason: 'nothing_missing',
    attempts: 0,
  });
  expect(office.mailbox.mails.filter(({ to }) => to.startsWith('musteri'))).toHaveLength(1);
});

test('a customer without an address is a task for staff at every rung, never silence', async () => {
  const id = await incomplete({ record: { email: undefined } });
  await office.pass(id, 22);
  const { notices, tasks } = await told(office, id);
  expect(notices.filter(({ audience }) => audience === 'customer')).toEqual([]);
  expect(tasks.filter(({ kind }) => kind === 'tell_customer')).toEqual(
    ['list', 'reminder_1', 'reminder_2', 'final_notice'].map((step) => ({
      kind: 'tell_customer',
      forRole: 'staff',
      detail: { notice: 'follow_up', step, reason: 'no_address' },
    })),
  );
});

test('a rung for a channel that is not built yet becomes a task', async () => {
  const ladder = [{ day: 0, step: 'text_message', audience: 'customer', channels: ['sms'] }];
  const setLadder = (value: unknown) =>
    office.db
      .owner('policies')
      .where({ dealer_id: office.dealer.dealerId, key: 'followUpLadder' })
      .update({ value: JSON.stringify(value) });
  await setLadder(ladder);
  const id = await incomplete();
  await office.pass(id, 1);
  await setLadder(DEFAULT_POLICY.find(({ key }) => key === 'followUpLadder')?.value);
  const { notices, tasks } = await told(office, id);
  expect(notices).toEqual([]);
  expect(tasks).toContainEqual({
    kind: 'tell_customer',
    forRole: 'staff',
    detail: { notice: 'follow_up', step: 'text_message', reason: 'channel_not_built' },
  });
});

test('a customer who reads English is written to in English', async () => {
  const id = await incomplete();
  await office.act((tx) => tx.sql('customers').where({ id }).update({ language: 'en' }));
  await office.pass(id, 0.5);
  expect(office.mailbox.mails[0]).toMatchObject({ subject: 'Details missing on your form' });
  expect(office.mailbox.mails[0]?.text).toContain('Occupation: missing (basis: TY m.6/1)');
});

test('a one-off customer is not chased: the task stays, and the file expires after 30 days', async () => {
  const id = await incomplete({
    trigger: 'threshold',
    record: {
      transaction: {
        kind: 'sale',
        description: 'Bilezik',
        amountKurus: 20_000_000,
        currency: 'TRY',
        payment: 'cash',
        on: '2026-11-22',
      },
    },
  });
  await office.pass(id, 29.9);
  expect((await told(office, id)).tasks.map(({ kind }) => kind)).toContain('collect_missing');
  await office.pass(id, 0.2);
  const { notices, customer } = await told(office, id);
  expect(notices).toEqual([]);
  expect(customer.status).toBe('expired');
});

test('after ten days without a single part running, rungs go out a day apart and none is left out', async () => {
  const id = await incomplete();
  await office.pass(id, 0.5);
  office.outage(10);
  await office.pass(id, 15);
  expect(rungs(await told(office, id))).toEqual([
    ['list', 0, 'sent'],
    ['reminder_1', 10.5, 'sent'],
    ['reminder_2', 11.5, 'sent'],
    ['final_notice', 21, 'sent'],
  ]);
});

test('the last day that a late reminder names still lies ahead', async () => {
  const id = await incomplete();
  await office.serve(id);
  office.outage(40);
  await office.pass(id, 3.9);
  const reminder = office.mailbox.mails.find(({ subject }) => subject.startsWith('Hatırlatma'));
  expect(reminder?.text).toContain('Son tarih: 05.01.2027.');
  expect((await told(office, id)).customer.status).toBe('onboarding');
  await office.pass(id, 0.2);
  expect((await told(office, id)).customer.status).toBe('expired');
});

test('an active customer is suspended on day 30 and proposed for closing on day 60, again and again', async () => {
  const id = await active();
  await office.act((tx) => updateRecord(tx, id, { patch: { occupation: null }, ifVersion: null }));
  await office.pass(id, 29.9);
  expect((await told(office, id)).customer.status).toBe('active');
  await office.pass(id, 0.2);
  const suspended = await told(office, id);
  expect(suspended.customer.status).toBe('suspended');
  expect(suspended.tasks.map(({ kind }) => kind)).toContain('suspended');
  const proposals = async () =>
    (await told(office, id)).tasks.filter(({ kind }) => kind === 'propose_close').length;
  expect(await proposals()).toBe(0);
  await office.pass(id, 30);
  expect(await proposals()).toBe(1);
  await office.pass(id, 60);
  expect(await proposals()).toBe(3);
  await complete(id);
  const back = await told(office, id);
  expect(back.customer.status).toBe('active');
  expect(back.cases.find(({ kind }) => kind === 'follow_up')).toMatchObject({ outcome: 'completed' });
});

/** A customer whom the officer has approved, on day 0 of the test. */
async function active(): Promise<string> {
  seed += 1;
  return activeCustomer(office, { seed });
}
