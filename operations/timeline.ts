import { camelRows } from '../db/rows';
import { getCustomer } from '../db/customers';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import { decodeCursor, pageOf, type Page } from './pages';

/** One line of a customer's history, machine or human. */
export interface TimelineEvent {
  seq: number;
  at: Date;
  actor: { kind: 'user' | 'system' | 'customer'; id?: string; name?: string };
  event: string;
  caseId: string | null;
  detail: Record<string, unknown>;
}

interface AuditRow {
  seq: number;
  at: Date;
  actorKind: 'user' | 'system' | 'customer';
  actorId: string | null;
  event: string;
  caseId: string | null;
  detail: Record<string, unknown>;
}

/** The customer's audit chain, newest first. */
export async function readTimeline(
  tx: Tx,
  customerId: string,
  query: { cursor?: string; limit: number },
): Promise<Page<TimelineEvent>> {
  await getCustomer(tx, customerId);
  const rows = tx
    .sql('audit_log')
    .where({ dealer_id: tx.dealerId, chain_id: customerId })
    .orderBy('seq', 'desc')
    .limit(query.limit + 1)
    .select('seq', 'at', 'actor_kind', 'actor_id', 'event', 'case_id', 'detail');
  if (query.cursor !== undefined) rows.where('seq', '<', Number(decodeCursor(query.cursor, 1)[0] ?? 0));
  const found = camelRows<AuditRow>(await rows);
  const names = await userNames(tx, [
    ...new Set(found.flatMap((row) => (row.actorKind === 'user' ? (row.actorId ?? []) : []))),
  ]);
  return pageOf(
    found,
    query.limit,
    (row) => [String(row.seq)],
    (row) => toEvent(row, names),
  );
}

function toEvent(row: AuditRow, names: Map<string, string>): TimelineEvent {
  const name = row.actorId === null ? undefined : names.get(row.actorId);
  return {
    seq: row.seq,
    at: row.at,
    actor: {
      kind: row.actorKind,
      ...(row.actorId === null ? {} : { id: row.actorId }),
      ...(name === undefined ? {} : { name }),
    },
    event: row.event,
    caseId: row.caseId,
    detail: row.detail,
  };
}
