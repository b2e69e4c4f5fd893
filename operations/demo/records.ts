import { demoCardNumber, demoIban, demoMersis, demoPhone, demoTckn, demoVkn } from './numbers';

/** Places of the demo, each a real district of its province; the streets are invented. */
const PLACES = [
  {
    province: 'İstanbul',
    district: 'Fatih',
    line: 'Kalpakçılar Cad. Örnek Han No: 12/4',
    postalCode: '34126',
  },
  {
    province: 'Ankara',
    district: 'Altındağ',
    line: 'Anafartalar Cad. Örnek Çarşı No: 7',
    postalCode: '06050',
  },
  { province: 'İzmir', district: 'Konak', line: 'Anafartalar Cad. Örnek Sok. No: 3/1', postalCode: '35250' },
  { province: 'Gaziantep', district: 'Şahinbey', line: 'Örnek Bedesten Sok. No: 18', postalCode: '27010' },
  { province: 'Mardin', district: 'Artuklu', line: 'Birinci Cad. Örnek Sok. No: 41', postalCode: '47100' },
  {
    province: 'Trabzon',
    district: 'Ortahisar',
    line: 'Kunduracılar Cad. Örnek İş Merkezi No: 5',
    postalCode: '61030',
  },
  {
    province: 'Şanlıurfa',
    district: 'Eyyübiye',
    line: 'Örnek Hanı Sok. No: 9 Daire: 2',
    postalCode: '63200',
  },
  {
    province: 'Bursa',
    district: 'Osmangazi',
    line: 'Uzun Çarşı Cad. Örnek Pasajı No: 22',
    postalCode: '16010',
  },
] as const;

const PURPOSES = ['savings', 'gift', 'jewellery'] as const;

export type DemoRecord = Record<string, unknown>;

/** Somebody who does not exist. `index` decides every number; `cardUntil` is the day the identity card runs out. */
export interface DemoPerson {
  index: number;
  givenNames: string;
  surname: string;
  birthDate: string;
  occupation: string;
  cardUntil: string;
}

function identityOf(person: DemoPerson): DemoRecord {
  return {
    givenNames: person.givenNames,
    surname: person.surname,
    birthDate: person.birthDate,
    nationality: 'TUR',
    tckn: demoTckn(person.index),
  };
}

/** A complete record of a natural person. `changes` replaces members; undefined takes one away. */
export function personRecord(person: DemoPerson, changes: DemoRecord = {}): DemoRecord {
  return without({
    ...identityOf(person),
    idDocument: {
      type: 'identity_card',
      number: demoCardNumber(person.index),
      expiresOn: person.cardUntil,
      issuingCountry: 'TUR',
    },
    address: placeOf(person.index),
    phone: demoPhone(person.index),
    email: `musteri${person.index}@example.com`,
    occupation: person.occupation,
    purpose: PURPOSES[person.index % PURPOSES.length],
    onOwnAccount: true,
    publicInfluence: { kind: 'none' },
    ...(person.index % 3 === 0 ? { iban: demoIban(person.index) } : {}),
    ...changes,
  });
}

/** A complete record of a company whose one owner also represents it. */
export function companyRecord(
  index: number,
  title: string,
  owner: DemoPerson,
  changes: DemoRecord = {},
): DemoRecord {
  return without({
    title,
    tradeRegisterNumber: `99${String(1000 + index)}-5`,
    tradeRegisterOffice: placeOf(index).province,
    vkn: demoVkn(index),
    mersisNumber: demoMersis(index),
    activity: 'Mücevher ve kuyumculuk ürünlerinin perakende ticareti',
    address: placeOf(index),
    phone: demoPhone(index),
    email: `firma${index}@example.com`,
    purpose: 'trade',
    onOwnAccount: true,
    representatives: [
      {
        person: identityOf(owner),
        authority: { kind: 'müdür', document: 'imza sirküleri', from: '2020-01-15', signing: 'münferit' },
      },
    ],
    shareholders: [{ name: `${owner.givenNames} ${owner.surname}`, kind: 'natural_person', share: 100 }],
    beneficialOwners: [{ person: identityOf(owner), method: 'share', share: 100, path: 'doğrudan' }],
    ...changes,
  });
}

function placeOf(index: number) {
  return { country: 'TUR', ...(PLACES[index % PLACES.length] ?? PLACES[0]) };
}

function without(record: DemoRecord): DemoRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
