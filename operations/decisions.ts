import { v7 as uuidv7 } from 'uuid';

import type { CaseRow } from '../db/cases';
import { updateCustomer, type CustomerRow } from '../db/customers';
import { endDuties } from '../db/duties';
import { openFindings } from '../db/findings';
import { openTask } from '../db/tasks';
import type { Tx } from '../db/transaction';
import { getUser } from '../db/users';
import { ComplianceError } from '../domain/errors';
import { addPeriod } from '../domain/periods';
import { peopleBehind } from './api-tokens';
import { hasBlocking } from './assessment';
import { closeCase, moveCase } from './case-steps';
import { tellColleagues, tellCustomer } from './channels';
import { lockFile } from './customer-file';
import { changeStatus } from './customer-status';
import { followUpIfNeeded } from './file-changes';
import { scheduleDocumentExpiry, scheduleReview } from './review-dates';
import { loadPolicy, policyVersion } from './rules';
import { expireWithoutProgress } from './stage-steps';

export interface DecisionInput {
  decision: 'approve' | 'reject';
  reason: string;
  /** The record version that was judged; 412 if the record has moved since. */
  ifVersion?: number;
}

/** The case waits for a second person; those who may decide are told. */
export async function awaitDecision(tx: Tx, customer: CustomerRow, row: CaseRow): Promise<CaseRow> {
  const policy = await loadPolicy(tx);
  const role = customer.risk === 'high' ? 'manager' : 'officer';
  await endDuties(tx, customer.id, { caseId: row.id, kinds: ['step'] }, 'done');
  await openTask(tx, {
    customerId: customer.id,
    caseId: row.id,
    kind: 'decide',
    forRole: role,
    detail: { risk: customer.risk },
    dedupe: `decide:${row.id}:${customer.version}:${tx.now.toISOString()}`,
  });
  await expireWithoutProgress(tx, row);
  const moved = await moveCase(tx, row, {
    stage: 'decision',
    owner: role,
    waitingOn: 'decision',
    next: {
      duty: 'decision_deadline',
      at: addPeriod(tx.now, policy.decisionTarget, tx.clock.dayMilliseconds),
      what: 'decision_reminder',
    },
  });
  await tellColleagues(tx, customer, row, {
    kind: 'approval_needed',
    step: `version_${customer.version}`,
    cycle: row.ladderCycle,
    roles: role === 'manager' ? ['manager'] : ['officer', 'manager'],
    except: await excludedPeople(tx, row),
  });
  return moved;
}

/** A decision waits too long: the manager is told, and again after each further target. */
export async function remindOfDecision(tx: Tx, customer: CustomerRow, row: CaseRow): Promise<void> {
  const policy = await loadPolicy(tx);
  const days = Math.floor((tx.now.getTime() - row.since.getTime()) / tx.clock.dayMilliseconds);
  await tellColleagues(tx, customer, row, {
    kind: 'decision_overdue',
    step: `day_${days}`,
    cycle: row.ladderCycle,
    roles: ['manager'],
    values: { days },
  });
  await openTask(tx, {
    customerId: customer.id,
    caseId: row.id,
    kind: 'decision_overdue',
    forRole: 'manager',
    dedupe: `decision_overdue:${row.id}:${row.since.toISOString()}`,
  });
  const at = addPeriod(tx.now, policy.decisionTarget, tx.clock.dayMilliseconds);
  await moveCase(tx, row, {
    stage: 'decision',
    owner: row.owner,
    waitingOn: 'decision',
    next: { duty: 'decision_deadline', at, what: 'decision_reminder' },
  });
}

/**
 * A human's approval or refusal, complete when this transaction commits: stage, eyes and version are checked under the
 * locks, and an approved customer is active there and then (design §3.8, §3.12; TY m.26/A for high risk).
 */
export async function decide(tx: Tx, customerId: string, input: DecisionInput): Promise<void> {
  const file = await lockFile(tx, customerId);
  const { customer, openCase: row } = file;
  if (row === null || row.stage !== 'decision')
    throw new ComplianceError('STATE_FORBIDS', 'no_decision_awaited');
  if (input.ifVersion !== undefined && input.ifVersion !== customer.version)
    throw new ComplianceError('VERSION_STALE', 'version_stale');
  const fourEyes = await requireSecondPerson(tx, row);
  await requireRank(tx, customer);
  if (input.decision === 'approve' && hasBlocking(await openFindings(tx, customerId))) {
    throw new ComplianceError('BLOCKING_FINDINGS', 'blocking_findings');
  }
  await recordDecision(tx, customer, row, input, fourEyes);
  await closeCase(tx, row, input.decision === 'approve' ? 'approved' : 'rejected');
  if (input.decision === 'approve') await activate(tx, file.customer, file.record, row);
  else if (row.kind === 'review') await suspendRefused(tx, customer, row);
  else await changeStatus(tx, customer, 'rejected', row.id);
  if (row.kind === 'review' && input.decision === 'approve') {
    await followUpIfNeeded(tx, { ...file, openCase: null }, hasBlocking(await openFindings(tx, customerId)));
  }
}

/** A relationship whose new identity was refused rests until somebody mends the file and another review approves it. */
async function suspendRefused(tx: Tx, customer: CustomerRow, row: CaseRow): Promise<void> {
  await changeStatus(tx, customer, 'suspended', row.id);
  await openTask(tx, {
    customerId: customer.id,
    caseId: row.id,
    kind: 'suspended',
    forRole: 'officer',
    dedupe: `refused:${row.id}`,
  });
}

async function activate(
  tx: Tx,
  customer: CustomerRow,
  record: Record<string, unknown>,
  row: CaseRow,
): Promise<void> {
  await changeStatus(tx, customer, 'active', row.id);
  if (row.kind !== 'onboarding') return;
  await updateCustomer(tx, customer.id, { activatedAt: tx.now });
  await scheduleReview(tx, customer);
  await scheduleDocumentExpiry(tx, customer, record);
  await tellCustomer(tx, customer, record, row, {
    kind: 'welcome',
    step: 'active',
    cycle: 0,
    channels: ['email'],
  });
}

async function recordDecision(
  tx: Tx,
  customer: CustomerRow,
  row: CaseRow,
  input: DecisionInput,
  fourEyes: string,
): Promise<void> {
  await tx.sql('decisions').insert({
    dealer_id: tx.dealerId,
    id: uuidv7(),
    customer_id: customer.id,
    case_id: row.id,
    decision: input.decision,
    reason: input.reason,
    decided_by: personOf(tx),
    decided_at: tx.now,
    record_version: customer.version,
    four_eyes: fourEyes,
    policy_version: await policyVersion(tx),
  });
  tx.audit({
    event: 'decision.recorded',
    customerId: customer.id,
    caseId: row.id,
    detail: { decision: input.decision, recordVersion: customer.version, fourEyes },
  });
}

function personOf(tx: Tx): string {
  if (tx.actor.kind !== 'user') throw new ComplianceError('FORBIDDEN', 'person_required');
  return tx.actor.userId;
}

/** Who wrote a version, a document or an attestation of the case, or submitted it, may not decide it; nor may their token. */
async function requireSecondPerson(tx: Tx, row: CaseRow): Promise<'enforced' | 'recorded'> {
  const { fourEyes } = await loadPolicy(tx);
  const [hands, excluded] = [await peopleBehind(tx), await excludedPeople(tx, row)];
  if (!hands.some((person) => excluded.includes(person))) return fourEyes.mode;
  if (fourEyes.mode === 'enforced') throw new ComplianceError('FOUR_EYES', 'four_eyes');
  return 'recorded';
}

/** High risk is decided by a manager (TY m.26/A: approval of the senior person). */
async function requireRank(tx: Tx, customer: CustomerRow): Promise<void> {
  const user = await getUser(tx, personOf(tx));
  const isManager = user?.role === 'manager' || user?.alsoManager === true;
  if (!isManager && (user?.role !== 'officer' || customer.risk === 'high')) {
    throw new ComplianceError('FORBIDDEN', customer.risk === 'high' ? 'manager_required' : 'role_forbids');
  }
}

/** Everybody whose hand is in the case. */
export async function excludedPeople(tx: Tx, row: CaseRow): Promise<string[]> {
  const { rows } = (await tx.sql.raw(
    `select author_id as id from customer_versions where dealer_id = :dealer and case_id = :case and author_kind = 'user'
     union select uploaded_by from documents where dealer_id = :dealer and case_id = :case
     union select ended_by from documents where dealer_id = :dealer and case_id = :case
     union select ended_by from documents where dealer_id = :dealer and ended_case_id = :case
     union select seen_by from documents where dealer_id = :dealer and seen_case_id = :case
     union select recorded_by from verifications where dealer_id = :dealer and case_id = :case
     union select confirmed_by from register_retries where dealer_id = :dealer and case_id = :case
     union select submitted_by from cases where dealer_id = :dealer and id = :case`,
    { dealer: tx.dealerId, case: row.id },
  )) as { rows: { id: string | null }[] };
  return rows.flatMap((author) => author.id ?? []);
}
