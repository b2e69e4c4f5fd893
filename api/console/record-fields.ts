import {
  BIRTH_DATE_PRECISIONS,
  FUNDS_SOURCES,
  IDENTITY_DOCUMENT_KINDS,
  LEGAL_CAPACITIES,
  METALS,
  OFFERED_HOLDERS,
  OWNERSHIP_METHODS,
  PAYMENT_KINDS,
  PUBLIC_INFLUENCE_KINDS,
  PURPOSES,
  SIGNING_KINDS,
  TRANSACTION_KINDS,
} from '../../domain/customer';

/** How a field of a record is asked for. */
export interface FieldSpec {
  /** Path in the record; inside a list relative to its item. */
  path: string;
  kind:
    | 'text'
    | 'lines'
    | 'day'
    | 'choice'
    | 'ticks'
    | 'yes_no'
    | 'country'
    | 'province'
    | 'district'
    | 'money'
    | 'share'
    | 'number_text'
    | 'email'
    | 'tel';
  /** Codes of a choice, and the key under which their words stand: `<words>.<code>`. */
  choices?: { words: string; codes: readonly string[] };
  /** An identity number: shown masked. */
  masked?: boolean;
  wide?: boolean;
  /** Seldom asked for: folded away until it says something. */
  more?: boolean;
}

/** Groups of fields that stand together on the form. */
export interface SectionSpec {
  id: string;
  /** Paths are inside items of this list. */
  list?: string;
  /** Not every file needs it: folded away until it says something. */
  optional?: boolean;
  fields: readonly FieldSpec[];
}

export const text = (path: string, extra: Partial<FieldSpec> = {}): FieldSpec => ({
  path,
  kind: 'text',
  ...extra,
});
export const day = (path: string): FieldSpec => ({ path, kind: 'day' });
export const number = (path: string, masked = true): FieldSpec => ({ path, kind: 'number_text', masked });
export const country = (path: string): FieldSpec => ({ path, kind: 'country' });
export const share = (path = 'share'): FieldSpec => ({ path, kind: 'share' });
export const yesNo = (path: string, words = 'record.choice.yesNo'): FieldSpec => ({
  path,
  kind: 'yes_no',
  choices: { words, codes: ['yes', 'no'] },
});
export const choice = (path: string, words: string, codes: readonly string[]): FieldSpec => ({
  path,
  kind: 'choice',
  choices: { words, codes },
});
const more = (fields: readonly FieldSpec[]): FieldSpec[] => fields.map((field) => ({ ...field, more: true }));

const CURRENCIES = ['TRY', 'USD', 'EUR'] as const;

export const birthDay = (at = ''): FieldSpec[] => [
  day(`${at}birthDate`),
  choice(`${at}birthDatePrecision`, 'record.choice.birthDatePrecision', BIRTH_DATE_PRECISIONS),
];

export const idDocument = (at = ''): FieldSpec[] => [
  choice(`${at}idDocument.type`, 'console.choice.document', IDENTITY_DOCUMENT_KINDS),
  text(`${at}idDocument.number`),
  day(`${at}idDocument.issuedOn`),
  day(`${at}idDocument.expiresOn`),
  country(`${at}idDocument.issuingCountry`),
  { path: `${at}idDocument.mrz`, kind: 'lines', wide: true },
];

export const address = (at = ''): FieldSpec[] => [
  country(`${at}address.country`),
  { path: `${at}address.province`, kind: 'province' },
  { path: `${at}address.district`, kind: 'district' },
  text(`${at}address.postalCode`),
  text(`${at}address.line`, { wide: true }),
];

export const contact = (at = ''): FieldSpec[] => [
  { path: `${at}phone`, kind: 'tel' },
  { path: `${at}email`, kind: 'email' },
];

export const publicInfluence = (at = ''): FieldSpec[] => [
  choice(`${at}publicInfluence.kind`, 'console.choice.publicInfluence', PUBLIC_INFLUENCE_KINDS),
  text(`${at}publicInfluence.office`),
  day(`${at}publicInfluence.endedOn`),
];

/** Somebody beside the customer: who they are in front, the rest of an identification folded. */
export const person = (at = 'person.'): FieldSpec[] => [
  text(`${at}givenNames`),
  text(`${at}surname`),
  number(`${at}tckn`),
  number(`${at}ykn`),
  day(`${at}birthDate`),
  country(`${at}nationality`),
  ...more([
    choice(`${at}birthDatePrecision`, 'record.choice.birthDatePrecision', BIRTH_DATE_PRECISIONS),
    yesNo(`${at}noSurname`),
    text(`${at}birthPlace`),
    text(`${at}occupation`),
    ...contact(at),
    ...idDocument(at),
    ...address(at),
    ...publicInfluence(at),
  ]),
];

export const authority = (at = 'authority.'): FieldSpec[] => [
  text(`${at}kind`),
  text(`${at}document`),
  day(`${at}from`),
  day(`${at}until`),
  choice(`${at}signing`, 'record.choice.signing', SIGNING_KINDS),
];

/** What every type declares about the relationship. */
export const DECLARATIONS: readonly FieldSpec[] = [
  choice('purpose', 'console.choice.purpose', PURPOSES),
  yesNo('onOwnAccount', 'console.choice.onOwnAccount'),
  {
    path: 'sourcesOfFunds',
    kind: 'ticks',
    choices: { words: 'record.choice.fundsSource', codes: FUNDS_SOURCES },
    wide: true,
  },
  text('sourceOfFunds'),
  text('sourceOfWealth'),
  number('iban', false),
];

export const TRANSACTION: SectionSpec = {
  id: 'transaction',
  fields: [
    choice('transaction.kind', 'console.choice.transaction', TRANSACTION_KINDS),
    { path: 'transaction.amountKurus', kind: 'money' },
    choice('transaction.currency', 'console.choice.currency', CURRENCIES),
    choice('transaction.payment', 'console.choice.payment', PAYMENT_KINDS),
    day('transaction.on'),
    choice('transaction.metal', 'record.choice.metal', METALS),
    text('transaction.purity'),
    number('transaction.grams', false),
    text('transaction.purpose'),
    text('transaction.description', { wide: true }),
  ],
};

export const CAPACITY: SectionSpec = {
  id: 'capacity',
  optional: true,
  fields: [choice('legalCapacity', 'record.choice.legalCapacity', LEGAL_CAPACITIES), day('deceasedOn')],
};

export const SHAREHOLDERS: SectionSpec = {
  id: 'shareholders',
  list: 'shareholders',
  fields: [
    text('name'),
    choice('kind', 'record.choice.shareholder', OFFERED_HOLDERS),
    share(),
    text('of'),
    ...more([number('vkn'), text('tradeRegisterNumber'), country('country')]),
  ],
};

export const BENEFICIAL_OWNERS: SectionSpec = {
  id: 'beneficialOwners',
  list: 'beneficialOwners',
  fields: [
    choice('method', 'console.choice.method', OWNERSHIP_METHODS),
    share(),
    text('path', { wide: true }),
    text('reason', { wide: true }),
    ...person(),
  ],
};
