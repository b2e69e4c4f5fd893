import { createHmac } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

import { getCase, type CaseRow } from '../db/cases';
import { lockCustomer, type CustomerRow } from '../db/customers';
import { endDuties, setDuty } from '../db/duties';
import { openFindings } from '../db/findings';
import {
  customerOfNotice,
  insertAttempt,
  insertNotice,
  lockNotice,
  openNotices,
  updateNotice,
  type NoticeRow,
} from '../db/notices';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { getUser } from '../db/users';
import type { Language } from '../domain/customer';
import { checkEmail } from '../domain/email';
import { valueAt } from '../domain/record-path';
import { deriveKey } from '../stores/crypto';
import { readProfile } from './dealers';
import { dealerKey, openCustomerKey, openRecord, openText, sealText } from './record-envelope';

/** Version of the mail templates: stored with each notice as part of its proof. */
const TEMPLATE_VERSION = '2026.11.1';
const LEASE_MS = 120_000;
const UNCERTAIN_RETRY_MS = 600_000;
/** Waits after failed attempts; the last one repeats until the attempts are used up. */
const RETRY_MS = [60_000, 300_000, 900_000, 3_600_000];
const ATTEMPTS_MAX = 10;

export type NoticeKind =
  'follow_up' | 'refresh' | 'welcome' | 'approval_needed' | 'decision_overdue' | 'document_expiring';

export interface NewNotice {
  customer: CustomerRow;
  caseId: string;
  kind: NoticeKind;
  step: string;
  cycle: number;
  /** A colleague instead of the customer. */
  userId?: string;
  language: Language;
  /** Codes, days and counts for the text: never a personal value. */
  values?: Record<string, unknown>;
}

/** The customer's e-mail address where a message can be sent to it. */
export function mailAddress(record: unknown): string | null {
  const email = valueAt(record, 'email');
  return typeof email === 'string' && checkEmail(email).valid ? email.trim() : null;
}

/** Queues a mail with its delivery duty in the transaction of the change that calls for it. */
export async function queueNotice(tx: Tx, notice: NewNotice): Promise<void> {
  const id = uuidv7();
  const name = [notice.caseId, notice.kind, notice.step, notice.cycle, notice.userId ?? ''].join('/');
  const inserted = await insertNotice(tx, {
    id,
    customerId: notice.customer.id,
    caseId: notice.caseId,
    kind: notice.kind,
    step: notice.step,
    cycle: notice.cycle,
    audience: notice.userId === undefined ? 'customer' : 'user',
    userId: notice.userId ?? null,
    channel: 'email',
    language: notice.language,
    templateVersion: TEMPLATE_VERSION,
    values: notice.values ?? {},
    // The same on every attempt, so that a copy sent after a lost acknowledgement can be recognised.
    messageId: `<${createHmac('sha256', deriveKey(await dealerKey(tx), 'message-id'))
      .update(name)
      .digest('hex')
      .slice(0, 32)}@sicil.invalid>`,
    notBefore: tx.now,
    createdAt: tx.now,
  });
  if (!inserted) return;
  await setDuty(tx, notice.customer.id, null, 'notice', tx.now);
  tx.audit({
    event: 'notice.queued',
    customerId: notice.customer.id,
    caseId: notice.caseId,
    detail: {
      kind: notice.kind,
      step: notice.step,
      audience: notice.userId === undefined ? 'customer' : 'user',
    },
  });
}

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
  customer: { name: string; code: string };
  dealer: { title: string; senderAddress: string | null };
  missing: { field: string; code: string; legalBasis: string }[];
  values: Record<string, unknown>;
}

export type Claim = { state: 'claimed'; mail: Mail } | { state: 'done' } | { state: 'later' };

/** Takes a notice for sending: one lease at a time, and only while its reason still stands. */
export async function claimNotice(tx: Tx, noticeId: string): Promise<Claim> {
  const customerId = await customerOfNotice(tx, noticeId);
  if (customerId === null) return { state: 'done' };
  const customer = await lockCustomer(tx, customerId);
  const notice = await lockNotice(tx, noticeId);
  if (notice === null || !['queued', 'sending', 'uncertain'].includes(notice.state)) return { state: 'done' };
  if (notice.state === 'sending' && notice.leaseUntil !== null && notice.leaseUntil > tx.now)
    return { state: 'later' };
  if (notice.state === 'sending') return leaseRanOut(tx, notice);
  if (notice.notBefore > tx.now) return { state: 'later' };

  const row = await getCase(tx, notice.caseId);
  const findings = (await openFindings(tx, customer.id)).filter((finding) => finding.severity === 'blocking');
  const skip = reasonToSkip(notice, row, findings.length);
  if (skip !== null) return endNotice(tx, notice, 'skipped', skip);
  const record = openRecord(
    await openCustomerKey(tx, customer),
    customer.id,
    customer.version,
    customer.envelope,
  );
  const to =
    notice.userId === null ? mailAddress(record) : ((await getUser(tx, notice.userId))?.email ?? null);
  if (to === null) return withoutAddress(tx, notice);

  const attempt = notice.attempts + 1;
  const key = await openCustomerKey(tx, customer);
  await updateNotice(tx, notice.id, {
    state: 'sending',
    attempts: attempt,
    leaseUntil: new Date(tx.now.getTime() + LEASE_MS),
    addressEnvelope: sealText(key, to, addressPlace(notice.id)),
  });
  const profile = await readProfile(tx);
  return {
    state: 'claimed',
    mail: {
      noticeId,
      attempt,
      kind: notice.kind,
      step: notice.step,
      language: notice.language,
      to,
      messageId: notice.messageId,
      date: notice.createdAt,
      customer: { name: customer.displayName, code: customer.code },
      dealer: { title: profile.title, senderAddress: profile.senderAddress },
      missing: findings.map(({ field, code, legalBasis }) => ({ field, code, legalBasis })),
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

/** What a mail server said, or that its answer was lost. */
export type DeliveryResult =
  | { result: 'sent'; code: string | null }
  | { result: 'refused'; code: string | null }
  | { result: 'failed'; code: string | null }
  | { result: 'uncertain'; code: string | null };

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
  await insertAttempt(tx, { noticeId, attempt, result: delivery.result, code: delivery.code });
  tx.audit({
    event: 'notice.attempted',
    customerId,
    caseId: notice.caseId,
    detail: {
      kind: notice.kind,
      step: notice.step,
      attempt,
      result: delivery.result,
      messageId: notice.messageId,
    },
  });
  if (delivery.result === 'sent') await endNotice(tx, notice, 'sent', null);
  else if (delivery.result === 'refused' || attempt >= ATTEMPTS_MAX) await undeliverable(tx, notice);
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
  await insertAttempt(tx, {
    noticeId: notice.id,
    attempt: notice.attempts,
    result: 'uncertain',
    code: 'lease_expired',
  });
  await tryAgain(tx, notice, true);
  return { state: 'later' };
}

async function withoutAddress(tx: Tx, notice: NoticeRow): Promise<Claim> {
  await openTask(tx, {
    customerId: notice.customerId,
    caseId: notice.caseId,
    kind: 'tell_customer',
    forRole: 'staff',
    detail: { notice: notice.kind, step: notice.step, reason: 'no_address' },
    dedupe: `tell:${notice.id}`,
  });
  return endNotice(tx, notice, 'skipped', 'no_address');
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
  await scheduleDelivery(tx, notice.customerId);
  return { state: 'done' };
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
