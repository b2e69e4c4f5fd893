import { createNoticeActivities } from '../../activities/notices';
import { listCasesOf, type CaseRow } from '../../db/cases';
import { getCustomer, type CustomerRow } from '../../db/customers';
import { listOpenDuties } from '../../db/duties';
import { listAttempts, listNotices, type AttemptRow, type NoticeRow } from '../../db/notices';
import { listOpenTasks } from '../../db/tasks';
import { inDealer, type Tx } from '../../db/transaction';
import { SYSTEM } from '../../domain/customer';
import type { LifecycleChild, Step } from '../../domain/steps';
import { decide } from '../../operations/decisions';
import { advanceFollowUp } from '../../operations/follow-up';
import { advanceCustomer } from '../../operations/lifecycle';
import { noticeAddress } from '../../operations/notices';
import { advanceOnboarding, submitCase } from '../../operations/onboarding';
import { advanceRefresh } from '../../operations/refresh';
import { advanceVerification } from '../../operations/verification';
import { createMailTransport, type MailTransport } from '../../workers/mail-transport';
import { useDatabase, type TestDatabase } from '../support/database';
import {
  makeDealer,
  useInstallation,
  type Installation,
  type TestDealer,
  type TestUser,
} from '../support/dealer';
import { useMailbox, type TestMailbox } from '../support/mailbox';
import { openFile, type NewFile } from '../workflows/files';

export const MINUTE = 60_000;
export const DAY = 86_400_000;
export const START = '2026-11-22T09:00:00Z';

/** A dealer with a real mail server and a clock that tests move: what the lifecycle workflow does, without Temporal. */
export interface Office {
  db: TestDatabase;
  installation: Installation;
  mailbox: TestMailbox;
  dealer: TestDealer;
  staff: TestUser;
  officer: TestUser;
  transport: MailTransport;
  addDealer(): Promise<TestDealer>;
  /** Acts as staff. */
  act<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  /** Acts in the name of the machine. */
  machine<T>(fn: (tx: Tx) => Promise<T>): Promise<T>;
  /** Serves what is due now until nothing is. */
  serve(customerId: string): Promise<void>;
  /** Lets time pass, serving every duty at its own instant. */
  pass(customerId: string, days: number): Promise<void>;
  /** Lets time pass while nothing runs. */
  outage(days: number): void;
}

/** More turns than any life needs: beyond them a duty is not being served. */
const TURNS_MAX = 300;

export function useOffice(): Office {
  const db = useDatabase();
  const installation = useInstallation(db, START);
  const mailbox = useMailbox();
  const office = { db, installation, mailbox } as Office;
  beforeAll(async () => {
    const dealer = await makeDealer(db, installation);
    const [staff, officer] = [await dealer.addUser('staff'), await dealer.addUser('officer')];
    const transport = createMailTransport(mailbox.url, { silenceMs: 1000, totalMs: 3000 });
    const machine = <T>(fn: (tx: Tx) => Promise<T>) =>
      inDealer(installation.database, dealer.dealerId, SYSTEM, fn);
    Object.assign(office, {
      dealer,
      staff,
      officer,
      transport,
      addDealer: () => makeDealer(db, installation),
      machine,
      act: <T>(fn: (tx: Tx) => Promise<T>) => dealer.run(fn, staff.userId),
      serve: (id: string) => serve(office, id),
      pass: (id: string, days: number) => pass(office, id, days),
      outage: (days: number) => installation.clock.moveBy(days * DAY),
    });
  });
  // Each test begins with an empty mailbox on the same day.
  beforeEach(() => {
    installation.clock.moveTo(START);
    mailbox.mails.length = 0;
  });
  afterAll(() => office.transport.close());
  return office;
}

async function serve(office: Office, customerId: string): Promise<void> {
  const activities = createNoticeActivities(office.installation.database, office.transport);
  const { dealerId } = office.dealer;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const next = await office.machine((tx) => advanceCustomer(tx, customerId));
    if (next.do === 'rest') return;
    if (next.do === 'deliver') await activities.deliverNotice({ dealerId, noticeId: next.noticeId });
    if (next.do === 'child') await runChild(office, customerId, next.child, next.caseId);
  }
  throw new Error('The customer never comes to rest');
}

async function runChild(office: Office, id: string, child: LifecycleChild, caseId: string): Promise<void> {
  const steps: Record<LifecycleChild, (tx: Tx) => Promise<Step>> = {
    onboarding: (tx) => advanceOnboarding(tx, id, caseId),
    missingDataFollowUp: (tx) => advanceFollowUp(tx, id, caseId),
    annualRefresh: (tx) => advanceRefresh(tx, id, caseId),
  };
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const next = await office.machine(steps[child]);
    if (next.do === 'verify') await office.machine((tx) => advanceVerification(tx, id, caseId, false));
    else if (next.do === 'follow_up') await runChild(office, id, 'missingDataFollowUp', caseId);
    else if (next.do !== 'again') return;
  }
  throw new Error('The case never waits');
}

async function pass(office: Office, customerId: string, days: number): Promise<void> {
  const { clock } = office.installation;
  const end = new Date(clock.now().getTime() + days * DAY);
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    await serve(office, customerId);
    const [duty] = await office.machine((tx) => listOpenDuties(tx, customerId));
    if (duty === undefined || duty.dueAt > end) return clock.moveTo(end);
    if (duty.dueAt > clock.now()) clock.moveTo(duty.dueAt);
  }
  throw new Error('Time does not pass: a duty is never served');
}

/** All that Postgres knows about a customer's messages. */
export interface Told {
  customer: CustomerRow;
  cases: CaseRow[];
  notices: NoticeRow[];
  attempts: AttemptRow[];
  /** Where each notice went, by its id. */
  addresses: Map<string, string | null>;
  /** Kinds of the open tasks, with their detail. */
  tasks: { kind: string; forRole: string; detail: Record<string, unknown> }[];
}

export function told(office: Office, customerId: string): Promise<Told> {
  return office.machine(async (tx) => {
    const customer = await getCustomer(tx, customerId);
    const notices = await listNotices(tx, customerId);
    const addresses = new Map<string, string | null>();
    for (const notice of notices) addresses.set(notice.id, await noticeAddress(tx, customer, notice));
    return {
      customer,
      cases: await listCasesOf(tx, customerId),
      notices,
      attempts: await listAttempts(tx, customerId),
      addresses,
      // The people here resemble one another, and staff are asked about that too.
      tasks: (await listOpenTasks(tx, { customerId, limit: 100 }))
        .filter(({ kind }) => kind !== 'duplicate')
        .map(({ kind, forRole, detail }) => ({
          kind,
          forRole,
          detail,
        })),
    };
  });
}

/** Policy days from the start of the test to an instant, to the minute. */
export function dayOf(instant: Date | null): number {
  if (instant === null) throw new Error('There is no instant');
  return Math.round(((instant.getTime() - Date.parse(START)) / DAY) * 1440) / 1440;
}

/** A customer with such a file whom the officer has approved, on the day that the test has reached. */
export async function activeCustomer(office: Office, file: NewFile): Promise<string> {
  const id = await office.act(async (tx) => {
    const customerId = await openFile(tx, file);
    await submitCase(tx, customerId);
    return customerId;
  });
  await office.serve(id);
  await office.dealer.run(
    (tx) => decide(tx, id, { decision: 'approve', reason: 'tam' }),
    office.officer.userId,
  );
  return id;
}
