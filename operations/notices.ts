import { getCase, type CaseRow } from '../db/cases';
import { lockCustomer, type CustomerRow } from '../db/customers';
import { endDuties, setDuty } from '../db/duties';
import { openFindings } from '../db/findings';
import {
  customerOfNotice,
  insertAttempt,
  lastMailToCustomer,
  lockNotice,
  openNotices,
  updateNotice,
  type NoticeRow,
  type NoticeValues,
} from '../db/notices';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { getUser } from '../db/users';
import type { Language } from '../domain/customer';
import { isDeceased } from '../domain/legal-capacity';
import { addPeriod } from '../domain/periods';
import { readProfile } from './dealers';
import { mailAddress } from './notice-queue';
import { openCustomerKey, openRecord, openText, sealText } from './record-envelope';

const LEASE_MS = 120_000;
const UNCERTAIN_RETRY_MS = 600_000;
/** Waits after failed attempts; the last one repeats until the attempts are used up. */
const RETRY_MS = [60_000, 300_000, 900_000, 3_600_000];
const ATTEMPTS_MAX = 10;

/** Everything the mail needs. It is read at the moment of sending and never leaves the activity. */
export interface Mail {
  noticeId: string;
  attempt: number;
  kind: string;
  step: string;
  language: Language;
  to: string;
  messageId: string;
  date: Date;
  audience: 'customer' | 'user';
  customer: { name: string; code: string };
  dealer: { title: string; senderName: string | null; senderAddress: string | null };
  /** What blocks the file now, for a follow-up. */
  missing: { field: string; code: string; legalBasis: string }[];
  values: NoticeValues;
}

export type Claim = { state: 'claimed'; mail: Mail } | { state: 'done' } | { state: 'later' };

/**
 * Takes a notice for sending: one lease at a time, and only while its reason still stands. Without a mail server
 * (`mailIsBuilt` false) the notice becomes a task for staff instead.
 */
export async function claimNotice(tx: Tx, noticeId: string, mailIsBuilt = true): Promise<Claim> {
  const customerId = await customerOfNotice(tx, noticeId);
  if (customerId === null) return { state: 'done' };
  const customer = await lockCustomer(tx, customerId);
  const notice = await lockNotice(tx, noticeId);
  if (notice === null || !['queued', 'sending', 'uncertain'].includes(notice.state)) return { state: 'done' };
  if (notice.state === 'sending' && notice.leaseUntil !== null && notice.leaseUntil > tx.now)
    return { state: 'later' };
  if (notice.state === 'sending') return leaseRanOut(tx, notice);
  if (notice.notBefore > tx.now) return { state: 'later' };

  const findings = (await openFindings(tx, customer.id)).filter((finding) => finding.severity === 'blocking');
  const reason = reasonToSkip(notice, await getCase(tx, notice.caseId), findings.length);
  if (reason !== null) return endNotice(tx, notice, 'skipped', reason);
  const { to, deceased } = await addressFor(tx, customer, notice);
  // Queued while they lived: nobody writes to the dead (T12).
  if (deceased) return withoutMail(tx, notice, 'deceased');
  if (!mailIsBuilt) return withoutMail(tx, notice, 'channel_not_built');
  if (to === null) return withoutMail(tx, notice, 'no_address');
  const free = await nextFreeInstant(tx, notice);
  if (free !== null) return putOff(tx, notice, free);
  return take(tx, customer, notice, to, findings);
}

async function addressFor(
  tx: Tx,
  customer: CustomerRow,
  notice: NoticeRow,
): Promise<{ to: string | null; deceased: boolean }> {
  if (notice.userId !== null) {
    const user = await getUser(tx, notice.userId);
    return { to: user === null || user.disabledAt !== null ? null : user.email, deceased: false };
  }
  const key = await openCustomerKey(tx, customer);
  const record = openRecord(key, customer.id, customer.version, customer.envelope);
  return { to: mailAddress(record), deceased: isDeceased(record) };
}

async function take(
  tx: Tx,
  customer: CustomerRow,
  notice: NoticeRow,
  to: string,
  findings: Mail['missing'],
): Promise<Claim> {
  const attempt = notice.attempts + 1;
  await updateNotice(tx, notice.id, {
    state: 'sending',
    attempts: attempt,
    leaseUntil: new Date(tx.now.getTime() + LEASE_MS),
    addressEnvelope: sealText(await openCustomerKey(tx, customer), to, addressPlace(notice.id)),
  });
  await scheduleDelivery(tx, customer.id);
  const { title, senderName, senderAddress } = await readProfile(tx);
  return {
    state: 'claimed',
    mail: {
      noticeId: notice.id,
      attempt,
      kind: notice.kind,
      step: notice.step,
      language: notice.language,
      to,
      messageId: notice.messageId,
      date: notice.createdAt,
      audience: notice.audience,
      customer: { name: customer.displayName, code: customer.code },
      dealer: { title, senderName, senderAddress },
      missing:
        notice.kind === 'follow_up'
          ? findings.map(({ field, code, legalBasis }) => ({ field, code, legalBasis }))
          : [],
      values: notice.values,
    },
  };
}

const addressPlace = (noticeId: string) => `notices|${noticeId}|address`;

/** The address a notice went to, for the proof on the customer's page and in packages. */
export async function noticeAddress(
  tx: Tx,
  customer: CustomerRow,
  notice: NoticeRow,
): Promise<string | null> {
  if (notice.addressEnvelope === null) return null;
  return openText(await openCustomerKey(tx, customer), notice.addressEnvelope, addressPlace(notice.id));
}

/**
 * A customer hears from the dealer once a policy day at most, whatever the reasons are (D-4.3). The instant from which
 * this notice may go out, or null for now. Colleagues are not counted.
 */
async function nextFreeInstant(tx: Tx, notice: NoticeRow): Promise<Date | null> {
  if (notice.audience !== 'customer') return null;
  const last = await lastMailToCustomer(tx, notice.customerId, notice.id);
  if (last === null) return null;
  const free = addPeriod(last, 'P1D', tx.clock.dayMilliseconds);
  return free > tx.now ? free : null;
}

async function putOff(tx: Tx, notice: NoticeRow, until: Date): Promise<Claim> {
  await updateNotice(tx, notice.id, { notBefore: until });
  await scheduleDelivery(tx, notice.customerId);
  return { state: 'later' };
}

/** What a mail server said, or that its answer was lost. `code` holds numbers and error names, never the server's text. */
export interface DeliveryResult {
  result: 'sent' | 'refused' | 'failed' | 'uncertain';
  code: string | null;
}

/** Writes down an attempt and what follows from it: done, another try, a task for staff. */
export async function recordDelivery(
  tx: Tx,
  noticeId: string,
  attempt: number,
  delivery: DeliveryResult,
): Promise<void> {
  const customerId = await customerOfNotice(tx, noticeId);
  if (customerId === null) return;
  await lockCustomer(tx, customerId);
  const notice = await lockNotice(tx, noticeId);
  if (notice === null || notice.attempts !== attempt || notice.state !== 'sending') return;
  await settle(tx, notice, delivery);
}

async function settle(tx: Tx, notice: NoticeRow, delivery: DeliveryResult): Promise<void> {
  await insertAttempt(tx, { noticeId: notice.id, attempt: notice.attempts, ...delivery });
  audit(tx, notice, {
    attempt: notice.attempts,
    result: delivery.result,
    code: delivery.code,
    messageId: notice.messageId,
  });
  if (delivery.result === 'sent') await endNotice(tx, notice, 'sent', null);
  else if (delivery.result === 'refused' || notice.attempts >= ATTEMPTS_MAX) await undeliverable(tx, notice);
  else await tryAgain(tx, notice, delivery.result === 'uncertain');
}

async function tryAgain(tx: Tx, notice: NoticeRow, uncertain: boolean): Promise<void> {
  const wait = uncertain
    ? UNCERTAIN_RETRY_MS
    : (RETRY_MS[Math.min(notice.attempts, RETRY_MS.length) - 1] ?? 60_000);
  await updateNotice(tx, notice.id, {
    state: uncertain ? 'uncertain' : 'queued',
    leaseUntil: null,
    notBefore: new Date(tx.now.getTime() + wait),
  });
  await scheduleDelivery(tx, notice.customerId);
}

/** The sender died while its mail was under way: nobody knows whether it went out. Better twice than never, and the same id. */
async function leaseRanOut(tx: Tx, notice: NoticeRow): Promise<Claim> {
  await settle(tx, notice, { result: 'uncertain', code: 'lease_expired' });
  return { state: 'later' };
}

/** A customer who cannot be written to is a task for staff; a colleague has the task itself on the list already. */
async function withoutMail(
  tx: Tx,
  notice: NoticeRow,
  reason: 'no_address' | 'channel_not_built' | 'deceased',
): Promise<Claim> {
  if (notice.audience === 'customer') {
    await openTask(tx, {
      customerId: notice.customerId,
      caseId: notice.caseId,
      kind: 'tell_customer',
      forRole: 'staff',
      detail: { notice: notice.kind, step: notice.step, reason },
      dedupe: `tell:${notice.id}`,
    });
  }
  return endNotice(tx, notice, 'skipped', reason);
}

async function undeliverable(tx: Tx, notice: NoticeRow): Promise<void> {
  await openTask(tx, {
    customerId: notice.customerId,
    caseId: notice.caseId,
    kind: 'undeliverable',
    forRole: 'staff',
    detail: { notice: notice.kind, step: notice.step },
    dedupe: `undeliverable:${notice.id}`,
  });
  await endNotice(tx, notice, 'failed', null);
}

async function endNotice(
  tx: Tx,
  notice: NoticeRow,
  state: 'sent' | 'failed' | 'skipped',
  reason: string | null,
): Promise<Claim> {
  await updateNotice(tx, notice.id, { state, skipReason: reason, leaseUntil: null, endedAt: tx.now });
  if (state === 'skipped') audit(tx, notice, { result: 'skipped', reason });
  await scheduleDelivery(tx, notice.customerId);
  return { state: 'done' };
}

function audit(tx: Tx, notice: NoticeRow, detail: Record<string, unknown>): void {
  tx.audit({
    event: 'notice.attempted',
    customerId: notice.customerId,
    caseId: notice.caseId,
    detail: { kind: notice.kind, step: notice.step, ...detail },
  });
}

/** The delivery duty follows the next open notice, and ends with the last. */
export async function scheduleDelivery(tx: Tx, customerId: string): Promise<void> {
  const open = await openNotices(tx, customerId);
  const instants = open.map((notice) =>
    (notice.state === 'sending' ? (notice.leaseUntil ?? tx.now) : notice.notBefore).getTime(),
  );
  if (instants.length === 0) await endDuties(tx, customerId, { caseId: null, kinds: ['notice'] }, 'done');
  else await setDuty(tx, customerId, null, 'notice', new Date(Math.min(...instants)));
}

function reasonToSkip(notice: NoticeRow, row: CaseRow, blockingFindings: number): string | null {
  if (notice.kind === 'welcome') return null;
  if (row.stage === 'closed') return 'case_closed';
  if (notice.kind === 'follow_up' && blockingFindings === 0) return 'nothing_missing';
  if ((notice.kind === 'approval_needed' || notice.kind === 'decision_overdue') && row.stage !== 'decision')
    return 'decided';
  return null;
}
