import { type CheckResult, failed, passed } from './check-result';
import type { DocumentKind } from './customer';
import { withoutSeparators } from './identity-numbers';

const TURKEY = 'TUR';

/** Numbers as issued in Türkiye (D-2.2 [recalled]); kinds without a known pattern are absent. */
const PATTERNS: Partial<Record<DocumentKind, RegExp>> = {
  identity_card: /^[A-Z][0-9]{2}[A-Z][0-9]{5}$/,
  old_identity_card: /^[A-Z][0-9]{8}$/,
  passport: /^[A-Z][0-9]{8}$/,
};
/** Passports of other countries (D-2.3). */
const FOREIGN_PASSPORT = /^[A-Z0-9]{5,20}$/;

/**
 * Compares an identity document's number with the pattern of its kind. An unusual number warns and never blocks (D-2.2):
 * it stays valid with the problem `unusual_pattern`. `issuingCountry` is ISO alpha-3; Türkiye unless given.
 */
export function checkDocumentNumber(kind: DocumentKind, value: string, issuingCountry = TURKEY): CheckResult {
  const number = withoutSeparators(value).toUpperCase();
  if (number === '') return failed('document_number', ['empty']);
  const abroad = issuingCountry !== TURKEY;
  const pattern = abroad ? (kind === 'passport' ? FOREIGN_PASSPORT : undefined) : PATTERNS[kind];
  const usual = pattern === undefined || pattern.test(number);
  return passed('document_number', number, usual ? [] : ['unusual_pattern']);
}
