import { type CheckResult, type ProblemCode, failed, passed } from './check-result';

/** What is left of a letter's accents once it is taken apart: Â → A + U+0302. */
const ACCENTS = /[\u0300-\u036f]/g;
const NOT_A_WORD = /[^\p{L}\p{N}]+/gu;
const NOT_OF_A_NAME = /[^\p{L}\p{M}\p{N} '’ʼ‘‐-]/u;
const NAME_LENGTH_MAX = 60;

/**
 * The key under which a name is found (D-3.7): accents and dots dropped, lower case, ı and i one letter, all else to
 * single spaces. `İBRAHİM` and `Ibrahim` share a key. For finding only, never for the legal name. Accents beyond the
 * Turkish letters (é, ñ) fold as well: foreigners' names are typed without them.
 */
export function foldKey(text: string): string {
  return (
    text
      .normalize('NFD')
      .replace(ACCENTS, '')
      // Without its dot İ is I, and ı joins i below: plain lower case answers what the Turkish one would.
      .toLowerCase()
      .replaceAll('ı', 'i')
      .normalize('NFC')
      .replace(NOT_A_WORD, ' ')
      .trim()
  );
}

/** The folded words of a text in their order, as search takes them. */
export function searchWords(text: string): string[] {
  const key = foldKey(text);
  return key === '' ? [] : key.split(' ');
}

/** Whether two spellings are one name for finding: `Özdemir-Kaya` and `ÖZDEMİR KAYA` (T04). */
export function compareNames(a: string, b: string): boolean {
  return foldKey(a) === foldKey(b);
}

/**
 * Upper case by Turkish rules, trimmed, single spaces: how the register wants names (D-3.3). `ibrahim ışık` becomes
 * `İBRAHİM IŞIK`.
 */
export function turkishUpper(text: string): string {
  return tidy(text).toLocaleUpperCase('tr-TR');
}

/** Lower case by Turkish rules, trimmed, single spaces: `IŞIK` becomes `ışık` (D-3.7). */
export function turkishLower(text: string): string {
  return tidy(text).toLocaleLowerCase('tr-TR');
}

/**
 * Judges given names or a surname (D-2.2): 1 to 60 letters, spaces, hyphens and apostrophes, no digits. Letters of any
 * script pass: passports carry them. `normalized` is the tidy spelling; the record keeps what was typed.
 */
export function checkName(value: string): CheckResult {
  const name = tidy(value);
  if (name === '') return failed('name', ['empty']);
  const wrong: ProblemCode[] = [];
  if (/\p{N}/u.test(name)) wrong.push('digit_in_name');
  if (NOT_OF_A_NAME.test(name) || !/[\p{L}\p{N}]/u.test(name)) wrong.push('bad_character');
  if (Array.from(name).length > NAME_LENGTH_MAX) wrong.push('too_long');
  const [first, ...others] = wrong;
  return first === undefined ? passed('name', name) : failed('name', [first, ...others]);
}

/**
 * What people see as the customer's name (design §8): the title, or given names and surname, spelled as typed. Empty
 * while neither is known.
 */
export function displayName(record: { givenNames?: string; surname?: string; title?: string }): string {
  if (record.title !== undefined && record.title.trim() !== '') return record.title;
  return [record.givenNames, record.surname]
    .filter((part) => part !== undefined && part.trim() !== '')
    .join(' ');
}

/** NFC, the stray dot that Macs paste behind an i removed (T02), single spaces, trimmed. */
function tidy(text: string): string {
  return text
    .normalize('NFC')
    .replace(/i\u0307/g, 'i')
    .replace(/\s+/gu, ' ')
    .trim();
}
