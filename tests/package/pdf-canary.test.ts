import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { createCustomer } from '../../operations/customers';
import { prepareForm } from '../../operations/form-preparation';
import { createPdfPrinter, type PdfPrinter } from '../../printing/pdf-printer';
import {
  renderCustomerFile,
  renderSummaryReport,
  type CustomerFile,
  type SummaryReport,
} from '../../templates/reports';
import { chromiumPath } from '../support/chromium';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { pdfPages } from '../support/pdf-text';
import { scratchFolder } from './a-package';
import { FRAME, customerFile, summaryReport } from './sample-reports';

const folder = scratchFolder();
const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
const SECRET = `kanarya${randomUUID().replaceAll('-', '')}`;
const db = useDatabase();
const installation = useInstallation(db);

let dealer: TestDealer;
let printer: PdfPrinter;
let canary: Server;
let callers = 0;
let payloads: string[];

/** Answers every connection with the secret and counts it: nobody has a reason to come. */
beforeAll(async () => {
  dealer = await makeDealer(db, installation);
  printer = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 2, log });
  canary = createServer((socket) => {
    callers += 1;
    socket.on('error', () => undefined);
    socket.end(`HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n${SECRET}`);
  });
  await new Promise<void>((resolve) => canary.listen(0, '::', resolve));
  const { port } = canary.address() as AddressInfo;
  const file = join(folder, 'canary.html');
  writeFileSync(file, `<!doctype html><p>${SECRET}`);
  payloads = payloadsFor([
    `http://127.0.0.1:${port}/a`,
    `http://[::1]:${port}/a`,
    `//localhost:${port}/a`,
    `ws://127.0.0.1:${port}/a`,
    `file://${file}`,
    `file://localhost${file}`,
    'file:///etc/passwd',
    String.raw`\\127.0.0.1\canary\a.html`,
  ]);
});
afterAll(async () => {
  await printer?.close();
  canary?.close();
});

/** 25 ways in which markup or a style reaches for an address, for each of eight. */
function payloadsFor(targets: readonly string[]): string[] {
  return targets.flatMap((to) => [
    `<img src="${to}">`,
    `<img srcset='${to} 1x, ${to} 2x' src=x onerror=this.src='${to}'>`,
    `"><svg><image href="${to}" xlink:href="${to}"/></svg>`,
    `<svg><use xlink:href="${to}#a"/><foreignObject><img src="${to}"/></foreignObject></svg>`,
    `<svg><filter id=f><feImage href="${to}"/></filter><rect filter="url(#f)" width=9 height=9 /></svg>`,
    `<svg><style>@import "${to}";</style><text font-family=x>x</text></svg>`,
    `<link rel="stylesheet" href="${to}">`,
    `<link rel=preload as=font crossorigin href="${to}"><link rel=prefetch href="${to}">`,
    `<link rel="preconnect" href="${to}"><link rel="dns-prefetch" href="${to}"><link rel=icon href="${to}">`,
    `</style><style>@import url(${to});</style>`,
    `</title></style></head><body background="${to}"><table background="${to}"><td background="${to}">`,
    `<style>*{background:url("${to}");list-style:url("${to}");cursor:url("${to}"),auto}</style>`,
    `<style>@font-face{font-family:c;src:url("${to}")}*{font-family:c}p::before{content:url("${to}")}</style>`,
    `<p style="background-image:image-set('${to}' 1x);border-image:url('${to}');mask:url('${to}')">x</p>`,
    `"; } @page { @top-left { content: url("${to}") } background: url("${to}") } x { color: "`,
    `<iframe src="${to}"></iframe><iframe srcdoc="<img src='${to}'>"></iframe>`,
    `<object data="${to}" type="text/html"></object><embed src="${to}">`,
    `<meta http-equiv="refresh" content="0;url=${to}">`,
    `<base href="${to}"><img src="b.png"><a href="c" ping="${to}">c</a>`,
    `<video src="${to}" poster="${to}"><track src="${to}"></video><audio src="${to}" autoplay></audio>`,
    `<script src="${to}"></script><script>fetch("${to}");new Image().src="${to}"</script>`,
    `<a href="javascript:fetch('${to}')" autofocus onfocus="fetch('${to}')">x</a>`,
    `<form action="${to}"><input type=image src="${to}" autofocus></form><frameset><frame src="${to}">`,
    `{{> ${to}}} {{{lookup this "${to}"}}} $t(${to}) \${fetch("${to}")}`,
    `<!--[if true]><img src="${to}"><![endif]--><![CDATA[<img src="${to}">]]><?xml-stylesheet href="${to}"?>`,
  ]);
}

/** Payload number `at`, going round. */
const payload = (at: number) => payloads[at % payloads.length] ?? '';

/** A file with twenty payloads wherever people write their own words. */
function hostileFile(at: number): CustomerFile {
  const file = customerFile(payload(at));
  const put = <Line extends object>(lines: readonly Line[], changes: Partial<Line>) =>
    lines.map((line) => ({ ...line, ...changes }));
  return {
    ...file,
    card: { ...file.card, branch: payload(at + 1) },
    identity: [2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 18, 19].map((more) => ({
      label: 'Alan',
      value: payload(at + more),
    })),
    documents: put(file.documents, { number: payload(at + 6) }),
    decisions: put(file.decisions, { reason: payload(at + 8), by: payload(at + 9) }),
    findings: put(file.findings, { field: payload(at + 10), message: payload(at + 11) }),
    notices: put(file.notices, { subject: payload(at + 10), messageId: payload(at + 11) }),
    history: put(file.history, { actor: payload(at + 7), detail: payload(at + 9) }),
  };
}

/** A report with a customer, a decision and an exclusion for each payload. */
function hostileReport(): SummaryReport {
  const report = summaryReport(payloads.length, payload(0));
  const [decision] = report.decisions;
  if (decision === undefined) throw new Error('the sample has a decision');
  return {
    ...report,
    frame: { ...report.frame, packageNo: payload(1), dealer: { ...report.frame.dealer, title: payload(2) } },
    customers: report.customers.map((line, at) => ({ ...line, displayName: payload(at) })),
    decisions: payloads.map((reason) => ({ ...decision, reason })),
    exclusions: payloads.map((reason) => ({ customerCode: 'KYM-2026-000001', reason })),
  };
}

/** The two sheets of a customer whose record holds ten payloads. */
async function hostileForms(at: number): Promise<string[]> {
  const word = (more: number) => payload(at + more).slice(0, 300);
  const record = {
    givenNames: word(0),
    surname: word(1),
    birthPlace: word(2),
    idDocument: { number: word(3), issuingCountry: word(4) },
    address: { line: word(5), district: word(6), province: word(7) },
    email: word(8),
    occupation: word(9),
  };
  return dealer.run(async (tx) => {
    const { id } = await createCustomer(tx, { type: 'natural_person_tr', trigger: 'continuous', record });
    const { html, officeHtml } = await prepareForm(tx, id, {
      privacyNotice: { version: '2026-11', channel: 'print' },
    });
    return [html, officeHtml];
  });
}

/** That nobody called, no file came in, and nothing but text was drawn. */
function expectHarmless(pdf: Buffer): void {
  const raw = pdf.toString('latin1');
  expect(raw).not.toMatch(/\/Subtype \/Image|\/JavaScript|\/URI|\/EmbeddedFile|\/Launch/);
  expect(callers).toBe(0);
}

/** A page's words, closed up, without its header and footer, which stand between the halves of a word that is broken. */
function withoutFrame(page: string): string {
  return page
    .replaceAll(/\s+/g, '')
    .replace(/MüşteridosyasıKYM-2026-000001Gizli–kişiselveriiçerir/, '')
    .replace(/Sayfa\d+\/\d+/, '')
    .replace('DP-2026-0007·9f2c9f2c9f2c9f2c', '');
}

test('the canary sees who comes', async () => {
  const { port } = canary.address() as AddressInfo;
  expect(await (await fetch(`http://127.0.0.1:${port}/a`)).text()).toBe(SECRET);
  expect(callers).toBe(1);
  callers = 0;
  expect(new Set(payloads).size).toBe(200);
});

test('two hundred payloads in the words of a report stay words', async () => {
  const html = renderSummaryReport(hostileReport(), 'tr');
  const pdf = await printer.print(html, FRAME.asOf);
  expectHarmless(pdf);
  const text = pdfPages(pdf).join('').replaceAll(/\s+/g, '');
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain('root:x:0');
  for (const word of payloads) expect(text).toContain(word.replaceAll(/\s+/g, ''));
}, 60_000);

test('two hundred payloads in the words of customer files stay words', async () => {
  const files = payloads.flatMap((_, at) => (at % 20 === 0 ? [hostileFile(at)] : []));
  const pdfs = await Promise.all(
    files.map((file) => printer.print(renderCustomerFile(file, 'tr'), FRAME.asOf)),
  );
  pdfs.forEach(expectHarmless);
  const text = pdfs.flatMap(pdfPages).map(withoutFrame).join('');
  expect(text).not.toContain(SECRET);
  for (const word of payloads) expect(text).toContain(word.replaceAll(/\s+/g, ''));
}, 60_000);

test('two hundred payloads in the records behind customer forms stay words', async () => {
  const printed: string[] = [];
  for (let at = 0; at < payloads.length; at += 10) {
    const pdfs = await Promise.all(
      (await hostileForms(at)).map((html) => printer.print(html, '2026-11-22T09:00:00Z')),
    );
    pdfs.forEach(expectHarmless);
    printed.push(...pdfs.map((pdf) => pdf.toString('latin1')));
    if (at === 0) expect(pdfPages(pdfs[0] ?? Buffer.alloc(0)).join('')).not.toContain(SECRET);
  }
  expect(printed).toHaveLength(40);
}, 60_000);

test('two hundred payloads that stand in a document as markup reach nothing either', async () => {
  const document = (body: string) =>
    `<!doctype html><html lang="tr"><head><meta charset="utf-8"><title>x</title></head><body><h1>başlık</h1>${body}`;
  const outcomes = await Promise.all(
    payloads.map((markup) =>
      printer.print(document(markup), FRAME.asOf).then(
        (pdf) => ({ pdf }),
        (error: unknown) => ({ error: String(error) }),
      ),
    ),
  );
  expect(callers).toBe(0);
  const printed = outcomes.flatMap((outcome) => ('pdf' in outcome ? [outcome.pdf] : []));
  for (const pdf of printed)
    expect(pdf.toString('latin1')).not.toMatch(/\/JavaScript|\/EmbeddedFile|\/Launch/);
  const refusals = outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  for (const refusal of refusals) expect(refusal).toContain('holds an element that acts or loads');
  expect(printed.length).toBeGreaterThan(100);
  const ofFiles = printed.filter((_, at) => at % 20 === 0).map((pdf) => pdfPages(pdf).join(''));
  for (const text of ofFiles) expect(text).not.toContain(SECRET);
}, 60_000);
