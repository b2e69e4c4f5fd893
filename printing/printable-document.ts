import { printable, type Printable } from './letters';

const BEGINNING = '<style>';
const END = '</style>';
/** Style sheets whose letters are remembered: reports and forms have one each. */
const REMEMBERED = 8;

const sheets = new Map<string, Printable>();

/**
 * `printable` of a whole document, the same bytes. Its first style sheet, which carries the fonts and is nearly all of it,
 * is the same in one document after the other: it is read once, where reading it every time took twenty times as long as
 * the rest.
 */
export function printableDocument(document: string): Printable {
  const from = document.indexOf(BEGINNING);
  const to = document.indexOf(END, from);
  if (from === -1 || to === -1) return printable(document);
  const sheet = printableSheet(document.slice(from, to));
  // Further fonts come in an order of their own; no sheet of ours needs one.
  if (sheet.fonts !== '') return printable(document);
  const before = document.slice(0, from);
  const { html, fonts } = printable(before + document.slice(to));
  // A letter joins with marks behind it and never with the `<` of a tag, so that the sheet's place is where it was.
  const place = printable(before).html.length;
  return { html: html.slice(0, place) + sheet.html + html.slice(place), fonts };
}

function printableSheet(sheet: string): Printable {
  const known = sheets.get(sheet);
  if (known !== undefined) return known;
  const made = printable(sheet);
  const [oldest] = sheets.keys();
  if (sheets.size >= REMEMBERED && oldest !== undefined) sheets.delete(oldest);
  // A slice keeps the document that it is a part of, a customer's, in memory: the copy does not.
  sheets.set(Buffer.from(sheet).toString(), made);
  return made;
}
