import type { Knex } from 'knex';

import { camelRows } from './rows';

/** One thing that breaks an invariant (design §3.9): a code and ids, never a record. */
export interface Stuck {
  problem: string;
  dealerId: string;
  subjectId: string;
}

/** Everything that is stuck, over all dealers. */
export async function listStuck(knex: Knex, at: Date): Promise<Stuck[]> {
  const { rows } = await knex.raw<{ rows: Record<string, unknown>[] }>(
    'select problem, dealer_id, subject_id from gate.doctor(?) order by problem, dealer_id, subject_id',
    [at],
  );
  return camelRows(rows);
}

/** A row of the audit log that is not what its chain says. */
export interface AuditProblem {
  problem: string;
  dealerId: string;
  chainId: string;
  seq: number;
}

/** Every break in every hash chain, over all dealers; empty when all is well. */
export async function listAuditProblems(knex: Knex): Promise<AuditProblem[]> {
  const { rows } = await knex.raw<{ rows: Record<string, unknown>[] }>(
    'select problem, dealer_id, chain_id, seq from gate.audit_problems() order by dealer_id, chain_id, seq',
  );
  return camelRows(rows);
}
