import { printable, type Printable } from './letters';

const STYLE = '<style>';
const STYLE_END = '</style>';
const FONT = '@font-face';
/** Sets of fonts that are remembered: reports and forms bring one each. */
const REMEMBERED = 8;
/** A rule that holds its font: no other may be read before the policy of its document stands. */
const INLINED =
  /@font-face\{font-family:"([\w ]+)";font-weight:(\d+);(?:unicode-range:([\w+,-]+);)?src:url\((data:font\/woff2;base64,[\w+/=]+)\)\}\n?/gy;

/** A font as `FontFace` takes it. */
export interface Face {
  family: string;
  weight: string;
  unicodeRange: string;
  /** A data: URL. */
  source: string;
}

/** The fonts of rules that hold them. */
export function facesOf(rules: string): Face[] {
  return [...rules.matchAll(INLINED)].map(([, family = '', weight = '', unicodeRange, source = '']) => ({
    family,
    weight,
    unicodeRange: unicodeRange ?? 'U+0-10FFFF',
    source: `url(${source})`,
  }));
}

const known: string[] = [];

/** What is to be printed, without the fonts that it brought. */
export interface PrintableDocument extends Printable {
  /** Rules of the fonts that its first style sheet brought; empty where it brought none, or others than inlined ones: those stay. */
  brought: string;
}

/**
 * `printable` of a whole document but for the fonts that it brings along in its first style sheet, which are handed over
 * apart. They are nearly all of it and the same in one document after the other: looking through them took
 * twenty times as long as looking through the rest.
 */
export function printableDocument(document: string): PrintableDocument {
  const fonts = fontsOf(document);
  if (fonts === null) return { ...printable(document), brought: '' };
  return {
    ...printable(document.slice(0, fonts.from) + document.slice(fonts.to)),
    brought: fonts.text,
  };
}

/** Where the font rules of the first style sheet stand; values are escaped, so that none of them can be one. */
function fontsOf(document: string): { from: number; to: number; text: string } | null {
  const style = document.indexOf(STYLE);
  const end = document.indexOf(STYLE_END, style);
  const from = document.indexOf(FONT, style);
  if (style === -1 || from === -1 || from > end) return null;
  const text = known.find((fonts) => document.startsWith(fonts, from)) ?? remember(document, from, end);
  return text === null ? null : { from, to: from + text.length, text };
}

function remember(document: string, from: number, end: number): string | null {
  const last = document.indexOf('}', document.lastIndexOf(FONT, end));
  if (last === -1 || last > end) return null;
  // A slice would keep the document that it is a part of, a customer's, in memory: the copy does not.
  const text = Buffer.from(document.slice(from, last + 1)).toString();
  if (text.replaceAll(INLINED, '') !== '') return null;
  if (known.unshift(text) > REMEMBERED) known.pop();
  return text;
}
