import type { CaseKind, CaseOutcome, Stage } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import type { Lights } from '../domain/verification';
import { insertRows } from './bulk';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

export type CaseOwner = 'staff' | 'officer' | 'manager' | 'system';
export type WaitingOn = 'submit' | 'customer' | 'machine' | 'decision' | 'confirmation' | 'nothing';

export interface CaseRow {
  id: string;
  customerId: string;
  kind: CaseKind;
  stage: Stage;
  outcome: CaseOutcome | null;
  owner: CaseOwner;
  waitingOn: WaitingOn;
  since: Date;
  nextStep: string | null;
  nextAt: Date | null;
  openedAt: Date;
  progressAt: Date;
  submittedAt: Date | null;
  submittedBy: string | null;
  closedAt: Date | null;
  lights: Lights;
  verifiedVersion: number | null;
  ladderCycle: number;
  ladderStep: number;
  ladderStartedAt: Date | null;
  /** When the last rung of this cycle was climbed. */
  ladderStepAt: Date | null;
  dueOn: Date | null;
  errorCode: string | null;
  closingReason: string | null;
}

export async function insertCase(
  tx: Tx,
  row: Pick<CaseRow, 'id' | 'customerId' | 'kind' | 'stage' | 'owner' | 'waitingOn'> & Partial<CaseRow>,
): Promise<CaseRow> {
  const [inserted] = await tx
    .sql('cases')
    .insert({
      since: tx.now,
      opened_at: tx.now,
      progress_at: tx.now,
      ...snakeRow(row),
      lights: JSON.stringify(row.lights ?? {}),
      dealer_id: tx.dealerId,
    })
    .returning('*');
  return camelRow<CaseRow>(inserted as Record<string, unknown>);
}

/** Opens cases of new customers, all at this instant. */
export async function insertCases(
  tx: Tx,
  rows: readonly (Pick<CaseRow, 'id' | 'customerId' | 'kind' | 'stage' | 'owner' | 'waitingOn'> &
    Partial<CaseRow>)[],
): Promise<void> {
  const now = { since: tx.now, openedAt: tx.now, progressAt: tx.now };
  await insertRows(
    tx,
    'cases',
    rows.map((row) => ({ ...now, ...row })),
  );
}

export async function updateCase(tx: Tx, id: string, patch: Partial<CaseRow>): Promise<void> {
  const row = snakeRow(patch);
  if (patch.lights !== undefined) row['lights'] = JSON.stringify(patch.lights);
  await tx.sql('cases').where({ dealer_id: tx.dealerId, id }).update(row);
}

/** The case under lock. Take the customer's lock first. */
export async function lockCase(tx: Tx, id: string): Promise<CaseRow> {
  const row = await tx.sql('cases').where({ dealer_id: tx.dealerId, id }).forUpdate().first();
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'case_not_found');
  return camelRow<CaseRow>(row);
}

export async function getCase(tx: Tx, id: string): Promise<CaseRow> {
  const row = await tx.sql('cases').where({ dealer_id: tx.dealerId, id }).first();
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'case_not_found');
  return camelRow<CaseRow>(row);
}

/** The customer's one open case under lock, if there is one. */
export async function lockOpenCase(tx: Tx, customerId: string): Promise<CaseRow | null> {
  const row = await tx
    .sql('cases')
    .where({ dealer_id: tx.dealerId, customer_id: customerId })
    .whereNot({ stage: 'closed' })
    .forUpdate()
    .first();
  return row === undefined ? null : camelRow<CaseRow>(row);
}

export async function listCasesOf(tx: Tx, customerId: string): Promise<CaseRow[]> {
  return camelRows<CaseRow>(
    await tx
      .sql('cases')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy('opened_at', 'desc'),
  );
}
