/** A PDF with one plain reference table, as Chromium writes it. Offsets are bytes from the file's beginning. */
export interface PdfObjects {
  /** Where the reference table begins, which follows the last object. */
  table: number;
  /** Where the table's first row begins; a row is 20 bytes, one for each object number from 0. */
  rows: number;
  count: number;
  /** Object number of the catalogue. */
  root: number;
  offsetOf: (object: number) => number;
  /** An object's text without `n 0 obj` and `endobj`: a dictionary, no stream. */
  textOf: (object: number) => string;
}

export const ROW_BYTES = 20;
/** The longest object without a stream that is looked into: the catalogue, a list of pages, the destinations. */
const LONGEST_OBJECT = 1_000_000;

/** @throws Error when the bytes are not those of a PDF as Chromium writes it. */
export function readPdfObjects(pdf: Buffer): PdfObjects {
  const end = pdf.toString('latin1', Math.max(0, pdf.length - 1024));
  const table = Number(/startxref\n(\d+)\n%%EOF\s*$/.exec(end)?.[1]);
  const head = /^xref\n0 (\d+)\n/.exec(pdf.toString('latin1', table, table + 40));
  const root = Number(/\/Root (\d+) 0 R/.exec(end)?.[1]);
  if (head === null || Number.isNaN(root))
    throw new Error('Chromium wrote a PDF in a form that is not known');
  const [line, size] = head;
  const rows = table + line.length;
  const count = Number(size);

  function offsetOf(object: number): number {
    const row = rows + object * ROW_BYTES;
    const offset = Number(pdf.toString('latin1', row, row + 10));
    if (object >= count || !pdf.toString('latin1', offset, offset + 20).startsWith(`${object} 0 obj\n`)) {
      throw new Error(`Chromium wrote a PDF whose object ${object} is not where it should be`);
    }
    return offset;
  }

  function textOf(object: number): string {
    const from = offsetOf(object) + `${object} 0 obj\n`.length;
    const to = pdf.indexOf('\nendobj', from);
    if (to === -1 || to - from > LONGEST_OBJECT) throw new Error(`Object ${object} of a PDF has no end`);
    return pdf.toString('latin1', from, to);
  }

  return { table, rows, count, root, offsetOf, textOf };
}
