import type { Tx } from '../db/transaction';
import { hasProblem } from '../domain/check-result';
import { ComplianceError } from '../domain/errors';
import { checkTckn } from '../domain/identity-numbers';
import { lockFile } from './customer-file';
import { saveVersion, type CustomerView, type TypeChange } from './customers';
import { parseRecord, RECORD_SHAPES, type CustomerRecord } from './record-shape';

/**
 * Goes on with a file as another type: a new version under the new type's rules, and a review where the customer is
 * active. A foreigner's number that stood in the citizen's field moves to its own (T07). 422 with the names of the fields
 * that the new type does not know, 409 where the file is closed or of this type already.
 */
export async function changeType(tx: Tx, customerId: string, change: TypeChange): Promise<CustomerView> {
  const file = await lockFile(tx, customerId);
  if (file.customer.type === change.type) throw new ComplianceError('STATE_FORBIDS', 'same_type');
  const record = suited(file.record, change.type);
  const known = RECORD_SHAPES[change.type].shape;
  const unknown = Object.keys(record).filter((field) => !Object.hasOwn(known, field));
  if (unknown.length > 0) {
    const fields = unknown.map((field) => ({ pointer: `/record/${field}`, code: 'unknown_field' }));
    throw new ComplianceError('INVALID_INPUT', 'type_does_not_fit', fields);
  }
  return saveVersion(tx, file, parseRecord(change.type, record), change);
}

function suited(record: CustomerRecord, type: TypeChange['type']): CustomerRecord {
  const { tckn, ykn, ...rest } = record;
  const isForeign = typeof tckn === 'string' && hasProblem(checkTckn(tckn), 'is_foreigner');
  return type === 'natural_person_foreign' && isForeign && ykn === undefined
    ? { ...rest, ykn: tckn }
    : record;
}
