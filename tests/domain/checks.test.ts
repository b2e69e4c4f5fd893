import fc from 'fast-check';
import { PROBLEM_CODES } from '../../domain/check-result';
import { CHECK_KINDS, check } from '../../domain/checks';

test('every kind of the first issue has its check, which names itself', () => {
  expect(CHECK_KINDS).toEqual(['tckn', 'ykn', 'vkn', 'iban', 'phone']);
  for (const kind of CHECK_KINDS) expect(check(kind, 'x').kind).toBe(kind);
});

test.each([
  ['tckn', '100 000 001 46', '10000000146'],
  ['ykn', '99000000110', '99000000110'],
  ['vkn', '454-053-6920', '4540536920'],
  ['iban', 'TR33 0006 1005 1978 6457 8413 26', 'TR330006100519786457841326'],
  ['phone', '0(532) 123-45-67', '+905321234567'],
] as const)('%s judges %j', (kind, value, normalized) => {
  expect(check(kind, value)).toMatchObject({ valid: true, normalized });
});

test('any text of any kind gets an answer with known codes, and never an exception', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CHECK_KINDS),
      fc.string({ unit: 'binary', maxLength: 60 }),
      (kind, value) => {
        const result = check(kind, value);
        expect(result.valid).toBe(result.normalized !== null);
        for (const { code } of result.problems) expect(PROBLEM_CODES).toContain(code);
        if (!result.valid) expect(result.problems).not.toHaveLength(0);
      },
    ),
    { numRuns: 500 },
  );
});
