import type { CustomerType, DocumentKind, Trigger } from '../../domain/customer';
import { addDays, dayInIstanbul } from '../../domain/days';
import { isVkn } from '../../domain/identity-numbers';

export interface CompleteDocument {
  kind: DocumentKind;
  issuedOn: string;
  expiresOn: string | null;
  originalSeen: boolean;
}

/** A file in which the seeded rules find nothing. `record` may be changed freely: every call makes a new one. */
export interface CompleteFile {
  record: Record<string, unknown>;
  documents: CompleteDocument[];
}

export interface FileOptions {
  /** The day on which the documents are taken in; the real today unless given. */
  today?: string;
  /** Decides every number, so that two files of one dealer never share one; 0 to 4000. */
  seed?: number;
}

/** A complete file of any type for any trigger, of invented people and numbers (D-10). */
export function completeFile(
  type: CustomerType,
  trigger: Trigger = 'continuous',
  { today = dayInIstanbul(new Date()), seed = 1 }: FileOptions = {},
): CompleteFile {
  const transaction = {
    kind: 'sale',
    description: 'Külçe altın',
    amountKurus: 19_000_000,
    currency: 'TRY',
    payment: 'transfer',
    on: today,
  };
  const withTransaction = trigger === 'threshold' || trigger === 'linked';
  const record = {
    ...RECORDS[type](seed),
    onOwnAccount: true,
    ...(trigger === 'continuous' ? { purpose: 'savings' } : {}),
    ...(withTransaction ? { transaction } : {}),
  };
  const kinds = trigger === 'voluntary' ? [] : PAPERS[type];
  const documents = kinds.map((kind) => ({
    kind,
    issuedOn: addDays(today, -20),
    expiresOn: null,
    originalSeen: true,
  }));
  return { record: copyOf(record), documents };
}

/** As JSON carries it: absent members are gone, nothing is shared. */
function copyOf(record: object): CompleteFile['record'] {
  return JSON.parse(JSON.stringify(record)) as CompleteFile['record'];
}

/** An invented citizen's number that passes the checksum. */
export function inventedTckn(seed: number): string {
  return identityNumber(880_000_000 + seed);
}

/** An invented foreigner's number that passes the checksum. */
export function inventedYkn(seed: number): string {
  return identityNumber(990_000_000 + seed);
}

/** An invented tax number that passes the checksum. */
export function inventedVkn(seed: number): string {
  const body = String(990_000_000 + seed);
  return body + (Array.from('0123456789').find((digit) => isVkn(body + digit)) ?? '');
}

function identityNumber(nine: number): string {
  const digits = Array.from(String(nine), Number);
  const sum = (from: number) => digits.filter((_, at) => at % 2 === from).reduce((a, b) => a + b, 0);
  const tenth = (((7 * sum(0) - sum(1)) % 10) + 10) % 10;
  return `${nine}${tenth}${(sum(0) + sum(1) + tenth) % 10}`;
}

const address = {
  country: 'TUR',
  province: 'İstanbul',
  district: 'Fatih',
  line: 'Kalpakçılar Cad. Örnek Han No: 12/4',
  postalCode: '34126',
};

const reachable = (seed: number) => ({
  phone: `+90 532 000 ${String(10 + (seed % 90))} ${String(10 + ((seed * 7) % 90))}`,
  email: `musteri${seed}@example.com`,
});

/** Who acts for a body; `at` keeps two people of one file apart. */
const somebody = (seed: number, at = 0) => ({
  givenNames: at === 0 ? 'Işıl Nur' : 'Çağrı',
  surname: 'Özdemir-Kaya',
  birthDate: '1975-02-03',
  nationality: 'TUR',
  tckn: inventedTckn(seed + 5000 + at * 1000),
});

const naturalPerson = (seed: number) => ({
  givenNames: 'Ayşe Nur',
  surname: 'Ağaoğlu',
  birthDate: '1990-05-17',
  nationality: 'TUR',
  tckn: inventedTckn(seed),
  idDocument: { type: 'identity_card', number: 'A12B34567', expiresOn: '2041-01-01', issuingCountry: 'TUR' },
  address,
  ...reachable(seed),
  occupation: 'öğretmen',
  publicInfluence: { kind: 'none' },
});

const foreigner = (seed: number) => ({
  ...naturalPerson(seed),
  givenNames: 'Jean-Luc',
  surname: "D'Amboise",
  birthPlace: 'Lyon',
  nationality: 'FRA',
  tckn: undefined,
  ykn: inventedYkn(seed),
  idDocument: {
    type: 'passport',
    number: `12AB${String(10_000 + seed)}`,
    expiresOn: '2041-01-01',
    issuingCountry: 'FRA',
  },
});

const organisation = (seed: number, title: string) => ({
  title,
  vkn: inventedVkn(seed),
  taxOffice: 'Beyazıt',
  activity: 'Kuyumculuk ürünlerinin perakende ticareti',
  address,
  ...reachable(seed),
  representatives: [
    {
      person: somebody(seed),
      authority: {
        kind: 'müdür',
        document: 'imza sirküleri',
        from: '2020-01-15',
        until: '2041-01-01',
        signing: 'sole',
      },
    },
  ],
});

/** Nobody holds a share of a body without shares: its highest officer stands in (D-2.8, step 3). */
const headedBy = (seed: number) => ({
  beneficialOwners: [
    { person: somebody(seed), method: 'top_executive', reason: 'Pay sahibi ve denetleyen kişi yoktur.' },
  ],
});

const company = (seed: number) => ({
  ...organisation(seed, 'Ağaoğlu Kuyumculuk San. ve Tic. Ltd. Şti.'),
  tradeRegisterNumber: `99${String(1000 + seed)}-5`,
  tradeRegisterOffice: 'İstanbul',
  mersisNumber: `0${inventedVkn(seed)}00015`,
  shareholders: [{ name: 'Işıl Nur Özdemir-Kaya', kind: 'natural_person', share: 100 }],
  beneficialOwners: [{ person: somebody(seed), method: 'share', share: 100, path: 'doğrudan' }],
});

const companyAbroad = (seed: number) => ({
  ...organisation(seed, 'Goldhandel Müller GmbH'),
  address: { country: 'DEU', line: 'Beispielstraße 12, 10115 Berlin' },
  countryOfRegistration: 'DEU',
  tradeRegisterNumber: `HRB ${String(100_000 + seed)}`,
  tradeRegisterOffice: 'Amtsgericht Charlottenburg',
  foreignTaxNumber: `DE${String(999_000_000 + seed)}`,
  shareholders: [{ name: 'Işıl Nur Özdemir-Kaya', kind: 'natural_person', share: 100 }],
  beneficialOwners: [{ person: somebody(seed), method: 'share', share: 100, path: 'doğrudan' }],
});

const registeredBody = (title: string) => (seed: number) => ({
  ...organisation(seed, title),
  ...headedBy(seed),
  objective: 'Kuyumculuk mesleğini ve mensuplarını desteklemek',
  registryNumber: `34-${String(100 + (seed % 900))}-${String(100 + (seed % 800))}`,
  registryOffice: 'İstanbul',
});

const partnership = (seed: number) => ({
  ...organisation(seed, 'Kapalıçarşı Takı Adi Ortaklığı'),
  bodyKind: 'ordinary_partnership',
  objective: 'Ortak takı üretimi',
  partners: [
    { person: somebody(seed, 0), share: 50 },
    { person: somebody(seed, 1), share: 50 },
  ],
});

const publicBody = (seed: number) => ({
  ...organisation(seed, 'Örnek Büyükşehir Belediyesi'),
  unit: 'Destek Hizmetleri Dairesi',
  detsisNumber: String(99_000_000 + seed),
});

const RECORDS: Record<CustomerType, (seed: number) => object> = {
  natural_person_tr: naturalPerson,
  natural_person_foreign: foreigner,
  company,
  company_foreign: companyAbroad,
  association: registeredBody('Kuyumcular Yardımlaşma Derneği'),
  foundation: registeredBody('Altın El Sanatları Vakfı'),
  union: registeredBody('Takı İşçileri Sendikası'),
  party: registeredBody('Örnek Partisi'),
  unincorporated: partnership,
  public_body: publicBody,
};

const REGISTERED_BODY: DocumentKind[] = ['statute', 'register_extract', 'authority', 'signature_circular'];
const PAPERS: Record<CustomerType, DocumentKind[]> = {
  natural_person_tr: ['identity_card', 'signature_sample', 'address_proof'],
  natural_person_foreign: ['passport', 'signature_sample', 'address_proof'],
  company: ['trade_gazette', 'tax_certificate', 'signature_circular'],
  company_foreign: ['register_extract', 'signature_circular'],
  association: REGISTERED_BODY,
  foundation: REGISTERED_BODY,
  union: REGISTERED_BODY,
  party: REGISTERED_BODY,
  unincorporated: ['partnership_agreement', 'tax_certificate'],
  public_body: ['authority'],
};

/** A second capacity of the unincorporated type: a house's management, which has a manager and no partners. */
export function completeBuildingManagement(seed = 1): CompleteFile['record'] {
  const { representatives } = organisation(seed, '');
  return copyOf({
    title: 'Örnek Apartmanı Yönetimi',
    bodyKind: 'building_management',
    address,
    ...reachable(seed),
    representatives,
    onOwnAccount: true,
    purpose: 'savings',
  });
}
