import { readFileSync } from 'node:fs';

import { lettersOf } from './font-letters';

/** Stands where a letter cannot be printed: a sign that the font of every document has. */
export const PLACEHOLDER = '\uFFFD';

const FAMILY = '@fontsource/noto-sans';
/** A document brings the first two along (templates/fonts.ts); the others are added where its words need them. */
const BROUGHT = ['latin', 'latin-ext'];
const ADDED = ['cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'vietnamese'];
const WEIGHTS = [400, 700];

/** A document in which every letter has a glyph in a font that is shipped, with the style rules of further fonts. */
export interface Printable {
  html: string;
  fonts: string;
}

/**
 * Puts `PLACEHOLDER` in place of each letter that the shipped fonts do not have (Chinese, Arabic, emoji, control and
 * direction marks): Chromium would take whatever font the machine happens to have, another one on the next machine, or
 * print a hole, which PDF/A forbids. Accents are joined with their letters first; what is never seen is left out.
 */
export function printable(html: string): Printable {
  const { missing, added } = (fonts ??= loadFonts());
  const joined = html
    .replaceAll(UNSEEN, '')
    .normalize('NFC')
    .replaceAll('i\u0307', 'i')
    .replaceAll(LIKENESS, (sign) => LIKE[sign] ?? sign);
  return {
    html: joined.replaceAll(missing, PLACEHOLDER),
    fonts: added
      .filter(({ letters }) => letters.test(joined))
      .map(({ rules }) => rules())
      .join('\n'),
  };
}

/** Joiners, variation selectors, byte order marks, zero width spaces and direction marks without a span. */
const UNSEEN = /[\u200B-\u200F\u2060-\u2064\uFEFF]|\p{Variation_Selector}/gu;
/** Signs of our own texts, and of typewriters, that a sign of the font is as good as. */
const LIKE: Record<string, string> = {
  '→': '›',
  '✓': '+',
  '✗': '×',
  '★': '*',
  '≥': '&gt;=',
  '≤': '&lt;=',
  '\u2010': '-',
  '\u2011': '-',
  '\u2015': '—',
  '\u202F': '\u00A0',
  '\u2003': ' ',
  '\u3000': ' ',
};
const LIKENESS = new RegExp(`[${Object.keys(LIKE).join('')}]`, 'g');
const LAYOUT = [0x09, 0x0a, 0x0d, 0xad];
const MARK = /^\p{M}$/u;

interface Fonts {
  /** Every letter that no font has. */
  missing: RegExp;
  added: { letters: RegExp; rules: () => string }[];
}

let fonts: Fonts | undefined;

function loadFonts(): Fonts {
  const declared = JSON.parse(readFileSync(require.resolve(`${FAMILY}/unicode.json`), 'utf8')) as Record<
    string,
    string
  >;
  const brought = new Set(BROUGHT.flatMap((subset) => printed(subset, declared[subset] ?? '')));
  const all = new Set(brought);
  const added = ADDED.map((subset) => {
    const ranges = declared[subset] ?? '';
    const own = printed(subset, ranges).filter((code) => !brought.has(code));
    own.forEach((code) => all.add(code));
    let rules: string | undefined;
    return {
      letters: new RegExp(`[${classOf(own)}]`, 'u'),
      rules: () => (rules ??= WEIGHTS.map((weight) => fontFace(subset, weight, own)).join('\n')),
    };
  });
  return { missing: new RegExp(`[^${classOf([...all, ...LAYOUT])}]`, 'gu'), added };
}

/** Letters of a file within the range declared for it, which is where a browser uses it. */
function printed(subset: string, ranges: string): number[] {
  const letters = lettersOf(fileOf(subset, 400));
  const within = ranges.split(',').flatMap((range) => {
    const [first = '', last = first] = range.replace('U+', '').split('-');
    const from = Number.parseInt(first, 16);
    return Array.from({ length: Number.parseInt(last, 16) - from + 1 }, (_, index) => from + index);
  });
  // A mark that could not be joined with its letter would need one font that has both.
  return within.filter((code) => letters.has(code) && code >= 0x20 && !MARK.test(String.fromCodePoint(code)));
}

function classOf(codes: readonly number[]): string {
  return codes.map((code) => `\\u{${code.toString(16)}}`).join('');
}

function fileOf(subset: string, weight: number): string {
  return require.resolve(`${FAMILY}/files/noto-sans-${subset}-${weight}-normal.woff2`);
}

function fontFace(subset: string, weight: number, codes: readonly number[]): string {
  const data = readFileSync(fileOf(subset, weight)).toString('base64');
  const range = codes.map((code) => `U+${code.toString(16)}`).join(',');
  return `@font-face{font-family:"Noto Sans";font-weight:${weight};unicode-range:${range};src:url(data:font/woff2;base64,${data})}`;
}
