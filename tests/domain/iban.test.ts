import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { checkIban, maskIban } from '../../domain/iban';
import { csvRows, testWithSharedData } from '../support/vectors';

const REGISTRY_EXAMPLE = 'TR330006100519786457841326';

describe('account numbers', () => {
  test.each([
    REGISTRY_EXAMPLE,
    'TR050009900000000000000001',
    'TR450099900000000000000001',
    'TR250009901234567890123456',
    'TR650099901234567890123456',
    'TR340009909999999999999999',
  ])('%s is right', (value) => {
    expect(checkIban(value)).toEqual({
      kind: 'iban',
      valid: true,
      normalized: value,
      problems: [],
      fields: { country: 'TR' },
    });
  });

  test('an account abroad is right and names its country', () => {
    expect(checkIban('DE89370400440532013000')).toMatchObject({ valid: true, fields: { country: 'DE' } });
  });

  test('spaces, hyphens and small letters are written away', () => {
    expect(checkIban('tr33 0006-1005 1978 6457 8413 26').normalized).toBe(REGISTRY_EXAMPLE);
  });

  test.each([
    ['TR330006100519786457841327', 'checksum'],
    ['TR33000610051978645784132', 'length'],
    ['TR3300061005197864578413260', 'length'],
    ['TR33000610051978645784132A', 'non_digit'],
    ['TR330006110519786457841326', 'reserve_digit'],
    ['DE89370400440532013001', 'checksum'],
    ['DE8937040044053201300', 'length'],
    ['XX89370400440532013000', 'unknown_country'],
    ['330006100519786457841326', 'unknown_country'],
    ['TR33000610051978645784132\u0661', 'bad_character'],
    ['ТR330006100519786457841326', 'bad_character'],
    ['', 'empty'],
  ])('%s is refused: %s', (value, code) => {
    expect(checkIban(value)).toMatchObject({ valid: false, normalized: null, problems: [{ code }] });
  });

  test('a right checksum does not excuse a wrong reserve digit', () => {
    const bban = '0006110519786457841326';
    const check = 98n - (BigInt(`${bban}292700`) % 97n);
    expect(checkIban(`TR${String(check).padStart(2, '0')}${bban}`).problems).toEqual([
      { code: 'reserve_digit' },
    ]);
  });

  test('any single wrong digit of a Turkish account is caught', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 25 }), fc.integer({ min: 1, max: 9 }), (at, shift) => {
        const digit = (Number(REGISTRY_EXAMPLE[at]) + shift) % 10;
        expect(checkIban(REGISTRY_EXAMPLE.slice(0, at) + digit + REGISTRY_EXAMPLE.slice(at + 1)).valid).toBe(
          false,
        );
      }),
    );
  });
});

test('a masked account shows country, check digits and the end', () => {
  expect(maskIban(REGISTRY_EXAMPLE)).toBe('TR33 **** … 26');
  expect(maskIban('TR330')).toBe('*****');
});

testWithSharedData('outside vectors of IBAN agree', 'ids/iban-dev.csv', (path) => {
  const rows = csvRows(readFileSync(path, 'utf8'));
  expect(rows.length).toBeGreaterThan(100);
  for (const { iban = '', valid } of rows)
    expect([iban, String(checkIban(iban).valid)]).toEqual([iban, valid]);
});
