import { LANGUAGES } from '../../locales';
import { packageWords } from '../../operations/package-words';

test.each([
  ['tr', 'NVİ kimlik doğrulama servisi (KPS)', 'kayıt sürümü 3', 'TY m.6/3; işletme politikası'],
  ['en', 'NVI identity verification service (KPS)', 'record version 3', 'TY m.6/3; policy of the business'],
] as const)(
  'who was asked, which version and on what basis is said in %s',
  (language, asked, version, basis) => {
    const words = packageWords(language);
    expect(words.provider('nvi_kps_public')).toBe(asked);
    expect(words.step('version_3')).toBe(version);
    expect(words.basis('TY m.6/3; işletme politikası')).toBe(basis);
  },
);

test.each(LANGUAGES)('a code that nobody gave words to is shown as it is, in %s', (language) => {
  const words = packageWords(language);
  expect(words.provider('some_register')).toBe('some_register');
  expect(words.step('step_7')).toBe('step_7');
  expect(words.basis('TY m.7/1')).toBe('TY m.7/1');
});
