import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { PROBLEM_CODES } from '../../domain/check-result';
import { CHECK_KINDS, check } from '../../domain/checks';
import { csvRows, testWithSharedData } from '../support/vectors';

const TODAY = '2026-11-22';

test('every kind of the contract has its check, which names itself', () => {
  expect([...CHECK_KINDS].sort()).toEqual(
    ['email', 'iban', 'mrz', 'name', 'phone', 'tax_or_identity', 'tckn', 'vkn', 'ykn'].sort(),
  );
  for (const kind of CHECK_KINDS) expect(check(kind, 'x', {}, TODAY).kind).toBe(kind);
});

test.each([
  ['tckn', '100 000 001 46', '10000000146'],
  ['ykn', '99000000110', '99000000110'],
  ['vkn', '454-053-6920', '4540536920'],
  ['iban', 'TR33 0006 1005 1978 6457 8413 26', 'TR330006100519786457841326'],
  ['phone', '0(532) 123-45-67', '+905321234567'],
  ['email', ' Ayse@Example.com ', 'ayse@example.com'],
  ['name', ' Ayşe  Nur ', 'Ayşe Nur'],
  ['tax_or_identity', '454-053-6920', '4540536920'],
] as const)('%s judges %j', (kind, value, normalized) => {
  expect(check(kind, value)).toMatchObject({ valid: true, normalized });
});

test('any text of any kind gets an answer with known codes, and never an exception', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CHECK_KINDS),
      fc.string({ unit: 'binary', maxLength: 60 }),
      (kind, value) => {
        const result = check(kind, value, { surname: value, tckn: value }, TODAY);
        expect(result.valid).toBe(result.normalized !== null);
        for (const { code } of result.problems) expect(PROBLEM_CODES).toContain(code);
        if (!result.valid) expect(result.problems).not.toHaveLength(0);
      },
    ),
    { numRuns: 500 },
  );
});

test.each([
  ['10000000146', 'tckn', '10000000146'],
  ['99000000110', 'ykn', '99000000110'],
  ['4540536920', 'vkn', '4540536920'],
  ['100-000 00146', 'tckn', '10000000146'],
  ['0000000019', 'vkn', '0000000019'],
])('%s of either kind is a %s', (value, kind, normalized) => {
  expect(check('tax_or_identity', value)).toEqual({
    kind: 'tax_or_identity',
    valid: true,
    normalized,
    problems: [],
    fields: { kind },
  });
});

test.each([
  ['102030404', 'lost_leading_zero', { kind: 'vkn', suggested: '0102030404' }],
  ['102030405', 'length', undefined],
  ['11111111111', 'filler', undefined],
  ['2222222222', 'filler', undefined],
  ['1234567891', 'checksum', undefined],
  ['10000000147', 'checksum', undefined],
  ['01000000018', 'leading_zero', undefined],
  ['100000001466', 'length', undefined],
  ['', 'empty', undefined],
])('%s of either kind is refused as %s', (value, code, fields) => {
  const result = check('tax_or_identity', value);
  expect(result).toMatchObject({ valid: false, normalized: null, problems: [{ code }] });
  expect(result.fields).toEqual(fields);
});

testWithSharedData('numbers from elsewhere are told apart', 'ids/tckn-vkn-dev.csv', (path) => {
  const rows = csvRows(readFileSync(path, 'utf8'));
  expect(rows.length).toBeGreaterThan(200);
  for (const { kind = '', value = '', expected } of rows) {
    const result = check('tax_or_identity', value);
    expect([value, result.valid]).toEqual([value, expected !== 'false']);
    if (result.valid) expect([value, result.fields?.['kind']]).toEqual([value, kind.toLowerCase()]);
  }
});

test('a zone is compared with the context, and differences leave it valid', () => {
  const value =
    'I<TURA00Z000016<10000000146<<<\n9001011F3301018TUR<<<<<<<<<<<4\nYILMAZ<<AYSE<NUR<<<<<<<<<<<<<<';
  const context = { givenNames: 'Ayşe Nur', surname: 'Yılmaz', documentNumber: 'A00Z00001' };
  expect(check('mrz', value, context, TODAY)).toMatchObject({ valid: true, problems: [] });
  const other = {
    ...context,
    surname: 'Kaya',
    tckn: '88000013718',
    birthDate: '1991-01-01',
    expiresOn: '2030-01-01',
  };
  expect(check('mrz', value, { ...other, documentNumber: 'X' }, TODAY)).toMatchObject({
    valid: true,
    problems: [
      { code: 'name_differs' },
      { code: 'birth_date_differs' },
      { code: 'tckn_differs' },
      { code: 'document_number_differs' },
      { code: 'expiry_differs' },
    ],
  });
});
