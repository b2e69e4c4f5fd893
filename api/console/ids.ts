import type { Request } from 'express';

import { ComplianceError } from '../../domain/errors';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** An id of the address. One that cannot exist is answered like one that does not: NOT_FOUND. */
export function idOf(req: Request, name = 'id'): string {
  const value: unknown = req.params[name];
  if (typeof value !== 'string' || !UUID.test(value)) throw new ComplianceError('NOT_FOUND', 'not_found');
  return value;
}
