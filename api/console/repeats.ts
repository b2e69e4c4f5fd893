import { createHash } from 'node:crypto';

import type { IdempotentCall } from '../../operations/idempotency';
import { textIn, type FormValues } from './form';

/**
 * A second click on the button is the same request, by the hidden `requestKey` of the form; undefined where it has none.
 * All of the form is in the key: whoever goes back and changes it, with a browser that remembers the hidden field too,
 * asks for something else.
 */
export function repeatable(values: FormValues, route: string): IdempotentCall | undefined {
  if (!/^[0-9a-f-]{36}$/.test(textIn(values, 'requestKey'))) return undefined;
  const bodyHash = createHash('sha256')
    .update(JSON.stringify([route, ...values]))
    .digest();
  return { key: bodyHash.toString('hex'), route, bodyHash };
}
