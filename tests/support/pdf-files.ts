import { deflateSync } from 'node:zlib';

/** An object of a PDF: its text, or a stream with the rest of its dictionary. */
export type PdfObject = string | { dictionary: string; data: Buffer };

/** A PDF of these objects, numbered from 1, with a right reference table; object 1 is the catalogue. */
export function pdfOf(objects: readonly PdfObject[], trailer = ''): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  const size = () => parts.reduce((sum, part) => sum + part.length, 0);
  objects.forEach((object, at) => {
    offsets.push(size());
    const [dictionary, data] =
      typeof object === 'string'
        ? [object, null]
        : [`<< ${object.dictionary} /Length ${object.data.length} >>`, object.data];
    parts.push(Buffer.from(`${at + 1} 0 obj\n${dictionary}\n`, 'latin1'));
    if (data !== null) parts.push(Buffer.from('stream\n'), data, Buffer.from('\nendstream\n'));
    parts.push(Buffer.from('endobj\n'));
  });
  const start = size();
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const count = objects.length + 1;
  parts.push(
    Buffer.from(
      `xref\n0 ${count}\n0000000000 65535 f \n${table}trailer\n<< /Size ${count} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

export interface Paper {
  /** More of the catalogue's dictionary. */
  catalog?: string;
  /** More of each page's dictionary. */
  page?: string;
  pages?: number;
  /** Objects from number 5 on. */
  more?: readonly PdfObject[];
  trailer?: string;
  /** The pages' content; two lines of text unless told otherwise. */
  content?: { dictionary: string; data: Buffer };
}

const TEXT = 'BT /F1 18 Tf 40 360 Td (Sicil) Tj 0 -30 Td (page) Tj ET 0.8 0.1 0.1 rg 40 40 120 80 re f';

/** An ordinary PDF, with something more where a test wants it. */
export function paperPdf({
  catalog = '',
  page = '',
  pages = 1,
  more = [],
  trailer = '',
  content,
}: Paper = {}): Buffer {
  const first = 5 + more.length;
  const kids = Array.from({ length: pages }, (_, at) => `${first + at} 0 R`).join(' ');
  return pdfOf(
    [
      `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
      `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
      content ?? { dictionary: '', data: Buffer.from(TEXT) },
      '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
      ...more,
      ...Array.from(
        { length: pages },
        () =>
          `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 3 0 R /Resources << /Font << /F1 4 0 R >> >> ${page} >>`,
      ),
    ],
    trailer,
  );
}

/** `text` as an object stream's only object, number 90: where a look at the raw bytes sees nothing of it. */
export function packedObject(text: string): PdfObject {
  const head = '90 0 ';
  return {
    dictionary: `/Type /ObjStm /N 1 /First ${head.length} /Filter /FlateDecode`,
    data: deflateSync(Buffer.from(head + text)),
  };
}

/** A stream of zeros that is `bytes` long when it is unpacked, and a thousandth of that before. */
export function packedZeros(bytes: number): Buffer {
  return deflateSync(Buffer.alloc(bytes), { level: 9 });
}
