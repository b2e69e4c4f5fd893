import { type CheckResult, type ProblemCode, failed, passed } from './check-result';
import { isTckn } from './identity-numbers';
import { parseDay } from './days';
import { layOut, readable, type MrzCheckPart, type MrzParts } from './mrz-layout';
import { isMrzState } from './mrz-states';

/** What a machine-readable zone says, with whole years; absent parts are ''. */
export interface Mrz {
  format: MrzParts['format'];
  lines: string[];
  documentCode: string;
  issuingState: string;
  documentNumber: string;
  /** YYYY-MM-DD, or YYYY-MM or YYYY where the card leaves day or month open. */
  birthDate: string;
  sex: '' | 'F' | 'M';
  expiresOn: string;
  nationality: string;
  surname: string;
  givenNames: string;
  /** The names fill their line: their end may be missing. */
  namesCutOff: boolean;
  optional1: string;
  optional2: string;
  /** The identity number of a Turkish card, passport or residence permit. */
  identityNumber: string;
}

const CHECK_PROBLEMS: Record<MrzCheckPart, ProblemCode> = {
  document_number: 'document_number_check',
  birth: 'birth_date_check',
  expiry: 'expiry_check',
  optional: 'optional_check',
  composite: 'composite_check',
};
const TURKEY = 'TUR';
const WEIGHTS = [7, 3, 1];
/** Documents are kept this long after their expiry and issued this long before it (D-3.4). */
const EXPIRY_YEARS = { back: 10, ahead: 15 };

/** ICAO Doc 9303's check digit: values times 7, 3, 1, modulo 10. D-3.4 [computed]. */
export function mrzCheckDigit(data: string): number {
  const values = Array.from(data, (character) => (character === '<' ? 0 : Number.parseInt(character, 36)));
  return values.reduce((sum, value, index) => sum + value * (WEIGHTS[index % 3] ?? 0), 0) % 10;
}

/**
 * Reads a zone of TD1, TD2, TD3 or the older French card, with two-digit years made whole by D-3.4: birth not after
 * `today`, expiry within today − 10 … today + 15 years. Lines are joined by a newline; spaces and case do not count.
 * Answers with the problems where structure or a check digit is wrong.
 */
export function readMrz(
  value: string,
  today: string,
): { mrz: Mrz } | { problems: [ProblemCode, ...ProblemCode[]] } {
  const lines = linesOf(value);
  if (lines.length === 0) return { problems: ['empty'] };
  if (!lines.every((line) => /^[A-Z0-9<]*$/.test(line))) return { problems: ['bad_character'] };
  const parts = layOut(lines);
  if (parts === null) return { problems: ['mrz_lines'] };
  if (!hasLettersWhereDue(parts)) return { problems: ['bad_character'] };
  const wrong = parts.checks.filter((one) => !holds(one)).map(({ part }) => CHECK_PROBLEMS[part]);
  const [first, ...others] = wrong;
  if (first !== undefined) return { problems: [first, ...others] };
  const [birthDate, expiresOn] = [
    wholeDay(parts.birth, bornBy(today)),
    wholeDay(parts.expiry, expiring(today)),
  ];
  if (birthDate === null || expiresOn === null) return { problems: ['not_a_day'] };
  return { mrz: { ...wordsOf(parts), lines, birthDate, expiresOn } };
}

/** Judges a zone (design §8): unknown state, past expiry, an identity number with a wrong checksum leave it valid. */
export function checkMrz(value: string, today: string): CheckResult {
  const read = readMrz(value, today);
  if ('problems' in read) return failed('mrz', read.problems);
  const { mrz } = read;
  const hints: ProblemCode[] = [];
  if (![mrz.issuingState, mrz.nationality].every((state) => state === '' || isMrzState(state)))
    hints.push('unknown_state');
  if (mrz.expiresOn !== '' && mrz.expiresOn < today.slice(0, mrz.expiresOn.length)) hints.push('expired');
  if (mrz.identityNumber !== '' && !isTckn(mrz.identityNumber)) hints.push('tckn_checksum');
  return passed('mrz', mrz.lines.join('\n'), hints, fieldsOf(mrz));
}

function fieldsOf({ format, namesCutOff, identityNumber, ...mrz }: Mrz): Record<string, string> {
  const { lines: _lines, optional1, optional2, ...always } = mrz;
  const number = identityNumber.startsWith('99') ? { ykn: identityNumber } : { tckn: identityNumber };
  return {
    format,
    ...always,
    ...(optional1 === '' ? {} : { optional1 }),
    ...(optional2 === '' ? {} : { optional2 }),
    ...(identityNumber === '' ? {} : number),
    ...(namesCutOff ? { namesCutOff: 'true' } : {}),
  };
}

/** Lines as printed; a paste without line breaks is cut at the length that fits. */
function linesOf(value: string): string[] {
  const lines = value
    .split(/\r\n|\r|\n/)
    .map((line) => line.replace(/[\p{Zs}\t]+/gu, '').toUpperCase())
    .filter((line) => line !== '');
  const [only] = lines;
  if (lines.length !== 1 || only === undefined) return lines;
  const width = { 90: 30, 72: 36, 88: 44 }[only.length];
  return width === undefined ? lines : (only.match(new RegExp(`.{${width}}`, 'g')) ?? lines);
}

function hasLettersWhereDue(parts: MrzParts): boolean {
  return (
    /^[A-Z][A-Z<]$/.test(parts.documentCode) &&
    /^[A-Z<]{3}$/.test(parts.issuingState) &&
    /^[A-Z<]{3}$/.test(parts.nationality) &&
    /^[A-Z<]+$/.test(parts.names) &&
    /^[MF<]$/.test(parts.sex)
  );
}

function holds({ data, or, digit }: MrzParts['checks'][number]): boolean {
  // Where a field is not used, issuers leave its digit out as well.
  if (digit === '<') return /^<*$/.test(data);
  return /^[0-9]$/.test(digit) && [data, or ?? data].some((one) => mrzCheckDigit(one) === Number(digit));
}

function wordsOf(parts: MrzParts): Omit<Mrz, 'lines' | 'birthDate' | 'expiresOn'> {
  const names = parts.names.replace(/<+$/, '');
  const [surname = '', ...given] = names.split('<<');
  const sex = parts.sex === 'F' || parts.sex === 'M' ? parts.sex : '';
  const turkish = parts.issuingState === TURKEY;
  return {
    format: parts.format,
    documentCode: readable(parts.documentCode),
    issuingState: readable(parts.issuingState),
    documentNumber: parts.documentNumber,
    sex,
    nationality: readable(parts.nationality),
    surname: readable(surname),
    givenNames: readable(given.join('<')),
    namesCutOff: !parts.names.endsWith('<'),
    optional1: readable(parts.optional1),
    optional2: readable(parts.optional2),
    identityNumber: turkish ? (/^<?([0-9]{11})<*$/.exec(parts.optional1)?.[1] ?? '') : '',
  };
}

/** The year that a two-digit one stands for; it is a year of four digits. */
type Century = (twoDigits: number, rest: string) => number;

function bornBy(today: string): Century {
  return (year, rest) => (`${2000 + year}${rest}` <= today.replaceAll('-', '') ? 2000 : 1900) + year;
}

function expiring(today: string): Century {
  const now = Number(today.slice(0, 4));
  const outside = (year: number) =>
    Math.max(now - EXPIRY_YEARS.back - year, year - now - EXPIRY_YEARS.ahead, 0);
  return (year) =>
    [1900, 2000, 2100].map((base) => base + year).reduce((a, b) => (outside(b) < outside(a) ? b : a));
}

/** The day that six digits stand for; open days and months are left away, and no day at all is ''. Null: none such. */
function wholeDay(field: string, century: Century): string | null {
  if (field === '<<<<<<') return '';
  const match = /^([0-9]{2})([0-9]{2}|<<)([0-9]{2}|<<)$/.exec(field);
  if (match === null) return null;
  const [, year = '', month = '', day = ''] = match;
  const parts = [month, day].filter((part) => part !== '<<');
  if (month === '<<' && day !== '<<') return null;
  const whole = [String(century(Number(year), parts.join(''))), ...parts];
  const tried = [...whole, ...['01', '01'].slice(parts.length)].join('-');
  return parseDay(tried) === null ? null : whole.join('-');
}
