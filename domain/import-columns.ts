import {
  BIRTH_DATE_PRECISIONS,
  BODY_KINDS,
  CUSTOMER_TYPES,
  FUNDS_SOURCES,
  IDENTITY_DOCUMENT_KINDS,
  isNaturalPerson,
  LEGAL_CAPACITIES,
  METALS,
  OFFERED_HOLDERS,
  OWNERSHIP_METHODS,
  PAYMENT_KINDS,
  PUBLIC_INFLUENCE_KINDS,
  PURPOSES,
  SIGNING_KINDS,
  TRANSACTION_KINDS,
  TRIGGERS,
  type CustomerType,
} from './customer';

/** Version of the template; a file made from another one is read by its headings all the same. */
export const TEMPLATE_VERSION = '2026.11.1';

/** How a cell becomes a value: `list` is split at semicolons, each part a code where it is a code's word; `amount` is lira, stored as kuruş. */
export type ImportKind = 'text' | 'day' | 'yes_no' | 'percent' | 'amount' | 'list' | 'code';

/** Lists of codes that a sheet offers by their words. */
export const IMPORT_CODES = {
  type: CUSTOMER_TYPES,
  trigger: TRIGGERS,
  language: ['tr', 'en'],
  idDocument: IDENTITY_DOCUMENT_KINDS,
  purpose: PURPOSES,
  publicInfluence: PUBLIC_INFLUENCE_KINDS,
  capacity: LEGAL_CAPACITIES,
  bodyKind: BODY_KINDS,
  method: OWNERSHIP_METHODS,
  shareholder: OFFERED_HOLDERS,
  precision: BIRTH_DATE_PRECISIONS,
  signing: SIGNING_KINDS,
  funds: FUNDS_SOURCES,
  transaction: TRANSACTION_KINDS,
  payment: PAYMENT_KINDS,
  metal: METALS,
} as const satisfies Record<string, readonly string[]>;
export type ImportCodeList = keyof typeof IMPORT_CODES;

export interface ImportColumn {
  /** As D-7.2 writes headings: lower case, ASCII, underscores. */
  heading: string;
  kind: ImportKind;
  codes?: ImportCodeList;
  /** Cells offer the 81 provinces. */
  provinces?: true;
  /** Where the value goes in the record of this type; null where the type has no such field. */
  pathFor: (type: CustomerType) => string | null;
}

type ColumnSpec = [
  heading: string,
  path: string,
  kind?: ImportKind,
  extra?: Pick<ImportColumn, 'codes' | 'provinces'>,
];

const column = ([heading, path, kind = 'text', extra = {}]: ColumnSpec): ImportColumn => ({
  heading,
  kind,
  ...extra,
  pathFor: () => path,
});

/** Fields of a person, wherever one stands. */
const PERSON: ColumnSpec[] = [
  ['ad', 'givenNames'],
  ['soyad', 'surname'],
  ['soyad_yok', 'noSurname', 'yes_no'],
  ['tckn', 'tckn'],
  ['ykn', 'ykn'],
  ['dogum_tarihi', 'birthDate', 'day'],
  ['dogum_tarihi_kesinligi', 'birthDatePrecision', 'code', { codes: 'precision' }],
  ['dogum_yeri', 'birthPlace'],
  ['uyruk', 'nationality'],
  ['belge_turu', 'idDocument.type', 'code', { codes: 'idDocument' }],
  ['belge_no', 'idDocument.number'],
  ['belge_duzenlenme', 'idDocument.issuedOn', 'day'],
  ['belge_gecerlilik', 'idDocument.expiresOn', 'day'],
  ['belge_ulkesi', 'idDocument.issuingCountry'],
  ['belge_mrz', 'idDocument.mrz'],
  ['meslek', 'occupation'],
  ['ulke', 'address.country'],
  ['il', 'address.province', 'text', { provinces: true }],
  ['ilce', 'address.district'],
  ['adres', 'address.line'],
  ['posta_kodu', 'address.postalCode'],
  ['telefon', 'phone'],
  ['eposta', 'email'],
  ['kns', 'publicInfluence.kind', 'code', { codes: 'publicInfluence' }],
  ['kns_gorev', 'publicInfluence.office'],
  ['kns_bitis', 'publicInfluence.endedOn', 'day'],
];

const AUTHORITY: ColumnSpec[] = [
  ['sifat', 'authority.kind'],
  ['dayanak', 'authority.document'],
  ['baslangic', 'authority.from', 'day'],
  ['bitis', 'authority.until', 'day'],
  ['imza_sekli', 'authority.signing', 'code', { codes: 'signing' }],
];

const ofPerson = (specs: readonly ColumnSpec[]): ColumnSpec[] =>
  specs.map(([heading, path, kind, extra]) => [heading, `person.${path}`, kind, extra] as ColumnSpec);

/** A column whose place depends on whether the customer is a person. */
const byNature = (heading: string, person: string | null, organisation: string | null): ImportColumn => ({
  heading,
  kind: 'text',
  pathFor: (type) => (isNaturalPerson(type) ? person : organisation),
});

const identityNumber: ImportColumn = {
  heading: 'tckn_vkn_ykn',
  kind: 'text',
  pathFor: (type) =>
    type === 'natural_person_tr' ? 'tckn' : type === 'natural_person_foreign' ? 'ykn' : 'vkn',
};

const own = (specs: readonly ColumnSpec[], headings?: readonly string[]): ImportColumn[] =>
  specs.filter(([heading]) => headings === undefined || headings.includes(heading)).map(column);

const person = (...headings: string[]) => own(PERSON, headings);

/** The row's own name in the file; the other sheets refer to it. */
export const KEY_HEADING = 'musteri_no';
/** What stands in the key column of the template's example row, folded: such a row is passed over. */
export const SAMPLE_KEY = 'ornek';
/** The column of a returned file; whoever corrects it may leave it in. */
export const ERRORS_HEADING = 'hatalar';

export const TYPE_HEADING = 'tip';
export const TRIGGER_HEADING = 'tetik';
export const LANGUAGE_HEADING = 'dil';
export const BRANCH_HEADING = 'sube';

/** Columns that say what the row is, and are no part of the record. */
const FRAME: ImportColumn[] = [
  { heading: KEY_HEADING, kind: 'text', pathFor: () => null },
  { heading: TYPE_HEADING, kind: 'code', codes: 'type', pathFor: () => null },
  { heading: TRIGGER_HEADING, kind: 'code', codes: 'trigger', pathFor: () => null },
  { heading: LANGUAGE_HEADING, kind: 'code', codes: 'language', pathFor: () => null },
  { heading: BRANCH_HEADING, kind: 'text', pathFor: () => null },
];

/** D-7.2's 01_Musteriler without its generated columns, and what the ten types need beyond them. */
const CUSTOMER: ImportColumn[] = [
  ...FRAME,
  byNature('unvan_ad', 'givenNames', 'title'),
  ...person('soyad'),
  identityNumber,
  ...person('dogum_tarihi', 'uyruk'),
  byNature('meslek_faaliyet', 'occupation', 'activity'),
  ...person('il', 'ilce', 'adres', 'telefon', 'eposta'),
  column(['amac', 'purpose', 'code', { codes: 'purpose' }]),
  column(['kendi_hesabina', 'onOwnAccount', 'yes_no']),
  ...person('kns', 'kns_gorev', 'kns_bitis'),
  ...person('belge_turu', 'belge_no', 'belge_duzenlenme', 'belge_gecerlilik', 'belge_ulkesi', 'belge_mrz'),
  ...own([
    ['vergi_dairesi', 'taxOffice'],
    ['sicil_no', 'tradeRegisterNumber'],
    ['sicil_mudurlugu', 'tradeRegisterOffice'],
    ['mersis_no', 'mersisNumber'],
    ['nace_kodu', 'naceCode'],
    ['kurulus_tarihi', 'establishedOn', 'day'],
  ]),
  ...person('ulke', 'posta_kodu'),
  column(['faks', 'fax']),
  ...person('soyad_yok', 'dogum_tarihi_kesinligi', 'dogum_yeri', 'tckn', 'ykn'),
  column(['vkn', 'vkn']),
  ...own([
    ['iban', 'iban'],
    ['fon_kaynagi', 'sourceOfFunds'],
    ['fon_kaynaklari', 'sourcesOfFunds', 'list', { codes: 'funds' }],
    ['servet_kaynagi', 'sourceOfWealth'],
    ['vergi_mukim_ulke', 'taxResidency.country'],
    ['vergi_mukim_no', 'taxResidency.number'],
    ['ehliyet', 'legalCapacity', 'code', { codes: 'capacity' }],
    ['vefat_tarihi', 'deceasedOn', 'day'],
    ['sahis_isletmesi', 'soleTrader', 'yes_no'],
    ['isletme_adi', 'tradeName'],
    ['faaliyet', 'activity'],
    ['sicil_ulkesi', 'countryOfRegistration'],
    ['yabanci_vergi_no', 'foreignTaxNumber'],
    ['amac_konusu', 'objective'],
    ['kutuk_no', 'registryNumber'],
    ['kutuk_yeri', 'registryOffice'],
    ['tesekkul_turu', 'bodyKind', 'code', { codes: 'bodyKind' }],
    ['birim', 'unit'],
    ['detsis_no', 'detsisNumber'],
    ['islem_turu', 'transaction.kind', 'code', { codes: 'transaction' }],
    ['islem_aciklama', 'transaction.description'],
    ['islem_tutari', 'transaction.amountKurus', 'amount'],
    ['islem_doviz', 'transaction.currency'],
    ['islem_odeme', 'transaction.payment', 'code', { codes: 'payment' }],
    ['islem_tarihi', 'transaction.on', 'day'],
    ['islem_maden', 'transaction.metal', 'code', { codes: 'metal' }],
    ['islem_ayar', 'transaction.purity'],
    ['islem_gram', 'transaction.grams'],
    ['islem_amaci', 'transaction.purpose'],
  ]),
];

/** A sheet whose rows belong to a customer's row: a list of the record, or one part of it. */
export interface RelatedSheet {
  /** Name of the sheet. */
  name: string;
  /** Beginning of its columns in a flat file: `temsilci1_ad`. */
  prefix: string;
  /** Where its rows go in a record of this type; null where the type has no such part. */
  listFor: (type: CustomerType) => { path: string; many: boolean } | null;
  columns: readonly ImportColumn[];
}

export const MAIN_SHEET = 'Musteriler';

export const RELATED_SHEETS: readonly RelatedSheet[] = [
  {
    name: 'Temsilciler',
    prefix: 'temsilci',
    listFor: (type) =>
      isNaturalPerson(type)
        ? { path: 'representative', many: false }
        : { path: 'representatives', many: true },
    columns: own([...ofPerson(PERSON), ...AUTHORITY]),
  },
  {
    name: 'Hesabina',
    prefix: 'hesabina',
    listFor: () => ({ path: 'onBehalfOf', many: false }),
    columns: own([...ofPerson(PERSON), ['unvan', 'title'], ['vkn', 'vkn'], ...AUTHORITY]),
  },
  {
    name: 'GercekFaydalanici',
    prefix: 'gf',
    listFor: (type) => (isNaturalPerson(type) ? null : { path: 'beneficialOwners', many: true }),
    columns: own([
      ...ofPerson(PERSON),
      ['yontem', 'method', 'code', { codes: 'method' }],
      ['pay_yuzde', 'share', 'percent'],
      ['zincir', 'path'],
      ['gerekce', 'reason'],
    ]),
  },
  {
    name: 'Ortaklar',
    prefix: 'ortak',
    listFor: (type) =>
      type === 'company' || type === 'company_foreign' ? { path: 'shareholders', many: true } : null,
    columns: own([
      ['ad_unvan', 'name'],
      ['tur', 'kind', 'code', { codes: 'shareholder' }],
      ['pay_yuzde', 'share', 'percent'],
      ['ait_oldugu', 'of'],
      ['vkn', 'vkn'],
      ['sicil_no', 'tradeRegisterNumber'],
      ['ulke', 'country'],
    ]),
  },
  {
    name: 'AdiOrtaklar',
    prefix: 'adi_ortak',
    listFor: (type) => (type === 'unincorporated' ? { path: 'partners', many: true } : null),
    columns: own([...ofPerson(PERSON), ['pay_yuzde', 'share', 'percent']]),
  },
];

export const MAIN_COLUMNS: readonly ImportColumn[] = CUSTOMER;

/** Columns of the main sheet that a record of this type has a place for. */
export function columnsOf(type: CustomerType, has: (path: string) => boolean): ImportColumn[] {
  return MAIN_COLUMNS.filter((candidate) => {
    const path = candidate.pathFor(type);
    return path === null ? FRAME.includes(candidate) : has(path);
  });
}
