import { LANGUAGES, textKeys, translator } from '../locales';

test('Turkish and English have the same texts', () => {
  expect(textKeys('en')).toEqual(textKeys('tr'));
  expect(textKeys('tr')).toContain('report.confidential');
});

test.each(LANGUAGES)('a text nobody wrote in %s throws instead of showing its key', (language) => {
  expect(() => translator(language)('report.noSuchText')).toThrow('report.noSuchText');
});

test('values are put in as they are, and never expanded a second time', () => {
  const name = '<b> {{code}} $t(report.confidential)';
  expect(translator('tr')('report.file.title', { code: name })).toBe(`Müşteri dosyası ${name}`);
});

test('numbers are written as the language writes them, texts as they are', () => {
  const values = { count: 28_736, file: '2026' };
  expect(translator('tr')('report.volumes.inOne', values)).toMatch(/28\.736.*2026/);
  expect(translator('en')('report.volumes.inOne', values)).toMatch(/28,736.*2026/);
});

test('a count picks the plural of its language', () => {
  expect(translator('en')('report.appendix.files', { count: 1 })).toContain('1 customer file,');
  expect(translator('en')('report.appendix.files', { count: 2 })).toContain('2 customer files,');
  expect(translator('tr')('report.appendix.files', { count: 2 })).toContain('2 müşteri dosyası,');
});

test('a percentage is written as its language writes it, before or after the number and without a space', () => {
  expect(translator('en')('package.overPercent', { percent: 25 })).toBe('a share over 25%');
  expect(translator('tr')('package.overPercent', { percent: 25 })).toMatch(/^%25 /);
  const field = { field: 'x' };
  for (const language of LANGUAGES)
    expect(translator(language)('finding.shares_total', field)).not.toMatch(/\d %|% \d/);
});
