import type { Trigger } from '../../domain/customer';
import { addDays } from '../../domain/days';
import { demoIban, demoMrz, demoPhone, demoTckn, demoYkn } from './numbers';
import { adultFrom, foreignerRecord, personRecord, type DemoRecord, type Who } from './records';
import type { SyntheticCustomer } from './synthetic';

interface Entry {
  index: number;
  who: Who;
  trigger?: Trigger;
  changes?: DemoRecord;
  /** Tricky cases of D-10 that this customer stands for. */
  cases?: readonly string[];
}

/** Thirty-four adults, one of them for each way in which a Turkish name, number or date can trip a program. */
function adults(today: string): Entry[] {
  return [
    {
      index: 1,
      who: ['Ayşe Nur', 'Yılmaz', '1990-05-14', 'öğretmen'],
      changes: {
        idDocument: undefined,
        address: undefined,
        occupation: undefined,
        publicInfluence: undefined,
      },
    },
    {
      index: 2,
      who: ['İbrahim', 'Işık', '1978-11-02', 'esnaf'],
      changes: { tckn: '11111111111' },
      cases: ['T01', 'T20'],
    },
    { index: 4, who: ['Çiğdem', 'Çelik', '1987-07-30', 'eczacı'] },
    { index: 6, who: ['Işıl', 'Şahin', '1995-02-09', 'mimar'] },
    { index: 7, who: ['Şükrü', 'Öztürk', '1959-09-27', 'emekli'] },
    { index: 9, who: ['İpek', 'Güneş', '2001-06-21', 'öğrenci'] },
    { index: 10, who: ['Âdil', 'Kılıç', '1950-10-11', 'çiftçi'], changes: { email: undefined } },
    { index: 11, who: ['Ömer Faruk', 'İnce', '1983-04-04', 'muhasebeci'] },
    {
      index: 13,
      who: ['Rıza', 'Ağaoğlu', '1966-05-29', 'danışman'],
      changes: {
        publicInfluence: { kind: 'foreign', office: 'büyükelçi' },
        sourceOfFunds: 'maaş ve kira geliri',
        sourceOfWealth: 'aile mülkleri',
      },
    },
    { index: 14, who: ['Cömert', 'Saçlı', '1973-01-08', 'serbest'] },
    { index: 15, who: ['Özge', 'Tığ', '1992-12-19', 'grafiker'] },
    { index: 16, who: ['Yiğit', 'Bağcı', '1998-03-03', 'kurye'] },
    {
      index: 17,
      who: ['Hatice', 'Çolak Yıldırım', '1968-02-17', 'ev hanımı'],
      trigger: 'threshold',
      changes: { transaction: purchase(24_750_000, addDays(today, -90), 'transfer') },
    },
    {
      index: 18,
      who: ['Mehmet Ali', 'Ünlü', '1985-09-09', 'nakliyeci'],
      trigger: 'threshold',
      changes: { transaction: purchase(19_900_000, addDays(today, -6), 'card') },
    },
    { index: 20, who: ['Zübeyde', 'Yılmaz', '1947-08-30', 'emekli'] },
    { index: 21, who: ['Nazlı', 'Özdemir-Kaya', '1979-10-25', 'avukat'], cases: ['T04'] },
    { index: 24, who: ['Ünal', 'Şahin', '1988-01-19', 'mühendis'] },
    { index: 25, who: ['Gökhan', 'Ilgaz', '1971-03-15', 'doktor'] },
    { index: 26, who: ['Elif', 'Çolak', '1994-07-07', 'hemşire'], cases: ['T03'] },
    { index: 27, who: ['Şule', 'İnce', '1982-12-12', 'diş hekimi'] },
    // Typed on a machine that takes İ apart into I and a combining dot.
    { index: 29, who: ['I\u0307smail', 'Dağ', '1963-04-20', 'marangoz'], cases: ['T02'] },
    { index: 30, who: ['Ümran', 'Bağcı', '1957-02-28', 'emekli'] },
    {
      index: 31,
      who: ['Yıldız', 'Tığ', '1970-09-01', 'milletvekili danışmanı'],
      changes: {
        publicInfluence: { kind: 'domestic', office: 'belediye meclis üyesi' },
        onOwnAccount: false,
        onBehalfOf: {
          person: { givenNames: 'Ilgın', surname: 'Tığ', birthDate: '1998-04-12', tckn: demoTckn(231) },
          authority: { kind: 'yazılı beyan', document: 'başkası hesabına işlem formu', from: '2024-01-10' },
        },
        sourceOfFunds: 'maaş',
      },
    },
    {
      index: 32,
      who: ['Dilşad', 'Saçlı', '1965-06-30', 'iş insanı'],
      changes: {
        publicInfluence: { kind: 'foreign', office: 'eski bakan' },
        sourceOfFunds: 'şirket kâr payı',
        sourceOfWealth: 'şirket hisseleri',
      },
    },
    { index: 33, who: ['Ebru', 'Ünlü', '1991-11-23', 'işletmeci'] },
    { index: 34, who: ['Rojda', 'Ağaoğlu', '1986-08-08', 'terzi'] },
    { index: 35, who: ['Gülşah', 'Uçar', '1976-08-16', 'mali müşavir'] },
    {
      index: 36,
      who: ['Filiz', 'İnce', '2000-02-29', 'yazılımcı'],
      changes: {
        idDocument: {
          type: 'identity_card',
          number: 'Z36Z10468',
          expiresOn: '2030-02-28',
          issuingCountry: 'TUR',
        },
      },
      cases: ['T14'],
    },
    // Their numbers follow one another, as twins' do.
    { index: 37, who: ['Tuğrul', 'Ünlü', '1996-03-27', 'aşçı'], changes: twinsHome(), cases: ['T22'] },
    { index: 38, who: ['Hakkı', 'Ünlü', '1996-03-27', 'garson'], changes: twinsHome(), cases: ['T22'] },
    {
      index: 39,
      who: ['Çağrı', 'Çelik', '1989-05-05', 'fotoğrafçı'],
      // The card says Çağrı Emre.
      changes: { idDocument: cardWithSecondName(today) },
      cases: ['T05'],
    },
    { index: 40, who: ['Baran', 'Güneş', '2008-11-20', 'öğrenci'] },
    { index: 41, who: ['Onur', 'Öztürk', '1932-10-29', 'emekli'] },
    {
      index: 42,
      who: ['Işık', 'Dağ', '1940-01-01', 'çiftçi'],
      changes: { birthDatePrecision: 'year' },
      cases: ['T15'],
    },
  ];
}

/** A minor, a person under guardianship, one who has died, the holder of an old card, a sole trader. */
function special(today: string): Entry[] {
  return [
    {
      index: 43,
      // Of age from tomorrow on, by the calendar of Istanbul.
      who: ['Nazlı', 'Yılmaz', adultFrom(addDays(today, 1)), 'öğrenci'],
      trigger: 'threshold',
      changes: {
        legalCapacity: 'minor',
        representative: guardian(143, 'Işıl', 'Yılmaz', 'veli'),
        transaction: purchase(18_500_000, today, 'cash'),
      },
      cases: ['T10', 'T11'],
    },
    {
      index: 44,
      who: ['Ünal', 'Kılıç', '1968-07-19', 'emekli'],
      changes: { legalCapacity: 'restricted', representative: guardian(144, 'Gökhan', 'Kılıç', 'vasi') },
    },
    {
      index: 45,
      who: ['Hatice', 'Dağ', '1941-12-03', 'emekli'],
      changes: { deceasedOn: addDays(today, -20) },
      cases: ['T12'],
    },
    {
      index: 46,
      who: ['Ömer Faruk', 'Saçlı', '1961-06-14', 'berber'],
      changes: { idDocument: { type: 'old_identity_card', number: 'K12 345678', issuingCountry: 'TUR' } },
      cases: ['T13'],
    },
    {
      index: 47,
      who: ['Özge', 'Kılıç', '1984-09-21', 'takı tasarımcısı'],
      changes: {
        soleTrader: true,
        tradeName: 'Özge Kılıç Takı Tasarım',
        taxOffice: 'Beyazıt',
        activity: 'El yapımı takı imalatı',
        purpose: 'trade',
        iban: demoIban(47),
      },
      cases: ['T21'],
    },
  ];
}

function foreigners(today: string): SyntheticCustomer[] {
  const until = addDays(today, 700);
  const permit = (number: string) => ({
    type: 'residence_permit',
    number,
    expiresOn: until,
    issuingCountry: 'TUR',
  });
  const passport = (number: string, issuingCountry: string) => ({
    type: 'passport',
    number,
    expiresOn: until,
    issuingCountry,
  });
  const rows: [index: number, record: DemoRecord, cases: readonly string[]][] = [
    [
      48,
      foreignerRecord(48, ['Nguyen Thi', 'Lan', '1993-01-17', 'garson'], 'VNM', {
        ykn: demoYkn(48),
        birthPlace: 'Hà Nội',
        idDocument: permit('YU480048'),
      }),
      ['T07'],
    ],
    [
      49,
      foreignerRecord(49, ['Anna', 'Müller', '1975-08-09', 'rehber'], 'DEU', {
        birthPlace: 'Köln',
        idDocument: passport('C01X00T47', 'DEU'),
        address: { country: 'DEU', line: 'Beispielstraße 12, 50667 Köln', postalCode: '50667' },
      }),
      ['T23'],
    ],
    [
      50,
      foreignerRecord(50, ['Jean-Luc', "D'Amboise", '1969-03-30', 'tasarımcı'], 'FRA', {
        tckn: demoTckn(50),
        ykn: demoYkn(50),
        birthPlace: 'Lyon',
        idDocument: passport('99FR50050', 'FRA'),
      }),
      ['T08'],
    ],
    [
      51,
      foreignerRecord(51, ['Mohammad', 'Al-Karimi', '1990-10-02', 'kuyumcu ustası'], 'SYR', {
        ykn: demoYkn(51),
        birthPlace: 'Halep',
        idDocument: permit('GK-510051'),
      }),
      [],
    ],
    [
      52,
      foreignerRecord(52, ['Sukarno', '', '1981-06-06', 'gemici'], 'IDN', {
        surname: undefined,
        noSurname: true,
        birthPlace: 'Surabaya',
        idDocument: passport('A5205205', 'IDN'),
      }),
      ['T06'],
    ],
    [
      53,
      foreignerRecord(53, ['Олена', 'Коваленко', '1986-02-11', 'ressam'], 'UKR', {
        birthPlace: 'Львів',
        // The number of somebody else's passport, of another country: another person.
        idDocument: passport('C01X00T47', 'UKR'),
      }),
      ['T23'],
    ],
  ];
  return rows.map(([index, record, cases]) => ({
    index,
    type: 'natural_person_foreign',
    trigger: 'continuous',
    record,
    cardUntil: until,
    cases,
  }));
}

/** The people of the sixty. `today` is the day everything relative is counted from. */
export function syntheticPeople(today: string): SyntheticCustomer[] {
  const citizens = [...adults(today), ...special(today)].map((entry): SyntheticCustomer => {
    const { index, who, trigger = 'continuous', changes = {}, cases = [] } = entry;
    const cardUntil = addDays(today, 400 + index * 37);
    const record = personRecord({ index, who, cardUntil }, changes);
    return { index, type: 'natural_person_tr', trigger, record, cardUntil, cases };
  });
  return [...citizens, ...foreigners(today)];
}

function purchase(amountKurus: number, on: string, payment: string) {
  return { kind: 'sale', description: '22 ayar bilezik', amountKurus, currency: 'TRY', payment, on };
}

function twinsHome(): DemoRecord {
  return {
    address: {
      country: 'TUR',
      province: 'Hatay',
      district: 'Antakya',
      line: 'Kurtuluş Cad. Örnek Apt. No: 14/3',
      postalCode: '31060',
    },
    phone: demoPhone(37),
  };
}

function guardian(index: number, givenNames: string, surname: string, kind: string) {
  return {
    person: { givenNames, surname, birthDate: '1972-05-20', nationality: 'TUR', tckn: demoTckn(index) },
    authority: { kind, document: kind === 'veli' ? 'nüfus kaydı' : 'mahkeme kararı', from: '2020-03-02' },
  };
}

/** A card whose machine-readable lines carry a second given name that nobody typed. */
function cardWithSecondName(today: string) {
  const expiresOn = addDays(today, 400 + 39 * 37);
  const number = 'Z39Z10507';
  return {
    type: 'identity_card',
    number,
    expiresOn,
    issuingCountry: 'TUR',
    mrz: demoMrz({
      number,
      tckn: demoTckn(39),
      birthDate: '1989-05-05',
      expiresOn,
      sex: 'M',
      surname: 'CELIK',
      givenNames: 'CAGRI EMRE',
    }),
  };
}
