import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import {
  createPdfPrinter,
  PrinterBusy,
  type PdfPrinter,
  type PdfPrinterOptions,
} from '../../printing/pdf-printer';
import { memoryOf } from '../../printing/process-memory';
import { fontFaces } from '../../templates/fonts';
import { chromiumPath } from '../support/chromium';
import { until } from '../support/wait';
import { scratchFolder } from './a-package';

const AS_OF = '2026-11-21T09:00:00.000Z';
const folder = scratchFolder();
const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
const printers: PdfPrinter[] = [];

async function printer(options: Partial<PdfPrinterOptions> = {}): Promise<PdfPrinter> {
  const created = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 2, log, ...options });
  printers.push(created);
  return created;
}

afterEach(async () => {
  await Promise.all(printers.splice(0).map((open) => open.close()));
});

afterAll(async () => {
  await until('every closed printer took its Chromium along', () => chromiumsOf(process.pid).length === 0);
});

function page(body: string): string {
  return `<!doctype html><html lang="tr"><head><meta charset="utf-8"><title>Özet</title></head><body><h1>Başlık</h1>${body}</body></html>`;
}

/** Main processes of Chromium whose parent is this process. */
function chromiumsOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter(
      (pid) =>
        statusOf(pid)?.includes(`\nPPid:\t${parent}\n`) && commandOf(pid).includes('--remote-debugging-pipe'),
    )
    .map(Number);
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => statusOf(name)?.includes(`\nPPid:\t${pid}\n`));
  return children.flatMap((child) => [Number(child), ...descendantsOf(Number(child))]);
}

function statusOf(pid: string): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return status.includes('\nState:\tZ') ? undefined : status;
  } catch {
    return undefined;
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** The text of a PDF, where pdftotext is installed. */
function textOf(pdf: Buffer): string | undefined {
  const path = join(folder, 'text.pdf');
  writeFileSync(path, pdf);
  const { status, stdout } = spawnSync('pdftotext', ['-layout', path, '-'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return status === 0 ? stdout : undefined;
}

test('a document becomes a tagged PDF with outline, language and title', async () => {
  const pdf = (await (await printer()).print(page('<p>metin'), AS_OF)).toString('latin1');
  expect(pdf).toMatch(/^%PDF-1\.\d/);
  expect(pdf).toContain('/Marked true');
  expect(pdf).toContain('/Outlines ');
  expect(pdf).toContain('/Lang (tr)');
  expect(pdf).toContain('/Title <FEFF00D6007A00650074>');
  expect(pdf).toContain("/CreationDate (D:20261121090000+00'00')");
  expect(pdf).toContain("/ModDate (D:20261121090000+00'00')");
  expect(pdf).toMatch(/\/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]/);
});

test('the same document gives the same bytes, whatever was printed before in the tab', async () => {
  const table = page('<table><thead><tr><th>a<th>b</thead><tr><td>1<td>2</table>');
  const first = await printer({ tabs: 1 });
  const once = await first.print(table, AS_OF);
  await first.print(page('<p>başka'.repeat(50)), AS_OF);
  const twice = await first.print(table, AS_OF);
  const elsewhere = await (await printer()).print(table, AS_OF);
  expect(once.includes('/IDTree')).toBe(true);
  expect(twice.equals(once)).toBe(true);
  expect(elsewhere.equals(once)).toBe(true);
  expect((await first.print(table, '2026-11-22T09:00:00Z')).equals(once)).toBe(false);
});

test('a document is printed in the fonts that it brings, whatever fonts the tab was given before', async () => {
  const text = page('<p style="font-family:Noto Sans">Çiğdem Şıkoğlu ₺<p style="font-family:Noto Sans">محمد');
  const bringing = (fonts: string) => text.replace('<title>', `<style>${fonts}</style><title>`);
  const regular = bringing(fontFaces());
  const bold = bringing(fontFaces().replaceAll('font-weight:700', 'font-weight:400'));
  const expected = ['no', 'NotoSans-Regular', 'NotoSans-Bold', 'NotoSans-Regular', 'no'];
  const one = await printer({ tabs: 1 });
  for (const [index, document] of [text, regular, bold, regular, text].entries()) {
    const alone = await (await printer()).print(document, AS_OF);
    expect((await one.print(document, AS_OF)).equals(alone)).toBe(true);
    const font = /NotoSans-\w+/.exec(alone.toString('latin1'))?.[0] ?? 'no';
    expect(font).toBe(expected[index]);
  }
});

test('a document whose fonts cannot be read fails instead of being printed in others', async () => {
  const broken = page('<p>metin').replace(
    '<title>',
    '<style>@font-face{font-family:"Noto Sans";font-weight:400;src:url(data:font/woff2;base64,AAAA)}</style><title>',
  );
  const one = await printer({ tabs: 1 });
  await expect(one.print(broken, AS_OF)).rejects.toThrow('NetworkError');
  expect((await one.print(page('<p>metin'), AS_OF)).toString('latin1', 0, 5)).toBe('%PDF-');
});

test('qpdf finds nothing wrong with the rewritten bytes', async () => {
  const path = join(folder, 'checked.pdf');
  const table = '<table><thead><tr><th>a<th>b</thead><tr><td>1<td>2</table>';
  writeFileSync(path, await (await printer()).print(page(table.repeat(40)), AS_OF));
  const check = spawnSync('qpdf', ['--check', path], { encoding: 'utf8', timeout: 20_000 });
  if (check.error !== undefined) return; // qpdf is not installed here
  expect(check).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('No syntax or stream encoding errors'),
  });
});

test('a queue that is full refuses the next document at once, and takes one again later', async () => {
  const one = await printer({ tabs: 1, queueMax: 1 });
  const first = one.print(page('<p>bir'), AS_OF);
  const second = one.print(page('<p>iki'), AS_OF);
  await expect(one.print(page('<p>üç'), AS_OF)).rejects.toThrow(PrinterBusy);
  await Promise.all([first, second]);
  expect((await one.print(page('<p>üç'), AS_OF)).subarray(0, 5).toString()).toBe('%PDF-');
});

test('a printer without work lets its Chromium go, and the next document starts another', async () => {
  const one = await printer({ tabs: 1, idleMs: 50 });
  await one.print(page('<p>bir'), AS_OF);
  await until('Chromium has ended', () => chromiumsOf(process.pid).length === 0);
  expect((await one.print(page('<p>iki'), AS_OF)).subarray(0, 5).toString()).toBe('%PDF-');
});

test('a document that takes longer than it may fails', async () => {
  const one = await printer({ tabs: 1, timeoutMs: 5 });
  await expect(one.print(page('<p>bir'), AS_OF)).rejects.toThrow('longer than 0.005 s');
});

describe('a document from hostile hands', () => {
  let server: Server;
  let asked: string[];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('reached');
    });
    server.on('connection', (socket) => asked.push(`connection from ${socket.remotePort}`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(() => server.close());

  test('reaches no address', async () => {
    const { port } = server.address() as AddressInfo;
    const hosts = [
      `http://127.0.0.1:${port}`,
      `http://localhost:${port}`,
      `ws://127.0.0.1:${port}`,
      `//127.0.0.1:${port}`,
    ];
    const one = await printer({ tabs: 1 });
    for (const host of hosts) {
      for (const markup of reaching(host)) {
        expect(await outcome(one.print(page(markup), AS_OF))).toMatch(
          /^(%PDF-|A document to print holds an element)/,
        );
      }
    }
    expect(asked).toEqual([]);
  });

  test('reads no file', async () => {
    const secret = join(folder, 'secret.txt');
    writeFileSync(secret, 'KANARYA');
    const one = await printer({ tabs: 1 });
    for (const markup of reaching(`file://${secret}?`)) {
      const pdf = await one.print(page(markup), AS_OF).catch(() => Buffer.alloc(0));
      expect(textOf(pdf) ?? '').not.toContain('KANARYA');
    }
  });

  test('runs no script', async () => {
    const one = await printer();
    const payloads = '<img src=x onerror="document.title=1"><svg onload="document.title=1">';
    const pdf = await one.print(page(`<p>kalır</p>${payloads}`), AS_OF);
    expect(pdf.includes('/Title <FEFF00D6007A00650074>')).toBe(true);
    expect(textOf(pdf) ?? 'kalır').toContain('kalır');
  });

  test.each(['<script>', '<SCRIPT src=x>', '<iframe srcdoc=x>', '<meta http-equiv=refresh>', '<embed>'])(
    'is refused when it holds an element that acts: %s',
    async (markup) => {
      await expect((await printer()).print(page(markup), AS_OF)).rejects.toThrow('acts or loads');
    },
  );

  /** The beginning of the PDF, or the reason why there is none. */
  async function outcome(printing: Promise<Buffer>): Promise<string> {
    return printing
      .then((pdf) => pdf.toString('latin1', 0, 5), String)
      .then((text) => text.replace('Error: ', ''));
  }

  function reaching(host: string): string[] {
    const target = `${host}/canary`;
    return [
      `<img src="${target}"><img srcset="${target} 1x"><video src="${target}" poster="${target}"></video>`,
      `<iframe src="${target}"></iframe><object data="${target}"></object><embed src="${target}">`,
      `<iframe srcdoc="<img src='${target}'><script>fetch('${target}')</script>"></iframe>`,
      `<link rel="stylesheet" href="${target}"><link rel="preload" as="image" href="${target}"><link rel="prefetch" href="${target}">`,
      `<link rel="preconnect" href="${host}"><link rel="dns-prefetch" href="${host}"><link rel="icon" href="${target}">`,
      `<style>@import url("${target}"); body{background:url("${target}")} @font-face{font-family:x;src:url("${target}")} p{font-family:x}</style><p>x`,
      `<p style="background-image:url('${target}');list-style-image:url('${target}')">x`,
      `<meta http-equiv="refresh" content="0;url=${target}"><base href="${target}"><a href="x" ping="${target}">x</a>`,
      `<script src="${target}"></script><script type="module">import "${target}"</script><script>new Image().src="${target}"</script>`,
      `<svg><image href="${target}"/><use href="${target}#x"/><foreignObject><img src="${target}"/></foreignObject></svg>`,
      `<script type="speculationrules">{"prerender":[{"source":"list","urls":["${target}"]}]}</script>`,
    ];
  }
});

test('documents beyond the tabs wait their turn and all come out', async () => {
  const one = await printer({ tabs: 2 });
  const bodies = Array.from({ length: 12 }, (_, index) => `<h2>Belge ${index}</h2>`);
  const pdfs = await Promise.all(bodies.map((body) => one.print(page(body), AS_OF)));
  expect(new Set(pdfs.map((pdf) => pdf.toString('latin1'))).size).toBe(12);
  expect(chromiumsOf(process.pid)).toHaveLength(1);
});

test('Chromium is replaced after so many documents, without losing one in print', async () => {
  const one = await printer({ tabs: 2, recycleAfter: 3 });
  await one.print(page('<p>x'), AS_OF);
  const [before] = chromiumsOf(process.pid);
  const pdfs = await Promise.all(Array.from({ length: 10 }, () => one.print(page('<p>x'), AS_OF)));
  expect(pdfs.every((pdf) => pdf.equals(pdfs[0] ?? Buffer.alloc(0)))).toBe(true);
  await until('the old Chromium is gone', () => !chromiumsOf(process.pid).includes(before ?? 0));
  await until('one is left at most', () => chromiumsOf(process.pid).length <= 1);
});

test('Chromium is replaced when its memory has grown too large', async () => {
  const one = await printer({ tabs: 1, recycleAboveMb: 1 });
  await one.print(page('<p>x'), AS_OF);
  await until('the last to leave has closed it', () => chromiumsOf(process.pid).length === 0);
  const roomy = await printer({ tabs: 1, recycleAboveMb: 10_000 });
  await roomy.print(page('<p>x'), AS_OF);
  const [kept] = chromiumsOf(process.pid);
  await roomy.print(page('<p>x'), AS_OF);
  expect(chromiumsOf(process.pid)).toContain(kept);
});

/** A table of so many rows, as tall reports have them. */
const tall = (rows: number) => `<table>${'<tr><td>bir<td>iki<td>üç<td>dört<td>beş'.repeat(rows)}</table>`;

test('a heavy document gives its memory back, and Chromium stays', async () => {
  const one = await printer({ tabs: 1 });
  await one.print(page('<p>x'), AS_OF);
  const [pid = 0] = chromiumsOf(process.pid);
  const before = memoryOf(pid);
  await one.print(page(tall(1_000)), AS_OF);
  // Its tab would keep a hundred and more; a closed one's process takes a moment to end.
  await until('the memory is back', () => memoryOf(pid) < before + 50);
  expect(chromiumsOf(process.pid)).toEqual([pid]);
});

test('of two heavy documents one waits, and holds no tab from a light one meanwhile', async () => {
  const one = await printer({ tabs: 2 });
  const done: string[] = [];
  const print = async (name: string, body: string) => {
    await one.print(page(body), AS_OF);
    done.push(name);
  };
  await Promise.all([print('first', tall(900)), print('second', tall(900)), print('light', '<p>x')]);
  expect(done).toEqual(['light', 'first', 'second']);
});

test('heavy documents that wait for one another are as many as may wait, and the next one is refused', async () => {
  const one = await printer({ tabs: 2, queueMax: 1 });
  const taken = [one.print(page(tall(900)), AS_OF), one.print(page(tall(900)), AS_OF)];
  await expect(one.print(page(tall(900)), AS_OF)).rejects.toThrow(PrinterBusy);
  expect((await Promise.all(taken)).map((pdf) => pdf.toString('latin1', 0, 5))).toEqual(['%PDF-', '%PDF-']);
});

test('a large document may take longer than a small one', async () => {
  const one = await printer({ tabs: 1, timeoutMs: 500 });
  await one.print(page('<p>bir'), AS_OF).catch(() => undefined); // starts Chromium
  const large = page(`<!--${'x'.repeat(20_000_000)}-->${'<p>uzun'.repeat(2000)}`);
  expect((await one.print(large, AS_OF)).subarray(0, 5).toString()).toBe('%PDF-');
});

test('a Chromium killed in mid-print fails that document, and the next one gets a new Chromium', async () => {
  const one = await printer({ tabs: 1 });
  await one.print(page('<p>x'), AS_OF);
  const [pid] = chromiumsOf(process.pid);
  const interrupted = one.print(page('<p>uzun'.repeat(200_000)), AS_OF);
  process.kill(pid ?? 0, 'SIGKILL');
  await expect(interrupted).rejects.toThrow(/closed|detached|crashed|Protocol error/i);
  expect((await one.print(page('<p>x'), AS_OF)).length).toBeGreaterThan(1000);
  expect(log.warn).toHaveBeenCalledWith(expect.anything(), 'Chromium ended unexpectedly');
});

test('a tab whose process ends fails its document at once, and the same Chromium prints the next one', async () => {
  const one = await printer({ tabs: 1, timeoutMs: 10_000 });
  await one.print(page('<p>x'), AS_OF);
  const [pid = 0] = chromiumsOf(process.pid);
  const ofTabs = descendantsOf(pid).filter((child) => commandOf(String(child)).includes('--type=renderer'));
  const interrupted = one.print(page('<p>uzun'.repeat(2_000)), AS_OF);
  for (const child of ofTabs) process.kill(child, 'SIGKILL');
  await expect(interrupted).rejects.not.toThrow('longer than');
  expect((await one.print(page('<p>x'), AS_OF)).subarray(0, 5).toString()).toBe('%PDF-');
  expect(chromiumsOf(process.pid)).toEqual([pid]);
});

test('a worker killed outright leaves no Chromium behind', async () => {
  const child = spawn(
    process.execPath,
    ['-r', join(__dirname, 'typescript.cjs'), join(__dirname, 'print-forever.ts'), await chromiumPath()],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const family = chromiumsOf(child.pid ?? 0).flatMap((pid) => [pid, ...descendantsOf(pid)]);
  expect(family.length).toBeGreaterThan(2);
  child.kill('SIGKILL');
  await until('Chromium ends with its worker, and all that it started', () =>
    family.every((pid) => statusOf(String(pid)) === undefined),
  );
});

test('without a Chromium the first print says what to do', async () => {
  const none = createPdfPrinter({ executablePath: undefined, tabs: 1, log });
  await expect(none.print(page(''), AS_OF)).rejects.toThrow('PUPPETEER_EXECUTABLE_PATH');
  await none.close();
});

test('a closed printer takes no more documents', async () => {
  const one = await printer();
  await one.close();
  await expect(one.print(page(''), AS_OF)).rejects.toThrow('closed');
});
