import fc from 'fast-check';

import { ComplianceError } from '../../domain/errors';
import { parseRecord, parseRecordPatch } from '../../operations/record-shape';

function refusal(run: () => unknown): { code: string; fields: readonly { pointer: string; code: string }[] } {
  try {
    run();
  } catch (error) {
    if (error instanceof ComplianceError) return { code: error.code, fields: error.fields };
    throw error;
  }
  throw new Error('Nothing was refused');
}

const refused = (record: unknown) => refusal(() => parseRecord('natural_person_tr', record)).fields;

test('a record is kept exactly as typed: no trim, no normalisation, no change of case', () => {
  const record = { givenNames: '  İbrahim\u00a0 ', surname: 'i\u0307şik', tckn: '1 00-00000146' };
  expect(parseRecord('natural_person_tr', record)).toEqual(record);
});

test('every wrong member is named by its pointer and a code', () => {
  expect(
    refused({
      givenNames: 5,
      birthDate: '2001-02-30',
      surname: 'a\u0000b',
      address: { line: 'x'.repeat(301), planet: 'Mars' },
      occupation: '\ud800',
      onOwnAccount: 'yes',
      nickname: 'x',
    }),
  ).toEqual([
    { pointer: '/record/givenNames', code: 'wrong_type' },
    { pointer: '/record/surname', code: 'control_character' },
    { pointer: '/record/birthDate', code: 'not_a_day' },
    { pointer: '/record/address/line', code: 'too_long', bounds: { most: 300 } },
    { pointer: '/record/address/planet', code: 'unknown_field' },
    { pointer: '/record/occupation', code: 'lone_surrogate' },
    { pointer: '/record/onOwnAccount', code: 'wrong_type' },
    { pointer: '/record/nickname', code: 'unknown_field' },
  ]);
});

test('300 characters pass even where each takes two UTF-16 units', () => {
  expect(() => parseRecord('natural_person_tr', { occupation: '𝒜'.repeat(300) })).not.toThrow();
  expect(refused({ occupation: '𝒜'.repeat(301) })).toEqual([
    { pointer: '/record/occupation', code: 'too_long', bounds: { most: 300 } },
  ]);
});

test('a value that only breaks a rule has a right shape', () => {
  const record = {
    tckn: '12345678901',
    phone: 'call me',
    purpose: 'whim',
    address: { province: 'Atlantis' },
  };
  expect(parseRecord('natural_person_tr', record)).toEqual(record);
});

test('lists of a company hold 50 items at most, amounts are integers and shares are percentages', () => {
  const fields = refusal(() =>
    parseRecord('company', {
      representatives: Array.from({ length: 51 }, () => ({})),
      shareholders: [{ share: 100.01 }],
      transaction: { amountKurus: 1.5 },
    }),
  ).fields;
  expect(fields).toEqual([
    { pointer: '/record/transaction/amountKurus', code: 'wrong_type' },
    { pointer: '/record/representatives', code: 'too_many', bounds: { most: 50 } },
    { pointer: '/record/shareholders/0/share', code: 'too_large', bounds: { most: 100 } },
  ]);
});

test('a masked identity number is refused wherever a record holds one', () => {
  expect(refusal(() => parseRecord('natural_person_tr', { tckn: '100******46' }))).toEqual({
    code: 'MASKED_VALUE',
    fields: [{ pointer: '/record/tckn', code: 'masked' }],
  });
  const company = { representatives: [{}, { person: { ykn: '991******12' } }] };
  expect(refusal(() => parseRecord('company', company))).toEqual({
    code: 'MASKED_VALUE',
    fields: [{ pointer: '/record/representatives/1/person/ykn', code: 'masked' }],
  });
});

test('a patch may remove known members at every level, and no unknown ones', () => {
  const patch = { surname: null, address: { line: null }, idDocument: null };
  expect(parseRecordPatch('natural_person_tr', patch)).toEqual(patch);
  const { fields } = refusal(() =>
    parseRecordPatch('natural_person_tr', { nickname: null, address: { x: null } }),
  );
  expect(fields.map(({ pointer }) => pointer).sort()).toEqual(['/record/address/x', '/record/nickname']);
});

test('neither __proto__ nor constructor passes as a member', () => {
  expect(refused(JSON.parse('{"__proto__": {"tckn": "1"}}'))).not.toEqual([]);
  expect(refused({ constructor: 'x' })).toEqual([{ pointer: '/record/constructor', code: 'unknown_field' }]);
});

test('whatever JSON comes, the answer is the same value or a refusal that repeats no value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      try {
        expect(parseRecord('company', value)).toEqual(value);
      } catch (error) {
        expect(error).toBeInstanceOf(ComplianceError);
      }
    }),
    { numRuns: 300 },
  );
});
