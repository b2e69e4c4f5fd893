import type { CheckResult } from './check-result';
import {
  checkTckn,
  checkVkn,
  checkYkn,
  type IdentityKind,
  isYkn,
  withoutSeparators,
} from './identity-numbers';

const IDENTITY_LENGTH = 11;

/**
 * Judges a number that may be a tax or an identity number, as invoices and accounting exports mix them. `fields.kind`
 * says which it is (`tckn`, `ykn`, `vkn`). Nine digits that are a tax number with a zero in front say
 * `lost_leading_zero` and carry it in `fields.suggested`: only where its checksum holds (T19). A foreigner's 99 number
 * is a `ykn` (T07).
 */
export function checkTaxOrIdentity(value: string): CheckResult {
  const kind = kindOf(withoutSeparators(value));
  const result = { tckn: checkTckn, ykn: checkYkn, vkn: checkVkn }[kind](value);
  const known = result.valid || result.fields?.['suggested'] !== undefined;
  return {
    ...result,
    kind: 'tax_or_identity',
    ...(known ? { fields: { ...result.fields, kind } } : {}),
  };
}

/** Tax numbers have ten digits, identity numbers eleven; anything shorter is judged as a tax number that lost digits. */
function kindOf(digits: string): IdentityKind {
  if (digits.length !== IDENTITY_LENGTH) return 'vkn';
  return isYkn(digits) ? 'ykn' : 'tckn';
}
