import { updateRecord } from '../../operations/customers';
import { confirmRefresh } from '../../operations/refresh';
import { activeCustomer, dayOf, told, useOffice, type Told } from './office';

const office = useOffice();

/** A low risk is confirmed every twelve months: 22 November 2027. */
const DUE = 365;
/** Sixty days of grace follow. */
const GRACE_ENDS = DUE + 60;

let seed = 900;

/** A customer whom the officer has approved, on day 0 of the test. */
async function active(record: Record<string, unknown> = {}): Promise<string> {
  seed += 1;
  return activeCustomer(office, { seed, record });
}

const mailsAbout = ({ notices }: Told, kind: string) =>
  notices
    .filter((notice) => notice.kind === kind && notice.state === 'sent')
    .map(({ step, audience, endedAt }) => [step, audience, dayOf(endedAt)]);

test('a review is announced 30 and 7 days ahead, with its day', async () => {
  const id = await active();
  await office.pass(id, DUE - 0.5);
  expect(mailsAbout(await told(office, id), 'refresh')).toEqual([
    ['notice_30', 'customer', DUE - 30],
    ['notice_7', 'customer', DUE - 7],
  ]);
  const mails = office.mailbox.mails.filter(({ subject }) => subject === 'Bilgilerinizi güncelleyelim');
  expect(mails).toHaveLength(2);
  expect(mails[0]?.text).toContain('Kayıtlı bilgilerinizin 22.11.2027 tarihine kadar teyidini rica ederiz.');
});

test('a confirmation ends the notices and sets the next day', async () => {
  const id = await active();
  await office.pass(id, DUE - 20);
  await office.act((tx) => confirmRefresh(tx, id));
  await office.pass(id, 100);
  const { customer, notices, cases } = await told(office, id);
  expect(notices.filter(({ kind }) => kind !== 'welcome' && kind !== 'approval_needed')).toHaveLength(1);
  expect(customer).toMatchObject({ status: 'active', nextReviewOn: '2028-11-02' });
  expect(cases.find(({ kind }) => kind === 'refresh')).toMatchObject({ outcome: 'confirmed_same' });
});

test('a confirmation between the queue and the mail server holds the notice back', async () => {
  const id = await active();
  await office.pass(id, DUE - 31);
  await office.mailbox.down();
  await office.pass(id, 1.001);
  await office.act((tx) => confirmRefresh(tx, id));
  await office.mailbox.up();
  await office.pass(id, 1);
  const { notices } = await told(office, id);
  expect(notices.find(({ kind }) => kind === 'refresh')).toMatchObject({
    state: 'skipped',
    skipReason: 'case_closed',
  });
  expect(office.mailbox.mails.filter(({ subject }) => subject === 'Bilgilerinizi güncelleyelim')).toEqual([]);
});

test('silence joins the ladder at day 14 after the grace, and ends in suspension and a proposal', async () => {
  const id = await active();
  await office.pass(id, GRACE_ENDS - 1);
  const waiting = await told(office, id);
  expect(mailsAbout(waiting, 'follow_up')).toEqual([]);
  expect(waiting.customer).toMatchObject({ status: 'active', missing: ['nextReviewOn'] });
  await office.pass(id, 16.5);
  expect(mailsAbout(await told(office, id), 'follow_up')).toEqual([
    ['escalation', 'user', GRACE_ENDS],
    ['escalation', 'user', GRACE_ENDS],
    ['final_notice', 'customer', GRACE_ENDS + 7],
  ]);
  const last = office.mailbox.mails.find(({ subject }) => subject.startsWith('Son bildirim'));
  expect(last?.text).toContain('- Periyodik güncelleme: teyidiniz gerekli');
  expect(last?.text).toContain('yeni işlemlerinize ara vermek zorunda kalacağız');
  expect((await told(office, id)).customer.status).toBe('active');
  await office.pass(id, 1);
  expect((await told(office, id)).customer.status).toBe('suspended');
  await office.pass(id, 30);
  const proposed = await told(office, id);
  expect(proposed.tasks.map(({ kind }) => kind)).toContain('propose_close');

  await office.act((tx) => confirmRefresh(tx, id));
  await office.serve(id);
  const back = await told(office, id);
  expect(back.customer).toMatchObject({ status: 'active', missing: [], reviewOverdueSince: null });
  expect(back.tasks).toEqual([]);
});

test('a customer without an address is called instead', async () => {
  const id = await active({ email: undefined });
  await office.pass(id, DUE - 1);
  const { tasks, notices } = await told(office, id);
  expect(notices.filter(({ audience }) => audience === 'customer')).toEqual([]);
  expect(tasks.filter(({ kind }) => kind === 'tell_customer').map(({ detail }) => detail)).toEqual([
    { notice: 'welcome', step: 'active', reason: 'no_address' },
    { notice: 'refresh', step: 'notice_30', reason: 'no_address' },
    { notice: 'refresh', step: 'notice_7', reason: 'no_address' },
  ]);
});

test('an outage over both notices brings the last of them, once', async () => {
  const id = await active();
  await office.pass(id, DUE - 31);
  office.outage(28);
  await office.pass(id, 2);
  expect(mailsAbout(await told(office, id), 'refresh')).toEqual([['notice_7', 'customer', DUE - 3]]);
});

test('an identity card that runs out opens a follow-up the day after, and a new one ends it', async () => {
  const id = await active({
    idDocument: { type: 'identity_card', number: 'A12B34567', expiresOn: '2026-12-01' },
  });
  await office.pass(id, 9);
  expect((await told(office, id)).cases.map(({ kind }) => kind)).toEqual(['onboarding']);
  await office.pass(id, 1);
  const chased = await told(office, id);
  expect(chased.cases[0]).toMatchObject({ kind: 'follow_up', stage: 'waiting_customer' });
  expect(mailsAbout(chased, 'follow_up').map(([step]) => step)).toEqual(['list']);
  const list = office.mailbox.mails.find(({ subject }) => subject === 'Müşteri formunuz için eksik bilgi');
  expect(list?.text).toContain(
    'Kimlik belgesi geçerlilik tarihi: süresi dolmuş, yenisi gerekli (dayanak: TY m.6/2)',
  );
  await office.act((tx) =>
    updateRecord(tx, id, {
      patch: { occupation: 'Öğretmen', idDocument: { expiresOn: '2036-12-01' } },
      ifVersion: null,
    }),
  );
  await office.pass(id, 30);
  const after = await told(office, id);
  expect(mailsAbout(after, 'follow_up').map(([step]) => step)).toEqual(['list']);
  expect(after.customer.missing).toEqual([]);
});

test('sixty days before a card runs out staff get a task, once, and the new card ends it', async () => {
  const id = await active({
    idDocument: { type: 'identity_card', number: 'A12B34567', expiresOn: '2027-02-15' },
  });
  const asked = async () =>
    (await told(office, id)).tasks
      .filter(({ kind }) => kind === 'document_expiring')
      .map(({ detail }) => detail);
  await office.pass(id, 24);
  expect(await asked()).toEqual([]);
  await office.pass(id, 1);
  expect(await asked()).toEqual([{ on: '2027-02-15' }]);
  await office.pass(id, 31);
  expect(await asked()).toEqual([{ on: '2027-02-15' }]);
  await office.act((tx) =>
    updateRecord(tx, id, { patch: { idDocument: { expiresOn: '2037-02-15' } }, ifVersion: null }),
  );
  expect(await asked()).toEqual([]);
});
