import { createNoticeActivities } from '../../activities/notices';
import { inDealer } from '../../db/transaction';
import { decide } from '../../operations/decisions';
import { updateRecord } from '../../operations/customers';
import { submitCase } from '../../operations/onboarding';
import { claimNotice, recordDelivery } from '../../operations/notices';
import { SYSTEM } from '../../domain/customer';
import { advanceFollowUp } from '../../operations/follow-up';
import { createMailTransport } from '../../workers/mail-transport';
import { openFile } from '../workflows/files';
import { closedPort } from './scripted-server';
import { DAY, MINUTE, told, useOffice } from './office';

const office = useOffice();

let seed = 500;

/** A customer whose first list is queued and not yet sent. */
async function queued(): Promise<{ id: string; noticeId: string; address: string }> {
  seed += 1;
  const id = await office.act(async (tx) => {
    const customerId = await openFile(tx, { seed, record: { occupation: undefined } });
    await submitCase(tx, customerId);
    return customerId;
  });
  const { cases } = await told(office, id);
  await office.machine((tx) => advanceFollowUp(tx, id, cases[0]?.id ?? ''));
  const { notices } = await told(office, id);
  return { id, noticeId: notices[0]?.id ?? '', address: `musteri-${seed}@example.com` };
}

const deliver = (noticeId: string, mailer: Parameters<typeof createNoticeActivities>[1] = office.transport) =>
  createNoticeActivities(office.installation.database, mailer).deliverNotice({
    dealerId: office.dealer.dealerId,
    noticeId,
  });

const results = async (id: string) =>
  (await told(office, id)).attempts.map(({ result, code }) => [result, code]);

test('a mail put off by the server is tried again after a minute, then arrives', async () => {
  const { id } = await queued();
  office.mailbox.script({ code: 451, at: 'recipient' });
  await office.serve(id);
  expect((await told(office, id)).notices[0]).toMatchObject({ state: 'queued', attempts: 1 });
  expect(office.mailbox.mails).toEqual([]);
  await office.pass(id, 0.5 * (MINUTE / DAY));
  expect(office.mailbox.mails).toEqual([]);
  await office.pass(id, MINUTE / DAY);
  expect(office.mailbox.mails).toHaveLength(1);
  expect(await results(id)).toEqual([
    ['failed', '451'],
    ['sent', '250'],
  ]);
});

test('a mail server that is down for an hour costs the customer nothing', async () => {
  const { id } = await queued();
  await office.mailbox.down();
  await office.pass(id, 60 * (MINUTE / DAY));
  await office.mailbox.up();
  await office.pass(id, 0.5);
  expect(office.mailbox.mails).toHaveLength(1);
  const tried = await results(id);
  expect(tried.length).toBeGreaterThan(3);
  expect(tried.at(-1)).toEqual(['sent', '250']);
  expect(tried.slice(0, -1).every(([result, code]) => result === 'failed' && code === 'ECONNREFUSED')).toBe(
    true,
  );
});

test('after ten attempts in vain the notice is a task for staff', async () => {
  const { id } = await queued();
  await office.mailbox.down();
  await office.pass(id, 1);
  await office.mailbox.up();
  const { notices, attempts, tasks } = await told(office, id);
  expect(notices[0]).toMatchObject({ state: 'failed', attempts: 10 });
  expect(attempts).toHaveLength(10);
  expect(tasks).toContainEqual({
    kind: 'undeliverable',
    forRole: 'staff',
    detail: { notice: 'follow_up', step: 'list' },
  });
});

test('a refused address ends the notice with a task, and stands in no table that is not encrypted', async () => {
  const { id, address } = await queued();
  office.mailbox.script({ code: 550, message: `5.1.1 <${address}> unknown here`, at: 'recipient' });
  await office.serve(id);
  const { notices, tasks } = await told(office, id);
  expect(notices[0]).toMatchObject({ state: 'failed', attempts: 1 });
  expect(await results(id)).toEqual([['refused', '550 5.1.1']]);
  expect(tasks.map(({ kind }) => kind)).toContain('undeliverable');
  for (const table of ['notices', 'notice_attempts', 'tasks', 'duties', 'cases', 'audit_log']) {
    const rows = await office.machine((tx) => tx.sql(table).select());
    expect(JSON.stringify(rows)).not.toContain(address);
  }
});

test('a lost acknowledgement is uncertain: the mail goes out again after ten minutes, under the same id', async () => {
  const { id } = await queued();
  office.mailbox.script('drop');
  await office.serve(id);
  expect((await told(office, id)).notices[0]).toMatchObject({ state: 'uncertain' });
  await office.pass(id, 9 * (MINUTE / DAY));
  expect(office.mailbox.mails).toHaveLength(1);
  await office.pass(id, 2 * (MINUTE / DAY));
  const [first, second, third] = office.mailbox.mails;
  expect(second).toMatchObject({ messageId: first?.messageId, text: first?.text, subject: first?.subject });
  expect(third).toBeUndefined();
  expect((await results(id)).map(([result]) => result)).toEqual(['uncertain', 'sent']);
  await office.pass(id, 1);
  expect(office.mailbox.mails).toHaveLength(2);
});

test('a sender that dies with a mail in hand leaves it uncertain once its lease has run out', async () => {
  const { id, noticeId } = await queued();
  const claim = await office.machine((tx) => claimNotice(tx, noticeId));
  if (claim.state !== 'claimed') throw new Error('not claimed');
  await office.pass(id, MINUTE / DAY);
  expect(office.mailbox.mails).toEqual([]);
  await office.pass(id, 2 * (MINUTE / DAY));
  expect(await results(id)).toEqual([['uncertain', 'lease_expired']]);
  await office.pass(id, 10 * (MINUTE / DAY));
  expect(office.mailbox.mails.map(({ messageId }) => messageId)).toEqual([claim.mail.messageId]);
  expect((await told(office, id)).notices[0]).toMatchObject({ state: 'sent', attempts: 2 });
});

test('a notice that kills every sender ends as a task, not in a circle', async () => {
  const { id, noticeId } = await queued();
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    expect((await office.machine((tx) => claimNotice(tx, noticeId))).state).toBe('claimed');
    office.installation.clock.moveBy(3 * MINUTE);
    await office.machine((tx) => claimNotice(tx, noticeId));
    office.installation.clock.moveBy(11 * MINUTE);
  }
  expect((await told(office, id)).notices[0]).toMatchObject({ state: 'failed', attempts: 10 });
});

test('of several workers that take the same notice at once, one sends', async () => {
  const { id, noticeId } = await queued();
  await Promise.all(Array.from({ length: 6 }, () => deliver(noticeId)));
  expect(office.mailbox.mails).toHaveLength(1);
  expect(await results(id)).toEqual([['sent', '250']]);
});

test('a delivery that is repeated after it was recorded sends nothing', async () => {
  const { noticeId } = await queued();
  await deliver(noticeId);
  await deliver(noticeId);
  expect(office.mailbox.mails).toHaveLength(1);
});

test('an answer that comes after the lease was given to another attempt changes nothing', async () => {
  const { id, noticeId } = await queued();
  const claim = () => office.machine((tx) => claimNotice(tx, noticeId));
  await claim();
  office.installation.clock.moveBy(3 * MINUTE);
  expect((await claim()).state).toBe('later');
  office.installation.clock.moveBy(11 * MINUTE);
  expect(await claim()).toMatchObject({ state: 'claimed', mail: { attempt: 2 } });
  await office.machine((tx) => recordDelivery(tx, noticeId, 1, { result: 'refused', code: '550' }));
  expect((await told(office, id)).notices[0]).toMatchObject({ state: 'sending', attempts: 2 });
});

test('the answer of the server is written down even when the database is away for a moment', async () => {
  const { id, noticeId } = await queued();
  const { database } = office.installation;
  let away = 0;
  const shaky = {
    ...database,
    knex: new Proxy(database.knex, {
      get: (target, key) => {
        if (key !== 'transaction') return Reflect.get(target, key) as unknown;
        return (...args: Parameters<typeof target.transaction>) => {
          if (office.mailbox.mails.length > 0 && away < 2) {
            away += 1;
            return Promise.reject(new Error('connect ECONNREFUSED'));
          }
          return target.transaction(...args);
        };
      },
    }),
  };
  await createNoticeActivities(shaky, office.transport).deliverNotice({
    dealerId: office.dealer.dealerId,
    noticeId,
  });
  expect(away).toBe(2);
  expect(office.mailbox.mails).toHaveLength(1);
  expect(await results(id)).toEqual([['sent', '250']]);
});

test('without a mail server every notice to a customer is a task for staff', async () => {
  const { id, noticeId } = await queued();
  await deliver(noticeId, null);
  const { notices, tasks, attempts } = await told(office, id);
  expect(notices[0]).toMatchObject({ state: 'skipped', skipReason: 'channel_not_built' });
  expect(attempts).toEqual([]);
  expect(tasks).toContainEqual({
    kind: 'tell_customer',
    forRole: 'staff',
    detail: { notice: 'follow_up', step: 'list', reason: 'channel_not_built' },
  });
});

test('an address that is corrected between two attempts gets the mail', async () => {
  const { id } = await queued();
  office.mailbox.script({ code: 450, at: 'recipient' });
  await office.serve(id);
  await office.act((tx) =>
    updateRecord(tx, id, { patch: { email: 'dogrusu@example.com' }, ifVersion: null }),
  );
  await office.pass(id, 2 * (MINUTE / DAY));
  expect(office.mailbox.mails.map(({ to }) => to)).toEqual(['dogrusu@example.com']);
  const { notices, addresses } = await told(office, id);
  expect(addresses.get(notices[0]?.id ?? '')).toBe('dogrusu@example.com');
});

test('an address that vanished before the mail went out makes it a task', async () => {
  const { id } = await queued();
  await office.act((tx) => updateRecord(tx, id, { patch: { email: null }, ifVersion: null }));
  await office.serve(id);
  const { notices, tasks } = await told(office, id);
  expect(notices[0]).toMatchObject({ state: 'skipped', skipReason: 'no_address' });
  expect(tasks.map(({ kind }) => kind)).toContain('tell_customer');
});

test('a customer hears once a day at most, whatever the reasons; colleagues are not counted', async () => {
  seed += 1;
  const id = await office.act(async (tx) => {
    const customerId = await openFile(tx, { seed, record: { occupation: undefined } });
    await submitCase(tx, customerId);
    return customerId;
  });
  await office.serve(id);
  await office.act((tx) => updateRecord(tx, id, { patch: { occupation: 'Aşçı' }, ifVersion: null }));
  await office.serve(id);
  await office.dealer.run(
    (tx) => decide(tx, id, { decision: 'approve', reason: 'tam' }),
    office.officer.userId,
  );
  await office.pass(id, 0.9);
  const ours = () =>
    office.mailbox.mails.filter(({ to }) => to.startsWith('musteri')).map(({ subject }) => subject);
  const theirs = office.mailbox.mails.filter(({ to }) => !to.startsWith('musteri'));
  expect(ours()).toEqual(['Müşteri formunuz için eksik bilgi']);
  expect(theirs.map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/^Onay bekliyor: KYM-/),
    expect.stringMatching(/^Onay bekliyor: KYM-/),
  ]);
  await office.pass(id, 0.2);
  expect(ours()).toEqual(['Müşteri formunuz için eksik bilgi', 'Kaydınız tamamlandı']);
});

test('the person who submitted a file is not asked to decide it', async () => {
  seed += 1;
  const id = await office.dealer.run(async (tx) => {
    const customerId = await openFile(tx, { seed });
    await submitCase(tx, customerId);
    return customerId;
  }, office.officer.userId);
  await office.serve(id);
  expect(office.mailbox.mails.map(({ to }) => to)).toEqual([office.dealer.admin.email]);
});

test('a late decision is brought to mind every day, to the manager, until it is taken', async () => {
  seed += 1;
  const id = await office.act(async (tx) => {
    const customerId = await openFile(tx, { seed });
    await submitCase(tx, customerId);
    return customerId;
  });
  await office.pass(id, 3.5);
  const late = office.mailbox.mails.filter(({ subject }) => subject.startsWith('Karar gecikti'));
  expect(late.map(({ to, text }) => [to, /dosya (\d+) gündür/.exec(text)?.[1]])).toEqual(
    ['1', '2', '3'].map((days) => [office.dealer.admin.email, days]),
  );
  await office.dealer.run(
    (tx) => decide(tx, id, { decision: 'reject', reason: 'uymadı' }),
    office.officer.userId,
  );
  await office.pass(id, 3);
  expect(office.mailbox.mails.filter(({ subject }) => subject.startsWith('Karar gecikti'))).toHaveLength(3);
});

test('a colleague who has left is not written to', async () => {
  const leaver = await office.dealer.addUser('officer');
  seed += 1;
  const id = await office.act(async (tx) => {
    const customerId = await openFile(tx, { seed });
    await submitCase(tx, customerId);
    return customerId;
  });
  await office.mailbox.down();
  await office.serve(id);
  await office.machine((tx) => tx.sql('users').where({ id: leaver.userId }).update({ disabled_at: tx.now }));
  await office.mailbox.up();
  await office.pass(id, 2 * (MINUTE / DAY));
  expect(office.mailbox.mails.map(({ to }) => to).sort()).toEqual(
    [office.dealer.admin.email, office.officer.email].sort(),
  );
});

test('a mail server that is not there does not fail the activity', async () => {
  const { id, noticeId } = await queued();
  const nowhere = createMailTransport(`smtp://127.0.0.1:${await closedPort()}`);
  await deliver(noticeId, nowhere);
  nowhere.close();
  expect(await results(id)).toEqual([['failed', 'ECONNREFUSED']]);
});

test('a notice of another dealer does not exist', async () => {
  const { id, noticeId } = await queued();
  const { dealerId } = await office.addDealer();
  const claim = await inDealer(office.installation.database, dealerId, SYSTEM, (tx) =>
    claimNotice(tx, noticeId),
  );
  expect(claim.state).toBe('done');
  expect((await told(office, id)).notices[0]).toMatchObject({ state: 'queued', attempts: 0 });
});
