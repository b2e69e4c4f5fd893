import { spawnSync } from 'node:child_process';

/** Text of a PDF by pages, by Mozilla's reader in a process of its own: it is an ES module, which jest cannot load. */
export function pdfPages(pdf: Buffer): string[] {
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', READER], {
    input: pdf,
    timeout: 30_000,
    maxBuffer: 32 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(run.stderr.toString());
  return JSON.parse(run.stdout.toString()) as string[];
}

const READER = `
  import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  const document = await getDocument({ data: new Uint8Array(Buffer.concat(parts)), verbosity: 0 }).promise;
  const pages = [];
  for (let n = 1; n <= document.numPages; n += 1) {
    const { items } = await (await document.getPage(n)).getTextContent();
    pages.push(items.map((item) => item.str + (item.hasEOL ? '\\n' : '')).join(''));
  }
  process.stdout.write(JSON.stringify(pages));
`;
