import type { Tx } from '../db/transaction';
import type { Confidence } from '../domain/requirements';

/** A policy value as people see it, with where it comes from. */
export interface PolicyView {
  key: string;
  value: unknown;
  version: string;
  validFrom: string;
  legalBasis: string;
  confidence: Confidence;
}

/** The dealer's policy values in force or to come, by key. */
export async function listPolicyViews(tx: Tx): Promise<PolicyView[]> {
  return tx
    .sql('policies')
    .where({ dealer_id: tx.dealerId })
    .orderBy(['key', 'valid_from'])
    .select('key', 'value', 'version', 'valid_from as validFrom', 'legal_basis as legalBasis', 'confidence');
}
