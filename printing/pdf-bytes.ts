import { createHash } from 'node:crypto';

/**
 * Makes a PDF of Chromium repeatable: its clock becomes `asOf` (ISO instant), the ids of its structure tree count from
 * one, and the file id is taken from its own content. The cross-reference table follows where lengths change.
 * @throws Error when the bytes are not those of a PDF as Chromium writes it.
 */
export function fixPdfBytes(pdf: Buffer, asOf: string): Buffer {
  const fixed = Buffer.from(pdf);
  stampDates(fixed, pdfDate(asOf));
  renumberNodes(fixed);
  return withFileId(sortIdTree(fixed));
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
 * Structure ids are DOM node numbers, which go on counting from one document to the next in a tab and are given in no
 * certain order. Each gets its rank by first appearance in the file instead.
 */
function renumberNodes(pdf: Buffer): void {
  const places: { at: number; id: string }[] = [];
  for (let at = pdf.indexOf(NODE); at !== -1; at = pdf.indexOf(NODE, at + NODE.length)) {
    const start = at + NODE.length;
    const id = pdf.toString('latin1', start, start + DIGITS);
    const isHeading = pdf.toString('latin1', at - 7, at) === '/Title ';
    if (/^\d{8}$/.test(id) && pdf[start + DIGITS] === CLOSING && !isHeading) places.push({ at: start, id });
  }
  const ids = [...new Set(places.map(({ id }) => id))];
  const ranks = new Map(ids.map((id, index) => [id, String(index + 1).padStart(DIGITS, '0')]));
  for (const { at, id } of places) pdf.write(ranks.get(id) ?? id, at, 'latin1');
}

const LEAF = /\/Limits \[\(node\d{8}\) \(node\d{8}\)\]\n\/Names \[((?:\(node\d{8}\) \d+ 0 R ?)+)\]/g;

/** The id tree is looked up by halving, so its leaves are put in the order of the new ids, each as full as it was. */
function sortIdTree(pdf: Buffer): Buffer {
  const leaves = [...pdf.toString('latin1').matchAll(LEAF)];
  const entriesOf = (leaf: RegExpExecArray) => leaf[1]?.match(/\(node\d{8}\) \d+ 0 R/g) ?? [];
  const sorted = leaves.flatMap(entriesOf).sort();
  const edits = leaves.map((leaf) => {
    const entries = sorted.splice(0, entriesOf(leaf).length);
    const [first, last] = [entries[0], entries.at(-1)].map((entry) =>
      entry?.slice(0, NODE.length + DIGITS + 1),
    );
    const text = `/Limits [${first} ${last}]\n/Names [${entries.join(' ')}]`;
    return { at: leaf.index, length: leaf[0].length, text };
  });
  return withEdits(pdf, edits);
}

interface Edit {
  at: number;
  length: number;
  text: string;
}

/** Replaces pieces in ascending order and moves the cross-reference table's offsets by what came or went before them. */
function withEdits(pdf: Buffer, edits: readonly Edit[]): Buffer {
  const moved = (offset: number) =>
    edits.reduce((sum, edit) => (edit.at < offset ? sum + edit.text.length - edit.length : sum), offset);
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, length, text } of edits) {
    parts.push(pdf.subarray(from, at), Buffer.from(text, 'latin1'));
    from = at + length;
  }
  const edited = Buffer.concat([...parts, pdf.subarray(from)]);
  if (edits.every(({ length, text }) => length === text.length)) return edited;
  const table = edited.lastIndexOf('\nxref\n') + 1;
  const tail = edited
    .toString('latin1', table)
    .replaceAll(
      /^(\d{10}) 00000 n/gm,
      (_, offset: string) => `${String(moved(Number(offset))).padStart(10, '0')} 00000 n`,
    )
    .replace(/startxref\n(\d+)/, (_, offset: string) => `startxref\n${moved(Number(offset))}`);
  return Buffer.concat([edited.subarray(0, table), Buffer.from(tail, 'latin1')]);
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
