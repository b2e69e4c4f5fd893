import {
  countMoves,
  getChange,
  listChanges,
  movesAfter,
  type ChangeFilter,
  type ChangeRow,
  type ChangeState,
  type ChangeTarget,
  type MoveRow,
} from '../db/policy-changes';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import { ComplianceError } from '../domain/errors';
import { decodeCursor, pageOf, type Page } from './pages';
import { effectOf, type Effect } from './policy-concerns';

interface Person {
  id: string;
  name: string | null;
}

/** A change of the rules as people see it. */
export interface ChangeView {
  id: string;
  target: ChangeTarget;
  key: string;
  oldValue: unknown;
  newValue: unknown;
  validFrom: string;
  reason: string;
  state: ChangeState;
  /** Number of the dealer's change; the version it makes ends in `+number`. */
  number: number | null;
  effect: Effect;
  proposedBy: Person | null;
  proposedAt: Date;
  decidedBy: Person | null;
  decidedAt: Date | null;
  decisionReason: string | null;
  fourEyes: 'enforced' | 'recorded' | null;
  undoes: string | null;
  undoneBy: string | null;
  progress: { done: number; total: number };
  /** Lines of what it did, by kind. */
  moved: Partial<Record<MoveRow['what'], number>>;
  appliedAt: Date | null;
  errorCode: string | null;
}

export async function readChange(tx: Tx, id: string): Promise<ChangeView> {
  return (await toViews(tx, [await getChange(tx, id)]))[0] as ChangeView;
}

export interface ChangeQuery {
  cursor?: string;
  limit: number;
  state?: readonly ChangeState[];
  target?: ChangeTarget;
  key?: string;
}

/** Changes, newest first. */
export async function listChangeViews(tx: Tx, query: ChangeQuery): Promise<Page<ChangeView>> {
  const before = idIn(query.cursor);
  const { limit, state, target, key } = query;
  const filter: ChangeFilter = {
    limit: limit + 1,
    ...(state === undefined ? {} : { states: state }),
    ...(target === undefined ? {} : { target }),
    ...(key === undefined ? {} : { key }),
    ...(before === null ? {} : { before }),
  };
  const views = await toViews(tx, await listChanges(tx, filter));
  return pageOf(
    views,
    limit,
    (view) => [view.id],
    (view) => view,
  );
}

/** The row id in a cursor, or null without one. */
export function idIn(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !/^[0-9a-f-]{36}$/.test(id)) throw new ComplianceError('MALFORMED', 'cursor');
  return id;
}

/** A customer whom a change moved. */
export interface MovedView {
  customer: { id: string; code: string; displayName: string };
  moves: MoveRow[];
}

/** What a change did, a page of customers at a time. */
export async function listMoved(
  tx: Tx,
  id: string,
  query: { cursor?: string; limit: number },
): Promise<Page<MovedView>> {
  // A customer has a line a kind: some more are read, so that the last one on the page is whole.
  const rows = await movesAfter(tx, id, idIn(query.cursor), 7 * (query.limit + 1));
  const byCustomer = new Map<string, MovedView>();
  for (const { code, displayName, ...move } of rows) {
    const customer = { id: move.customerId, code, displayName };
    const view = byCustomer.get(move.customerId) ?? { customer, moves: [] };
    view.moves.push(move);
    byCustomer.set(move.customerId, view);
  }
  return pageOf(
    [...byCustomer.values()].slice(0, query.limit + 1),
    query.limit,
    (view) => [view.customer.id],
    (view) => view,
  );
}

async function toViews(tx: Tx, rows: readonly ChangeRow[]): Promise<ChangeView[]> {
  const people = rows.flatMap((row) => [row.proposedBy, row.decidedBy]).filter((id) => id !== null);
  const names = await userNames(tx, [...new Set(people)]);
  const person = (id: string | null) => (id === null ? null : { id, name: names.get(id) ?? null });
  const undoing = await undoersOf(
    tx,
    rows.map(({ id }) => id),
  );
  const views: ChangeView[] = [];
  for (const row of rows) {
    const { id, target, key, oldValue, newValue, validFrom, reason, state, number, proposedAt } = row;
    const { decidedAt, decisionReason, fourEyes, undoes, done, total, appliedAt, errorCode } = row;
    views.push({
      id,
      target,
      key,
      oldValue,
      newValue,
      validFrom,
      reason,
      state,
      number,
      effect: effectOf(row),
      proposedBy: person(row.proposedBy),
      proposedAt,
      decidedBy: person(row.decidedBy),
      decidedAt,
      decisionReason,
      fourEyes,
      undoes,
      undoneBy: undoing.get(id) ?? null,
      progress: { done, total },
      moved: number === null ? {} : await countMoves(tx, id),
      appliedAt,
      errorCode,
    });
  }
  return views;
}

async function undoersOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows: { id: string; undoes: string }[] = await tx
    .sql('policy_changes')
    .where({ dealer_id: tx.dealerId })
    .whereIn('undoes', ids)
    .whereNotIn('state', ['rejected', 'withdrawn'])
    .select('id', 'undoes');
  return new Map(rows.map(({ id, undoes }) => [undoes, id]));
}
