import { inventedTckn, inventedYkn } from '../support/complete-files';
import { bring, both, drop, proveExamples, set, verdictOn, withdraw, type Change } from './examples/example';
import { PEOPLE_EXAMPLES } from './examples/people';

proveExamples(PEOPLE_EXAMPLES);

const found = (...args: Parameters<typeof verdictOn>) =>
  verdictOn(...args).findings.map(({ code, field }) => `${field}: ${code}`);
const citizen = (...changes: Change[]) => found('natural_person_tr', 'threshold', changes);
const foreigner = (...changes: Change[]) => found('natural_person_foreign', 'continuous', changes);

const parent: Change = both(
  set('representative', {
    person: { givenNames: 'Hatice', surname: 'Uçar', birthDate: '1970-03-04', tckn: inventedTckn(4002) },
    authority: { kind: 'veli' },
  }),
  bring('authority'),
);

test('somebody of seventeen needs a parent, and the own signature is refused (T10)', () => {
  expect(citizen(set('birthDate', '2009-06-01'))).toEqual(
    expect.arrayContaining([
      'representative: needs_representative',
      'documents.signature_sample: own_signature',
    ]),
  );
  expect(citizen(set('birthDate', '2009-06-01'), parent)).toEqual([]);
});

test('who turns eighteen tomorrow is a minor today and none tomorrow, by the day in Türkiye (T11)', () => {
  const born = [set('birthDate', '2008-11-23')];
  expect(found('natural_person_tr', 'threshold', born)).toContain('representative: needs_representative');
  expect(found('natural_person_tr', 'threshold', born, undefined, '2026-11-23')).toEqual([]);
});

test('a register that knows the year only is not judged by a day (T15)', () => {
  const year = (birthDate: string) => citizen(set('birthDate', birthDate), set('birthDatePrecision', 'year'));
  expect(year('1950-01-01')).toEqual([]);
  // Until the last day of the year nobody knows whether the eighteenth birthday has been.
  expect(year('2008-01-01')).toContain('representative: needs_representative');
  // Later this year is not the future where the day means nothing.
  expect(year('2026-12-31')).not.toContain('birthDate: in_the_future');
});

test('a passport with one name is complete once the clerk says so; a citizen always has a surname (T06)', () => {
  expect(foreigner(drop('surname'))).toContain('surname: missing');
  expect(foreigner(drop('surname'), set('noSurname', true))).toEqual([]);
  expect(citizen(drop('surname'), set('noSurname', true))).toContain('surname: missing');
});

test('a foreigner’s number in the citizen’s field says so and asks for the other type (T07)', () => {
  expect(citizen(set('tckn', inventedYkn(5)))).toEqual(['tckn: is_foreigner']);
});

test('who has both numbers is a citizen first: a warning, and the link is kept (T08)', () => {
  const { findings } = verdictOn('natural_person_foreign', 'continuous', [set('tckn', inventedTckn(5))]);
  expect(findings).toMatchObject([{ code: 'is_citizen', field: 'tckn', severity: 'warning' }]);
});

test('a passport or a residence permit: either is enough', () => {
  expect(foreigner(drop('ykn'))).toEqual([]);
  const permit = both(
    set('idDocument', { type: 'residence_permit', number: 'A1234567', expiresOn: '2030-01-01' }),
    withdraw('passport'),
    bring('residence_permit'),
  );
  expect(foreigner(permit)).toEqual([]);
});

test('a sole trader’s tax number may be the own identity number (T21)', () => {
  const trader = both(set('soleTrader', true), set('tradeName', 'Ağaoğlu Takı'));
  expect(citizen(trader)).toEqual([]);
  expect(citizen(trader, set('vkn', inventedTckn(1)))).toEqual([]);
  expect(citizen(trader, set('vkn', inventedTckn(2)))).toEqual(['vkn: is_tckn']);
});

test('a bill of three months is taken, one of three months and a day is not, and stays so in the file (T28)', () => {
  const billOf = (issuedOn: string, today?: string) =>
    found('natural_person_tr', 'continuous', [bring('address_proof', { issuedOn })], undefined, today);
  expect(billOf('2026-08-22')).toEqual([]);
  expect(billOf('2026-08-21')).toEqual(['documents.address_proof: too_old']);
  // What was fresh when it was taken does not grow stale in the file.
  expect(billOf('2026-08-22', '2027-06-01')).toEqual([]);
});

test('a form signed by the representative counts for a restricted customer, a neighbour does not act for one', () => {
  const restricted = set('legalCapacity', 'restricted');
  expect(citizen(restricted)).toContain('documents.signature_sample: own_signature');
  expect(citizen(restricted, parent)).toEqual(['representative.authority.kind: needs_guardian']);
  expect(citizen(restricted, parent, set('representative.authority.kind', 'Vasi (mahkeme kararı)'))).toEqual(
    [],
  );
});

test('an address abroad needs no province', () => {
  const address = { country: 'DEU', line: 'Beispielstraße 12, 10115 Berlin' };
  expect(citizen(set('address', address))).toEqual([]);
});
