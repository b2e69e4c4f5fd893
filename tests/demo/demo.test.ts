import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { movableClock, REAL_DAY, type MovableClock } from '../../clock';
import { inDealer, type Database, type Tx } from '../../db/transaction';
import { SYSTEM, type Actor } from '../../domain/customer';
import { check } from '../../domain/checks';
import { checkEmail } from '../../domain/email';
import { valuesAt } from '../../domain/record-path';
import { lockFile } from '../../operations/customer-file';
import { decide } from '../../operations/decisions';
import { addDemoDealer, seedDemo, type DemoDealer } from '../../operations/demo';
import { openDocument } from '../../operations/documents';
import { signIn } from '../../operations/sign-in';
import { folderStore, type FileStore } from '../../stores/files';
import { useDatabase } from '../support/database';
import { useInstallation } from '../support/dealer';

const db = useDatabase();
const installation = useInstallation(db);

interface Row {
  id: string;
  code: string;
  display_name: string;
  status: string;
}

describe.each([
  ['on an ordinary day', '2026-11-22T09:00:00Z', REAL_DAY],
  ['on the evening of a leap day', '2028-02-29T20:59:30Z', REAL_DAY],
  ['with a policy day of ten seconds', '2026-11-22T09:00:00Z', 10_000],
])('a first start %s', (_name, firstStart, dayMilliseconds) => {
  let demo: DemoDealer;
  let database: Database;
  let files: FileStore;

  beforeAll(async () => {
    const clock: MovableClock = { ...movableClock(firstStart), dayMilliseconds };
    database = { ...installation.database, clock };
    files = folderStore(join(installation.folder, 'files'));
    // An e-mail belongs to one person of the installation: the demo of the test before makes room.
    await db.owner.raw("update users set email = 'former-' || email");
    demo = await addDemoDealer(db.owner, installation.keys, clock, files, { registerOn: true });
  }, 180_000);

  const inDemo = <T>(fn: (tx: Tx) => Promise<T>, actor: Actor = SYSTEM) =>
    inDealer(database, demo.dealerId, actor, fn);
  const rowsOf = (table: string) => db.owner(table).where({ dealer_id: demo.dealerId });

  test('has customers in every status and cases in every stage and of every kind', async () => {
    const statuses: string[] = await rowsOf('customers').distinct('status').orderBy('status').pluck('status');
    expect(statuses).toEqual([
      'active',
      'closed',
      'expired',
      'onboarding',
      'rejected',
      'suspended',
      'withdrawn',
    ]);
    const open = rowsOf('cases').whereNot({ stage: 'closed' });
    expect(await open.clone().distinct('stage').orderBy('stage').pluck('stage')).toEqual([
      'collecting',
      'decision',
      'verifying',
      'waiting_customer',
    ]);
    expect(await open.clone().distinct('kind').orderBy('kind').pluck('kind')).toEqual([
      'follow_up',
      'onboarding',
      'refresh',
      'review',
    ]);
    // Of the ten types only a political party is nobody's customer here.
    expect(await rowsOf('customers').distinct('type').pluck('type')).toHaveLength(9);
    expect(await rowsOf('customers').select('id')).toHaveLength(60);
    expect(demo.customers).toBe(60);
  });

  test('leaves nothing for the doctor and no break in any chain', async () => {
    const doctor = await db.owner.raw('select * from gate.doctor(?) where dealer_id = ?', [
      firstStart,
      demo.dealerId,
    ]);
    expect(doctor.rows).toEqual([]);
    expect((await db.owner.raw('select * from gate.audit_problems()')).rows).toEqual([]);
  });

  test('has done all that was due before, and has work due within minutes', async () => {
    const due = await rowsOf('duties').where({ state: 'due' }).select('kind', 'due_at as dueAt');
    const start = Date.parse(firstStart);
    expect(due.filter((duty) => duty.dueAt.getTime() < start)).toEqual([]);
    const atOnce = due.filter((duty) => duty.dueAt.getTime() <= start + 5 * 60_000).map((duty) => duty.kind);
    expect(atOnce).toEqual(
      expect.arrayContaining(['step', 'refresh_notice', 'refresh_due', 'follow_up_step']),
    );
  });

  test('wrote its past notices down as sent, under a code that no mail server gives, and left none to mail', async () => {
    const notices = await rowsOf('notices').select('state', 'created_at as at');
    expect(notices.length).toBeGreaterThan(30);
    expect(new Set(notices.map((notice) => notice.state))).toEqual(new Set(['sent']));
    expect(notices.filter((notice) => notice.at.getTime() > Date.parse(firstStart))).toEqual([]);
    expect(await rowsOf('notice_attempts').distinct('result', 'code')).toEqual([
      { result: 'sent', code: 'demo' },
    ]);
  });

  test('holds numbers and addresses of nobody', async () => {
    const ids: string[] = await rowsOf('customers').pluck('id');
    const records = await inDemo(async (tx) => {
      const found = [];
      for (const id of ids) found.push((await lockFile(tx, id)).record);
      return found;
    });
    const all = (path: string) =>
      records.flatMap((record) => valuesAt(record, path).flatMap(({ value }) => (value as string) ?? []));
    const filler = '11111111111';
    const tckns = ['tckn', 'representatives[].person.tckn', 'beneficialOwners[].person.tckn'].flatMap(
      (path) => all(path).filter((value) => value !== filler),
    );
    expect(tckns.filter((tckn) => !/^88000\d{6}$/.test(tckn) || !check('tckn', tckn).valid)).toEqual([]);
    expect(all('vkn').filter((vkn) => !/^99000\d{5}$/.test(vkn) || !check('vkn', vkn).valid)).toEqual([]);
    expect(
      all('phone').filter(
        (phone) => !/^\+90 5\d\d 000 \d\d \d\d$/.test(phone) || !check('phone', phone).valid,
      ),
    ).toEqual([]);
    expect(
      all('email').filter((email) => !email.endsWith('@example.com') || !checkEmail(email).valid),
    ).toEqual([]);
    expect(all('iban').filter((iban) => !/^TR\d\d00099/.test(iban) || !check('iban', iban).valid)).toEqual(
      [],
    );
    expect([tckns.length, all('vkn').length, all('iban').length].every((count) => count > 3)).toBe(true);
  });

  test('lets every colleague sign in with the password it told', async () => {
    for (const { email, password, role } of demo.signIns) {
      const { identity } = await signIn(database, { email, password });
      expect(identity.role).toBe(role);
      expect(Array.from(password).length).toBeGreaterThanOrEqual(12);
    }
    expect(demo.signIns.map(({ role }) => role).sort()).toEqual([
      'admin',
      'auditor',
      'manager',
      'officer',
      'staff',
    ]);
  });

  test('has a case that the officer who entered it may not decide, and the manager may', async () => {
    const officer = await userOf('umut.uyum@demo.example');
    const manager = await userOf('yasemin.yonetici@demo.example');
    const [customer] = (await rowsOf('customers').where({
      display_name: 'Güneş Kuyumculuk San. ve Tic. Ltd. Şti.',
    })) as Row[];
    const approve = (tx: Tx) => decide(tx, customer!.id, { decision: 'approve', reason: 'Dosya tam.' });
    await expect(inDemo(approve, officer)).rejects.toMatchObject({ code: 'FOUR_EYES' });
    await inDemo(approve, manager);
    expect((await rowsOf('customers').where({ id: customer!.id }).first('status')).status).toBe('active');
  });

  test('stores papers that open again', async () => {
    const document = await rowsOf('documents').where({ kind: 'signature_circular' }).first();
    const { address, key } = await inDemo((tx) => openDocument(tx, document.customer_id, document.id));
    const parts: Buffer[] = [];
    for await (const part of await files.open(key, address)) parts.push(part as Buffer);
    const pdf = Buffer.concat(parts).toString('latin1');
    const table = Number(/startxref\n(\d+)/.exec(pdf)?.[1]);
    expect(pdf.slice(table, table + 4)).toBe('xref');
    expect(new Set(await rowsOf('documents').distinct('media_type').pluck('media_type'))).toEqual(
      new Set(['application/pdf', 'image/jpeg', 'image/png']),
    );
  });

  test('is not loaded a second time', async () => {
    const users = { staff: demo.dealerId, officer: demo.dealerId, manager: demo.dealerId };
    expect(await seedDemo(database, files, demo.dealerId, users, { registerOn: true })).toBe(0);
  });

  async function userOf(email: string): Promise<Actor> {
    const [user] = await db.owner('users').where({ email });
    return { kind: 'user', userId: user.id as string, role: 'officer' };
  }
});

test('a load that is cut off leaves no dealer, no person and no file behind', async () => {
  await db.owner.raw("update users set email = 'former-' || email");
  const dealersBefore = await db.owner('dealers').pluck('id');
  const folder = join(installation.folder, 'cut-off');
  const real = folderStore(folder);
  let received = 0;
  const full: FileStore = {
    ...real,
    receive: (...args) => {
      received += 1;
      return received > 12 ? Promise.reject(new Error('the disk is full')) : real.receive(...args);
    },
  };
  await expect(
    addDemoDealer(db.owner, installation.keys, installation.clock, full, { registerOn: true }),
  ).rejects.toThrow('the disk is full');
  expect(await db.owner('dealers').pluck('id')).toEqual(dealersBefore);
  const left = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(left).toEqual([]);
  expect(await db.owner('users').where({ email: 'umut.uyum@demo.example' })).toEqual([]);
}, 180_000);
