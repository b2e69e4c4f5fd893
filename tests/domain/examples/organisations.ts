import { inventedTckn, inventedYkn } from '../../support/complete-files';
import { blocks, both, contradicted, drop, set, warns, type Change, type Example } from './example';

export const OURS = 'işletme politikası';
const OWNER = 'TY m.17/A';

/** A person of a list as a foreigner: by passport, and with `ykn` by number. */
const asForeigner = (at: string): Change =>
  both(
    set(`${at}.nationality`, 'FRA'),
    drop(`${at}.tckn`),
    set(`${at}.idDocument`, { type: 'passport', number: '12AB34567' }),
  );

/** Examples of a person's rows; `ids` follow the order names, birth date, number, foreigner's number, registers, passport. */
export function personExamples(
  prefix: string,
  at: string,
  ids: readonly string[],
  article: string,
): Example[] {
  const [given, surname, birth, tckn, ykn, tcknRegister, yknRegister, passport] = ids.map(
    (id) => `${prefix}-${id}`,
  );
  const one = (id: string | undefined, change: Change, code: string, field: string, setup: Change[] = []) =>
    blocks(id ?? '', article, change, code, `${at}.${field}`, { given: setup });
  return [
    one(given, set(`${at}.givenNames`, '2. Mehmet'), 'digit_in_name', 'givenNames'),
    one(surname, drop(`${at}.surname`), 'missing', 'surname'),
    one(birth, set(`${at}.birthDate`, '1890-01-01'), 'too_long_ago', 'birthDate'),
    one(tckn, drop(`${at}.tckn`), 'missing', 'tckn'),
    one(ykn, set(`${at}.ykn`, inventedTckn(9)), 'prefix', 'ykn'),
    one(tcknRegister, contradicted(`${at}.tckn`), 'register_mismatch', 'tckn'),
    one(yknRegister, contradicted(`${at}.ykn`), 'register_mismatch', 'ykn', [
      asForeigner(at),
      set(`${at}.ykn`, inventedYkn(9)),
    ]),
    one(passport, drop(`${at}.idDocument`), 'missing', 'idDocument.number', [asForeigner(at)]),
  ];
}

/** `bodyRows` of a family. */
export function bodyExamples(prefix: string, article: string): Example[] {
  return [
    blocks(`${prefix}-01`, article, set('title', 'AŞ'), 'too_short', 'title'),
    warns(`${prefix}-09`, article, drop('phone'), 'missing', 'phone'),
    warns(`${prefix}-10`, article, set('email', 'yok@'), 'shape', 'email'),
    blocks(`${prefix}-11`, 'TY m.5/3', drop('purpose'), 'missing', 'purpose'),
    blocks(`${prefix}-12`, '5549 s. Kanun m.15', drop('onOwnAccount'), 'missing', 'onOwnAccount'),
    warns(`${prefix}-43`, 'VUK GT 459', set('iban', 'TR330006100519786457841327'), 'checksum', 'iban'),
    warns(`${prefix}-54`, OURS, set('address.country', 'Almanya'), 'unknown_country', 'address.country'),
  ];
}

/** `addressRows` of a family. */
export function addressExamples(prefix: string, article: string): Example[] {
  const home = [
    set('address', { country: 'TUR', province: 'Ankara', district: 'Altındağ', line: 'Örnek Çarşı No: 7' }),
  ];
  return [
    blocks(
      `${prefix}-06`,
      article,
      set('address.province', 'Bavyera'),
      'unknown_province',
      'address.province',
      {
        given: home,
      },
    ),
    blocks(`${prefix}-07`, article, drop('address.district'), 'missing', 'address.district', { given: home }),
    blocks(`${prefix}-08`, article, drop('address.line'), 'missing', 'address.line'),
    blocks(`${prefix}-46`, article, contradicted('address'), 'register_mismatch', 'address'),
  ];
}

/** `taxNumberRows` of a family. */
export function taxNumberExamples(prefix: string, article: string): Example[] {
  return [
    blocks(`${prefix}-04`, article, set('vkn', '1234567891'), 'checksum', 'vkn'),
    blocks(`${prefix}-44`, article, contradicted('vkn'), 'register_mismatch', 'vkn'),
  ];
}

/** `representativeRows` of a family. */
export function representativeExamples(prefix: string, article: string): Example[] {
  const at = 'representatives[0]';
  return [
    blocks(`${prefix}-13`, article, drop('representatives'), 'missing', 'representatives'),
    ...personExamples(prefix, `${at}.person`, ['14', '15', '16', '17', '18', '19', '47', '52'], article),
    blocks(`${prefix}-20`, article, drop(`${at}.authority.kind`), 'missing', `${at}.authority.kind`),
    blocks(
      `${prefix}-21`,
      article,
      set(`${at}.authority.until`, '2026-11-21'),
      'expired',
      `${at}.authority.until`,
    ),
    blocks(
      `${prefix}-37`,
      article,
      set(`${at}.authority.signing`, 'MÜŞTEREK imza'),
      'joint_needs_two',
      `${at}.authority.signing`,
    ),
  ];
}

/** `ownerRows` of a family. */
export function ownerExamples(prefix: string): Example[] {
  const at = 'beneficialOwners[0]';
  const one = (id: string, change: Change, code: string, field: string, given: Change[] = []) =>
    blocks(`${prefix}-${id}`, OWNER, change, code, `${at}.${field}`, { given });
  const executive = both(set(`${at}.method`, 'top_executive'), set(`${at}.reason`, 'Denetleyen kişi yok.'));
  return [
    blocks(`${prefix}-22`, OWNER, set('beneficialOwners', []), 'missing', 'beneficialOwners'),
    one('23', drop(`${at}.person.givenNames`), 'missing', 'person.givenNames'),
    one('24', drop(`${at}.person.surname`), 'missing', 'person.surname'),
    one('25', set(`${at}.method`, 'lottery'), 'unknown_code', 'method'),
    one('35', drop(`${at}.reason`), 'missing', 'reason', [executive]),
    one('41', set(`${at}.person.tckn`, '10000000147'), 'checksum', 'person.tckn'),
    one('42', set(`${at}.person.ykn`, '99000000130'), 'checksum', 'person.ykn'),
    one('48', contradicted(`${at}.person.tckn`), 'register_mismatch', 'person.tckn'),
    one('49', contradicted(`${at}.person.ykn`), 'register_mismatch', 'person.ykn', [
      set(`${at}.person.ykn`, inventedYkn(9)),
    ]),
    {
      ...one(
        '50',
        set(`${at}.person.publicInfluence`, { kind: 'some' }),
        'unknown_code',
        'person.publicInfluence.kind',
      ),
      article: 'MASAK GT 21',
    },
  ];
}

const holder = (name: string, kind: string, share: number, more: object = {}) => ({
  name,
  kind,
  share,
  ...more,
});
const OWNER_NAME = 'Işıl Nur Özdemir-Kaya';

/** `shareRows` of a family. */
export function shareExamples(prefix: string): Example[] {
  const two = set('shareholders', [
    holder(OWNER_NAME, 'natural_person', 75),
    holder('Ümran Dağ', 'natural_person', 25),
  ]);
  const viaParent = set('shareholders', [
    holder('Kaya Holding A.Ş.', 'company', 100, { vkn: '1234567890' }),
    holder(OWNER_NAME, 'natural_person', 100, { of: 'KAYA HOLDİNG A.Ş.' }),
  ]);
  return [
    warns(`${prefix}-26`, OWNER, set('shareholders[1].share', 24.98), 'shares_total', 'shareholders', {
      given: [two],
    }),
    warns(
      `${prefix}-32`,
      OWNER,
      set('shareholders[1].of', 'Başka A.Ş.'),
      'ownership_unknown_company',
      'shareholders',
      {
        given: [viaParent],
      },
    ),
    blocks(
      `${prefix}-33`,
      OWNER,
      both(two, set('shareholders[1].share', 25.01)),
      'owner_missing',
      'beneficialOwners',
      {
        given: [two],
      },
    ),
    blocks(
      `${prefix}-34`,
      OWNER,
      both(set('shareholders[0].share', 25), set('shareholders[1].share', 75)),
      'owner_not_over',
      'beneficialOwners[0].method',
      { given: [two] },
    ),
    warns(
      `${prefix}-36`,
      'TY m.17/A/7',
      drop('shareholders[0].vkn'),
      'holder_unidentified',
      'shareholders[0].vkn',
      {
        given: [viaParent],
      },
    ),
    warns(`${prefix}-51`, OWNER, drop('shareholders[1].name'), 'missing', 'shareholders[1].name', {
      given: [two],
    }),
    warns(`${prefix}-53`, OURS, set('shareholders[0].kind', 'uncle'), 'unknown_code', 'shareholders[0].kind'),
  ];
}
