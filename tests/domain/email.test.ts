import fc from 'fast-check';
import { checkEmail, maskEmail } from '../../domain/email';

describe('e-mail addresses', () => {
  test.each([
    ['ayse@example.com', 'ayse@example.com'],
    [' Ayse.Nur+altin@Posta.Example.COM.tr ', 'ayse.nur+altin@posta.example.com.tr'],
    ["o'brien@example.test", "o'brien@example.test"],
    ['a@xn--ik-sga71e.com', 'a@xn--ik-sga71e.com'],
  ])('%j passes as %s', (value, normalized) => {
    expect(checkEmail(value)).toMatchObject({ kind: 'email', valid: true, normalized, problems: [] });
  });

  test.each([
    ['', 'empty'],
    ['ayse', 'shape'],
    ['@example.com', 'shape'],
    ['ayse@', 'shape'],
    ['ayse@localhost', 'shape'],
    ['ayse@example.1', 'shape'],
    ['ayse@-example.com', 'shape'],
    ['ayse@example..com', 'shape'],
    ['.ayse@example.com', 'shape'],
    ['ay..se@example.com', 'shape'],
    ['a@b@example.com', 'shape'],
    ['"a b"@example.com', 'bad_character'],
    ['Ayşe <ayse@example.com>', 'bad_character'],
    ['a@example.com,b@example.com', 'shape'],
    ['a***@example.com', 'shape'],
    ['ışık@example.com', 'bad_character'],
    ['ayse@example.com\r\nBcc: x@example.com', 'line_break'],
    ['ayse@example.com\n', 'line_break'],
    ['a\r@example.com', 'line_break'],
    [`${'a'.repeat(65)}@example.com`, 'too_long'],
    [`a@${'b'.repeat(60)}.${`${'c'.repeat(60)}.`.repeat(4)}com`, 'too_long'],
  ])('%j is refused: %s', (value, code) => {
    expect(checkEmail(value)).toMatchObject({ valid: false, normalized: null, problems: [{ code }] });
  });

  test('no accepted address holds a control character, a space or an angle bracket', () => {
    const nasty = fc.string({ unit: fc.constantFrom(...Array.from('ab.@<>"\r\n\t ,;:\u0000ı')) });
    fc.assert(
      fc.property(nasty, (text) => {
        const { normalized } = checkEmail(`a${text}@example.com`);
        // oxlint-disable-next-line no-control-regex
        if (normalized !== null) expect(normalized).not.toMatch(/[\x00-\x20<>",;:]/);
      }),
      { numRuns: 1000 },
    );
  });
});

test('a masked address shows the first letter and the domain', () => {
  expect(maskEmail('ayse@example.com')).toBe('a***@example.com');
  expect(maskEmail('@example.com')).toBe('***');
  expect(maskEmail('ayse')).toBe('***');
  expect(maskEmail('')).toBe('');
});
