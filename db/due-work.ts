import type { Knex } from 'knex';

import { camelRows } from './rows';

export interface ClaimedDuty {
  dealerId: string;
  customerId: string;
  dutyId: string;
  /** Wake-ups so far, this one included. */
  attempts: number;
}

/**
 * Takes duties that are due over all dealers, at most `perDealer` of each: only `signal_after` moves on (a minute,
 * doubling to an hour), the duty itself stays due until its effect is written.
 */
export async function claimDuties(db: Knex, at: Date, perDealer: number): Promise<ClaimedDuty[]> {
  return rowsOf<ClaimedDuty>(await db.raw('select * from gate.claim_duties(?, ?)', [at, perDealer]));
}

export interface ClaimedPackage {
  dealerId: string;
  packageId: string;
  attempts: number;
}

/** Takes packages that are being rendered and have not been woken for five minutes. */
export async function claimPackages(db: Knex, at: Date): Promise<ClaimedPackage[]> {
  return rowsOf<ClaimedPackage>(await db.raw('select * from gate.claim_packages(?)', [at]));
}

/** Takes imports that somebody has to look at: at work and not heard of, waiting too long, or with a file to remove. */
export async function claimImports(
  db: Knex,
  at: Date,
): Promise<{ dealerId: string; importId: string; attempts: number }[]> {
  return rowsOf(await db.raw('select * from gate.claim_imports(?)', [at]));
}

/** Takes changes of the rules that wait for their day or whose work has not been heard of for a while. */
export async function claimPolicyChanges(
  db: Knex,
  at: Date,
): Promise<{ dealerId: string; changeId: string; attempts: number }[]> {
  return rowsOf(await db.raw('select * from gate.claim_policy_changes(?)', [at]));
}

/** Customers with a duty that fell due before an instant and is neither done nor set aside. */
export async function overdueCustomers(
  db: Knex,
  before: Date,
): Promise<{ dealerId: string; customerId: string }[]> {
  return rowsOf(await db.raw('select * from gate.overdue_customers(?)', [before]));
}

function rowsOf<T>(answer: unknown): T[] {
  return camelRows<T>((answer as { rows: Record<string, unknown>[] }).rows);
}
