import { checkPhone } from '../domain/phone';
import { foldKey } from '../domain/names';
import { valuesAt } from '../domain/record-path';
import { IDENTITY_NUMBER_PATHS } from '../domain/record';
import { blindIndex, deriveKey } from '../stores/crypto';
import { createHmac } from 'node:crypto';

/** Shortest piece of a number that finds somebody: below it half the customers would match. */
const PREFIX_MIN = 4;
const DIGEST_CHARS = 24;
/** The beginning of a customer's code. */
const CODE = /^[a-z]{2,5}-\d/i;

/** What finds a customer: folded words of name and code in clear, prefixes of numbers only as keyed digests. */
export function searchTerms(dealerKey: Buffer, code: string, displayName: string, record: unknown): string[] {
  const words = foldKey(displayName)
    .split(' ')
    .filter((word) => word !== '');
  const codeTerms = [`#${code.toLowerCase()}`, `#${code.replace(/^.*-0*/, '')}`];
  const numbers = numbersOf(record).flatMap((digits) =>
    prefixes(digits).map((prefix) => numberTerm(dealerKey, prefix)),
  );
  return [...new Set([...words, ...codeTerms, ...numbers])];
}

/**
 * The words of a search as lists of alternatives: each word must be found by one of its terms. A term ending in `=` is
 * matched whole, any other by prefix.
 */
export function queryTerms(dealerKey: Buffer, query: string): string[][] {
  const trimmed = query.trim();
  const joinedDigits = trimmed.replaceAll(/[\s()-]/g, '');
  if (/^\+?\d{4,}$/.test(joinedDigits)) return [numberAlternatives(dealerKey, joinedDigits)];
  return trimmed
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word): string[][] => {
      if (/^\+?\d{4,}$/.test(word)) return [numberAlternatives(dealerKey, word)];
      const parts = foldKey(word)
        .split(' ')
        .filter((part) => part !== '');
      const [only] = parts;
      if (only !== undefined && parts.length === 1) return [[only, `#${word.toLowerCase()}`]];
      // `Özdemir-Kaya` is two words of a name, `KYM-2026-000012` one code.
      return CODE.test(word) ? [[`#${word.toLowerCase()}`]] : parts.map((part) => [part]);
    });
}

function numberAlternatives(dealerKey: Buffer, typed: string): string[] {
  const digits = typed.replace(/^\+?90(?=\d{4,})|^00?90|^0|^\+/, '');
  return [...new Set([typed.replace('+', ''), digits])]
    .filter((form) => form.length >= PREFIX_MIN)
    .map((form) => numberTerm(dealerKey, form))
    .concat(`#${typed}`);
}

/** Whole-value fingerprints for finding the same number again. */
export function blindIndexes(dealerKey: Buffer, record: unknown): { field: string; digest: Buffer }[] {
  const values: [field: string, value: string][] = [
    ...identityNumbers(record).map((value): [string, string] => ['identity', value]),
    ...texts(record, 'phone').flatMap((value): [string, string][] => {
      const phone = checkPhone(value).normalized;
      return phone === null ? [] : [['phone', phone]];
    }),
    ...texts(record, 'email').map((value): [string, string] => ['email', value.trim().toLowerCase()]),
    ...texts(record, 'idDocument.number').map((value): [string, string] => [
      'document',
      value.replaceAll(/\s/g, '').toUpperCase(),
    ]),
  ];
  const unique = new Map(values.map(([field, value]) => [`${field}|${value}`, { field, value }]));
  return [...unique.values()].map(({ field, value }) => ({
    field,
    digest: blindIndex(dealerKey, field, value),
  }));
}

function numbersOf(record: unknown): string[] {
  const phones = texts(record, 'phone').flatMap((value) => checkPhone(value).normalized ?? []);
  return [...identityNumbers(record), ...phones.map((phone) => phone.replace(/^\+90|^\+/, ''))];
}

function identityNumbers(record: unknown): string[] {
  return IDENTITY_NUMBER_PATHS.filter((path) => !path.includes('.'))
    .flatMap((path) => texts(record, path))
    .map((value) => value.replaceAll(/[\s-]/g, ''))
    .filter((value) => /^\d{4,}$/.test(value));
}

function texts(record: unknown, path: string): string[] {
  return valuesAt(record, path).flatMap(({ value }) =>
    typeof value === 'string' && value.trim() !== '' ? [value] : [],
  );
}

function prefixes(digits: string): string[] {
  return Array.from({ length: Math.max(0, digits.length - PREFIX_MIN + 1) }, (_, i) =>
    digits.slice(0, PREFIX_MIN + i),
  );
}

function numberTerm(dealerKey: Buffer, digits: string): string {
  const key = deriveKey(dealerKey, 'search:number');
  return `~${createHmac('sha256', key).update(digits).digest('hex').slice(0, DIGEST_CHARS)}`;
}
