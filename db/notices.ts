import type { Language } from '../domain/customer';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

export type NoticeState = 'queued' | 'sending' | 'sent' | 'failed' | 'uncertain' | 'skipped';

/** What a text says beside its fixed words: instants, codes and counts, never a personal value. */
export interface NoticeValues {
  /** Instant by which something is to be done. */
  deadline?: string;
  /** What happens to a file that stays incomplete. */
  consequence?: 'expire' | 'suspend';
  /** Policy days since the wait began. */
  days?: number;
}

/** A message with proof. `kind`, `step` and `cycle` make it unique within its case: a repeated step finds its own row. */
export interface NoticeRow {
  id: string;
  customerId: string;
  caseId: string;
  kind: string;
  step: string;
  cycle: number;
  audience: 'customer' | 'user';
  userId: string | null;
  channel: 'email';
  language: Language;
  templateVersion: string;
  values: NoticeValues;
  addressEnvelope: Buffer | null;
  messageId: string;
  state: NoticeState;
  skipReason: string | null;
  attempts: number;
  leaseUntil: Date | null;
  notBefore: Date;
  createdAt: Date;
  endedAt: Date | null;
}

/** False when the step has its notice already. */
export async function insertNotice(
  tx: Tx,
  row: Partial<NoticeRow> & Pick<NoticeRow, 'id' | 'customerId' | 'caseId'>,
): Promise<boolean> {
  const inserted = await tx
    .sql('notices')
    .insert({ ...snakeRow(row), values: JSON.stringify(row.values ?? {}), dealer_id: tx.dealerId })
    .onConflict()
    .ignore()
    .returning('id');
  return inserted.length > 0;
}

export async function lockNotice(tx: Tx, id: string): Promise<NoticeRow | null> {
  const row = await tx.sql('notices').where({ dealer_id: tx.dealerId, id }).forUpdate().first();
  return row === undefined ? null : camelRow<NoticeRow>(row);
}

/** Who a notice is about, without a lock: the customer's lock comes first. */
export async function customerOfNotice(tx: Tx, id: string): Promise<string | null> {
  const row = await tx.sql('notices').where({ dealer_id: tx.dealerId, id }).first('customer_id');
  return row === undefined ? null : (row.customer_id as string);
}

export async function updateNotice(tx: Tx, id: string, patch: Partial<NoticeRow>): Promise<void> {
  await tx.sql('notices').where({ dealer_id: tx.dealerId, id }).update(snakeRow(patch));
}

/** Notices of a customer that still have to go out (or whose fate is open), next one first. */
export async function openNotices(tx: Tx, customerId: string): Promise<NoticeRow[]> {
  return camelRows<NoticeRow>(
    await tx
      .sql('notices')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .whereIn('state', ['queued', 'sending', 'uncertain'])
      .orderBy(['not_before', 'created_at', 'id']),
  );
}

export async function listNotices(tx: Tx, customerId: string): Promise<NoticeRow[]> {
  return camelRows<NoticeRow>(
    await tx
      .sql('notices')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy(['created_at', 'id']),
  );
}

/**
 * When the customer was last written to by another notice, as far as anybody knows: an unanswered mail may have arrived,
 * and one that is under way counts until its lease ends. Null when never.
 */
export async function lastMailToCustomer(tx: Tx, customerId: string, exceptId: string): Promise<Date | null> {
  const row = await tx
    .sql('notices as n')
    .leftJoin('notice_attempts as a', (on) =>
      on
        .on('a.dealer_id', 'n.dealer_id')
        .andOn('a.notice_id', 'n.id')
        .andOnIn('a.result', ['sent', 'uncertain']),
    )
    .where({ 'n.dealer_id': tx.dealerId, 'n.customer_id': customerId, 'n.audience': 'customer' })
    .whereNot({ 'n.id': exceptId })
    .first(tx.sql.raw("greatest(max(a.at), max(n.lease_until) filter (where n.state = 'sending')) as at"));
  return (row as { at: Date | null }).at;
}

export interface AttemptRow {
  noticeId: string;
  attempt: number;
  at: Date;
  result: string;
  code: string | null;
}

export async function insertAttempt(tx: Tx, attempt: Omit<AttemptRow, 'at'>): Promise<void> {
  await tx
    .sql('notice_attempts')
    .insert({ ...snakeRow(attempt), dealer_id: tx.dealerId, at: tx.now })
    .onConflict()
    .ignore();
}

export async function listAttempts(tx: Tx, customerId: string): Promise<AttemptRow[]> {
  return camelRows<AttemptRow>(
    await tx
      .sql('notice_attempts as a')
      .join('notices as n', (on) => on.on('n.dealer_id', 'a.dealer_id').andOn('n.id', 'a.notice_id'))
      .where({ 'a.dealer_id': tx.dealerId, 'n.customer_id': customerId })
      .orderBy(['a.at', 'a.attempt'])
      .select('a.notice_id', 'a.attempt', 'a.at', 'a.result', 'a.code'),
  );
}
