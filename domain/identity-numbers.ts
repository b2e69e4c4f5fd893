import { type CheckResult, failed, passed } from './check-result';

/** Citizen's identity number, foreigner's identity number, tax number. */
export type IdentityKind = 'tckn' | 'ykn' | 'vkn';

const SEPARATORS = /[\p{Zs}\p{Pd}\t]+/gu;
const ASCII_DIGITS = /^[0-9]+$/;
const ONE_DIGIT_REPEATED = /^([0-9])\1*$/;
const FOREIGNER_PREFIX = '99';

/** Drops the spaces and hyphens that people and sheets put into numbers; nothing else. */
export function withoutSeparators(value: string): string {
  return value.replace(SEPARATORS, '');
}

/**
 * Checksum of a Turkish identity number: 11 ASCII digits without separators. D-3.1 [computed against 200,000 bodies].
 * True also for foreigners' numbers, which share the rule. About 1 % of random strings pass, so this proves form only.
 */
export function isTckn(digits: string): boolean {
  if (!/^[1-9][0-9]{10}$/.test(digits)) return false;
  const d = digitsOf(digits);
  const odd = d[0]! + d[2]! + d[4]! + d[6]! + d[8]!;
  const even = d[1]! + d[3]! + d[5]! + d[7]!;
  // The difference may be below zero; JavaScript's remainder keeps the sign.
  const tenth = (((7 * odd - even) % 10) + 10) % 10;
  const eleventh = (odd + even + tenth) % 10;
  return d[9] === tenth && d[10] === eleventh;
}

/** A foreigner's identity number: prefix 99 and the checksum of D-3.1. [prefix recalled] */
export function isYkn(digits: string): boolean {
  return digits.startsWith(FOREIGNER_PREFIX) && isTckn(digits);
}

/** Checksum of a tax number: 10 ASCII digits without separators, leading zeros allowed. D-3.2 [computed]. */
export function isVkn(digits: string): boolean {
  if (!/^[0-9]{10}$/.test(digits)) return false;
  const d = digitsOf(digits);
  let sum = 0;
  for (let i = 1; i <= 9; i += 1) {
    const p = (d[i - 1]! + 10 - i) % 10;
    if (p !== 0) sum += (p * 2 ** (10 - i)) % 9 || 9;
  }
  return d[9] === (10 - (sum % 10)) % 10;
}

/**
 * Whether a number stands for "none" in somebody's books: one digit repeated, as in 11111111111 ("nihai tüketici" of
 * e-Arşiv) and 2222222222 (foreign buyers). It counts as missing, not as wrong (D-3.1, D-3.2, T20). [recalled]
 * 4444444444 is the one repetition that is a right tax number, so it is none of these in a tax field.
 */
export function isFiller(kind: IdentityKind, value: string): boolean {
  const digits = withoutSeparators(value);
  if (digits.length !== 10 && digits.length !== 11) return false;
  return ONE_DIGIT_REPEATED.test(digits) && !(kind === 'vkn' && isVkn(digits));
}

/**
 * Judges a citizen's number (D-3.1). A foreigner's number passes with the hint `is_foreigner` (T07: the form offers the
 * other type); a tax number in this field says `is_vkn`.
 */
export function checkTckn(value: string): CheckResult {
  const digits = withoutSeparators(value);
  const wrong = identityProblem('tckn', digits);
  if (wrong) return wrong;
  return passed('tckn', digits, isYkn(digits) ? ['is_foreigner'] : []);
}

/** Judges a foreigner's number (D-3.1); a citizen's number in this field says `is_tckn`. */
export function checkYkn(value: string): CheckResult {
  const digits = withoutSeparators(value);
  const wrong = identityProblem('ykn', digits);
  if (wrong) return wrong;
  return isYkn(digits) ? passed('ykn', digits) : failed('ykn', ['prefix', 'is_tckn']);
}

/**
 * Judges a tax number (D-3.2). An identity number in this field says `is_tckn`; nine digits that pass with a zero in
 * front say `lost_leading_zero` and carry the repaired number in `fields.suggested` (T19).
 */
export function checkVkn(value: string): CheckResult {
  const digits = withoutSeparators(value);
  const wrong = commonProblem('vkn', digits);
  if (wrong) return wrong;
  if (isTckn(digits)) return failed('vkn', ['is_tckn']);
  const suggested = `0${digits}`;
  if (isVkn(suggested)) return failed('vkn', ['lost_leading_zero'], { suggested });
  if (digits.length !== 10) return failed('vkn', ['length']);
  return isVkn(digits) ? passed('vkn', digits) : failed('vkn', ['checksum']);
}

/** `100******46`, `123*****90` (D-9): the first three and the last two characters; short values vanish whole. */
export function maskIdentityNumber(value: string): string {
  const characters = Array.from(withoutSeparators(value));
  if (characters.length < 8) return '*'.repeat(characters.length);
  const hidden = characters.length - 5;
  return characters.slice(0, 3).join('') + '*'.repeat(hidden) + characters.slice(-2).join('');
}

/** Whether a value is one that the product masked, or an edit of one: a PATCH may not save it (design §8). */
export function looksMasked(value: string): boolean {
  return /[*•…]/u.test(value);
}

function identityProblem(kind: 'tckn' | 'ykn', digits: string): CheckResult | undefined {
  const wrong = commonProblem(kind, digits);
  if (wrong) return wrong;
  if (isVkn(digits)) return failed(kind, ['length', 'is_vkn']);
  if (digits.length !== 11) return failed(kind, ['length']);
  if (digits.startsWith('0')) return failed(kind, ['leading_zero']);
  return isTckn(digits) ? undefined : failed(kind, ['checksum']);
}

function commonProblem(kind: IdentityKind, digits: string): CheckResult | undefined {
  if (digits === '') return failed(kind, ['empty']);
  if (!ASCII_DIGITS.test(digits)) return failed(kind, ['non_digit']);
  return isFiller(kind, digits) ? failed(kind, ['filler']) : undefined;
}

function digitsOf(text: string): number[] {
  return Array.from(text, Number);
}
