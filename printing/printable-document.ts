import { printable, type Printable } from './letters';

const STYLE = '<style>';
const STYLE_END = '</style>';
const FONT = '@font-face';
/** Sets of fonts that are remembered: reports and forms bring one each. */
const REMEMBERED = 8;
const PLAIN = /^[\t\n\r -~]*$/;

const known: string[] = [];

/**
 * `printable` of a whole document, the same bytes. The fonts that it brings along in its first style sheet are nearly all
 * of it, plain text, and the same in one document after the other: they are passed over, because looking through them
 * took twenty times as long as looking through the rest.
 */
export function printableDocument(document: string): Printable {
  const fonts = fontsOf(document);
  if (fonts === null) return printable(document);
  const before = document.slice(0, fonts.from);
  const made = printable(before + document.slice(fonts.to));
  // What stands before ends with a plain sign, so that nothing behind it joins with it.
  const place = printable(before).html.length;
  return { ...made, html: made.html.slice(0, place) + fonts.text + made.html.slice(place) };
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
  if (!PLAIN.test(text)) return null;
  if (known.unshift(text) > REMEMBERED) known.pop();
  return text;
}
