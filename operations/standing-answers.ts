import type { CustomerRow } from '../db/customers';
import type { Tx } from '../db/transaction';
import { listVerifications, type VerificationRow } from '../db/verifications';
import { possibleEvidence, type WantedEvidence } from '../domain/evidence';
import { registerSubjects } from '../domain/register-subjects';
import type { StandingAnswer } from '../domain/verification';
import { blindIndex } from '../stores/crypto';
import { dealerKey, openCustomerKey, openRecord } from './record-envelope';

/** Keyed hash of what was looked up: tells whether the record still says so, and nothing else. */
export function evidenceHash(key: Buffer, { kind, value }: Pick<WantedEvidence, 'kind' | 'value'>): Buffer {
  return blindIndex(key, 'evidence', `${kind}|${value}`);
}

/**
 * What registers and people have said that still holds for this record. A person's look-up holds while the value stays
 * the same, whatever else is edited, and stands over the machine's answer; the register's holds for its version.
 */
export function standingAnswers(
  key: Buffer,
  customer: Pick<CustomerRow, 'type' | 'trigger' | 'version'>,
  record: unknown,
  rows: readonly VerificationRow[],
): StandingAnswer[] {
  const byHand = possibleEvidence(customer.type, customer.trigger, record).flatMap((wanted) => {
    const seen = lastSeen(key, wanted, rows);
    return seen === undefined ? [] : [{ field: wanted.field, result: seen.result, simulated: false }];
  });
  const byMachine = registerSubjects(record).flatMap(({ field, alsoAt }) => {
    const said = rows.findLast(
      (row) => row.method !== 'manual' && row.subject === field && row.recordVersion === customer.version,
    );
    if (said === undefined) return [];
    return [field, ...alsoAt].map((at) => ({ field: at, result: said.result, simulated: said.simulated }));
  });
  const settled = new Set(byHand.map(({ field }) => field));
  return [...byHand, ...byMachine.filter(({ field }) => !settled.has(field))];
}

/** The last time that somebody looked this value up. */
export function lastSeen(
  key: Buffer,
  wanted: WantedEvidence,
  rows: readonly VerificationRow[],
): VerificationRow | undefined {
  const hash = evidenceHash(key, wanted);
  return rows.findLast((row) => row.valueHash?.equals(hash) === true);
}

/** Paths of the fields that a register or a person contradicts. The record is opened where it is not at hand. */
export async function mismatchedFields(tx: Tx, customer: CustomerRow, record?: unknown): Promise<string[]> {
  const rows = await listVerifications(tx, customer.id);
  if (rows.length === 0) return [];
  const opened = record ?? (await recordOf(tx, customer));
  return standingAnswers(await dealerKey(tx), customer, opened, rows)
    .filter(({ result }) => result === 'mismatch')
    .map(({ field }) => field);
}

async function recordOf(tx: Tx, customer: CustomerRow): Promise<unknown> {
  return openRecord(await openCustomerKey(tx, customer), customer.id, customer.version, customer.envelope);
}
