import { fixPdfBytes } from '../../printing/pdf-bytes';

const AS_OF = '2026-11-22T09:00:00.000Z';

/** A file as Chromium writes it, with table headers under these node numbers and an id tree of leaves of two. */
function pdfWith(nodes: readonly number[]): Buffer {
  const id = (node: number) => `(node${String(node).padStart(8, '0')})`;
  const headers = nodes.map((node, at) => ({ node, object: at === 0 ? 9 : at + 10 }));
  const objects = [
    "1 0 obj\n<</Creator (x)\n/CreationDate (D:20200101000000+00'00')\n/ModDate (D:20200101000000+00'00')>>\nendobj\n",
    ...headers.map(({ node, object }) => `${object} 0 obj\n<</S /TH\n/ID ${id(node)}>>\nendobj\n`),
  ];
  const byNumber = [...headers].sort((a, b) => a.node - b.node);
  for (let at = 0; at < byNumber.length; at += 2) {
    const leaf = byNumber.slice(at, at + 2);
    const limits = `[${id(leaf[0]?.node ?? 0)} ${id(leaf.at(-1)?.node ?? 0)}]`;
    const names = leaf.map(({ node, object }) => `${id(node)} ${object} 0 R`).join(' ');
    objects.push(`${30 + at} 0 obj\n<</Limits ${limits}\n/Names [${names}]>>\nendobj\n`);
  }
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object) => {
    const offset = file.length;
    file += object;
    return offset;
  });
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(
    `${file}xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${rows}trailer\n<</Size 9>>\nstartxref\n${file.length}\n%%EOF\n`,
  );
}

function startsOfObjects(pdf: Buffer): string[] {
  const offsets = [...pdf.toString('latin1').matchAll(/^(\d{10}) 00000 n/gm)].map((match) =>
    Number(match[1]),
  );
  return offsets.map(
    (offset) => /^\d+ 0 obj/.exec(pdf.toString('latin1', offset, offset + 12))?.[0] ?? 'none',
  );
}

test('the numbers that a browser tab gave its nodes, in whatever order, do not show in the file', () => {
  const inOrder = fixPdfBytes(pdfWith([101, 102, 103, 104]), AS_OF);
  const lastFirst = fixPdfBytes(pdfWith([904, 901, 902, 903]), AS_OF);
  expect(lastFirst.toString('latin1')).toBe(inOrder.toString('latin1'));
  expect(inOrder.toString('latin1')).toContain('/Names [(node00000001) 9 0 R (node00000002) 11 0 R]');
});

test('the cross-reference table still points at every object after the id tree was put in order', () => {
  const fixed = fixPdfBytes(pdfWith([904, 901, 902, 903]), AS_OF);
  expect(startsOfObjects(fixed)).toEqual([
    '1 0 obj',
    '9 0 obj',
    '11 0 obj',
    '12 0 obj',
    '13 0 obj',
    '30 0 obj',
    '32 0 obj',
  ]);
  const startxref = Number(/startxref\n(\d+)/.exec(fixed.toString('latin1'))?.[1]);
  expect(fixed.toString('latin1', startxref, startxref + 4)).toBe('xref');
});
