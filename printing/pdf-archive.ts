import { deflateSync } from 'node:zlib';

import { readPdfObjects, ROW_BYTES } from './pdf-objects';
import { srgbProfile } from './srgb-profile';

/**
 * Makes a PDF of Chromium, with its dates and file id, a PDF/A-2b: the catalogue names what the file is (XMP, equal to
 * the file's own properties) and which colours its RGB are (an output intent with the sRGB profile). Adds nothing that
 * does not follow from the bytes given. What else the standard asks, embedded fonts above all, is up to the document.
 * @throws Error when the bytes are not those of a PDF as Chromium writes it.
 */
export function archivePdf(pdf: Buffer): Buffer {
  const { table, rows, count, root, offsetOf, textOf } = readPdfObjects(pdf);
  const catalog = textOf(root);
  if (!catalog.endsWith('>>') || catalog.includes('/OutputIntents')) {
    throw new Error('Chromium wrote a PDF without the catalogue it should have');
  }
  const [metadata, intent, profile] = [count, count + 1, count + 2];
  const entries = `\n/Metadata ${metadata} 0 R\n/OutputIntents [${intent} 0 R]>>`;
  const properties = propertiesOf(pdf, catalog);
  const objects = [
    dictionary(root, catalog.slice(0, -2) + entries),
    stream(metadata, '/Type /Metadata /Subtype /XML', Buffer.from(xmp(properties))),
    dictionary(intent, outputIntent(profile)),
    stream(profile, '/N 3 /Filter /FlateDecode', (packedProfile ??= deflateSync(srgbProfile()))),
  ];
  const offsets = objects.map((_, index) =>
    objects.slice(0, index).reduce((sum, { length }) => sum + length, table),
  );

  const body = Buffer.from(pdf.subarray(0, table));
  body.fill(' ', offsetOf(root), body.indexOf('endobj', offsetOf(root)) + 'endobj'.length);
  const references = Buffer.from(pdf.subarray(rows, rows + count * ROW_BYTES));
  const [catalogRow = '', ...newRows] = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`);
  references.write(catalogRow, root * ROW_BYTES, 'latin1');
  const size = count + newRows.length;
  const trailer = pdf
    .toString('latin1', rows + count * ROW_BYTES)
    .replace(/\/Size \d+/, `/Size ${size}`)
    .replace(/startxref\n\d+/, `startxref\n${(offsets.at(-1) ?? 0) + (objects.at(-1)?.length ?? 0)}`);
  return Buffer.concat([
    body,
    ...objects,
    Buffer.from(`xref\n0 ${size}\n`),
    references,
    Buffer.from(newRows.join('') + trailer, 'latin1'),
  ]);
}

let packedProfile: Buffer | undefined;

function dictionary(object: number, text: string): Buffer {
  return Buffer.from(`${object} 0 obj\n${text}\nendobj\n`, 'latin1');
}

function stream(object: number, entries: string, data: Buffer): Buffer {
  const head = `${object} 0 obj\n<<${entries} /Length ${data.length}>>\nstream\n`;
  return Buffer.concat([Buffer.from(head), data, Buffer.from('\nendstream\nendobj\n')]);
}

function outputIntent(profile: number): string {
  const name = '(sRGB IEC61966-2.1)';
  return (
    `<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier ${name} /Info ${name}\n` +
    `/RegistryName (http://www.color.org) /DestOutputProfile ${profile} 0 R>>`
  );
}

interface Properties {
  title: string;
  language: string;
  creator: string;
  producer: string;
  createdAt: string;
  modifiedAt: string;
}

/** What the file says of itself elsewhere: XMP has to say the same. */
function propertiesOf(pdf: Buffer, catalog: string): Properties {
  const info = pdf.toString('latin1', 0, pdf.indexOf('endobj'));
  const text = (field: string) => {
    const found = new RegExp(String.raw`/${field} (?:<([0-9A-F]*)>|\(((?:[^\\()]|\\.)*)\))`).exec(info);
    if (found === null) return '';
    return found[1] === undefined ? literal(found[2] ?? '') : hexadecimal(found[1]);
  };
  return {
    title: text('Title'),
    language: /\/Lang \(([\w-]+)\)/.exec(catalog)?.[1] ?? 'x-default',
    creator: text('Creator'),
    producer: text('Producer'),
    createdAt: isoDate(text('CreationDate')),
    modifiedAt: isoDate(text('ModDate')),
  };
}

const SHORT: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function literal(text: string): string {
  return text.replaceAll(/\\([0-7]{1,3}|.)/g, (_, code: string) =>
    /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (SHORT[code] ?? code),
  );
}

function hexadecimal(digits: string): string {
  const bytes = Buffer.from(digits, 'hex');
  const isUtf16 = bytes[0] === 0xfe && bytes[1] === 0xff;
  return isUtf16 ? bytes.subarray(2).swap16().toString('utf16le') : bytes.toString('latin1');
}

/** D:20261121090000+00'00' as 2026-11-21T09:00:00+00:00. */
function isoDate(date: string): string {
  const iso = date.replace(
    /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)([+-]\d\d)'(\d\d)'$/,
    '$1-$2-$3T$4:$5:$6$7:$8',
  );
  if (iso === date) throw new Error('Chromium wrote a PDF without the dates it should have');
  return iso;
}

function xmp({ title, language, creator, producer, createdAt, modifiedAt }: Properties): string {
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${escaped(title)}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>${escaped(language)}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>${escaped(producer)}</pdf:Producer>
<xmp:CreatorTool>${escaped(creator)}</xmp:CreatorTool>
<xmp:CreateDate>${createdAt}</xmp:CreateDate>
<xmp:ModifyDate>${modifiedAt}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
