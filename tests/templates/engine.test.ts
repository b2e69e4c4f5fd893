import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { translator, type Language } from '../../locales';
import { projectRoot } from '../../project-root';
import { compileTemplate } from '../../templates/engine';

function render(text: string, model: object, language: Language = 'tr', escaping = true): string {
  return compileTemplate(text, escaping)(model, { data: { t: translator(language), language } });
}

test('values are escaped in HTML and left alone in plain text', () => {
  const name = `<script>"O'Neil"</script> {{x}}`;
  expect(render('{{name}}', { name })).toBe('&lt;script&gt;&quot;O&#x27;Neil&quot;&lt;/script&gt; {{x}}');
  expect(render('{{name}}', { name }, 'tr', false)).toBe(name);
});

test('values inside a translated text are escaped too', () => {
  expect(render('{{t "report.file.title" code=c}}', { c: '<b>' })).toBe('Müşteri dosyası &lt;b&gt;');
});

test.each([
  '{{missing}}',
  '{{a.missing}}',
  '{{day missing}}',
  '{{#if missing}}x{{/if}}',
  '{{#each missing}}x{{/each}}',
])('a field that the model does not have fails the rendering: %s', (text) => {
  expect(() => render(text, { a: {} })).toThrow('missing');
});

test.each(['{{constructor}}', '{{a.constructor}}', '{{a.__proto__}}'])(
  'a prototype is out of reach: %s',
  (text) => {
    expect(render(text, { a: {} })).toBe('');
  },
);

test.each(['{{lookup a "b"}}', '{{log a}}'])(
  'computed properties and the console are out of reach: %s',
  (text) => {
    expect(() => render(text, { a: {} })).toThrow(/log|lookup/);
  },
);

test.each(['{{{name}}}', '{{~{name}~}}', '{{& name}}', '{{&name}}'])(
  'switching escaping off is refused: %s',
  (text) => {
    expect(() => compileTemplate(text.replace('& ', '&'), true)).toThrow('escaping');
  },
);

test('days, instants, money and percentages follow the language and the zone of the business', () => {
  const model = { d: '2026-11-02', i: '2026-11-21T22:30:00Z', m: 18_500_050, p: 87, n: 28_736, none: null };
  const text =
    '{{day d}} | {{instant i}} | {{money m}} | {{percent p}} | {{counted n}} | {{day none}}{{dash none}}';
  expect(render(text, model)).toBe('02.11.2026 | 22.11.2026 01:30 | 185.000,50 ₺ | %87 | 28.736 | ––');
  expect(render(text, model, 'en')).toBe('2 Nov 2026 | 22 Nov 2026 01:30 | 185,000.50 ₺ | 87% | 28,736 | ––');
});

test('midnight is 00, never 24', () => {
  expect(render('{{instant i}}', { i: '2026-11-21T21:00:00Z' })).toBe('22.11.2026 00:00');
});

test('the ring shows its share of the circle', () => {
  expect(render('{{> ring percent=87}}', {})).toContain('stroke-dasharray="87 100"');
});

test('a value null is an answer, in conditions and lists too', () => {
  expect(render('{{#if a}}x{{else}}none{{/if}} {{#each b}}x{{else}}empty{{/each}}', { a: null, b: [] })).toBe(
    'none empty',
  );
});

test('no template switches escaping off', () => {
  const files = readdirSync(join(projectRoot, 'templates'), { recursive: true, encoding: 'utf8' });
  const templates = files.filter((name) => name.endsWith('.hbs'));
  expect(templates.length).toBeGreaterThan(0);
  for (const name of templates) {
    expect({ name, text: readFileSync(join(projectRoot, 'templates', name), 'utf8') }).not.toEqual({
      name,
      text: expect.stringMatching(/\{\{~?(\{|&)/),
    });
  }
});
