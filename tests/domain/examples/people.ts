import { mrzCheckDigit } from '../../../domain/mrz';
import { inventedTckn, inventedYkn } from '../../support/complete-files';
import {
  blocks,
  both,
  bring,
  contradicted,
  drop,
  set,
  warns,
  withdraw,
  type Change,
  type Example,
} from './example';

const TR = ['natural_person_tr'] as const;
const OURS = 'işletme politikası';
/** The zone of the complete file's card, whose holder is named otherwise there. */
const ZONE = (() => {
  const digit = (data: string) => `${data}${mrzCheckDigit(data)}`;
  const number = `${digit('A12B34567')}${inventedTckn(1)}<<<<`;
  const [birth, expiry] = [digit('900517'), digit('410101')];
  const open = '<'.repeat(11);
  const composite = mrzCheckDigit(`${number}${birth}${expiry}${open}`);
  return `I<TUR${number}\n${birth}F${expiry}TUR${open}${composite}\n${'BASKA<<AYSE<NUR'.padEnd(30, '<')}`;
})();

const mother = {
  givenNames: 'Hatice',
  surname: 'Ağaoğlu',
  birthDate: '1970-03-04',
  nationality: 'TUR',
  tckn: inventedTckn(4001),
};
const represented: Change = both(
  set('representative', {
    person: mother,
    authority: { kind: 'vasi', document: 'karar', until: '2041-01-01' },
  }),
  bring('authority'),
);
const minor = set('birthDate', '2009-01-31');
const influential: Change = both(
  set('publicInfluence', { kind: 'domestic', office: 'belediye başkanı' }),
  set('sourceOfFunds', 'maaş'),
);
const foreignMother = both(
  represented,
  set('representative.person.nationality', 'FRA'),
  drop('representative.person.tckn'),
  set('representative.person.idDocument', { number: '12AB34567' }),
);

export const PEOPLE_EXAMPLES: Example[] = [
  blocks('NP-01', 'TY m.6/1', set('givenNames', 'Ayşe 2'), 'digit_in_name', 'givenNames'),
  blocks('NP-02', 'TY m.6/1', drop('surname'), 'missing', 'surname'),
  blocks('NP-03', 'TY m.6/1', set('birthDate', '2027-01-01'), 'in_the_future', 'birthDate'),
  blocks('NP-04', 'TY m.6/1', set('nationality', 'DEU'), 'unknown_code', 'nationality'),
  blocks('NP-05', 'TY m.6/1', set('tckn', '11111111111'), 'missing', 'tckn'),
  blocks('NP-06', 'TY m.6/2', contradicted('tckn'), 'register_mismatch', 'tckn'),
  blocks('NP-07', 'TY m.6/2', set('idDocument.type', 'residence_permit'), 'unknown_code', 'idDocument.type'),
  blocks('NP-08', 'TY m.6/2', drop('idDocument.number'), 'missing', 'idDocument.number'),
  blocks('NP-09', 'TY m.6/2', set('idDocument.expiresOn', '2026-11-21'), 'expired', 'idDocument.expiresOn'),
  blocks('NP-10', 'TY m.6/3', set('address.province', 'Atlantis'), 'unknown_province', 'address.province'),
  blocks('NP-11', 'TY m.6/3', drop('address.district'), 'missing', 'address.district'),
  blocks('NP-12', 'TY m.6/3', set('address.line', 'Örnek 1'), 'too_short', 'address.line'),
  blocks('NP-13', 'TY m.6/1', drop('occupation'), 'missing', 'occupation'),
  blocks('NP-14', 'TY m.5/3', set('purpose', 'whim'), 'unknown_code', 'purpose'),
  blocks('NP-15', '5549 s. Kanun m.15', drop('onOwnAccount'), 'missing', 'onOwnAccount'),
  blocks('NP-16', 'MASAK GT 21', drop('publicInfluence'), 'missing', 'publicInfluence.kind'),
  warns('NP-17', 'TY m.6/1', set('phone', 'yok'), 'bad_character', 'phone'),
  warns('NP-18', 'TY m.6/1', drop('email'), 'missing', 'email'),
  warns('NP-19', 'VUK GT 459', set('iban', 'TR330006100519786457841327'), 'checksum', 'iban'),
  blocks('NP-20', 'TY m.6/2', withdraw('identity_card'), 'missing', 'documents.identity_card'),
  blocks('NP-21', 'TY m.6/1', withdraw('signature_sample'), 'missing', 'documents.signature_sample'),
  // Three months and a day old (T28).
  blocks(
    'NP-22',
    'TY m.6/3',
    bring('address_proof', { issuedOn: '2026-08-21' }),
    'too_old',
    'documents.address_proof',
  ),
  warns('NP-23', OURS, set('tckn', '10000000147'), 'checksum', 'tckn', { trigger: 'voluntary' }),
  warns('NP-24', 'TY m.6/2', set('idDocument.number', '12'), 'unusual_pattern', 'idDocument.number'),
  warns('NP-25', OURS, set('idDocument.mrz', 'I<TUR'), 'mrz_lines', 'idDocument.mrz'),
  warns('NP-26', OURS, set('idDocument.mrz', ZONE), 'mrz_mismatch', 'surname', { types: TR }),
  blocks('NP-27', OURS, set('birthDatePrecision', 'month'), 'unknown_code', 'birthDatePrecision'),
  warns('NP-28', OURS, set('address.country', 'Fransa'), 'unknown_country', 'address.country'),
  blocks('NP-29', 'MASAK GT 21', drop('publicInfluence.office'), 'missing', 'publicInfluence.office', {
    given: [influential],
  }),
  warns('NP-30', 'MASAK GT 21', drop('sourceOfFunds'), 'missing', 'sourceOfFunds', { given: [influential] }),
  blocks('NP-31', OURS, set('deceasedOn', '2026-10-01'), 'deceased', 'deceasedOn'),
  warns('NP-32', 'TY m.6/1', set('vkn', '1234567891'), 'checksum', 'vkn'),
  blocks('NP-33', 'TY m.6/1', drop('tradeName'), 'missing', 'tradeName', {
    given: [both(set('soleTrader', true), set('tradeName', 'Ağaoğlu Takı'), set('vkn', '1234567890'))],
  }),
  blocks('NP-34', 'TY m.6/3', contradicted('address'), 'register_mismatch', 'address'),
  blocks('NP-35', OURS, contradicted('vkn'), 'register_mismatch', 'vkn', {
    given: [set('vkn', '1234567890')],
  }),
  blocks('NP-40', 'TY m.14', set('legalCapacity', 'half'), 'unknown_code', 'legalCapacity'),
  blocks('NP-41', 'TY m.14', drop('representative'), 'needs_representative', 'representative', {
    given: [minor, represented],
  }),
  blocks('NP-42', 'TY m.14', drop('representative'), 'missing', 'representative', {
    given: [set('legalCapacity', 'restricted'), represented],
  }),
  blocks(
    'NP-43',
    'TY m.14',
    set('representative.authority.kind', 'komşu'),
    'needs_guardian',
    'representative.authority.kind',
    { given: [set('legalCapacity', 'restricted'), represented] },
  ),
  ...(
    [
      ['NP-44', 'givenNames', drop('representative.person.givenNames'), 'missing'],
      ['NP-45', 'surname', set('representative.person.surname', 'K4ya'), 'digit_in_name'],
      ['NP-46', 'birthDate', drop('representative.person.birthDate'), 'missing'],
      ['NP-47', 'tckn', set('representative.person.tckn', '10000000147'), 'checksum'],
      ['NP-48', 'ykn', set('representative.person.ykn', '99000000130'), 'checksum'],
      ['NP-49', 'tckn', contradicted('representative.person.tckn'), 'register_mismatch'],
    ] as const
  ).map(([id, field, change, code]) =>
    blocks(id, 'TY m.14', change, code, `representative.person.${field}`, { given: [represented] }),
  ),
  blocks(
    'NP-50',
    'TY m.14',
    contradicted('representative.person.ykn'),
    'register_mismatch',
    'representative.person.ykn',
    {
      given: [foreignMother, set('representative.person.ykn', inventedYkn(7))],
    },
  ),
  blocks(
    'NP-51',
    'TY m.14',
    drop('representative.person.idDocument'),
    'missing',
    'representative.person.idDocument.number',
    { given: [foreignMother] },
  ),
  blocks(
    'NP-52',
    'TY m.14',
    drop('representative.authority.kind'),
    'missing',
    'representative.authority.kind',
    {
      given: [represented],
    },
  ),
  blocks(
    'NP-53',
    'TY m.14',
    set('representative.authority.until', '2026-11-21'),
    'expired',
    'representative.authority.until',
    { given: [represented] },
  ),
  blocks(
    'NP-54',
    'TY m.14',
    bring('authority', { originalSeen: false }),
    'original_not_seen',
    'documents.authority',
    {
      given: [represented],
    },
  ),

  blocks('NF-01', 'TY m.6/1', drop('surname'), 'missing', 'surname'),
  blocks('NF-02', 'TY m.6/1', set('nationality', 'TUR'), 'is_citizen', 'nationality'),
  blocks('NF-03', 'TY m.6/1', drop('birthPlace'), 'missing', 'birthPlace'),
  blocks('NF-04', 'TY m.6/2', set('idDocument.type', 'identity_card'), 'unknown_code', 'idDocument.type'),
  blocks('NF-05', 'TY m.6/2', both(drop('idDocument.number'), drop('ykn')), 'missing', 'idDocument.number'),
  blocks('NF-06', 'TY m.6/2', drop('idDocument.issuingCountry'), 'missing', 'idDocument.issuingCountry'),
  blocks('NF-07', 'TY m.6/2', set('ykn', '10000000146'), 'prefix', 'ykn'),
  blocks('NF-08', 'TY m.6/2', contradicted('ykn'), 'register_mismatch', 'ykn'),
  warns('NF-09', OURS, set('tckn', inventedTckn(3)), 'is_citizen', 'tckn'),
  warns('NF-10', 'TY m.6/2', set('idDocument.type', 'other'), 'manual_review', 'idDocument.type'),
  blocks('NF-11', 'TY m.6/1', drop('vkn'), 'missing', 'vkn', {
    given: [both(set('soleTrader', true), set('tradeName', 'Jean Bijoux'), set('vkn', '1234567890'))],
  }),
  blocks('NF-20', 'TY m.6/2', withdraw('passport'), 'missing', 'documents.passport'),
  // A card that no list names is looked at by a person, so that this file is never without a finding.
  blocks('NF-21', 'TY m.6/2', set('idDocument.type', 'other'), 'missing', 'documents.other'),
  blocks('NF-22', 'TY m.6/3', withdraw('address_proof'), 'missing', 'documents.address_proof'),
  blocks('NF-23', 'TY m.6/3', withdraw('address_proof'), 'missing', 'documents.address_proof', {
    given: [set('address', { country: 'FRA', line: '12 rue de l’Exemple, 69001 Lyon' })],
  }),
  warns('NF-24', OURS, set('ykn', '99000000130'), 'checksum', 'ykn', { trigger: 'voluntary' }),
];
