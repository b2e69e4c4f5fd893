import { readFileSync } from 'node:fs';

/** The ranges in which each file of Noto Sans has the letters: ğ ş ı İ ₺ are in the second. */
const FONT_RANGES = {
  latin:
    'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191-2193,U+2212,U+2215,U+FEFF,U+FFFD',
  'latin-ext':
    'U+0100-0130,U+0132-0151,U+0154-02BA,U+02BD-02C5,U+02C7-02CC,U+1E00-1EFF,U+20A0-20AB,U+20AD-20C0,U+2113',
};

/** Noto Sans as style rules with the font files inside: what is printed has no network and carries its fonts. */
export function fontFaces(): string {
  return Object.entries(FONT_RANGES)
    .flatMap(([subset, range]) => [400, 700].map((weight) => fontFace(subset, range, weight)))
    .join('\n');
}

function fontFace(subset: string, range: string, weight: number): string {
  const file = require.resolve(`@fontsource/noto-sans/files/noto-sans-${subset}-${weight}-normal.woff2`);
  const data = readFileSync(file).toString('base64');
  return `@font-face{font-family:"Noto Sans";font-weight:${weight};unicode-range:${range};src:url(data:font/woff2;base64,${data})}`;
}
