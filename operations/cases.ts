import type { CaseOwner, CaseRow, WaitingOn } from '../db/cases';
import { camelRow, camelRows } from '../db/rows';
import type { Tx } from '../db/transaction';
import type { CaseKind, CaseOutcome, Stage } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import type { Lights } from '../domain/verification';
import { decodeCursor, pageOf, type Page } from './pages';
import { dealerKey } from './record-envelope';
import { queryTerms } from './search-terms';

/** One episode of work as people see it: where it is, what it waits for, since when, what comes next and when. */
export interface CaseView {
  id: string;
  customerId: string;
  customerCode: string;
  displayName: string;
  kind: CaseKind;
  stage: Stage;
  owner: CaseOwner;
  waitingOn: WaitingOn;
  since: Date;
  nextStep: { what: string; at: Date | null } | null;
  openedAt: Date;
  closedAt: Date | null;
  outcome: CaseOutcome | null;
  closingReason: string | null;
  lights: Lights;
  ladder: { step: number; startedAt: Date } | null;
  submittedAt: Date | null;
  decision: {
    decision: string;
    reason: string;
    by: string;
    at: Date;
    fourEyes: string;
    /** Of the policy that it was taken under. */
    policyVersion: string | null;
  } | null;
  errorCode: string | null;
}

type JoinedRow = CaseRow & { customerCode: string; displayName: string };

const joined = (tx: Tx) =>
  tx
    .sql('cases as k')
    .join('customers as c', (on) => on.on('c.dealer_id', 'k.dealer_id').andOn('c.id', 'k.customer_id'))
    .where({ 'k.dealer_id': tx.dealerId })
    .select('k.*', 'c.code as customer_code', 'c.display_name');

export async function readCase(tx: Tx, id: string): Promise<CaseView> {
  const row = await joined(tx).where({ 'k.id': id }).first();
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'case_not_found');
  const decision = await tx
    .sql('decisions as d')
    .join('users as u', 'u.id', 'd.decided_by')
    .where({ 'd.dealer_id': tx.dealerId, 'd.case_id': id })
    .first(
      'd.decision',
      'd.reason',
      'u.name as by',
      'd.decided_at as at',
      'd.four_eyes as fourEyes',
      'd.policy_version as policyVersion',
    );
  return { ...toView(camelRow<JoinedRow>(row)), decision: decision ?? null };
}

export interface CaseQuery {
  customerId?: string;
  stage?: readonly Stage[];
  kind?: readonly CaseKind[];
  owner?: readonly CaseOwner[];
  q?: string;
  cursor?: string;
  limit: number;
}

/** Cases, longest waiting first; open ones unless a stage is asked for. */
export async function listCases(tx: Tx, query: CaseQuery): Promise<Page<CaseView>> {
  const rows = joined(tx)
    .orderBy(['k.since', 'k.id'])
    .limit(query.limit + 1);
  if (query.customerId !== undefined) rows.where({ 'k.customer_id': query.customerId });
  if (query.stage !== undefined) rows.whereIn('k.stage', query.stage);
  else if (query.customerId === undefined) rows.whereNot({ 'k.stage': 'closed' });
  if (query.kind !== undefined) rows.whereIn('k.kind', query.kind);
  if (query.owner !== undefined) rows.whereIn('k.owner', query.owner);
  if (query.q !== undefined && query.q.trim() !== '') {
    const words = JSON.stringify(queryTerms(await dealerKey(tx), query.q));
    rows.whereRaw('k.customer_id in (select gate.search_customers(?::jsonb))', [words]);
  }
  if (query.cursor !== undefined) {
    const [since, id] = decodeCursor(query.cursor, 2);
    rows.whereRaw('(k.since, k.id) > (?::timestamptz, ?::uuid)', [since ?? '', id ?? '']);
  }
  // Microseconds count: a cursor made from a JavaScript date would skip or repeat rows.
  rows.select(
    tx.sql.raw('to_char(k.since at time zone \'UTC\', \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\') as since_exact'),
  );
  const found = camelRows<JoinedRow & { sinceExact: string }>(await rows);
  return pageOf(found, query.limit, (row) => [row.sinceExact, row.id], toView);
}

function toView(row: JoinedRow): CaseView {
  return {
    id: row.id,
    customerId: row.customerId,
    customerCode: row.customerCode,
    displayName: row.displayName,
    kind: row.kind,
    stage: row.stage,
    owner: row.owner,
    waitingOn: row.waitingOn,
    since: row.since,
    nextStep: row.nextStep === null ? null : { what: row.nextStep, at: row.nextAt },
    openedAt: row.openedAt,
    closedAt: row.closedAt,
    outcome: row.outcome,
    closingReason: row.closingReason,
    lights: row.lights,
    ladder: row.ladderStartedAt === null ? null : { step: row.ladderStep, startedAt: row.ladderStartedAt },
    submittedAt: row.submittedAt,
    decision: null,
    errorCode: row.errorCode,
  };
}
