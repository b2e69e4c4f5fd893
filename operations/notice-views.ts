import { listAttempts, listNotices, type NoticeState } from '../db/notices';
import { getCustomer } from '../db/customers';
import type { Tx } from '../db/transaction';
import { maskEmail } from '../domain/email';
import { noticeAddress } from './notices';

/** A message with its proof, as people see it: the address is masked (D-9). */
export interface NoticeView {
  id: string;
  caseId: string;
  kind: string;
  step: string;
  audience: 'customer' | 'user';
  channel: string;
  maskedAddress: string | null;
  state: NoticeState;
  skipReason: string | null;
  messageId: string;
  createdAt: Date;
  endedAt: Date | null;
  attempts: { attempt: number; at: Date; result: string; code: string | null }[];
}

/** Every message about a customer, newest first, with each attempt to send it. */
export async function listNoticeViews(tx: Tx, customerId: string): Promise<NoticeView[]> {
  const customer = await getCustomer(tx, customerId);
  const attempts = await listAttempts(tx, customerId);
  const views: NoticeView[] = [];
  for (const notice of await listNotices(tx, customerId)) {
    const address = await noticeAddress(tx, customer, notice);
    const { id, caseId, kind, step, audience, channel, state, skipReason, messageId } = notice;
    views.unshift({
      id,
      caseId,
      kind,
      step,
      audience,
      channel,
      state,
      skipReason,
      messageId,
      maskedAddress: address === null ? null : maskEmail(address),
      createdAt: notice.createdAt,
      endedAt: notice.endedAt,
      attempts: attempts
        .filter((attempt) => attempt.noticeId === id)
        .map(({ attempt, at, result, code }) => ({ attempt, at, result, code })),
    });
  }
  return views;
}
