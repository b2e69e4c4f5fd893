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

/** Name, birthday and work of an invented person; an index decides every number. */
export type Who = readonly [givenNames: string, surname: string, birthDate: string, occupation: string];

/** Who somebody is, as far as a representative or an owner has to be identified. */
export function identityOf(index: number, [givenNames, surname, birthDate]: Who): DemoRecord {
  return { givenNames, surname, birthDate, nationality: 'TUR', tckn: demoTckn(index) };
}

/** A complete record of a citizen. `changes` replaces members; undefined takes one away. */
export function personRecord(
  { index, who, cardUntil }: { index: number; who: Who; cardUntil: string },
  changes: DemoRecord = {},
): DemoRecord {
  return without({
    ...identityOf(index, who),
    idDocument: {
      type: 'identity_card',
      number: demoCardNumber(index),
      expiresOn: cardUntil,
      issuingCountry: 'TUR',
    },
    ...relationship(index, who[3]),
    ...(index % 3 === 0 ? { iban: demoIban(index) } : {}),
    ...changes,
  });
}

/** A complete record of a foreigner; the papers are in `changes`. */
export function foreignerRecord(
  index: number,
  [givenNames, surname, birthDate, occupation]: Who,
  nationality: string,
  changes: DemoRecord,
): DemoRecord {
  return without({
    givenNames,
    surname,
    birthDate,
    nationality,
    ...relationship(index, occupation),
    ...changes,
  });
}

function relationship(index: number, occupation: string): DemoRecord {
  return {
    address: placeOf(index),
    phone: demoPhone(index),
    email: `musteri${index}@example.com`,
    occupation,
    purpose: PURPOSES[index % PURPOSES.length],
    onOwnAccount: true,
    publicInfluence: { kind: 'none' },
  };
}

/** A complete record of a company whose one owner also represents it. */
export function companyRecord(
  index: number,
  title: string,
  owner: Who,
  changes: DemoRecord = {},
): DemoRecord {
  return bodyRecord(index, title, {
    tradeRegisterNumber: `99${String(1000 + index)}-5`,
    tradeRegisterOffice: placeOf(index).province,
    mersisNumber: demoMersis(index),
    activity: 'Mücevher ve kuyumculuk ürünlerinin perakende ticareti',
    purpose: 'trade',
    ...representedBy(index + 100, owner, {
      kind: 'müdür',
      document: 'imza sirküleri',
      from: '2020-01-15',
      signing: 'sole',
    }),
    ...ownedBy(`${owner[0]} ${owner[1]}`, identityOf(index + 100, owner)),
    ...changes,
  });
}

/** What every organisation says of itself. */
export function bodyRecord(index: number, title: string, changes: DemoRecord): DemoRecord {
  return without({
    title,
    vkn: demoVkn(index),
    activity: 'Üyelere hizmet',
    address: placeOf(index),
    phone: demoPhone(index),
    email: `firma${index}@example.com`,
    purpose: 'jewellery',
    onOwnAccount: true,
    ...changes,
  });
}

export function representedBy(index: number, who: Who, authority: DemoRecord): DemoRecord {
  return {
    representatives: [{ person: identityOf(index, who), authority: { signing: 'sole', ...authority } }],
  };
}

/** One person holds everything. */
export function ownedBy(name: string, person: DemoRecord): DemoRecord {
  return {
    shareholders: [{ name, kind: 'natural_person', share: 100 }],
    beneficialOwners: [{ person, method: 'share', share: 100, path: 'doğrudan' }],
  };
}

/** The birthday of somebody who comes of age on a day. */
export function adultFrom(day: string): string {
  return `${Number(day.slice(0, 4)) - 18}${day.slice(4)}`.replace(/-02-29$/, '-02-28');
}

export function placeOf(index: number) {
  return { country: 'TUR', ...(PLACES[index % PLACES.length] ?? PLACES[0]) };
}

function without(record: DemoRecord): DemoRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
