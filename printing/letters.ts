import { readFileSync } from 'node:fs';

import { lettersOf } from './font-letters';

/** Stands where a letter cannot be printed: a sign that the font of every document has. */
export const PLACEHOLDER = '\uFFFD';

/** One file of a font: a script, or a part of one. */
interface Subset {
  family: string;
  name: string;
  /** Letters of this script carry marks that never become one letter with them, vowels for one. */
  hasMarks?: boolean;
}

/** A document brings these along (templates/fonts.ts); the others are added where its words need them. */
const BROUGHT: readonly Subset[] = ['latin', 'latin-ext'].map((name) => ({ family: 'noto-sans', name }));
const ADDED: readonly Subset[] = [
  ...['cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'vietnamese'].map((name) => ({
    family: 'noto-sans',
    name,
  })),
  { family: 'noto-sans-arabic', name: 'arabic', hasMarks: true },
  { family: 'noto-sans-hebrew', name: 'hebrew', hasMarks: true },
];
const WEIGHTS = [400, 700];

/** A document in which every letter has a glyph in a font that is shipped, with the style rules of further fonts. */
export interface Printable {
  html: string;
  fonts: string;
}

/**
 * Puts `PLACEHOLDER` in place of each letter that the shipped fonts do not have (Chinese, emoji, control and direction
 * marks): Chromium would take whatever font the machine happens to have, another one on the next machine, or print a
 * hole, which PDF/A forbids. Accents are joined with their letters first; what is never seen is left out.
 * A `<p class="lacking">`, which tells of such places, stays only in a document that has one.
 */
export function printable(html: string): Printable {
  const { missing, added } = (fonts ??= loadFonts());
  const joined = html
    .replaceAll(UNSEEN, '')
    .normalize('NFC')
    .replaceAll('i\u0307', 'i')
    .replaceAll(LIKENESS, (sign) => LIKE[sign] ?? sign);
  const rare = (joined.match(RARE) ?? []).join(' ');
  const used = added.filter(({ letters }) => letters.test(rare));
  const whole = joined.replaceAll(RARE, (run) =>
    used.reduce(
      (text, { astray }) => (astray === undefined ? text : text.replaceAll(astray, PLACEHOLDER)),
      run.replaceAll(missing, PLACEHOLDER),
    ),
  );
  return {
    html: whole === joined ? whole.replaceAll(NOTE, '') : whole,
    fonts: used.map(({ rules }) => rules()).join('\n'),
  };
}

/** Most of a document is plain, and half of it the fonts it brings along: only the rest is worth looking through. */
const RARE = /[^\t\n\r -~]+/g;
const NOTE = /<p class="lacking">[^<]*<\/p>/g;

/**
 * Joiners, variation selectors, byte order marks, zero width spaces and direction marks without a span. A non-joiner
 * between two Arabic letters stays, for it is seen: Persian names are spelt with it.
 */
const UNSEEN =
  /[\u200B\u200D-\u200F\u2060-\u2064\uFEFF]|\p{Variation_Selector}|\u200C(?:(?<!\p{Script=Arabic}\u200C)|(?!\p{Script=Arabic}))/gu;
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
/** Tabulator, line ends, soft hyphen, the non-joiner of `UNSEEN`: they lay out and need no glyph. */
const LAYOUT = [0x09, 0x0a, 0x0d, 0xad, 0x20_0c];
const MARK = /^\p{M}$/u;

interface Fonts {
  /** Every letter that no font has. */
  missing: RegExp;
  /** `astray`: its marks on a letter of another font. */
  added: { letters: RegExp; astray: RegExp | undefined; rules: () => string }[];
}

let fonts: Fonts | undefined;

function loadFonts(): Fonts {
  const brought = new Set(BROUGHT.flatMap(printed));
  const all = new Set(brought);
  const added = ADDED.map((subset) => {
    const own = printed(subset).filter((code) => !brought.has(code));
    own.forEach((code) => all.add(code));
    const marks = own.filter(isMark);
    let rules: string | undefined;
    return {
      letters: new RegExp(`[${classOf(own)}]`, 'u'),
      astray: marks.length === 0 ? undefined : new RegExp(`[${classOf(marks)}](?<![${classOf(own)}].)`, 'gu'),
      rules: () => (rules ??= WEIGHTS.map((weight) => fontFace(subset, weight, own)).join('\n')),
    };
  });
  return { missing: new RegExp(`[^${classOf([...all, ...LAYOUT])}]`, 'gu'), added };
}

/** Letters of a file within the range declared for it, which is where a browser uses it. */
function printed(subset: Subset): number[] {
  const letters = lettersOf(fileOf(subset, 400));
  const within = declared(subset)
    .split(',')
    .flatMap((range) => {
      const [first = '', last = first] = range.replace('U+', '').split('-');
      const from = Number.parseInt(first, 16);
      return Array.from({ length: Number.parseInt(last, 16) - from + 1 }, (_, index) => from + index);
    });
  // A mark that could not be joined with its letter needs one font that has both.
  return within.filter(
    (code) => letters.has(code) && code >= 0x20 && (subset.hasMarks === true || !isMark(code)),
  );
}

function isMark(code: number): boolean {
  return MARK.test(String.fromCodePoint(code));
}

function declared({ family, name }: Subset): string {
  const ranges = JSON.parse(
    readFileSync(require.resolve(`@fontsource/${family}/unicode.json`), 'utf8'),
  ) as Record<string, string>;
  return ranges[name] ?? '';
}

function classOf(codes: readonly number[]): string {
  return codes.map((code) => `\\u{${code.toString(16)}}`).join('');
}

function fileOf({ family, name }: Subset, weight: number): string {
  return require.resolve(`@fontsource/${family}/files/${family}-${name}-${weight}-normal.woff2`);
}

function fontFace(subset: Subset, weight: number, codes: readonly number[]): string {
  const data = readFileSync(fileOf(subset, weight)).toString('base64');
  const range = codes.map((code) => `U+${code.toString(16)}`).join(',');
  return `@font-face{font-family:"Noto Sans";font-weight:${weight};unicode-range:${range};src:url(data:font/woff2;base64,${data})}`;
}
