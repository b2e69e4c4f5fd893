import { PLACEHOLDER, printable } from '../../printing/letters';
import { facesOf, printableDocument } from '../../printing/printable-document';
import { fontFaces } from '../../templates/fonts';

const fonts = (data: string) =>
  [400, 700]
    .map(
      (weight) =>
        `@font-face{font-family:"Noto Sans";font-weight:${weight};src:url(data:font/woff2;base64,${data})}`,
    )
    .join('\n');
const page = (head: string, style: string, body: string) =>
  `<!doctype html>\n<html lang="tr"><head><title>${head}</title>\n<style>\n${style}\n</style>\n</head><body>${body}</body></html>`;
/** The prepared document with its fonts where they stood: behind as many signs as before. */
function withItsFonts(document: string) {
  const { html, brought, fonts: added } = printableDocument(document);
  const place = brought === '' ? 0 : printable(document.slice(0, document.indexOf(brought))).html.length;
  return { html: html.slice(0, place) + brought + html.slice(place), fonts: added };
}
const NOTE = '<p class="lacking">Bir harf eksik</p>';

test.each([
  [
    'letters that no font has, before and behind its fonts',
    page('王 Ağa', `p{}\n${fonts('AA')}`, '<p>李 Şükrü 🙂</p>'),
  ],
  ['letters of further fonts', page('Şahin', `${fonts('AA')}p{}`, '<p>Иван Γιώργος Đặng محمد</p>')],
  ['signs that another sign stands for', page('→', `${fonts('AA')}li::before{content:"→ ✓"}`, '✗ ≥')],
  ['a style sheet that needs a further font itself', page('a', `${fonts('AA')}p::before{content:"Ж"}`, 'Γ')],
  ['marks behind its fonts', page('i\u0307', `${fonts('AA')}\u0306p{}`, '<p>g\u0306 i\u0307</p>')],
  ['fonts that are no plain text', page('a', fonts('A王'), 'b')],
  ['a note about letters, and a letter that no font has', page('a', fonts('AA'), `王${NOTE}`)],
  ['a note about letters, and none that is missing', page('a', fonts('AA'), `ğ${NOTE}`)],
  ['no fonts', page('王', 'p{margin:0}', '王')],
  [
    'words of a customer that look like fonts',
    page('@font-face{}', 'p{}', '<p>@font-face{王} &lt;style&gt; }</p>'),
  ],
  ['a style sheet without an end', `<!doctype html>\n<style>${fonts('王')}`],
  ['the fonts of the reports', page('王', `${fontFaces()}\nbody{margin:0}`, '<p>李 ğ</p>')],
])('a document with %s is prepared as if it had been looked through as a whole', (_, document) => {
  const whole = printable(document);
  expect(withItsFonts(document)).toEqual(whole);
  // With fonts that are known by then.
  expect(withItsFonts(document)).toEqual(whole);
});

test('documents with the same fonts get their own letters, and many sets of fonts are no trouble', () => {
  const style = fonts('BB');
  expect(withItsFonts(page('a', style, '王')).html).toBe(page('a', style, PLACEHOLDER));
  expect(withItsFonts(page('b', style, 'ş')).html).toBe(page('b', style, 'ş'));
  for (let index = 0; index < 20; index += 1) {
    const document = page('c', fonts(`C${index}`), '王');
    expect(withItsFonts(document)).toEqual(printable(document));
  }
  expect(withItsFonts(page('d', style, '王')).html).toBe(page('d', style, PLACEHOLDER));
  // Fonts that begin as known ones do.
  const longer = `${style}\n${fonts('王')}`;
  expect(withItsFonts(page('e', longer, '王'))).toEqual(printable(page('e', longer, '王')));
});

test('fonts of a document are handed over apart, and stay in it unless they are whole and inlined', () => {
  const { html, brought } = printableDocument(page('a', `${fonts('AA')}p{}`, 'ğ'));
  expect(brought).toBe(fonts('AA'));
  expect(html).toBe(page('a', 'p{}', 'ğ'));
  for (const other of ['A王', 'AA)', '}@font-face{src:url(http://a.test/b'])
    expect(printableDocument(page('a', fonts(other), 'b'))).toMatchObject({ brought: '' });
  expect(printableDocument(page('a', fonts('AA').replaceAll('data:', 'http://a.test/'), 'b')).brought).toBe(
    '',
  );
  expect(facesOf(fontFaces()).map(({ family, weight }) => [family, weight])).toEqual(
    [400, 700, 400, 700].map((weight) => ['Noto Sans', String(weight)]),
  );
});
