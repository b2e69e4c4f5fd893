import {
  type CountryCode,
  type NumberType,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { type CheckResult, type ProblemCode, failed, passed } from './check-result';

/** What kind of line a number is; SMS goes to MOBILE only (D-3.5). */
export type PhoneType =
  'MOBILE' | 'FIXED' | 'FIXED_OR_MOBILE' | 'VOIP' | 'CORPORATE' | 'TOLL_FREE' | 'PREMIUM' | 'OTHER';

const TYPES: Record<NonNullable<NumberType>, PhoneType> = {
  MOBILE: 'MOBILE',
  FIXED_LINE: 'FIXED',
  FIXED_LINE_OR_MOBILE: 'FIXED_OR_MOBILE',
  VOIP: 'VOIP',
  UAN: 'CORPORATE',
  TOLL_FREE: 'TOLL_FREE',
  PREMIUM_RATE: 'PREMIUM',
  SHARED_COST: 'OTHER',
  PERSONAL_NUMBER: 'OTHER',
  PAGER: 'OTHER',
  VOICEMAIL: 'OTHER',
};
const TR_NATIONAL_LENGTH = 10;
const TYPED_LENGTH_MAX = 40;
/** The corporate line 444 x xxx is the shortest; E.164 allows 15, behind an international prefix of two. */
const DIGITS_MIN = 7;
const DIGITS_MAX = 17;

/**
 * Judges a phone number as people write it; without a country it is read as Turkish (D-3.5 [computed with
 * libphonenumber]). `normalized` is E.164; `fields` hold `type` (PhoneType) and, where one country is known, `country`
 * (ISO alpha-2). ASCII digits only, no extension.
 */
export function checkPhone(value: string): CheckResult {
  const typed = spaced(value);
  if (typed === '') return failed('phone', ['empty']);
  if (typed.length > TYPED_LENGTH_MAX) return failed('phone', ['too_long']);
  if (!/^\+?[0-9 ()./]+$/.test(typed)) return failed('phone', ['bad_character']);
  const phone = parse(typed);
  if (!phone?.isValid()) return failed('phone', [reason(typed, phone)]);
  const type: PhoneType = TYPES[phone.getType() ?? 'VOICEMAIL'];
  const country = phone.country === undefined ? {} : { country: phone.country };
  return passed('phone', phone.number, [], { type, ...country });
}

/** `+90 5** *** ** 67` (D-9): the country, the first digit and the last two; what is no number vanishes whole. */
export function maskPhone(value: string): string {
  const phone = parse(spaced(value));
  const digits = phone?.nationalNumber ?? '';
  if (phone === undefined || digits.length < 6) return '*'.repeat(Array.from(value).length);
  const hidden = digits[0] + '*'.repeat(digits.length - 3) + digits.slice(-2);
  return `+${phone.countryCallingCode} ${digits.length === TR_NATIONAL_LENGTH ? grouped(hidden) : hidden}`;
}

/** Single plain spaces for every kind of space and hyphen. A line break is none of these and stays to be refused. */
function spaced(value: string): string {
  return value.replace(/[\p{Zs}\p{Pd}\t]+/gu, ' ').replace(/^ | $/g, '');
}

function parse(typed: string): PhoneNumber | undefined {
  const country: CountryCode = 'TR';
  // `extract: false`: the whole text is the number, it is not searched for one.
  return parsePhoneNumberFromString(typed, { defaultCountry: country, extract: false });
}

function reason(typed: string, phone: PhoneNumber | undefined): ProblemCode {
  const digits = typed.replace(/[^0-9]/g, '').length;
  if (digits < DIGITS_MIN) return 'too_short';
  if (phone === undefined) return digits > DIGITS_MAX ? 'too_long' : 'unknown_range';
  if (phone.countryCallingCode !== '90') return phone.isPossible() ? 'unknown_range' : 'length';
  // A number that is no number keeps the zero of long distance calls.
  const length = phone.nationalNumber.replace(/^0+/, '').length;
  if (length === TR_NATIONAL_LENGTH) return 'unknown_range';
  return length < TR_NATIONAL_LENGTH ? 'too_short' : 'too_long';
}

function grouped(digits: string): string {
  return [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6, 8), digits.slice(8)].join(' ');
}
