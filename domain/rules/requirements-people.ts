import { LEGAL_CAPACITIES, PUBLIC_INFLUENCE_KINDS } from '../customer';
import type { Condition, Requirement } from '../requirements';
import {
  ADULT_AGE,
  ALL,
  CITIZENS_DOCUMENTS,
  CONTINUOUS,
  OURS,
  TURKEY,
  VOLUNTARY,
  addressLine,
  ask,
  birthDate,
  family,
  foreign,
  foreignersNumber,
  identityNumber,
  name,
  paper,
  personRows,
  present,
  purpose,
  read,
  recalled,
  register,
  turkish,
  unexpired,
  warn,
  where,
  type Row,
} from './requirement-row';

const TY6_1 = read('TY m.6/1');
const TY6_2 = read('TY m.6/2');
const TY6_3 = read('TY m.6/3');
const GT21 = read('MASAK GT 21');
/** Who acts for another: the content was read, the article's number is recalled (D-2.7). */
const TY14 = recalled('TY m.14');

const SHOWN = ['identity_original', 'identity_copy'];
const inTurkey = turkish('address.country');
const abroad = foreign('address.country');
const hasInfluence: Condition = { field: 'publicInfluence.kind', notIn: ['none'] };

/** D-2.2, what every natural person is asked. */
const EVERYBODY: Row[] = [
  ask('01', 'givenNames', name, TY6_1, { triggers: ALL, evidence: SHOWN }),
  ask('03', 'birthDate', birthDate, TY6_1, { evidence: SHOWN }),
  // The old card has no expiry (D-2.2, recalled).
  ask('09', 'idDocument.expiresOn', unexpired, TY6_2, {
    evidence: SHOWN,
    when: {
      field: 'idDocument.type',
      in: ['identity_card', 'driving_licence', 'passport', 'residence_permit'],
    },
  }),
  ask('10', 'address.province', { kind: 'province' }, TY6_3, { when: inTurkey, evidence: ['declaration'] }),
  ask('11', 'address.district', present, TY6_3, { when: inTurkey, evidence: ['declaration'] }),
  ask('12', 'address.line', addressLine, TY6_3, { evidence: ['declaration'] }),
  ask('13', 'occupation', present, TY6_1, { evidence: ['declaration'] }),
  ask('14', 'purpose', purpose, read('TY m.5/3'), { triggers: CONTINUOUS, evidence: ['declaration'] }),
  ask('15', 'onOwnAccount', present, read('5549 s. Kanun m.15'), { evidence: ['signed_declaration'] }),
  ask('16', 'publicInfluence.kind', { kind: 'code', codes: PUBLIC_INFLUENCE_KINDS }, GT21, {
    evidence: ['signed_declaration'],
  }),
  warn('17', 'phone', { kind: 'check', check: 'phone' }, TY6_1, { triggers: ALL, evidence: ['declaration'] }),
  warn('18', 'email', { kind: 'check', check: 'email' }, TY6_1, { triggers: ALL, evidence: ['declaration'] }),
  warn('19', 'iban', { kind: 'check', check: 'iban' }, read('VUK GT 459'), {
    triggers: ALL,
    optional: true,
    evidence: ['bank_slip'],
  }),
  ask(
    '21',
    'documents.signature_sample',
    paper(['signature_sample', 'kyc_form'], { signedFromAge: ADULT_AGE }),
    TY6_1,
    {
      evidence: ['signed_form'],
    },
  ),
  warn('24', 'idDocument.number', { kind: 'number', of: 'document' }, recalled('TY m.6/2'), {
    optional: true,
    evidence: SHOWN,
  }),
  warn('25', 'idDocument.mrz', { kind: 'check', check: 'mrz' }, OURS, { optional: true, evidence: ['mrz'] }),
  warn('26', 'idDocument.mrz', { kind: 'mrz' }, OURS, { optional: true, evidence: ['mrz'] }),
  ask('27', 'birthDatePrecision', { kind: 'code', codes: ['day', 'year'] }, OURS, { optional: true }),
  warn('28', 'address.country', { kind: 'country' }, OURS, { optional: true }),
  ask('29', 'publicInfluence.office', present, GT21, {
    when: hasInfluence,
    evidence: ['signed_declaration'],
  }),
  warn(
    '30',
    'sourceOfFunds',
    { kind: 'one_of', fields: ['sourceOfFunds', 'sourcesOfFunds'] },
    recalled('MASAK GT 21'),
    {
      when: hasInfluence,
      evidence: ['signed_declaration'],
    },
  ),
  ask('31', 'deceasedOn', { kind: 'forbidden', code: 'deceased' }, OURS, {
    triggers: ALL,
    evidence: ['death_record'],
  }),
  warn('32', 'vkn', { kind: 'number', of: 'tax' }, recalled('TY m.6/1'), {
    triggers: ALL,
    optional: true,
    evidence: ['tax_certificate'],
  }),
  ask('33', 'tradeName', present, recalled('TY m.6/1'), {
    when: { field: 'soleTrader', in: [true] },
    evidence: ['tax_certificate'],
  }),
  ask('34', 'address', register, TY6_3, { optional: true, evidence: ['address_document'] }),
  ask('35', 'vkn', register, OURS, { optional: true, evidence: ['tax_certificate'] }),
];

const BY_COURT: Condition = { field: 'legalCapacity', in: ['restricted'] };

/** D-2.7: who cannot act alone, and who acts for another. */
const REPRESENTED: Row[] = [
  ask('40', 'legalCapacity', { kind: 'code', codes: LEGAL_CAPACITIES }, TY14, { optional: true }),
  ask('41', 'representative', { kind: 'adult_or_represented', adultAge: ADULT_AGE }, TY14, {
    evidence: ['family_record'],
  }),
  ask('42', 'representative', present, TY14, {
    when: { field: 'legalCapacity', in: ['minor', 'restricted'] },
    evidence: ['family_record', 'guardianship_decision'],
  }),
  ask(
    '43',
    'representative.authority.kind',
    { kind: 'word', words: ['guardian', 'vasi', 'vasilik'], code: 'needs_guardian' },
    TY14,
    { when: BY_COURT, optional: true, evidence: ['guardianship_decision'] },
  ),
  ...where(
    [{ field: 'representative.person', present: true }],
    [
      ...personRows(
        'representative.person',
        {
          givenNames: '44',
          surname: '45',
          birthDate: '46',
          tckn: '47',
          ykn: '48',
          tcknRegister: '49',
          yknRegister: '50',
          passport: '51',
        },
        TY14,
      ),
      ask('52', 'representative.authority.kind', present, TY14, { evidence: ['power_of_attorney'] }),
      ask('53', 'representative.authority.until', unexpired, TY14, {
        optional: true,
        evidence: ['power_of_attorney'],
      }),
      ask('54', 'documents.authority', paper(['authority'], { originalSeen: true }), TY14, {
        evidence: ['power_of_attorney', 'family_record', 'guardianship_decision'],
      }),
    ],
  ),
];

/** D-2.2: natural person, Turkish citizen. */
const CITIZEN: Row[] = [
  ask('02', 'surname', name, TY6_1, { triggers: ALL, evidence: SHOWN }),
  ask('04', 'nationality', { kind: 'code', codes: [TURKEY] }, TY6_1, { evidence: SHOWN }),
  ask('05', 'tckn', identityNumber, TY6_1, { evidence: SHOWN }),
  ask('06', 'tckn', register, TY6_2, { optional: true, evidence: ['population_register'] }),
  ask('07', 'idDocument.type', { kind: 'code', codes: CITIZENS_DOCUMENTS }, TY6_2, { evidence: SHOWN }),
  ask('08', 'idDocument.number', present, TY6_2, { evidence: SHOWN }),
  ask('20', 'documents.identity_card', paper(CITIZENS_DOCUMENTS, { originalSeen: true }), TY6_2, {
    evidence: SHOWN,
  }),
  ask('22', 'documents.address_proof', paper(['address_proof'], { maxAge: 'address_proof' }), TY6_3, {
    triggers: CONTINUOUS,
    evidence: ['address_document'],
  }),
  warn('23', 'tckn', identityNumber, OURS, { triggers: VOLUNTARY, optional: true }),
];

const NOT_OTHER: Condition = {
  field: 'idDocument.type',
  in: ['passport', 'residence_permit'],
  orAbsent: true,
};
const OTHER: Condition = { field: 'idDocument.type', in: ['other'] };

/** D-2.3: natural person, foreigner. */
const FOREIGNER: Row[] = [
  ask('01', 'surname', name, TY6_1, {
    triggers: ALL,
    when: { field: 'noSurname', in: [false], orAbsent: true },
    evidence: SHOWN,
  }),
  ask('02', 'nationality', { kind: 'country', abroadCode: 'is_citizen' }, TY6_1, { evidence: SHOWN }),
  ask('03', 'birthPlace', present, TY6_1, { evidence: SHOWN }),
  ask('04', 'idDocument.type', { kind: 'code', codes: ['passport', 'residence_permit', 'other'] }, TY6_2, {
    evidence: SHOWN,
  }),
  ask('05', 'idDocument.number', { kind: 'one_of', fields: ['idDocument.number', 'ykn'] }, TY6_2, {
    evidence: SHOWN,
  }),
  ask('06', 'idDocument.issuingCountry', { kind: 'country' }, TY6_2, {
    when: { field: 'idDocument.type', in: ['passport'], orAbsent: true },
    evidence: SHOWN,
  }),
  ask('07', 'ykn', foreignersNumber, recalled('TY m.6/2'), {
    optional: true,
    evidence: ['residence_permit'],
  }),
  ask('08', 'ykn', register, recalled('TY m.6/2'), { optional: true, evidence: ['population_register'] }),
  // Whoever has a citizen's number is a citizen first (T08).
  warn('09', 'tckn', { kind: 'forbidden', code: 'is_citizen' }, OURS),
  warn('10', 'idDocument.type', { kind: 'forbidden', code: 'manual_review' }, recalled('TY m.6/2'), {
    when: OTHER,
  }),
  ask('11', 'vkn', present, recalled('TY m.6/1'), {
    when: { field: 'soleTrader', in: [true] },
    evidence: ['tax_certificate'],
  }),
  ask('20', 'documents.passport', paper(['passport', 'residence_permit'], { originalSeen: true }), TY6_2, {
    when: NOT_OTHER,
    evidence: SHOWN,
  }),
  ask('21', 'documents.other', paper(['other'], { originalSeen: true }), recalled('TY m.6/2'), {
    when: OTHER,
    evidence: SHOWN,
  }),
  ask('22', 'documents.address_proof', paper(['address_proof'], { maxAge: 'address_proof' }), TY6_3, {
    triggers: CONTINUOUS,
    when: inTurkey,
    evidence: ['address_document'],
  }),
  // What proves an address abroad is an open question of the dossier (D-2.3).
  ask(
    '23',
    'documents.address_proof',
    paper(['address_proof'], { maxAge: 'address_proof' }),
    recalled('TY m.6/3'),
    {
      triggers: CONTINUOUS,
      when: abroad,
      evidence: ['foreign_address_document', 'translation'],
    },
  ),
  warn('24', 'ykn', foreignersNumber, OURS, { triggers: VOLUNTARY, optional: true }),
];

export const PEOPLE_REQUIREMENTS: readonly Requirement[] = [
  ...family('NP', ['natural_person_tr', 'natural_person_foreign'], [...EVERYBODY, ...REPRESENTED]),
  ...family('NP', ['natural_person_tr'], CITIZEN),
  ...family('NF', ['natural_person_foreign'], FOREIGNER),
];
