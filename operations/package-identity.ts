import { countryName } from '../country-names';
import { isNaturalPerson, type CustomerType } from '../domain/customer';
import { parseDay } from '../domain/days';
import type { PackageProfile } from '../domain/package-manifest';
import { maskRecord } from '../domain/record';
import { valueAt } from '../domain/record-path';
import { listAt, personName, textAt } from './package-lines';
import type { PackageItem } from './package-snapshot';
import type { PackageWords } from './package-words';

/** What a type's file always shows, said or not, and what it shows where it is said. */
interface Shown {
  always: readonly string[];
  whereSaid: readonly string[];
}

const ID_DOCUMENT = ['type', 'number', 'issuedOn', 'expiresOn', 'issuingCountry'].map(
  (field) => `idDocument.${field}`,
);
const PERSON: Shown = {
  always: ['givenNames', 'surname', 'birthDate', 'nationality', ...ID_DOCUMENT, 'occupation'],
  whereSaid: [
    'noSurname',
    'birthDatePrecision',
    'birthPlace',
    'tckn',
    'ykn',
    'publicInfluence.kind',
    'publicInfluence.office',
    'publicInfluence.endedOn',
    'legalCapacity',
    'deceasedOn',
    'soleTrader',
    'tradeName',
    'vkn',
    'taxOffice',
    'tradeRegisterNumber',
    'tradeRegisterOffice',
    'activity',
  ],
};

const organisation = (always: readonly string[], whereSaid: readonly string[] = []): Shown => ({
  always: ['title', ...always],
  whereSaid: [...whereSaid, 'taxOffice', 'activity', 'establishedOn', 'fax'],
});
const REGISTERED = organisation(['objective', 'registryNumber', 'registryOffice', 'vkn']);
const SHOWN: Record<CustomerType, Shown> = {
  natural_person_tr: { ...PERSON, always: ['tckn', ...PERSON.always] },
  natural_person_foreign: { ...PERSON, always: [...PERSON.always, 'birthPlace'] },
  company: organisation(['vkn', 'tradeRegisterNumber', 'tradeRegisterOffice'], ['mersisNumber', 'naceCode']),
  company_foreign: organisation(
    ['countryOfRegistration', 'tradeRegisterNumber', 'tradeRegisterOffice'],
    ['foreignTaxNumber', 'vkn'],
  ),
  association: REGISTERED,
  foundation: REGISTERED,
  union: REGISTERED,
  party: REGISTERED,
  unincorporated: organisation(['bodyKind'], ['objective', 'vkn']),
  public_body: organisation(['unit'], ['detsisNumber', 'vkn']),
};
const ADDRESS: Shown = {
  always: ['line', 'district', 'province'].map((field) => `address.${field}`),
  whereSaid: ['address.postalCode', 'address.country'],
};
const OF_ALL: Shown = {
  always: ['phone', 'email', 'purpose'],
  whereSaid: [
    'sourcesOfFunds',
    'sourceOfFunds',
    'sourceOfWealth',
    'iban',
    'taxResidency.country',
    'taxResidency.number',
    'onBehalfOf.title',
    'onBehalfOf.vkn',
    'onBehalfOf.authority.kind',
    'onBehalfOf.authority.document',
  ],
};

/** Declarations that are asked for MASAK's sake: the tax profile says nothing of them, as its workbook does (D-7.2). */
const MASAK_ONLY = ['publicInfluence', 'sourcesOfFunds', 'sourceOfFunds', 'sourceOfWealth', 'onBehalfOf'];

/** Whether a file of the profile may show a field of a record, named by its path. */
export function isShownIn(profile: PackageProfile, path: string): boolean {
  return profile === 'masak' || !MASAK_ONLY.some((field) => path === field || path.startsWith(`${field}.`));
}

function forProfile(record: object, profile: PackageProfile): object {
  return Object.fromEntries(Object.entries(record).filter(([field]) => isShownIn(profile, field)));
}

/** Facts of a customer's file, by the fields of its type; identity numbers masked, codes in words. */
export function identityRows(
  item: PackageItem,
  words: PackageWords,
  profile: PackageProfile,
): { label: string; value: string | null }[] {
  const record = forProfile(maskRecord(item.record), profile);
  const rows = [SHOWN[item.type], ADDRESS, OF_ALL].flatMap(({ always, whereSaid }) => [
    ...always.map((path) => ({ label: words.field(path), value: inWords(record, path, words) })),
    ...whereSaid
      .filter((path) => !always.includes(path))
      .map((path) => ({ label: words.field(path), value: inWords(record, path, words) }))
      .filter(({ value }) => value !== null),
  ]);
  const principal = valueAt(record, 'onBehalfOf');
  if (valueAt(principal, 'person') !== undefined)
    rows.push({ label: words.field('onBehalfOf'), value: personName(principal) });
  const partners = listAt(record, 'partners').map((partner) => {
    const share = valueAt(partner, 'share');
    return typeof share === 'number'
      ? `${personName(partner)} (${words.percent(share)})`
      : personName(partner);
  });
  if (partners.length > 0) rows.push({ label: words.field('partners'), value: partners.join('; ') });
  return rows;
}

/** The field of the number that a type is known by. */
export function numberField(type: CustomerType): string {
  if (type === 'natural_person_foreign') return 'ykn';
  return isNaturalPerson(type) ? 'tckn' : 'vkn';
}

/** Groups of `record.choice` by path. */
const CHOICES: Record<string, string> = {
  birthDatePrecision: 'birthDatePrecision',
  legalCapacity: 'legalCapacity',
  bodyKind: 'bodyKind',
  sourcesOfFunds: 'fundsSource',
};
const COUNTRIES = [
  'nationality',
  'idDocument.issuingCountry',
  'address.country',
  'countryOfRegistration',
  'taxResidency.country',
];

function inWords(record: unknown, path: string, words: PackageWords): string | null {
  const stored = valueAt(record, path);
  const group = CHOICES[path];
  if (Array.isArray(stored)) {
    const codes = stored.filter((item) => typeof item === 'string');
    return codes.length === 0 ? null : codes.map((code) => words.choice(group ?? path, code)).join(', ');
  }
  if (typeof stored === 'boolean') return words.choice('yesNo', stored ? 'yes' : 'no');
  const value = textAt(record, path);
  if (value === null) return null;
  if (group !== undefined) return words.choice(group, value);
  if (COUNTRIES.includes(path)) return countryName(value, words.language);
  if (path === 'purpose') return words.code('value.purpose', value);
  if (path === 'publicInfluence.kind') return words.code('value.influence', value);
  if (path === 'idDocument.type') return words.document(value);
  return /(Date|On)$/.test(path) && parseDay(value) !== null ? words.day(value) : value;
}
