import { LANGUAGES, textKeys, translator } from '../locales';

test('Turkish and English have the same texts', () => {
  expect(textKeys('en')).toEqual(textKeys('tr'));
  expect(textKeys('tr')).toContain('report.confidential');
});

test.each(LANGUAGES)('a text nobody wrote in %s throws instead of showing its key', (language) => {
  expect(() => translator(language)('report.noSuchText')).toThrow('report.noSuchText');
});

test('values are put in as they are, and never expanded a second time', () => {
  const t = translator('tr');
  expect(t('report.pageOf', { page: '<b>', pages: '{{page}} $t(report.confidential)' })).toBe(
    'Sayfa <b> / {{page}} $t(report.confidential)',
  );
});

test('a count picks the plural of its language', () => {
  expect(translator('en')('report.customers', { count: 1 })).toBe('1 customer');
  expect(translator('en')('report.customers', { count: 2 })).toBe('2 customers');
  expect(translator('tr')('report.customers', { count: 2 })).toBe('2 müşteri');
});
