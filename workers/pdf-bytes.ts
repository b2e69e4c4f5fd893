import { createHash } from 'node:crypto';

/**
 * Makes a PDF of Chromium repeatable: its clock becomes `asOf` (ISO instant), the ids of its structure tree count from
 * one, and the file id is taken from its own content. All but the trailer is replaced at equal length, so that the
 * cross-reference table stays right.
 * @throws Error when the bytes are not those of a PDF as Chromium writes it.
 */
export function fixPdfBytes(pdf: Buffer, asOf: string): Buffer {
  const fixed = Buffer.from(pdf);
  stampDates(fixed, pdfDate(asOf));
  renumberNodes(fixed);
  return withFileId(fixed);
}

/** D:YYYYMMDDhhmmss+00'00', the form and length Chromium writes. */
function pdfDate(instant: string): string {
  const digits = new Date(instant).toISOString().replaceAll(/\D/g, '').slice(0, 14);
  return `D:${digits}+00'00'`;
}

function stampDates(pdf: Buffer, date: string): void {
  const end = pdf.indexOf('endobj');
  for (const field of ['/CreationDate (', '/ModDate (']) {
    const at = pdf.indexOf(field) + field.length;
    const isDate = pdf.subarray(at, at + 2).equals(Buffer.from('D:')) && pdf[at + date.length] === CLOSING;
    if (at < field.length || at > end || !isDate)
      throw new Error('Chromium wrote a PDF without the dates it should have');
    pdf.write(date, at, 'latin1');
  }
}

const CLOSING = ')'.charCodeAt(0);
const NODE = '(node';
const DIGITS = 8;

/**
 * Structure ids are DOM node numbers, which go on counting from one document to the next in a tab. Each gets its rank
 * instead: order is kept, because the id tree is sorted by it.
 */
function renumberNodes(pdf: Buffer): void {
  const places: { at: number; id: string }[] = [];
  for (let at = pdf.indexOf(NODE); at !== -1; at = pdf.indexOf(NODE, at + NODE.length)) {
    const start = at + NODE.length;
    const id = pdf.toString('latin1', start, start + DIGITS);
    const isHeading = pdf.toString('latin1', at - 7, at) === '/Title ';
    if (/^\d{8}$/.test(id) && pdf[start + DIGITS] === CLOSING && !isHeading) places.push({ at: start, id });
  }
  const ids = [...new Set(places.map(({ id }) => id))].sort();
  const ranks = new Map(ids.map((id, index) => [id, String(index + 1).padStart(DIGITS, '0')]));
  for (const { at, id } of places) pdf.write(ranks.get(id) ?? id, at, 'latin1');
}

/** Adds `/ID` to the trailer, which follows the table it may not shift. */
function withFileId(pdf: Buffer): Buffer {
  const trailer = pdf.lastIndexOf('trailer');
  const end = pdf.indexOf('>>', trailer);
  if (trailer === -1 || end === -1)
    throw new Error('Chromium wrote a PDF without the trailer it should have');
  if (pdf.subarray(trailer, end).includes('/ID')) return pdf;
  const id = createHash('sha256').update(pdf).digest('hex').slice(0, 32);
  return Buffer.concat([pdf.subarray(0, end), Buffer.from(`\n/ID [<${id}> <${id}>]`), pdf.subarray(end)]);
}
