import { v7 as uuidv7 } from 'uuid';

import {
  getChange,
  insertChange,
  listChanges,
  lockChange,
  updateChange,
  type ChangeRow,
} from '../db/policy-changes';
import { endTaskOf, openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { getUser } from '../db/users';
import { instantOfDay } from '../domain/days';
import { ComplianceError } from '../domain/errors';
import type { BrokenFloor } from '../domain/policy-change';
import type { Requirement } from '../domain/requirements';
import { REQUIREMENTS } from '../domain/rules/requirements';
import { peopleBehind } from './api-tokens';
import { requireOfficer } from './packages';
import { effectiveFrom, nextChangeNumber, putValue, valueOn } from './policy-rows';
import { checkedRule, checkedValue, checkTogether, nextOwnId, OWN_RULE } from './policy-values';
import { loadPolicy, policyAsOf, today } from './rules';

/** What somebody wants to change: a policy by its key, or a requirement by its id (`new` for one of the dealer's own). */
export interface ChangeRequest {
  key?: string;
  requirement?: string;
  value: unknown;
  validFrom: string;
}

/** A request that was checked: what stood before and what shall stand. */
export interface CheckedChange {
  target: 'policy' | 'requirement';
  key: string;
  oldValue: unknown;
  newValue: unknown;
  validFrom: string;
  warnings: BrokenFloor[];
}

/** How long the sweep leaves work alone that the approver's own process wakes right after its commit. */
const OWN_DISPATCH_MS = 60_000;

export const changeTask = (id: string) => `policy-change:${id}`;

/**
 * Checks shape, bounds of the law and day of a change; writes nothing. Throws INVALID_INPUT naming the part that is wrong,
 * also where nothing would change or the day has passed: what was decided until today stands.
 */
export async function checkChange(tx: Tx, request: ChangeRequest): Promise<CheckedChange> {
  const { validFrom } = request;
  if ((request.key === undefined) === (request.requirement === undefined))
    refuse('/key', 'key_or_requirement');
  if (validFrom < today(tx)) refuse('/validFrom', 'in_the_past');
  const checked =
    request.key === undefined
      ? await checkRequirement(tx, request.requirement ?? '', request)
      : await checkPolicy(tx, request.key, request);
  if (isSame(checked.oldValue, checked.newValue)) refuse('/value', 'nothing_changes');
  return { ...checked, validFrom };
}

async function checkPolicy(tx: Tx, key: string, { value, validFrom }: ChangeRequest) {
  const row = await valueOn(tx, 'policy', key, validFrom);
  if (row === null) refuse('/key', 'unknown_code');
  const checked = checkedValue(key, value, row.floor);
  const { values } = await policyAsOf(tx, { day: validFrom });
  checkTogether({ ...values, [key]: checked.value }, key);
  const { warnings } = checked;
  return { target: 'policy' as const, key, oldValue: row.value, newValue: checked.value, warnings };
}

async function checkRequirement(tx: Tx, asked: string, { value, validFrom }: ChangeRequest) {
  const id = asked === 'new' ? await nextOwnId(tx) : asked;
  const seeded = REQUIREMENTS.find((rule) => rule.id === id) ?? null;
  const row = await valueOn(tx, 'requirement', id, validFrom);
  if (asked !== 'new' && row === null) refuse('/requirement', 'unknown_code');
  if (seeded === null && !OWN_RULE.test(id)) refuse('/requirement', 'unknown_code');
  const current = row === null ? null : contentOf(row.value as Requirement);
  const ages = (await policyAsOf(tx, { day: validFrom })).values.documentAges;
  const newValue = checkedRule(id, value, current as Requirement | null, seeded, ages);
  return { target: 'requirement' as const, key: id, oldValue: current, newValue, warnings: [] };
}

/** A rule without what dates it. */
export function contentOf(rule: Requirement): Record<string, unknown> {
  const { version: _version, validFrom: _validFrom, validTo: _validTo, ...content } = rule;
  return content;
}

/** Proposes a change; a manager who is another person decides. One proposal for a value at a time. Answers with its id. */
export async function proposeChange(tx: Tx, request: ChangeRequest & { reason: string }): Promise<string> {
  await requireOfficer(tx);
  requireReason(request.reason);
  const { warnings: _warnings, ...checked } = await checkChange(tx, request);
  return propose(tx, { ...checked, reason: request.reason });
}

/**
 * Proposes to take a change back: from today the value before it holds again, and dates that it moved return. Throws
 * STATE_FORBIDS where a later change of the same value stands on it.
 */
export async function proposeUndo(tx: Tx, id: string, reason: string): Promise<string> {
  await requireOfficer(tx);
  requireReason(reason);
  const row = await lockChange(tx, id);
  if (
    !['scheduled', 'applying', 'applied'].includes(row.state) ||
    row.target === 'seed' ||
    row.undoes !== null
  )
    throw new ComplianceError('STATE_FORBIDS', 'policy_not_undoable');
  await requireLatest(tx, row);
  return propose(tx, {
    target: row.target,
    key: row.key,
    oldValue: row.newValue,
    newValue: row.oldValue,
    validFrom: effectiveFrom(tx, row.validFrom),
    reason,
    undoes: id,
  });
}

/** What the change brought is still what holds: nothing that came later stands on it. */
async function requireLatest(tx: Tx, row: ChangeRow): Promise<void> {
  if (!isSame(await contentOn(tx, row, effectiveFrom(tx, row.validFrom)), row.newValue))
    throw new ComplianceError('STATE_FORBIDS', 'policy_changed_since');
}

/** The value of a policy or the content of a requirement on a day; null for none. */
async function contentOn(tx: Tx, { target, key }: ChangeRow, day: string): Promise<unknown> {
  if (target === 'seed') return null;
  const row = await valueOn(tx, target, key, day);
  if (row === null) return null;
  return target === 'policy' ? row.value : contentOf(row.value as Requirement);
}

async function propose(
  tx: Tx,
  change: Pick<ChangeRow, 'target' | 'key' | 'oldValue' | 'newValue' | 'validFrom' | 'reason'> &
    Partial<ChangeRow>,
): Promise<string> {
  const { target, key } = change;
  const open = await listChanges(tx, { target, key, states: ['proposed'], limit: 1 });
  if (open.length > 0) throw new ComplianceError('CONFLICT', 'policy_change_open');
  const id = uuidv7();
  const hands = await peopleBehind(tx);
  await insertChange(tx, {
    ...change,
    id,
    state: 'proposed',
    proposedBy: hands[0] ?? null,
    proposedHands: hands,
  });
  await openTask(tx, {
    customerId: null,
    caseId: null,
    kind: 'policy_change',
    forRole: 'manager',
    detail: { changeId: id, target, key },
    dedupe: changeTask(id),
  });
  const { undoes = null, validFrom } = change;
  tx.audit({ event: 'policy.proposed', detail: { changeId: id, target, key, validFrom, undoes } });
  return id;
}

/**
 * A second person approves: the value holds from its day on, at once for new work; the machine then moves what is under
 * way. Throws FOUR_EYES for whoever proposed it, or made the token that did.
 */
export async function approveChange(tx: Tx, id: string): Promise<void> {
  const row = await lockProposed(tx, id);
  await requireManager(tx);
  const fourEyes = await requireSecondPerson(tx, row);
  const validFrom = effectiveFrom(tx, row.validFrom);
  await requireUnmoved(tx, row, validFrom);
  const number = await nextChangeNumber(tx);
  const { target, key } = row;
  const decidedBy = personOf(tx);
  if (target !== 'seed')
    await putValue(tx, { changeId: id, number, target, key, value: row.newValue, validFrom, decidedBy });
  const startsAt =
    validFrom <= today(tx) ? new Date(tx.now.getTime() + OWN_DISPATCH_MS) : instantOfDay(validFrom, 0);
  await updateChange(tx, id, {
    state: 'scheduled',
    number,
    validFrom,
    decidedBy,
    decidedAt: tx.now,
    fourEyes,
    signalAfter: startsAt,
  });
  // What is being undone must not go on moving dates.
  if (row.undoes !== null) {
    await lockChange(tx, row.undoes);
    await updateChange(tx, row.undoes, { state: 'undone', signalAfter: null });
  }
  await endTaskOf(tx, changeTask(id), 'done');
  const { undoes } = row;
  tx.audit({
    event: 'policy.changed',
    detail: { changeId: id, target, key, number, validFrom, fourEyes, undoes },
  });
}

/** The value that the proposal started from still stands. */
async function requireUnmoved(tx: Tx, row: ChangeRow, validFrom: string): Promise<void> {
  if (!isSame(await contentOn(tx, row, validFrom), row.oldValue))
    throw new ComplianceError('STATE_FORBIDS', 'policy_changed_since');
}

export async function rejectChange(tx: Tx, id: string, reason: string): Promise<void> {
  await lockProposed(tx, id);
  await requireManager(tx);
  requireReason(reason);
  await end(tx, id, 'rejected', reason);
}

/** The proposal is taken back before anybody decided. */
export async function withdrawChange(tx: Tx, id: string, reason: string): Promise<void> {
  await lockProposed(tx, id);
  await requireOfficer(tx);
  requireReason(reason);
  await end(tx, id, 'withdrawn', reason);
}

async function end(tx: Tx, id: string, state: 'rejected' | 'withdrawn', reason: string): Promise<void> {
  await updateChange(tx, id, { state, decidedBy: personOf(tx), decidedAt: tx.now, decisionReason: reason });
  await endTaskOf(tx, changeTask(id), 'done');
  tx.audit({ event: `policy.${state}`, detail: { changeId: id } });
}

async function lockProposed(tx: Tx, id: string): Promise<ChangeRow> {
  await getChange(tx, id);
  const row = await lockChange(tx, id);
  if (row.state !== 'proposed') throw new ComplianceError('STATE_FORBIDS', 'policy_change_decided');
  return row;
}

async function requireManager(tx: Tx): Promise<void> {
  const user = await getUser(tx, personOf(tx));
  if (user?.role !== 'manager' && user?.alsoManager !== true)
    throw new ComplianceError('FORBIDDEN', 'role_forbids');
}

/**
 * Who proposed, or made the token that did, approves nothing; nor does a token that the proposer made. One admin who made
 * the tokens of two people is no third hand: those two decide as they do over a case (design §8).
 */
async function requireSecondPerson(tx: Tx, row: ChangeRow): Promise<'enforced' | 'recorded'> {
  const [person = '', minter = null] = await peopleBehind(tx);
  const proposer = row.proposedBy;
  if (!row.proposedHands.includes(person) && (minter === null || minter !== proposer)) return 'enforced';
  const { fourEyes } = await loadPolicy(tx);
  if (fourEyes.mode === 'enforced') throw new ComplianceError('FOUR_EYES', 'policy_four_eyes');
  return 'recorded';
}

function personOf(tx: Tx): string {
  if (tx.actor.kind !== 'user') throw new ComplianceError('FORBIDDEN', 'person_required');
  return tx.actor.userId;
}

function requireReason(reason: string): void {
  if (reason.trim() === '') refuse('/reason', 'reason_required');
}

/** Values out of JSONB come back with their members in another order. */
export function isSame(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function refuse(pointer: string, code: string): never {
  throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer, code }]);
}
