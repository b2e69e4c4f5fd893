import { possibleEvidence, wantedEvidence } from '../../domain/evidence';
import { identitiesOf, registerSubjects, spelledLikeCard } from '../../domain/register-subjects';
import { lightsOf, registerLight, type RegisterResult } from '../../domain/verification';

const ayse = { givenNames: 'Ayşe Nur', surname: 'Yılmaz', birthDate: '1990-05-17' };
const anna = { givenNames: 'Anna', surname: 'Müller', birthDate: '1985-06-05' };
const fieldsOf = (record: unknown) => registerSubjects(record).map(({ field, kind }) => [field, kind]);

test('everybody in a file is asked about, and somebody who stands in it twice once', () => {
  const person = { ...ayse, tckn: '10000000146' };
  const record = {
    vkn: '4540536920',
    representatives: [{ person }, { person: { ...anna, ykn: '99000000110' } }],
    beneficialOwners: [{ person }],
    onBehalfOf: { person: { ...ayse, tckn: '88000013718' }, vkn: '1234567890' },
  };
  expect(registerSubjects(record)).toEqual([
    expect.objectContaining({
      field: 'representatives[0].person.tckn',
      alsoAt: ['beneficialOwners[0].person.tckn'],
    }),
    expect.objectContaining({ field: 'representatives[1].person.ykn', kind: 'ykn', birthDate: '1985-06-05' }),
    expect.objectContaining({ field: 'onBehalfOf.person.tckn' }),
  ]);
  expect(identitiesOf(record).map(({ field }) => field)).toEqual([
    'representatives[0].person.tckn',
    'representatives[1].person.ykn',
    'beneficialOwners[0].person.tckn',
    'onBehalfOf.person.tckn',
    'vkn',
    'onBehalfOf.vkn',
  ]);
});

test.each<[string, object, [string, string][]]>([
  ['a citizen', { ...ayse, tckn: '100-000 00146' }, [['tckn', 'tckn']]],
  ['a 99 number typed in the citizen field (T07)', { ...anna, tckn: '99000000110' }, [['tckn', 'ykn']]],
  ['a dual citizen (T08)', { ...anna, tckn: '10000000146', ykn: '99000000110' }, [['tckn', 'tckn']]],
  ['one with a single name (T06)', { ...anna, surname: undefined, ykn: '99000000110' }, [['ykn', 'ykn']]],
  ['a citizen without a surname', { ...ayse, surname: ' ', tckn: '10000000146' }, []],
  ['a number with a wrong checksum', { ...ayse, tckn: '10000000147' }, []],
  ['a filler (T20)', { ...ayse, tckn: '11111111111' }, []],
  [
    'a citizen of whom the year is known (T15)',
    { ...ayse, birthDatePrecision: 'year', tckn: '10000000146' },
    [['tckn', 'tckn']],
  ],
  ['a foreigner of whom the year is known', { ...anna, birthDatePrecision: 'year', ykn: '99000000110' }, []],
])('%s is asked of the right service, or not at all', (_who, record, expected) => {
  expect(fieldsOf(record)).toEqual(expected);
});

test.each([
  ['first_given_name', 'Ayşe Nur', 'Yılmaz', { givenNames: 'Ayşe', surname: 'Yılmaz' }],
  ['first_given_name', 'Ayşe', 'Yılmaz', null],
  ['without_hyphen', 'Ali', 'Özdemir-Kaya', { givenNames: 'Ali', surname: 'Özdemir Kaya' }],
  ['without_hyphen', 'Ali', 'Kaya', null],
] as const)(
  '%s turns %s %s into what the card shows, if anything',
  (spelling, givenNames, surname, expected) => {
    expect(spelledLikeCard({ givenNames, surname }, spelling)).toEqual(expected);
  },
);

test.each<[RegisterResult, boolean, string]>([
  ['match', false, 'green'],
  ['match', true, 'grey'],
  ['mismatch', false, 'red'],
  ['mismatch', true, 'grey'],
  ['not_found', false, 'grey'],
  ['unavailable', false, 'grey'],
  ['off', false, 'grey'],
])('%s, simulated %s, is %s', (result, simulated, expected) => {
  expect(registerLight(result, simulated)).toBe(expected);
});

test('the lights of a file are the worst of its identities', () => {
  const record = { vkn: '4540536920', representatives: [{ person: { ...ayse, tckn: '10000000147' } }] };
  const match = { field: 'vkn', result: 'match' as const, simulated: false };
  expect(lightsOf(record, [match])).toEqual({
    format: 'green',
    checksum: 'red',
    register: 'grey',
    simulated: false,
    identities: [
      {
        field: 'representatives[0].person.tckn',
        format: 'green',
        checksum: 'red',
        register: 'grey',
        simulated: false,
      },
      { field: 'vkn', format: 'green', checksum: 'green', register: 'green', simulated: false },
    ],
  });
  expect(lightsOf({}, [])).toMatchObject({
    format: 'grey',
    checksum: 'grey',
    register: 'grey',
    identities: [],
  });
  expect(lightsOf({ ykn: '10000000146' }, [])).toMatchObject({ format: 'red', checksum: 'grey' });
});

test('what is looked up by hand follows type and trigger, and asks for nothing that is not there', () => {
  const kinds = (...asked: Parameters<typeof wantedEvidence>) =>
    wantedEvidence(...asked).map(({ kind }) => kind);
  const company = { vkn: '4540536920', tradeRegisterNumber: '1-2', address: { line: 'Sokak 1' } };
  expect(kinds('company', 'continuous', company)).toEqual(['vkn', 'trade_register']);
  expect(kinds('company', 'voluntary', company)).toEqual([]);
  expect(kinds('company', 'continuous', {})).toEqual([]);
  expect(kinds('association', 'threshold', { registryNumber: '34-1' })).toEqual(['registry']);
  expect(kinds('natural_person_tr', 'continuous', { address: { line: 'Sokak 1' } })).toEqual(['address']);
  expect(kinds('natural_person_tr', 'threshold', { address: { line: 'Sokak 1' } })).toEqual([]);
  const owners = { beneficialOwners: [{ person: { tckn: '10000000146' } }] };
  expect(possibleEvidence('company', 'continuous', owners)).toMatchObject([
    { kind: 'population_register', field: 'beneficialOwners[0].person.tckn' },
  ]);
});
