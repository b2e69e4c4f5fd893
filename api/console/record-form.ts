import { BODY_KINDS, isNaturalPerson, type CustomerType, type Trigger } from '../../domain/customer';
import {
  address,
  authority,
  BENEFICIAL_OWNERS,
  birthDay,
  CAPACITY,
  choice,
  contact,
  country,
  day,
  DECLARATIONS,
  idDocument,
  number,
  person,
  publicInfluence,
  share,
  SHAREHOLDERS,
  text,
  TRANSACTION,
  yesNo,
  type FieldSpec,
  type SectionSpec,
} from './record-fields';

const ADDRESS: SectionSpec = { id: 'address', fields: address() };
const TAX_RESIDENCY: SectionSpec = {
  id: 'taxResidency',
  optional: true,
  fields: [country('taxResidency.country'), text('taxResidency.number')],
};
const ON_BEHALF_OF: SectionSpec = {
  id: 'onBehalfOf',
  optional: true,
  fields: [
    text('onBehalfOf.title', { wide: true }),
    number('onBehalfOf.vkn'),
    ...person('onBehalfOf.person.'),
    ...authority('onBehalfOf.authority.'),
  ],
};

/** Both kinds of people have the same record; what is seldom theirs is folded away. */
function personSections(type: 'natural_person_tr' | 'natural_person_foreign'): SectionSpec[] {
  const foreign = type === 'natural_person_foreign';
  const seldom = (fields: readonly FieldSpec[], isSeldom: boolean): FieldSpec[] =>
    fields.map((field) => (isSeldom ? { ...field, more: true } : field));
  return [
    {
      id: 'identity',
      fields: [
        text('givenNames'),
        text('surname'),
        ...seldom([yesNo('noSurname')], !foreign),
        ...seldom([number('ykn')], !foreign),
        ...seldom([number('tckn')], foreign),
        ...birthDay(),
        ...seldom([text('birthPlace')], !foreign),
        country('nationality'),
        text('occupation'),
      ],
    },
    { id: 'idDocument', fields: idDocument() },
    { id: 'contact', fields: contact() },
    ADDRESS,
    { id: 'declarations', fields: [...DECLARATIONS, ...publicInfluence()] },
    ON_BEHALF_OF,
    {
      id: 'representative',
      optional: true,
      fields: [...person('representative.person.'), ...authority('representative.authority.')],
    },
    CAPACITY,
    {
      id: 'soleTrader',
      optional: true,
      fields: [
        yesNo('soleTrader'),
        text('tradeName', { wide: true }),
        number('vkn'),
        text('taxOffice'),
        text('tradeRegisterNumber'),
        text('tradeRegisterOffice'),
        text('activity', { wide: true }),
      ],
    },
    TAX_RESIDENCY,
  ];
}

const TAX = [number('vkn'), text('taxOffice')];
const TITLE = text('title', { wide: true });
const REGISTERED_BODY = [
  TITLE,
  text('objective', { wide: true }),
  text('registryNumber'),
  text('registryOffice'),
  ...TAX,
];

type Organisation = Exclude<CustomerType, 'natural_person_tr' | 'natural_person_foreign'>;

/** What an organisation is, by the register that its law names (D-2.4 to D-2.6). */
const BODY: Record<Organisation, readonly FieldSpec[]> = {
  company: [
    TITLE,
    ...TAX,
    text('tradeRegisterNumber'),
    text('tradeRegisterOffice'),
    number('mersisNumber', false),
    text('naceCode'),
  ],
  company_foreign: [
    TITLE,
    country('countryOfRegistration'),
    text('tradeRegisterNumber'),
    text('tradeRegisterOffice'),
    text('foreignTaxNumber'),
    ...TAX,
  ],
  association: REGISTERED_BODY,
  foundation: REGISTERED_BODY,
  union: REGISTERED_BODY,
  party: REGISTERED_BODY,
  unincorporated: [
    TITLE,
    choice('bodyKind', 'record.choice.bodyKind', BODY_KINDS),
    text('objective', { wide: true }),
    ...TAX,
  ],
  public_body: [TITLE, text('unit'), text('detsisNumber'), ...TAX],
};

const PARTNERS: SectionSpec = { id: 'partners', list: 'partners', fields: [share(), ...person()] };

function organisationSections(type: Organisation): SectionSpec[] {
  const owned = type === 'company' || type === 'company_foreign';
  return [
    {
      id: 'organisation',
      fields: [...BODY[type], text('activity', { wide: true }), day('establishedOn')],
    },
    { id: 'contact', fields: [...contact(), { path: 'fax', kind: 'tel' }] },
    ADDRESS,
    { id: 'declarations', fields: DECLARATIONS },
    ON_BEHALF_OF,
    { id: 'representatives', list: 'representatives', fields: [...person(), ...authority()] },
    ...(owned ? [SHAREHOLDERS] : []),
    ...(type === 'unincorporated' ? [PARTNERS] : []),
    BENEFICIAL_OWNERS,
    TAX_RESIDENCY,
  ];
}

/** What is asked of a customer of this type: the transaction only where one is the reason for the file. */
export function sectionsOf(type: CustomerType, trigger: Trigger): SectionSpec[] {
  const sections =
    type === 'natural_person_tr' || type === 'natural_person_foreign'
      ? personSections(type)
      : organisationSections(type);
  return trigger === 'threshold' || trigger === 'linked' ? [...sections, TRANSACTION] : sections;
}

const NUMBERS: Partial<Record<CustomerType, FieldSpec>> = {
  natural_person_tr: number('tckn'),
  natural_person_foreign: number('ykn'),
  company_foreign: text('tradeRegisterNumber'),
};

/** The few fields that a file is opened with; the rest follows on its own page. */
export function openingFields(type: CustomerType): FieldSpec[] {
  const own = NUMBERS[type] ?? number('vkn');
  return isNaturalPerson(type)
    ? [text('givenNames'), text('surname'), own, day('birthDate'), ...contact()]
    : [TITLE, own, ...contact()];
}

/** Lists of a record, as its form and its findings name them. */
export const RECORD_LISTS: readonly string[] = [
  'representatives',
  'shareholders',
  'partners',
  'beneficialOwners',
];

/** Members of a record that a finding may be about as a whole, each a section of the form. */
export const RECORD_PARTS: readonly string[] = [
  'idDocument',
  'address',
  'representative',
  'onBehalfOf',
  'taxResidency',
  'transaction',
];
