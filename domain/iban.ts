import { ValidationErrorsIBAN, validateIBAN } from 'ibantools';
import { type CheckResult, type ProblemCode, failed, passed } from './check-result';
import { withoutSeparators } from './identity-numbers';

const TR_LENGTH = 26;

/** What the package finds, in our words; the first that holds is the one to tell. */
const PROBLEMS: readonly [ValidationErrorsIBAN, ProblemCode][] = [
  [ValidationErrorsIBAN.NoIBANCountry, 'unknown_country'],
  [ValidationErrorsIBAN.WrongBBANLength, 'length'],
  [ValidationErrorsIBAN.ChecksumNotNumber, 'shape'],
  [ValidationErrorsIBAN.WrongBBANFormat, 'shape'],
  [ValidationErrorsIBAN.WrongIBANChecksum, 'checksum'],
  [ValidationErrorsIBAN.WrongAccountBankBranchChecksum, 'checksum'],
];

/**
 * Judges an account number of any country (D-3.6): the country's length and shape, and ISO 7064 mod 97. A Turkish one has
 * 26 characters, digits after TR and 0 as reserve digit. `fields.country` is ISO alpha-2: an account abroad is right
 * here, and only for non-residents in a record. [computed with python-stdnum]
 */
export function checkIban(value: string): CheckResult {
  const iban = withoutSeparators(value);
  if (iban === '') return failed('iban', ['empty']);
  if (!/^[A-Za-z0-9]+$/.test(iban)) return failed('iban', ['bad_character']);
  const normalized = iban.toUpperCase();
  const turkish = normalized.startsWith('TR') ? turkishProblem(normalized) : undefined;
  if (turkish) return failed('iban', [turkish]);
  const { valid, errorCodes } = validateIBAN(normalized);
  if (valid) return passed('iban', normalized, [], { country: normalized.slice(0, 2) });
  const found = PROBLEMS.find(([error]) => errorCodes.includes(error));
  return failed('iban', [found?.[1] ?? 'shape']);
}

/** `TR33 **** … 26` (D-9); short values vanish whole. */
export function maskIban(value: string): string {
  const iban = withoutSeparators(value);
  return iban.length < 10 ? '*'.repeat(iban.length) : `${iban.slice(0, 4)} **** … ${iban.slice(-2)}`;
}

function turkishProblem(iban: string): ProblemCode | undefined {
  if (iban.length !== TR_LENGTH) return 'length';
  if (!/^TR[0-9]{24}$/.test(iban)) return 'non_digit';
  // TR kk bbbbb r …: the reserve digit stands behind the bank code.
  return iban[9] === '0' ? undefined : 'reserve_digit';
}
