import fc from 'fast-check';

import { codeRanges } from '../../domain/code-ranges';

test('ranges of codes lose no code and add none', () => {
  const expand = (text: string): string[] =>
    text === ''
      ? []
      : text.split(', ').flatMap((run) => {
          const [, first = '', number = '', last = ''] =
            /^([^–]*?)(\d+)(?: – \S*?(\d+) \(\d+\))?$/.exec(run) ?? [];
          const from = Number(number);
          const to = last === '' ? from : Number(last);
          return Array.from(
            { length: to - from + 1 },
            (_, i) => first + String(from + i).padStart(number.length, '0'),
          );
        });
  const codes = fc
    .uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 120 })
    .map((numbers) => numbers.sort((a, b) => a - b).map((n) => `KYM-2026-${String(n).padStart(6, '0')}`));
  fc.assert(fc.property(codes, (list) => expect(expand(codeRanges(list))).toEqual(list)));
});

test('codes with gaps in their numbers are one range where none that there is lies between them', () => {
  const all = ['AS-01', 'AS-04', 'AS-05', 'AS-07', 'CF-08', 'CF-09'];
  expect(codeRanges(all, all)).toBe('AS-01 – AS-07 (4), CF-08 – CF-09 (2)');
  expect(codeRanges(['AS-01', 'AS-05', 'AS-07', 'CF-08'], all)).toBe('AS-01, AS-05 – AS-07 (2), CF-08');
});
