import { PLACEHOLDER, printable } from '../../printing/letters';
import { printableDocument } from '../../printing/printable-document';

const page = (head: string, style: string, body: string) =>
  `<!doctype html>\n<html lang="tr"><head><title>${head}</title>\n<style>${style}</style>\n</head><body>${body}</body></html>`;

test.each([
  [
    'letters that no font has, before and behind the style sheet',
    page('王 Ağa', 'p{margin:0}', '<p>李 Şükrü 🙂</p>'),
  ],
  ['letters of a further font', page('Şahin', 'p{margin:0}', '<p>Иван Γιώργος Đặng</p>')],
  ['a style sheet with signs that another sign stands for', page('→', 'li::before{content:"→ ✓"}', '✗ ≥')],
  ['a style sheet that needs a further font itself', page('a', 'p::before{content:"Ж"}', 'Γ')],
  ['marks that join across the end of the sheet', page('i\u0307', 'p{margin:0}', '<p>g\u0306 i\u0307</p>')],
  ['no style sheet', '<!doctype html>\n<p>Ağ 王</p>'],
  ['a style sheet without an end', '<!doctype html>\n<style>p{} 王'],
])('a document with %s is prepared as if it had been read as a whole', (_, document) => {
  const whole = printable(document);
  expect(printableDocument(document)).toEqual(whole);
  // From memory the second time.
  expect(printableDocument(document)).toEqual(whole);
});

test('one document after another with the same style sheet gets its own letters, and many sheets are no trouble', () => {
  const style = 'p{color:red}';
  expect(printableDocument(page('a', style, '王')).html).toBe(page('a', style, PLACEHOLDER));
  expect(printableDocument(page('b', style, 'ş')).html).toBe(page('b', style, 'ş'));
  for (let index = 0; index < 20; index += 1) {
    const document = page('c', `p{margin:${index}px}`, '王');
    expect(printableDocument(document)).toEqual(printable(document));
  }
  expect(printableDocument(page('d', style, '王')).html).toBe(page('d', style, PLACEHOLDER));
});
