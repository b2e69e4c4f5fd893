import { camelRows } from '../db/rows';
import type { Tx } from '../db/transaction';
import { addDays } from '../domain/days';
import { today } from './rules';

const LINES_MAX = 8;
const FAILURES_SINCE_DAYS = 7;
const REVIEWS_WITHIN_DAYS = 30;

export interface TodayView {
  today: string;
  counts: { decisions: number; waitingCustomer: number; overdueReviews: number; suspended: number };
  decisions: CaseLine[];
  reviews: {
    customerId: string;
    code: string;
    displayName: string;
    nextReviewOn: string;
    overdue: boolean;
  }[];
  failures: Failure[];
}

export interface CaseLine {
  id: string;
  customerCode: string;
  displayName: string;
  kind: string;
  since: Date;
}

/** Something that did not work of itself and that a person should look at. */
export interface Failure {
  what: 'notice_failed' | 'notice_uncertain' | 'case_error' | 'duty_parked' | 'package_failed';
  customerId: string | null;
  packageId: string | null;
  code: string;
  displayName: string | null;
  at: Date;
}

/** What waits for people today. Reads only Postgres, like every page. */
export async function readToday(tx: Tx): Promise<TodayView> {
  return {
    today: today(tx),
    counts: await countWork(tx),
    decisions: await awaitedDecisions(tx),
    reviews: await comingReviews(tx),
    failures: await recentFailures(tx),
  };
}

async function awaitedDecisions(tx: Tx): Promise<CaseLine[]> {
  return camelRows<CaseLine>(
    await tx
      .sql('cases as k')
      .join('customers as c', (on) => on.on('c.dealer_id', 'k.dealer_id').andOn('c.id', 'k.customer_id'))
      .where({ 'k.dealer_id': tx.dealerId, 'k.stage': 'decision' })
      .orderBy(['k.since', 'k.id'])
      .limit(LINES_MAX)
      .select('k.id', 'c.code as customer_code', 'c.display_name', 'k.kind', 'k.since'),
  );
}

async function comingReviews(tx: Tx): Promise<TodayView['reviews']> {
  const day = today(tx);
  const rows = camelRows<Omit<TodayView['reviews'][number], 'overdue'> & { id: string }>(
    await tx
      .sql('customers')
      .where({ dealer_id: tx.dealerId })
      .whereIn('status', ['active', 'suspended', 'passive'])
      .where('next_review_on', '<=', addDays(day, REVIEWS_WITHIN_DAYS))
      .orderBy(['next_review_on', 'id'])
      .limit(LINES_MAX)
      .select('id', 'code', 'display_name', 'next_review_on'),
  );
  return rows.map(({ id, code, displayName, nextReviewOn }) => ({
    customerId: id,
    code,
    displayName,
    nextReviewOn,
    overdue: nextReviewOn < day,
  }));
}

async function recentFailures(tx: Tx): Promise<Failure[]> {
  const since = new Date(tx.now.getTime() - FAILURES_SINCE_DAYS * tx.clock.dayMilliseconds);
  const { rows } = await tx.sql.raw<{ rows: Record<string, unknown>[] }>(
    `select * from (
       select case n.state when 'failed' then 'notice_failed' else 'notice_uncertain' end as what,
         c.id as customer_id, null::uuid as package_id, c.code, c.display_name, coalesce(n.ended_at, n.created_at) as at
       from notices n join customers c on c.dealer_id = n.dealer_id and c.id = n.customer_id
       where n.dealer_id = :dealer and n.state in ('failed', 'uncertain')
       union all
       select 'case_error', c.id, null, c.code, c.display_name, k.since
       from cases k join customers c on c.dealer_id = k.dealer_id and c.id = k.customer_id
       where k.dealer_id = :dealer and k.error_code is not null and k.stage <> 'closed'
       union all
       select 'duty_parked', c.id, null, c.code, c.display_name, d.due_at
       from duties d join customers c on c.dealer_id = d.dealer_id and c.id = d.customer_id
       where d.dealer_id = :dealer and d.state = 'parked'
       union all
       select 'package_failed', null, p.id, p.number, null, p.requested_at
       from audit_packages p where p.dealer_id = :dealer and p.status = 'failed'
     ) failures where at >= :since order by at desc limit :limit`,
    { dealer: tx.dealerId, since, limit: LINES_MAX },
  );
  return camelRows<Failure>(rows);
}

async function countWork(tx: Tx): Promise<TodayView['counts']> {
  const { rows } = await tx.sql.raw<{
    rows: { decisions: number; waiting: number; overdue: number; suspended: number }[];
  }>(
    `select
       (select count(*)::int from cases where dealer_id = :dealer and stage = 'decision') as decisions,
       (select count(*)::int from cases where dealer_id = :dealer and stage = 'waiting_customer') as waiting,
       (select count(*)::int from customers where dealer_id = :dealer and status in ('active', 'suspended', 'passive')
          and next_review_on < :today) as overdue,
       (select count(*)::int from customers where dealer_id = :dealer and status = 'suspended') as suspended`,
    { dealer: tx.dealerId, today: today(tx) },
  );
  const row = rows[0] ?? { decisions: 0, waiting: 0, overdue: 0, suspended: 0 };
  return {
    decisions: row.decisions,
    waitingCustomer: row.waiting,
    overdueReviews: row.overdue,
    suspended: row.suspended,
  };
}
