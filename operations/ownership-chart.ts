import type { CustomerType } from '../domain/customer';
import { displayName } from '../domain/names';
import { ownershipGraph, type OwnershipGraph } from '../domain/ownership-graph';
import { textAt, valueAt } from '../domain/record-path';

/**
 * Who holds what of a customer, for a drawing: a company's shareholders along their chains, a partnership's partners. Null
 * for types without holders, and where none is on file. `overPercent` is the policy's threshold.
 */
export function ownershipGraphOf(
  type: CustomerType,
  record: unknown,
  overPercent: number,
): OwnershipGraph | null {
  const holders = holdersOf(type, record);
  if (!Array.isArray(holders) || holders.length === 0) return null;
  return ownershipGraph(textAt(record, 'title'), holders, overPercent);
}

function holdersOf(type: CustomerType, record: unknown): unknown {
  if (type === 'company' || type === 'company_foreign') return valueAt(record, 'shareholders');
  if (type !== 'unincorporated') return null;
  const partners = valueAt(record, 'partners');
  if (!Array.isArray(partners)) return null;
  return partners.map((partner: unknown) => ({
    name: displayName({
      givenNames: textAt(partner, 'person.givenNames'),
      surname: textAt(partner, 'person.surname'),
    }),
    kind: 'natural_person',
    share: valueAt(partner, 'share'),
  }));
}
