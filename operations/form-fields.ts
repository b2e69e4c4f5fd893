import { countryName } from '../country-names';
import { isNaturalPerson, type CustomerType } from '../domain/customer';
import { valueAt } from '../domain/record-path';
import type { Language } from '../locales';
import { formatDay, formatMoney } from '../templates/helpers';
import type { FormField } from '../templates/forms';
import { textAt } from './package-lines';
import { packageWords, type PackageWords } from './package-words';

/** Fields of the printed form: which ones a type has, and what stands in them. */

/** Words of the form; `value` translates a code of the form's lists and leaves free text as it was typed. */
export interface FormWords extends Pick<
  PackageWords,
  't' | 'field' | 'finding' | 'document' | 'code' | 'provider' | 'basis'
> {
  language: Language;
  value: (group: string, code: string) => string;
}

export function formWords(language: Language): FormWords {
  const { t, field, finding, document, code, provider, basis } = packageWords(language);
  const value = (group: string, text: string): string => {
    try {
      return t(`form.value.${group}.${text}`);
    } catch {
      return text;
    }
  };
  return { t, field, finding, document, code, provider, basis, language, value };
}

/** A path, `?` behind it where it may stay empty, `!` where it takes the whole width. */
type Shown = string;

const PERSON: Shown[] = ['givenNames', 'surname', 'birthDate', 'nationality'];
const ID_DOCUMENT: Shown[] = [
  'idDocument.type',
  'idDocument.number',
  'idDocument.issuedOn?',
  'idDocument.expiresOn?',
];
const CONTACT: Shown[] = ['phone', 'email?'];
const ORGANISATION: Shown[] = ['activity', 'address!', 'phone', 'fax?', 'email?'];
const REGISTERED: Shown[] = ['registryNumber', 'registryOffice', 'vkn', 'taxOffice?', 'objective!'];

/** Identity block of each type (D-2.2 to D-2.6). */
const IDENTITY: Record<CustomerType, Shown[]> = {
  natural_person_tr: [...PERSON, 'tckn', ...ID_DOCUMENT, 'address!', 'occupation', ...CONTACT],
  natural_person_foreign: [
    ...PERSON,
    'ykn?',
    ...ID_DOCUMENT,
    'idDocument.issuingCountry',
    'address!',
    'occupation',
    ...CONTACT,
  ],
  company: [
    'title!',
    'tradeRegisterNumber',
    'tradeRegisterOffice',
    'vkn',
    'taxOffice?',
    'mersisNumber?',
    'naceCode?',
    ...ORGANISATION,
  ],
  company_foreign: [
    'title!',
    'countryOfRegistration',
    'tradeRegisterNumber',
    'tradeRegisterOffice',
    'foreignTaxNumber?',
    'vkn?',
    ...ORGANISATION,
  ],
  association: ['title!', ...REGISTERED, ...ORGANISATION],
  foundation: ['title!', ...REGISTERED, ...ORGANISATION],
  union: ['title!', ...REGISTERED, ...ORGANISATION],
  party: ['title!', ...REGISTERED, ...ORGANISATION],
  unincorporated: ['title!', 'bodyKind', 'objective?', 'vkn?', 'taxOffice?', ...ORGANISATION],
  public_body: ['title!', 'unit', 'detsisNumber?', 'vkn?', 'address!', 'phone', 'fax?', 'email?'],
};

/** Further fields of a sole trader, who is one customer in two capacities (T21). */
const SOLE_TRADER: Shown[] = [
  'tradeName!',
  'vkn',
  'taxOffice?',
  'tradeRegisterNumber?',
  'tradeRegisterOffice?',
  'activity',
];

/** Who somebody beside the customer is: the fields that identify a representative or an owner. */
const OTHER_PERSON: Shown[] = [...PERSON, 'tckn', 'ykn?', 'idDocument.type?', 'idDocument.number?'];

export function identityFields(type: CustomerType, record: unknown, words: FormWords): FormField[] {
  const trader = isNaturalPerson(type) && valueAt(record, 'soleTrader') === true ? SOLE_TRADER : [];
  const capacity = textAt(record, 'legalCapacity');
  const restricted: Shown[] = capacity === null || capacity === 'full' ? [] : ['legalCapacity'];
  return fieldsAt(record, [...IDENTITY[type], ...restricted, ...trader], words);
}

export function otherPersonFields(person: unknown, words: FormWords): FormField[] {
  // A foreigner's number stands in for the citizen's.
  const foreigner = textAt(person, 'ykn') !== null;
  const shown = OTHER_PERSON.filter((path) => path !== (foreigner ? 'tckn' : 'ykn?'));
  return fieldsAt(
    person,
    shown.map((path) => path.replace('ykn?', 'ykn')),
    words,
  );
}

export function fieldsAt(record: unknown, shown: readonly Shown[], words: FormWords): FormField[] {
  return shown.map((entry) => {
    const path = entry.replace(/[?!]$/, '');
    return {
      label: path === 'address' ? words.t('form.field.address') : words.field(path),
      value: valueInWords(record, path, words),
      wide: entry.endsWith('!'),
      optional: entry.endsWith('?'),
    };
  });
}

/** A field with a label of the form's own. */
export function ownField(
  words: FormWords,
  name: string,
  value: string | null,
  { wide = false, optional = false }: { wide?: boolean; optional?: boolean } = {},
): FormField {
  return { label: words.t(`form.field.${name}`), value, wide, optional };
}

const COUNTRY = /^(nationality|countryOfRegistration|idDocument\.issuingCountry)$/;

function valueInWords(record: unknown, path: string, words: FormWords): string | null {
  if (path === 'address') return addressText(valueAt(record, 'address'), words);
  const value = textAt(record, path);
  if (value === null || value.trim() === '') return null;
  if (path === 'birthDate' && textAt(record, 'birthDatePrecision') === 'year') return value.slice(0, 4);
  if (/(Date|On)$/.test(path)) return formatDay(value, words.language);
  if (COUNTRY.test(path)) return countryName(value, words.language);
  if (path === 'idDocument.type') return words.document(value);
  if (path === 'bodyKind') return words.value('bodyKind', value);
  return path === 'legalCapacity' ? words.value('capacity', value) : value;
}

/** An address as it stands on a letter: street, then postcode, district and province. */
function addressText(address: unknown, { language }: FormWords): string | null {
  const part = (name: string) => textAt(address, name);
  const country = part('country');
  const place = [part('postalCode'), [part('district'), part('province')].filter(Boolean).join(' / ')];
  const abroad = country === null || country === 'TUR' ? null : countryName(country, language);
  const parts = [part('line'), place.filter(Boolean).join(' '), abroad];
  const text = parts.filter((entry) => entry !== null && entry.trim() !== '').join(', ');
  return text === '' ? null : text;
}

/** The transaction block (D-2.9, 4). */
export function transactionFields(transaction: unknown, words: FormWords): FormField[] {
  const at = (name: string) => textAt(transaction, name);
  const coded = (group: string, name: string) => {
    const code = at(name);
    return code === null ? null : words.value(group, code);
  };
  const shown = (name: string, value: string | null, { wide = false, optional = false } = {}): FormField => ({
    label: words.field(`transaction.${name}`),
    value,
    wide,
    optional,
  });
  const amount = valueAt(transaction, 'amountKurus');
  const on = at('on');
  const currency = at('currency') ?? 'TRY';
  const money = typeof amount === 'number' ? formatMoney(amount, words.language, currency) : null;
  return [
    shown('kind', coded('transactionKind', 'kind')),
    shown('on', on === null ? null : formatDay(on, words.language)),
    shown('metal', coded('metal', 'metal')),
    shown('purity', at('purity')),
    shown('grams', at('grams')),
    shown('amountKurus', money),
    shown('payment', coded('payment', 'payment')),
    shown('purpose', at('purpose'), { optional: true }),
    shown('description', at('description'), { wide: true, optional: true }),
  ];
}
