import {
  IDENTITY_DOCUMENT_KINDS,
  PUBLIC_INFLUENCE_KINDS,
  PURPOSES,
  type CustomerType,
  type Trigger,
} from '../../domain/customer';

/** How a field of a record is asked for. */
export interface FieldSpec {
  /** Path in the record; inside a list relative to its item. */
  path: string;
  kind:
    'text' | 'day' | 'choice' | 'yes_no' | 'province' | 'money' | 'share' | 'number_text' | 'email' | 'tel';
  /** Group and codes of a choice: words are `console.choice.<group>.<code>`. */
  choices?: { group: string; codes: readonly string[] };
  /** An identity number: shown masked. */
  masked?: boolean;
  wide?: boolean;
}

export interface SectionSpec {
  id: string;
  /** Paths are inside items of this list. */
  list?: string;
  fields: readonly FieldSpec[];
}

const text = (path: string, extra: Partial<FieldSpec> = {}): FieldSpec => ({ path, kind: 'text', ...extra });
const day = (path: string): FieldSpec => ({ path, kind: 'day' });
const number = (path: string, masked = true): FieldSpec => ({ path, kind: 'number_text', masked });
const choice = (path: string, group: string, codes: readonly string[]): FieldSpec => ({
  path,
  kind: 'choice',
  choices: { group, codes },
});

/** Codes that forms offer for fields which the record keeps as free text. */
const TRANSACTION_KINDS = ['sale', 'purchase', 'exchange', 'other'] as const;
const PAYMENTS = ['cash', 'transfer', 'card', 'other'] as const;
const CURRENCIES = ['TRY', 'USD', 'EUR'] as const;
const SHAREHOLDER_KINDS = ['natural_person', 'company'] as const;
const METHODS = ['share', 'control', 'top_executive'] as const;

const CONTACT: SectionSpec = {
  id: 'contact',
  fields: [
    { path: 'phone', kind: 'tel' },
    { path: 'email', kind: 'email' },
  ],
};

const ADDRESS: SectionSpec = {
  id: 'address',
  fields: [
    { path: 'address.province', kind: 'province' },
    text('address.district'),
    text('address.line', { wide: true }),
    text('address.postalCode'),
    text('address.country'),
  ],
};

const AUTHORITY = (at: string): FieldSpec[] => [
  text(`${at}authority.kind`),
  text(`${at}authority.document`),
  day(`${at}authority.from`),
  day(`${at}authority.until`),
  text(`${at}authority.signing`),
];

const PERSON = (at: string): FieldSpec[] => [
  text(`${at}person.givenNames`),
  text(`${at}person.surname`),
  number(`${at}person.tckn`),
  number(`${at}person.ykn`),
  day(`${at}person.birthDate`),
];

const TRANSACTION: SectionSpec = {
  id: 'transaction',
  fields: [
    choice('transaction.kind', 'transaction', TRANSACTION_KINDS),
    { path: 'transaction.amountKurus', kind: 'money' },
    choice('transaction.currency', 'currency', CURRENCIES),
    choice('transaction.payment', 'payment', PAYMENTS),
    day('transaction.on'),
    text('transaction.description', { wide: true }),
  ],
};

const PERSON_SECTIONS: SectionSpec[] = [
  {
    id: 'identity',
    fields: [
      text('givenNames'),
      text('surname'),
      number('tckn'),
      day('birthDate'),
      choice('nationality', 'nationality', ['TUR']),
      text('occupation'),
    ],
  },
  {
    id: 'idDocument',
    fields: [
      choice('idDocument.type', 'document', IDENTITY_DOCUMENT_KINDS),
      text('idDocument.number'),
      day('idDocument.issuedOn'),
      day('idDocument.expiresOn'),
      text('idDocument.issuingCountry'),
    ],
  },
  CONTACT,
  ADDRESS,
  {
    id: 'declarations',
    fields: [
      choice('purpose', 'purpose', PURPOSES),
      { path: 'onOwnAccount', kind: 'yes_no' },
      choice('publicInfluence.kind', 'publicInfluence', PUBLIC_INFLUENCE_KINDS),
      text('publicInfluence.office'),
      day('publicInfluence.endedOn'),
      text('sourceOfFunds'),
      number('iban', false),
    ],
  },
  { id: 'representative', fields: [...PERSON('representative.'), ...AUTHORITY('representative.')] },
];

const COMPANY_SECTIONS: SectionSpec[] = [
  {
    id: 'company',
    fields: [
      text('title', { wide: true }),
      number('vkn'),
      text('tradeRegisterNumber'),
      text('tradeRegisterOffice'),
      number('mersisNumber', false),
      text('activity'),
    ],
  },
  CONTACT,
  ADDRESS,
  {
    id: 'declarations',
    fields: [
      choice('purpose', 'purpose', PURPOSES),
      { path: 'onOwnAccount', kind: 'yes_no' },
      text('sourceOfFunds'),
      number('iban', false),
    ],
  },
  { id: 'representatives', list: 'representatives', fields: [...PERSON(''), ...AUTHORITY('')] },
  {
    id: 'shareholders',
    list: 'shareholders',
    fields: [
      text('name'),
      choice('kind', 'shareholder', SHAREHOLDER_KINDS),
      { path: 'share', kind: 'share' },
      text('of'),
    ],
  },
  {
    id: 'beneficialOwners',
    list: 'beneficialOwners',
    fields: [
      ...PERSON(''),
      choice('method', 'method', METHODS),
      { path: 'share', kind: 'share' },
      text('path', { wide: true }),
    ],
  },
];

/** What is asked of a customer of this type: the transaction only where one is the reason for the file. */
export function sectionsOf(type: CustomerType, trigger: Trigger): SectionSpec[] {
  const sections = type === 'company' ? COMPANY_SECTIONS : PERSON_SECTIONS;
  return trigger === 'threshold' || trigger === 'linked' ? [...sections, TRANSACTION] : sections;
}

/** The few fields that a file is opened with; the rest follows on its own page. */
export function openingFields(type: CustomerType): FieldSpec[] {
  return type === 'company'
    ? [text('title', { wide: true }), number('vkn'), ...CONTACT.fields]
    : [text('givenNames'), text('surname'), number('tckn'), day('birthDate'), ...CONTACT.fields];
}
