import type { CustomerType, Trigger } from '../../domain/customer';
import { addDays } from '../../domain/days';
import { demoPhone, demoVkn } from './numbers';
import {
  bodyRecord,
  companyRecord,
  identityOf,
  ownedBy,
  representedBy,
  type DemoRecord,
  type Who,
} from './records';
import type { SyntheticCustomer } from './synthetic';

interface Entry {
  index: number;
  title: string;
  /** Who represents the company and, unless `changes` says otherwise, owns it. */
  owner: Who;
  changes?: DemoRecord;
  cases?: readonly string[];
}

/** Three companies in one house with one telephone are three companies (T16). */
const HAN = {
  address: {
    country: 'TUR',
    province: 'İstanbul',
    district: 'Fatih',
    line: 'Kalpakçılar Cad. Örnek Han No: 12 Kat 3',
    postalCode: '34126',
  },
  phone: demoPhone(22),
};

function companies(): Entry[] {
  return [
    {
      index: 3,
      title: 'Ilgaz Kuyumculuk San. ve Tic. Ltd. Şti.',
      owner: ['Tuğrul', 'Ilgaz', '1969-01-23', 'kuyumcu'],
      changes: { beneficialOwners: undefined },
    },
    {
      index: 5,
      title: 'Trabzon Altın Takı A.Ş.',
      owner: ['Hakkı', 'Uçar', '1972-03-18', 'kuyumcu'],
      // A business that lives on cash.
      changes: { activity: 'Döviz bürosu ve altın alım satımı', sourcesOfFunds: ['business_income'] },
    },
    {
      index: 8,
      title: 'Mardin Altın Takı A.Ş.',
      owner: ['Baran', 'Dağ', '1981-12-05', 'kuyumcu'],
    },
    {
      index: 12,
      title: 'Güneş Kuyumculuk San. ve Tic. Ltd. Şti.',
      owner: ['Gülşah', 'Güneş', '1976-08-16', 'kuyumcu'],
      changes: {
        ...fourQuarters(),
        onOwnAccount: false,
        onBehalfOf: {
          title: 'Güneş Turizm Ltd. Şti.',
          vkn: demoVkn(212),
          authority: { kind: 'yazılı beyan', document: 'başkası hesabına işlem formu', from: '2025-06-01' },
        },
      },
      cases: ['T17'],
    },
    {
      index: 22,
      title: 'Kılıç Kuyumculuk San. ve Tic. Ltd. Şti.',
      owner: ['Onur', 'Kılıç', '1980-06-06', 'kuyumcu'],
      changes: HAN,
      cases: ['T16'],
    },
    {
      index: 23,
      title: 'Gaziantep Altın Takı A.Ş.',
      owner: ['Filiz', 'Uçar', '1974-11-11', 'kuyumcu'],
      changes: { ...HAN, ...twoPaths() },
      cases: ['T16', 'T18'],
    },
    {
      index: 28,
      title: 'Bursa Altın Takı A.Ş.',
      owner: ['Çağrı', 'Öztürk', '1977-05-05', 'kuyumcu'],
      changes: HAN,
      cases: ['T16'],
    },
    {
      index: 54,
      title: 'Kayseri Altın Takı A.Ş.',
      owner: ['Baran', 'Bağcı', '1970-02-02', 'kuyumcu'],
      changes: corporateParent(),
    },
  ];
}

/** Exactly a quarter each is not more than a quarter: control decides (D-2.8). */
function fourQuarters(): DemoRecord {
  const names = ['Gülşah Güneş', 'İpek Güneş', 'Baran Güneş', 'Nazlı Güneş'];
  return {
    shareholders: names.map((name) => ({ name, kind: 'natural_person', share: 25 })),
    beneficialOwners: [
      {
        person: identityOf(112, ['Gülşah', 'Güneş', '1976-08-16', 'kuyumcu']),
        method: 'control',
        path: 'yönetim kurulu üyelerinin çoğunluğunu atama hakkı',
      },
    ],
  };
}

/** 15 % held directly and 30 % of a company that holds 40 %: together 27 % (T18). */
function twoPaths(): DemoRecord {
  const person = (name: string, share: number, of?: string) => ({
    name,
    kind: 'natural_person',
    share,
    ...(of === undefined ? {} : { of }),
  });
  const parent = 'Uçar Yatırım A.Ş.';
  return {
    shareholders: [
      person('Filiz Uçar', 15),
      { name: parent, kind: 'company', share: 40, vkn: demoVkn(223) },
      person('Onur Uçar', 22.5),
      person('Rıza Uçar', 22.5),
      person('Filiz Uçar', 30, parent),
      person('Şule Uçar', 35, parent),
      person('Yiğit Uçar', 35, parent),
    ],
    beneficialOwners: [
      {
        person: identityOf(123, ['Filiz', 'Uçar', '1974-11-11', 'kuyumcu']),
        method: 'share',
        share: 27,
        path: 'doğrudan %15; Uçar Yatırım A.Ş. üzerinden %12',
      },
    ],
  };
}

function corporateParent(): DemoRecord {
  const parent = 'Bağcı Holding A.Ş.';
  return {
    shareholders: [
      { name: parent, kind: 'company', share: 100, vkn: demoVkn(254) },
      { name: 'Baran Bağcı', kind: 'natural_person', share: 60, of: parent },
      { name: 'Ümran Bağcı', kind: 'natural_person', share: 40, of: parent },
    ],
    beneficialOwners: [
      {
        person: identityOf(154, ['Baran', 'Bağcı', '1970-02-02', 'kuyumcu']),
        method: 'share',
        share: 60,
        path: `${parent} üzerinden`,
      },
      {
        person: identityOf(155, ['Ümran', 'Bağcı', '1973-09-14', 'iş insanı']),
        method: 'share',
        share: 40,
        path: `${parent} üzerinden`,
      },
    ],
  };
}

/** Association, foundation, union, two bodies without legal personality, a municipality's unit, a foreign company. */
function others(today: string): SyntheticCustomer[] {
  const row = (index: number, type: CustomerType, record: DemoRecord, trigger: Trigger = 'continuous') => ({
    index,
    type,
    trigger,
    record,
    cases: [],
  });
  const chair = (index: number, who: Who, kind: string, document: string) => ({
    ...representedBy(index, who, { kind, document, from: addDays(today, -200), until: addDays(today, 500) }),
    beneficialOwners: [
      {
        person: identityOf(index, who),
        method: 'top_executive',
        reason: 'pay sahibi yok, denetim yönetim kurulunda',
      },
    ],
  });
  return [
    row(
      55,
      'association',
      bodyRecord(55, 'Örnek Takı Sanatları Derneği', {
        objective: 'Geleneksel takı sanatlarını yaşatmak',
        registryNumber: '34-255-055',
        registryOffice: 'İstanbul Valiliği Sivil Toplumla İlişkiler',
        ...chair(
          155 + 100,
          ['İpek', 'Saçlı', '1979-04-01', 'sanatçı'],
          'yönetim kurulu başkanı',
          'karar defteri',
        ),
      }),
    ),
    row(
      56,
      'foundation',
      bodyRecord(56, 'Işık Eğitim Vakfı', {
        objective: 'Öğrencilere burs vermek',
        registryNumber: '56-1956',
        registryOffice: 'Vakıflar Genel Müdürlüğü',
        ...chair(
          256,
          ['Rıza', 'Işık', '1955-11-30', 'emekli'],
          'mütevelli heyeti başkanı',
          'mütevelli kararı',
        ),
      }),
    ),
    row(
      57,
      'union',
      bodyRecord(57, 'Örnek Kuyum İşçileri Sendikası', {
        objective: 'Üyelerin çalışma haklarını korumak',
        registryNumber: 'S-570057',
        registryOffice: 'Çalışma ve Sosyal Güvenlik Bakanlığı',
        ...chair(257, ['Yiğit', 'Uçar', '1983-03-08', 'sendikacı'], 'genel başkan', 'genel kurul kararı'),
      }),
    ),
    row(
      58,
      'unincorporated',
      bodyRecord(58, 'Örnek Apartmanı Yönetimi', {
        vkn: undefined,
        bodyKind: 'building_management',
        objective: 'Kat maliklerinin ortak işleri',
        ...chair(
          258,
          ['Zübeyde', 'Tığ', '1964-10-10', 'emekli'],
          'apartman yöneticisi',
          'noter onaylı karar defteri',
        ),
      }),
    ),
    row(
      59,
      'unincorporated',
      bodyRecord(59, 'Dağ ve İnce Adi Ortaklığı', {
        bodyKind: 'ordinary_partnership',
        objective: 'Ortak altın alım satımı',
        taxOffice: 'Beyazıt',
        partners: [
          { person: identityOf(259, ['Baran', 'Dağ', '1988-08-08', 'kuyumcu']), share: 50 },
          { person: identityOf(359, ['Şule', 'İnce', '1990-01-15', 'kuyumcu']), share: 50 },
        ],
        ...chair(259, ['Baran', 'Dağ', '1988-08-08', 'kuyumcu'], 'yönetici ortak', 'ortaklık sözleşmesi'),
      }),
    ),
    row(
      60,
      'public_body',
      bodyRecord(60, 'Örnek Belediyesi', {
        unit: 'Kültür ve Sosyal İşler Müdürlüğü',
        detsisNumber: '60006000',
        ...representedBy(260, ['Çiğdem', 'Ilgaz', '1978-02-19', 'memur'], {
          kind: 'yetkili memur',
          document: 'yetki yazısı',
          from: addDays(today, -20),
        }),
      }),
    ),
    row(
      61,
      'company_foreign',
      bodyRecord(61, 'Beispiel Schmuck GmbH', {
        vkn: undefined,
        countryOfRegistration: 'DEU',
        tradeRegisterNumber: 'HRB 61061',
        tradeRegisterOffice: 'Amtsgericht Köln',
        foreignTaxNumber: 'DE990000061',
        activity: 'Mücevher toptan ticareti',
        address: { country: 'DEU', line: 'Musterweg 61, 50667 Köln', postalCode: '50667' },
        representatives: [
          {
            person: {
              givenNames: 'Karl',
              surname: 'Beispiel',
              birthDate: '1967-12-24',
              birthPlace: 'Köln',
              nationality: 'DEU',
              idDocument: {
                type: 'passport',
                number: 'C61X06100',
                expiresOn: addDays(today, 900),
                issuingCountry: 'DEU',
              },
            },
            authority: {
              kind: 'Geschäftsführer',
              document: 'Handelsregisterauszug',
              from: '2015-01-01',
              signing: 'sole',
            },
          },
        ],
        ...ownedBy('Karl Beispiel', {
          givenNames: 'Karl',
          surname: 'Beispiel',
          birthDate: '1967-12-24',
          nationality: 'DEU',
        }),
      }),
    ),
  ];
}

/** The organisations of the sixty. */
export function syntheticBodies(today: string): SyntheticCustomer[] {
  const registered = companies().map(({ index, title, owner, changes, cases = [] }): SyntheticCustomer => {
    return {
      index,
      type: 'company',
      trigger: 'continuous',
      // A hundred apart, so that an owner's numbers never meet those of a customer.
      record: companyRecord(index, title, owner, changes),
      cases,
    };
  });
  return [...registered, ...others(today)];
}
