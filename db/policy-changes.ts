import type { CustomerStatus, CustomerType, DutyKind, RiskLevel, Trigger } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import type { DateFacts, MoveKind, OpenCase } from '../domain/policy-change';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

export const CHANGE_STATES = [
  'proposed',
  'scheduled',
  'applying',
  'applied',
  'rejected',
  'withdrawn',
  'undone',
] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

export const CHANGE_TARGETS = ['policy', 'requirement', 'seed'] as const;
export type ChangeTarget = (typeof CHANGE_TARGETS)[number];

export interface ChangeRow {
  id: string;
  target: ChangeTarget;
  key: string;
  oldValue: unknown;
  newValue: unknown;
  validFrom: string;
  reason: string;
  state: ChangeState;
  number: number | null;
  proposedBy: string | null;
  proposedHands: string[];
  proposedAt: Date;
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionReason: string | null;
  fourEyes: 'enforced' | 'recorded' | null;
  undoes: string | null;
  done: number;
  total: number;
  cursor: string | null;
  appliedAt: Date | null;
  signalAfter: Date | null;
  attempts: number;
  errorCode: string | null;
}

export async function insertChange(
  tx: Tx,
  row: Pick<ChangeRow, 'id' | 'target' | 'key' | 'oldValue' | 'newValue' | 'validFrom' | 'reason' | 'state'> &
    Partial<ChangeRow>,
): Promise<void> {
  await tx.sql('policy_changes').insert({
    ...snakeRow(row),
    old_value: JSON.stringify(row.oldValue),
    new_value: JSON.stringify(row.newValue),
    dealer_id: tx.dealerId,
    proposed_at: tx.now,
  });
}

export async function lockChange(tx: Tx, id: string): Promise<ChangeRow> {
  return found(await tx.sql('policy_changes').where({ dealer_id: tx.dealerId, id }).forUpdate().first());
}

export async function getChange(tx: Tx, id: string): Promise<ChangeRow> {
  return found(await tx.sql('policy_changes').where({ dealer_id: tx.dealerId, id }).first());
}

function found(row: unknown): ChangeRow {
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'policy_change_not_found');
  return camelRow<ChangeRow>(row as Record<string, unknown>);
}

export async function updateChange(tx: Tx, id: string, patch: Partial<ChangeRow>): Promise<void> {
  await tx.sql('policy_changes').where({ dealer_id: tx.dealerId, id }).update(snakeRow(patch));
}

export interface ChangeFilter {
  states?: readonly ChangeState[];
  target?: ChangeTarget;
  key?: string;
  /** Only changes older than this one. */
  before?: string;
  limit: number;
}

/** Changes, newest first. */
export async function listChanges(tx: Tx, filter: ChangeFilter): Promise<ChangeRow[]> {
  const query = tx
    .sql('policy_changes')
    .where({ dealer_id: tx.dealerId })
    .orderBy('id', 'desc')
    .limit(filter.limit);
  if (filter.states !== undefined) query.whereIn('state', filter.states);
  if (filter.target !== undefined) query.where({ target: filter.target });
  if (filter.key !== undefined) query.where({ key: filter.key });
  if (filter.before !== undefined) query.where('id', '<', filter.before);
  return camelRows<ChangeRow>(await query);
}

/** Whom a change may concern. Every part is a condition in SQL on clear columns, so that it can be counted. */
export interface Concerned {
  statuses: readonly CustomerStatus[];
  types?: readonly CustomerType[];
  triggers?: readonly Trigger[];
  risks?: readonly RiskLevel[];
  /** Waits of which a customer must have one. */
  kinds?: readonly MoveKind[];
}

/** The duties that hold each kind of wait. */
const DUTIES_OF: Record<MoveKind, readonly DutyKind[]> = {
  review: ['refresh_notice'],
  refresh: ['refresh_notice', 'refresh_due', 'follow_up_step'],
  follow_up: ['follow_up_step'],
  onboarding_expiry: ['case_expiry'],
  collecting: ['collecting_deadline'],
  decision: ['decision_deadline'],
};

function concerned(tx: Tx, { statuses, types, triggers, risks, kinds }: Concerned) {
  const query = tx.sql('customers as c').where('c.dealer_id', tx.dealerId).whereIn('c.status', statuses);
  if (types !== undefined) query.whereIn('c.type', types);
  if (triggers !== undefined) query.whereIn('c.trigger', triggers);
  if (risks !== undefined) {
    query.whereNotNull('c.review_from').whereIn(tx.sql.raw("coalesce(c.risk, 'medium')") as never, risks);
  }
  if (kinds !== undefined) {
    const duties = [...new Set(kinds.flatMap((kind) => DUTIES_OF[kind]))];
    query.whereExists((exists) => {
      void exists
        .from('duties as d')
        .whereRaw('d.dealer_id = c.dealer_id and d.customer_id = c.id')
        .whereIn('d.state', ['due', 'parked'])
        .whereIn('d.kind', duties);
    });
  }
  return query;
}

/** How many customers there are, counted by Postgres on clear columns: no record is opened. */
export async function countConcerned(tx: Tx, which: Concerned): Promise<number> {
  const row: unknown = await concerned(tx, which).count({ count: '*' }).first();
  return (row as { count: number }).count;
}

/** The next customers by id; under lock where they are about to be changed. */
export async function concernedAfter(
  tx: Tx,
  which: Concerned,
  after: string | null,
  limit: number,
  lock = false,
): Promise<string[]> {
  const query = concerned(tx, which).orderBy('c.id').limit(limit).select('c.id');
  if (after !== null) query.where('c.id', '>', after);
  if (lock) query.forUpdate('c');
  const rows: { id: string }[] = await query;
  return rows.map(({ id }) => id);
}

export interface FactsRow {
  id: string;
  code: string;
  displayName: string;
  facts: DateFacts;
}

/** What the due dates of these customers are computed from, in three statements however many they are. */
export async function dateFacts(tx: Tx, ids: readonly string[]): Promise<FactsRow[]> {
  const own = { dealer_id: tx.dealerId };
  const customers = camelRows<CustomerFacts>(
    await tx
      .sql('customers')
      .where(own)
      .whereIn('id', ids)
      .orderBy('id')
      .select(
        'id',
        'code',
        'display_name',
        'status',
        'trigger',
        'risk',
        'review_from',
        'next_review_on',
        'review_overdue_since',
      ),
  );
  const cases = camelRows<OpenCase & { customerId: string }>(
    await tx.sql('cases').where(own).whereIn('customer_id', ids).whereNot({ stage: 'closed' }),
  );
  const duties = camelRows<{ customerId: string; caseId: string | null; kind: DutyKind; dueAt: Date }>(
    await tx
      .sql('duties')
      .where(own)
      .whereIn('customer_id', ids)
      .whereIn('state', ['due', 'parked'])
      .select('customer_id', 'case_id', 'kind', 'due_at'),
  );
  const caseOf = new Map(cases.map((row) => [row.customerId, row]));
  return customers.map(({ id, code, displayName, reviewOverdueSince, ...facts }) => {
    const openCase = caseOf.get(id) ?? null;
    return {
      id,
      code,
      displayName,
      facts: {
        ...facts,
        overdue: reviewOverdueSince !== null,
        openCase,
        duties: Object.fromEntries(
          duties
            .filter(
              (duty) =>
                duty.customerId === id && (duty.caseId === null || duty.caseId === (openCase?.id ?? null)),
            )
            .map(({ kind, dueAt }) => [kind, dueAt]),
        ),
      },
    };
  });
}

type CustomerFacts = Pick<DateFacts, 'status' | 'trigger' | 'risk' | 'reviewFrom' | 'nextReviewOn'> & {
  id: string;
  code: string;
  displayName: string;
  reviewOverdueSince: Date | null;
};

/** One line of what a change did, as it is kept. */
export interface MoveRow {
  customerId: string;
  what: MoveKind | 'findings' | 'skipped';
  caseId: string | null;
  duty: DutyKind | null;
  oldOn: string | null;
  newOn: string | null;
  oldAt: Date | null;
  newAt: Date | null;
  oldDueAt: Date | null;
  newDueAt: Date | null;
  oldNumber: number | null;
  newNumber: number | null;
}

export async function insertMoves(tx: Tx, changeId: string, moves: readonly MoveRow[]): Promise<void> {
  if (moves.length === 0) return;
  await tx
    .sql('policy_change_moves')
    .insert(moves.map((move) => ({ ...snakeRow(move), dealer_id: tx.dealerId, change_id: changeId })));
}

export async function movesOfCustomers(tx: Tx, changeId: string, ids: readonly string[]): Promise<MoveRow[]> {
  return camelRows<MoveRow>(
    await tx
      .sql('policy_change_moves')
      .where({ dealer_id: tx.dealerId, change_id: changeId })
      .whereIn('customer_id', ids),
  );
}

/** What a change did, by customer, with whom it happened to. */
export async function movesAfter(
  tx: Tx,
  changeId: string,
  after: string | null,
  limit: number,
): Promise<(MoveRow & { code: string; displayName: string })[]> {
  const query = tx
    .sql('policy_change_moves as m')
    .join('customers as c', (on) => {
      void on.on('c.dealer_id', 'm.dealer_id').andOn('c.id', 'm.customer_id');
    })
    .where({ 'm.dealer_id': tx.dealerId, 'm.change_id': changeId })
    .orderBy(['m.customer_id', 'm.what'])
    .limit(limit)
    .select('m.*', 'c.code', 'c.display_name');
  if (after !== null) query.where('m.customer_id', '>', after);
  return camelRows(await query);
}

export async function countMoves(
  tx: Tx,
  changeId: string,
): Promise<Partial<Record<MoveRow['what'], number>>> {
  const rows: { what: MoveRow['what']; count: number }[] = await tx
    .sql('policy_change_moves')
    .where({ dealer_id: tx.dealerId, change_id: changeId })
    .groupBy('what')
    .select('what')
    .count({ count: '*' });
  return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
}
