import { createHmac } from 'node:crypto';

import { searchWords } from '../domain/names';
import { checkPhone } from '../domain/phone';
import { standingKey } from '../stores/crypto';
import { identityNumbers, textsAt } from './blind-indexes';

export { blindIndexes } from './blind-indexes';

/** Shortest prefix of a number that is stored; a shorter one is searched as all prefixes of this length that begin with it. */
const PREFIX_MIN = 4;
const DIGEST_CHARS = 24;
/** More words than any name has: what somebody pasted by mistake ends here. */
const WORDS_MAX = 20;
/** A whole term that no file has: a search for signs alone must not answer with everybody. */
const NOBODY = '!=';
/** The beginning of a customer's code. */
const CODE = /^[a-z]{2,5}-\d/i;

/** What finds a customer: folded words of name and code in clear, prefixes of numbers only as keyed digests. */
export function searchTerms(dealerKey: Buffer, code: string, displayName: string, record: unknown): string[] {
  const tail = code.replace(/^.*-/, '').toLowerCase();
  const codeTerms = [`#${code.toLowerCase()}`, `#${tail}`, `#${tail.replace(/^0+/, '')}`];
  return [...new Set([...searchWords(displayName), ...codeTerms, ...numberTerms(dealerKey, record)])];
}

/** Blinded prefixes of the record's numbers: what finds a former number of a merged file as well. */
export function numberTerms(dealerKey: Buffer, record: unknown): string[] {
  const term = numberTerm(dealerKey);
  return [...new Set(numbersOf(record).flatMap((digits) => prefixes(digits).map(term)))];
}

/**
 * The words of a search as lists of alternatives: each word must be found by one of its terms. A term that ends in `=` is
 * matched whole, any other by prefix. Groups of digits that stand together are one number: `Ayşe 0532 123 45 67` is two
 * words. Signs alone find nobody.
 */
export function queryTerms(dealerKey: Buffer, query: string): string[][] {
  const term = numberTerm(dealerKey);
  const words = tokens(query)
    .flatMap((token): string[][] => {
      if (/^\+?\d+$/.test(token)) return [numberAlternatives(term, token)];
      const parts = searchWords(token);
      const [only] = parts;
      const code = token.toLowerCase().replaceAll('=', '');
      if (only !== undefined && parts.length === 1) return [[only, `#${code}`]];
      // `Özdemir-Kaya` is two words of a name, `KYM-2026-000012` one code.
      return CODE.test(token) ? [[`#${code}`]] : parts.map((part) => [part]);
    })
    .slice(0, WORDS_MAX);
  return words.length === 0 ? [[NOBODY]] : words;
}

/** Words of a query; what is only digits and the marks that people put between them joins its neighbours of that kind. */
function tokens(query: string): string[] {
  const words = query
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '');
  const joined: string[] = [];
  let isOpen = false;
  for (const word of words) {
    const digits = word.replaceAll(/[()\-./]/g, '');
    const isNumber = /^\+?\d+$/.test(digits);
    if (isNumber && isOpen && !digits.startsWith('+')) joined.push((joined.pop() ?? '') + digits);
    else joined.push(isNumber ? digits : word);
    isOpen = isNumber;
  }
  return joined;
}

function numberAlternatives(term: (digits: string) => string, typed: string): string[] {
  const plain = typed.replace('+', '');
  const national = typed.replace(/^\+?90(?=\d)|^00?90|^0+|^\+/, '');
  const digests = [...new Set([plain, national])]
    .filter((form) => form !== '')
    .flatMap(completed)
    .map((form) => `${term(form)}=`);
  // A number may also be part of a name (1453 Kuyumculuk) or the end of a code.
  return [...new Set([...digests, plain, `#${plain}`])];
}

/** All numbers of the shortest stored length that begin so. */
function completed(digits: string): string[] {
  if (digits.length >= PREFIX_MIN) return [digits];
  return Array.from({ length: 10 }, (_, next) => `${digits}${next}`).flatMap(completed);
}

function numbersOf(record: unknown): string[] {
  const phones = textsAt(record, 'phone').flatMap((value) => checkPhone(value).normalized ?? []);
  return [...identityNumbers(record), ...phones.map((phone) => phone.replace(/^\+90|^\+/, ''))];
}

function prefixes(digits: string): string[] {
  return Array.from({ length: Math.max(0, digits.length - PREFIX_MIN + 1) }, (_, i) =>
    digits.slice(0, PREFIX_MIN + i),
  );
}

function numberTerm(dealerKey: Buffer): (digits: string) => string {
  const key = standingKey(dealerKey, 'search:number');
  return (digits) => `~${createHmac('sha256', key).update(digits).digest('hex').slice(0, DIGEST_CHARS)}`;
}
