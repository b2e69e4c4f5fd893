import { PLACEHOLDER, printable } from '../../printing/letters';

const htmlOf = (text: string) => printable(text).html;
const fontsOf = (text: string) => printable(text).fonts.match(/@font-face/g)?.length ?? 0;

test('a script brings its font along, in both weights, and only where a word needs it', () => {
  expect(fontsOf('Çağrı İğne ₺ 1.234,56')).toBe(0);
  expect(fontsOf('محمد علي')).toBe(2);
  expect(fontsOf('כהן')).toBe(2);
  expect(fontsOf('Привет محمد כהן')).toBe(6);
});

test('Arabic, Persian and Hebrew names are printed as they were typed, vowels included', () => {
  for (const name of ['محمد علي الحسيني', 'مُحَمَّد', 'رضایی پژمان گل', 'שָׁלוֹם כהן', '۱۲۳ ٤٥٦'])
    expect(htmlOf(name)).toBe(name.normalize('NFC'));
});

test('a vowel sign on a letter of another font is none that a font could print', () => {
  expect(htmlOf('مُ a\u064F ب\u05B8')).toBe(`مُ a${PLACEHOLDER} ب${PLACEHOLDER}`);
});

test('a non-joiner stays between Arabic letters, where it is spelling, and nowhere else', () => {
  expect(htmlOf('می\u200Cخواهم')).toBe('می\u200Cخواهم');
  expect(htmlOf('a\u200Cb م\u200Ca a\u200Cم\u200C')).toBe('ab مa aم');
});

test('the note on letters that cannot be printed stands only where there is one', () => {
  const note = `<p class="lacking">${PLACEHOLDER} stands for a letter</p>`;
  expect(htmlOf(`<h1>محمد</h1>${note}<p>x</p>`)).toBe('<h1>محمد</h1><p>x</p>');
  expect(htmlOf(`<h1>张伟</h1>${note}<p>x</p>`)).toBe(`<h1>${PLACEHOLDER.repeat(2)}</h1>${note}<p>x</p>`);
});
