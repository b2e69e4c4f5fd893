import { createHmac } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

import type { CustomerRow } from '../db/customers';
import { setDuty } from '../db/duties';
import { insertNotice, type NoticeValues } from '../db/notices';
import type { Tx } from '../db/transaction';
import type { Language } from '../domain/customer';
import { checkEmail } from '../domain/email';
import { valueAt } from '../domain/record-path';
import { deriveKey } from '../stores/crypto';
import { readProfile } from './dealers';
import { dealerKey } from './record-envelope';

/** Version of the mail templates: stored with each notice as part of its proof. */
const TEMPLATE_VERSION = '2026.11.1';

export type NoticeKind = 'follow_up' | 'refresh' | 'welcome' | 'approval_needed' | 'decision_overdue';

export interface NewNotice {
  customer: CustomerRow;
  caseId: string;
  kind: NoticeKind;
  step: string;
  cycle: number;
  /** A colleague instead of the customer. */
  userId?: string;
  language: Language;
  values?: NoticeValues;
}

/** The customer's e-mail address where a message can be sent to it. */
export function mailAddress(record: unknown): string | null {
  const email = valueAt(record, 'email');
  return typeof email === 'string' && checkEmail(email).valid ? email.trim() : null;
}

/**
 * Queues a mail with its delivery duty in the transaction of the change that calls for it. A step that is repeated finds
 * its own row and queues nothing.
 */
export async function queueNotice(tx: Tx, notice: NewNotice): Promise<void> {
  const audience = notice.userId === undefined ? 'customer' : 'user';
  const inserted = await insertNotice(tx, {
    id: uuidv7(),
    customerId: notice.customer.id,
    caseId: notice.caseId,
    kind: notice.kind,
    step: notice.step,
    cycle: notice.cycle,
    audience,
    userId: notice.userId ?? null,
    channel: 'email',
    language: notice.language,
    templateVersion: TEMPLATE_VERSION,
    values: notice.values ?? {},
    messageId: await messageIdOf(tx, notice),
    notBefore: tx.now,
    createdAt: tx.now,
  });
  if (!inserted) return;
  await setDuty(tx, notice.customer.id, null, 'notice', tx.now);
  tx.audit({
    event: 'notice.queued',
    customerId: notice.customer.id,
    caseId: notice.caseId,
    detail: { kind: notice.kind, step: notice.step, audience },
  });
}

/** The same on every attempt, so that a copy sent after a lost acknowledgement can be recognised. */
async function messageIdOf(tx: Tx, notice: NewNotice): Promise<string> {
  const name = [notice.caseId, notice.kind, notice.step, notice.cycle, notice.userId ?? ''].join('/');
  const digest = createHmac('sha256', deriveKey(await dealerKey(tx), 'message-id'))
    .update(name)
    .digest('hex');
  const { senderAddress } = await readProfile(tx);
  return `<${digest.slice(0, 32)}@${senderAddress?.split('@').at(-1)?.trim() ?? 'sicil.invalid'}>`;
}
