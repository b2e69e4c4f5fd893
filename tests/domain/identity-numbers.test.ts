import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { ProblemCode } from '../../domain/check-result';
import {
  checkTckn,
  checkVkn,
  checkYkn,
  isFiller,
  isTckn,
  isVkn,
  isYkn,
  looksMasked,
  maskIdentityNumber,
} from '../../domain/identity-numbers';
import { csvRows, testWithSharedData } from '../support/vectors';

const codes = (result: { problems: { code: ProblemCode }[] }) => result.problems.map(({ code }) => code);

describe('identity numbers of citizens', () => {
  test.each([
    '10000000146',
    '11111111110',
    '12345678950',
    '22222222220',
    '31415926562',
    '13579246816',
    '55555555550',
    '70000000782',
    '80808080800',
    '98765432150',
    '24681357994',
    '88000013718',
    '88000027432',
    '88000041124',
    '88000054858',
    '88000068572',
    '88000082264',
    '19000000088', // 7·1 − 9 is below zero
  ])('%s is right', (value) => {
    expect(checkTckn(value)).toEqual({ kind: 'tckn', valid: true, normalized: value, problems: [] });
  });

  test.each<[string, ProblemCode[]]>([
    ['01000000018', ['leading_zero']],
    ['10000000147', ['checksum']],
    ['10000000156', ['checksum']],
    ['12345678951', ['checksum']],
    ['12345678901', ['checksum']],
    ['99000000130', ['checksum']],
    ['22222222202', ['checksum']],
    ['12345678905', ['checksum']],
    ['1000000014', ['length']],
    ['100000001466', ['length']],
    ['1000000014A', ['non_digit']],
    ['١٠٠٠٠٠٠٠١٤٦', ['non_digit']],
    ['10000000146\n', ['non_digit']],
    ['11111111111', ['filler']],
    ['00000000000', ['filler']],
    ['2222222222', ['filler']],
    ['1234567890', ['length', 'is_vkn']],
    ['', ['empty']],
    [' - ', ['empty']],
  ])('%j is refused with %j', (value, expected) => {
    const result = checkTckn(value);
    expect(codes(result)).toEqual(expected);
    expect(result).toMatchObject({ valid: false, normalized: null });
  });

  test('the checksum alone never accepts a leading zero', () => {
    expect(isTckn('01000000090')).toBe(false);
  });

  test('spaces and hyphens of every kind are dropped before judging', () => {
    expect(checkTckn('100-000 00146').normalized).toBe('10000000146');
    expect(checkTckn('\u00a0100\u2013000\u2007001\t46 ').normalized).toBe('10000000146');
  });

  test('a foreigner number typed in the citizen field passes with a hint to switch the type', () => {
    expect(checkTckn('99000000110')).toMatchObject({ valid: true, problems: [{ code: 'is_foreigner' }] });
    // D-3.1 names 99999999990 among the right citizen numbers, so the prefix alone cannot refuse.
    expect(checkTckn('99999999990').valid).toBe(true);
  });
});

describe('identity numbers of foreigners', () => {
  test.each(['99000000110', '99111111194', '99234567892', '99505050542', '99900099948', '99000073176'])(
    '%s is right',
    (value) => {
      expect(isYkn(value)).toBe(true);
      expect(checkYkn(value)).toEqual({ kind: 'ykn', valid: true, normalized: value, problems: [] });
    },
  );

  test('a citizen number in the foreigner field is refused and recognised', () => {
    expect(isYkn('10000000146')).toBe(false);
    expect(codes(checkYkn('10000000146'))).toEqual(['prefix', 'is_tckn']);
    expect(codes(checkYkn('99000000130'))).toEqual(['checksum']);
  });
});

describe('tax numbers', () => {
  test.each([
    '0000000019',
    '0102030404',
    '1111111114',
    '1234567890',
    '2222222224',
    '3141592650',
    '4540536920',
    '7007007006',
    '8888888889',
    '9876543217',
    '9999999994',
    '9900012668',
    '9900002118',
    '9900004224',
    '9900006330',
    '9900008444',
    '9900010552',
    '9900014774',
    '4444444444',
  ])('%s is right', (value) => {
    expect(checkVkn(value)).toEqual({ kind: 'vkn', valid: true, normalized: value, problems: [] });
  });

  test.each<[string, ProblemCode[]]>([
    ['1234567891', ['checksum']],
    ['4540536921', ['checksum']],
    ['1234567809', ['checksum']],
    ['9999999998', ['checksum']],
    ['454053692', ['length']],
    ['45405369200', ['length']],
    ['454-053-69', ['length']],
    ['454053692O', ['non_digit']],
    ['2222222222', ['filler']],
    ['1111111111', ['filler']],
    ['0000000000', ['filler']],
    ['11111111111', ['filler']],
    ['11111111110', ['is_tckn']],
    ['', ['empty']],
  ])('%j is refused with %j', (value, expected) => {
    expect(codes(checkVkn(value))).toEqual(expected);
    expect(checkVkn(value).valid).toBe(false);
  });

  test('nine digits that pass with a zero in front are explained and repaired', () => {
    const result = checkVkn('102030404');
    expect(codes(result)).toEqual(['lost_leading_zero']);
    expect(result.fields).toEqual({ suggested: '0102030404' });
  });
});

describe('fillers', () => {
  test('a repeated digit is missing in every field, unless it is a right tax number in the tax field', () => {
    for (const kind of ['tckn', 'ykn', 'vkn'] as const) {
      for (const value of ['11111111111', '22222222222', '2222222222', '1111111111', '000 0000 0000']) {
        expect([kind, value, isFiller(kind, value)]).toEqual([kind, value, true]);
      }
      expect(isFiller(kind, '111111111')).toBe(false);
      expect(isFiller(kind, '11111111110')).toBe(false);
    }
    expect(isFiller('vkn', '4444444444')).toBe(false);
    expect(isFiller('tckn', '4444444444')).toBe(true);
  });
});

describe('checksums as properties', () => {
  const nineDigits = fc.stringMatching(/^[1-9][0-9]{8}$/);

  test('every body of nine digits has exactly one right identity number, and it ends in an even digit', () => {
    fc.assert(
      fc.property(nineDigits, (body) => {
        const right = Array.from({ length: 100 }, (_, end) => body + String(end).padStart(2, '0')).filter(
          isTckn,
        );
        expect(right).toHaveLength(1);
        expect(Number(right[0]![10]) % 2).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('any single wrong digit of an identity number is caught', () => {
    fc.assert(
      fc.property(nineDigits, fc.nat(10), fc.integer({ min: 1, max: 9 }), (body, at, shift) => {
        const right = Array.from({ length: 100 }, (_, end) => body + String(end).padStart(2, '0')).find(
          isTckn,
        )!;
        const digit = String((Number(right[at]) + shift) % 10);
        expect(isTckn(right.slice(0, at) + digit + right.slice(at + 1))).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('every body of nine digits has exactly one right tax number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{9}$/), (body) => {
        expect(Array.from({ length: 10 }, (_, end) => `${body}${end}`).filter(isVkn)).toHaveLength(1);
      }),
    );
  });

  test('any text gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const check of [checkTckn, checkYkn, checkVkn]) {
          const result = check(text);
          expect(result.valid).toBe(result.normalized !== null);
          if (!result.valid) expect(result.problems).not.toHaveLength(0);
        }
      }),
    );
  });
});

describe('masks', () => {
  test.each([
    ['10000000146', '100******46'],
    ['1234567890', '123*****90'],
    ['100-000 00146', '100******46'],
    ['1234567', '*******'],
    ['', ''],
  ])('%s is shown as %s', (value, masked) => {
    expect(maskIdentityNumber(value)).toBe(masked);
  });

  test('what was masked is recognised, a plain number is not', () => {
    expect(looksMasked('100******46')).toBe(true);
    expect(looksMasked('TR33 **** … 26')).toBe(true);
    expect(looksMasked('••• ••• •• 146')).toBe(true);
    expect(looksMasked('10000000146')).toBe(false);
  });
});

testWithSharedData('outside vectors of TCKN and VKN agree', 'ids/tckn-vkn-dev.csv', (path) => {
  const rows = csvRows(readFileSync(path, 'utf8'));
  expect(rows.length).toBeGreaterThan(200);
  for (const { kind, value = '', expected = '' } of rows) {
    const result = kind === 'TCKN' ? checkTckn(value) : checkVkn(value);
    const wanted = expected === 'false' ? null : (/normalises to (\d+)/.exec(expected)?.[1] ?? value);
    expect([value, result.normalized]).toEqual([value, wanted]);
  }
});
