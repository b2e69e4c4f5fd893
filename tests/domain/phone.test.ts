import fc from 'fast-check';
import { checkPhone, maskPhone } from '../../domain/phone';

describe('phone numbers', () => {
  test.each([
    ['05321234567', '+905321234567', 'MOBILE', 'TR'],
    ['5321234567', '+905321234567', 'MOBILE', 'TR'],
    ['+90 532 123 45 67', '+905321234567', 'MOBILE', 'TR'],
    ['0090 532 123 45 67', '+905321234567', 'MOBILE', 'TR'],
    ['0(532) 123-45-67', '+905321234567', 'MOBILE', 'TR'],
    ['\u00a00532\u2011123 45 67\t', '+905321234567', 'MOBILE', 'TR'],
    ['0212 555 00 00', '+902125550000', 'FIXED', 'TR'],
    ['0850 123 45 67', '+908501234567', 'VOIP', 'TR'],
    ['4441444', '+904441444', 'CORPORATE', 'TR'],
    ['444 1 444', '+904441444', 'CORPORATE', 'TR'],
    ['0392 227 12 34', '+903922271234', 'FIXED', 'TR'],
    ['+4915112345678', '+4915112345678', 'MOBILE', 'DE'],
    ['+1 202 555 0143', '+12025550143', 'FIXED_OR_MOBILE', 'US'],
  ])('%j is %s, %s', (value, normalized, type, country) => {
    expect(checkPhone(value)).toEqual({
      kind: 'phone',
      valid: true,
      normalized,
      problems: [],
      fields: { type, country },
    });
  });

  test.each([
    ['0532123456', 'too_short'],
    ['053212345678', 'too_long'],
    ['05991234567', 'unknown_range'],
    ['01321234567', 'unknown_range'],
    ['112', 'too_short'],
    ['+49 1', 'too_short'],
    ['+999 123 456 789', 'unknown_range'],
    ['', 'empty'],
    [' - ', 'empty'],
    ['٠٥٣٢١٢٣٤٥٦٧', 'bad_character'],
    ['0532 123 45 67 ext 5', 'bad_character'],
    ['tel:+905321234567', 'bad_character'],
    ['05321234567 / 05331234567', 'too_long'],
    ['0532 123 45 67\n', 'bad_character'],
    ['0'.repeat(41), 'too_long'],
  ])('%j is refused: %s', (value, code) => {
    expect(checkPhone(value)).toMatchObject({ valid: false, normalized: null, problems: [{ code }] });
  });

  test('the international form of a number is itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^5[0-5][0-9]{8}$/), (national) => {
        const first = checkPhone(national);
        if (first.normalized !== null) expect(checkPhone(first.normalized)).toEqual(first);
      }),
    );
  });

  test('any text gets an answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789+() -./')) }), (text) => {
        const result = checkPhone(text);
        expect(result.valid).toBe(result.normalized !== null);
        expect(maskPhone(text)).not.toMatch(/[0-9]{4,}$/);
      }),
    );
  });
});

test('a masked number shows country, first digit and the last two', () => {
  expect(maskPhone('0532 123 45 67')).toBe('+90 5** *** ** 67');
  expect(maskPhone('+4915112345678')).toBe('+49 1********78');
  expect(maskPhone('4441444')).toBe('+90 4****44');
  expect(maskPhone('12a')).toBe('***');
  expect(maskPhone('tel 05321234567')).toBe('*'.repeat(15));
});
