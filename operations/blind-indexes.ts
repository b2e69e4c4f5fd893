import type { SharedField } from '../domain/duplicates';
import { nameKey } from '../domain/duplicates';
import { foldKey, searchWords } from '../domain/names';
import { checkPhone } from '../domain/phone';
import { IDENTITY_NUMBER_PATHS } from '../domain/record';
import { valuesAt } from '../domain/record-path';
import { blindIndex } from '../stores/crypto';

/** Addresses shorter than this ("merkez") name no place. */
const ADDRESS_LENGTH_MIN = 8;
const TURKEY = 'tur';

export interface BlindIndex {
  field: SharedField;
  digest: Buffer;
}

/**
 * Keyed fingerprints of whole values: they find the same number, name with birth date, paper or address again without
 * holding it. Equality only; another dealer's fingerprints never match.
 */
export function blindIndexes(dealerKey: Buffer, record: unknown): BlindIndex[] {
  const values = [
    ...numberValues(record),
    ...personValues(record),
    ...optional('address', addressKey(record)),
  ];
  const unique = new Map(values.map(([field, value]) => [`${field}|${value}`, { field, value }]));
  return [...unique.values()].map(({ field, value }) => ({
    field,
    digest: blindIndex(dealerKey, field, value),
  }));
}

type Value = [field: SharedField, value: string];

function numberValues(record: unknown): Value[] {
  return [
    ...identityNumbers(record)
      .filter((value) => !isFiller(value))
      .map((value): Value => ['identity', value]),
    ...textsAt(record, 'phone').flatMap((value) => optional('phone', checkPhone(value).normalized)),
    ...textsAt(record, 'email').map((value): Value => ['email', value.trim().toLowerCase()]),
    ...textsAt(record, 'idDocument.number').map((number): Value => ['document', documentKey(record, number)]),
    ...textsAt(record, 'mersisNumber').map((number): Value => ['mersis', number.replaceAll(/\D/g, '')]),
    ...['tradeRegisterNumber', 'registryNumber']
      .flatMap((path) => textsAt(record, path))
      .map((number): Value => ['register', foldKey(number)]),
  ];
}

/** One digit repeated stands for "none" in somebody's books (T20): it is nobody's number. */
function isFiller(digits: string): boolean {
  return /^(\d)\1*$/.test(digits);
}

/** Papers of two countries may bear one number (T23). */
function documentKey(record: unknown, number: string): string {
  const [type] = textsAt(record, 'idDocument.type');
  const [issuer] = textsAt(record, 'idDocument.issuingCountry');
  const [nationality] = textsAt(record, 'nationality');
  // Cards are Turkish unless they say otherwise; of a passport its holder's nationality tells more.
  const country = foldKey(issuer ?? (type === 'passport' ? nationality : undefined) ?? TURKEY);
  const code = ['tr', 'turkiye', 'turkey'].includes(country) ? TURKEY : country;
  return `${code}|${number.replaceAll(/[\s-]/g, '').toUpperCase()}`;
}

/** Name and birth date together; the date alone or a year alone (T15) says nothing. */
function personValues(record: unknown): Value[] {
  const [birthDate] = textsAt(record, 'birthDate');
  const [precision] = textsAt(record, 'birthDatePrecision');
  if (birthDate === undefined || precision === 'year') return [];
  const [givenNames = ''] = textsAt(record, 'givenNames');
  const [surname = ''] = textsAt(record, 'surname');
  const name = nameKey(`${givenNames} ${surname}`);
  return [
    ...optional('name_birth', name === '' ? null : `${name}|${birthDate}`),
    ...searchWords(surname).map((word): Value => ['surname_birth', `${word}|${birthDate}`]),
  ];
}

/** One key for one place however it is written, or null where too little is known. */
export function addressKey(record: unknown): string | null {
  const [line = '', province = '', district = ''] = ['line', 'province', 'district'].map(
    (part) => textsAt(record, `address.${part}`)[0],
  );
  const key = foldKey(line);
  return key.length < ADDRESS_LENGTH_MIN ? null : `${foldKey(province)}|${foldKey(district)}|${key}`;
}

/** The customer's own identity numbers, separators dropped; those of people behind it are not what finds it. */
export function identityNumbers(record: unknown): string[] {
  return IDENTITY_NUMBER_PATHS.filter((path) => !path.includes('.'))
    .flatMap((path) => textsAt(record, path))
    .map((value) => value.replaceAll(/[\s-]/g, ''))
    .filter((value) => /^\d{4,}$/.test(value));
}

/** The texts at a path that say something. */
export function textsAt(record: unknown, path: string): string[] {
  return valuesAt(record, path).flatMap(({ value }) =>
    typeof value === 'string' && value.trim() !== '' ? [value] : [],
  );
}

function optional(field: SharedField, value: string | null): Value[] {
  return value === null ? [] : [[field, value]];
}
