import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { CustomerType } from '../../domain/customer';
import { createCustomer } from '../../operations/customers';
import { prepareForm } from '../../operations/form-preparation';
import { createPdfPrinter, type PdfPrinter } from '../../printing/pdf-printer';
import { renderCustomerFile, renderReportVolume, renderSummaryReport } from '../../templates/reports';
import { chromiumPath } from '../support/chromium';
import { completeFile } from '../support/complete-files';
import { useDatabase } from '../support/database';
import { makeDealer, useInstallation, type TestDealer } from '../support/dealer';
import { pdfPages } from '../support/pdf-text';
import { veraPdf, type Verdict } from '../support/verapdf';
import { scratchFolder } from './a-package';
import { FRAME, customerFile, reportVolume, summaryReport } from './sample-reports';

const folder = scratchFolder();
const log = { info: jest.fn(), warn: jest.fn(), error: jest.fn() };
const db = useDatabase();
const installation = useInstallation(db);
let dealer: TestDealer;
let printer: PdfPrinter;

beforeAll(async () => {
  printer = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 2, log });
  dealer = await makeDealer(db, installation);
});
afterAll(() => printer?.close());

/** Letters of many scripts, most of which no shipped font has. */
const WORLD = [
  'Çağrı İğne ₺ Привет Ўзбек Ελλάδα Ὀδυσσεύς Nguyễn Phượng',
  '张伟 مُحَمَّد فاطمه\u200Cزهرا שָׁלוֹם a\u064B हिन्दी 😀 👩🏽‍🔧 🇹🇷 𝔄 \u{10FFFF}',
  'i\u0307stanbul S\u0331a\u0301 e\u0323\u0301 \u202Eters\u202C \u2066ayrı\u2069 sıfır\u200Bgen\u200Dişlik\uFEFF',
  '\u0000\u0007\u0085\ud800 \uE000 \u2028 → ✓ ★ ≥ ﬁ',
].join(' ');

function verdicts(pdfs: readonly Buffer[]): Verdict[] | undefined {
  const paths = pdfs.map((pdf, index) => {
    const path = join(folder, `archive-${index}.pdf`);
    writeFileSync(path, pdf);
    return path;
  });
  return veraPdf(paths);
}

async function formsOf(type: CustomerType, name: string): Promise<string[]> {
  const { record } = completeFile(type);
  const named = type === 'natural_person_tr' ? { ...record, surname: name } : record;
  const { id } = await dealer.run((tx) => createCustomer(tx, { type, trigger: 'continuous', record: named }));
  const input = { privacyNotice: { version: '2026-11', channel: 'print' as const } };
  const { html, officeHtml } = await dealer.run((tx) => prepareForm(tx, id, input));
  return [html, officeHtml];
}

test('reports, customer files and forms are PDF/A-2b, whatever letters names have', async () => {
  const htmls = [
    renderSummaryReport(summaryReport(40), 'tr'),
    renderSummaryReport(summaryReport(3, WORLD), 'en'),
    renderReportVolume(reportVolume(40, WORLD), 'tr'),
    renderCustomerFile(customerFile(), 'tr'),
    renderCustomerFile(customerFile(WORLD), 'en'),
    ...(await formsOf('natural_person_tr', 'Привет 张伟 😀')),
    ...(await formsOf('company', '')),
    ...(await formsOf('foundation', '')),
  ];
  const pdfs = await Promise.all(htmls.map((html) => printer.print(html, FRAME.asOf)));
  // Colours without their profile are what the validator has to find.
  const withoutIntent = Buffer.from(pdfs[2] ?? '');
  withoutIntent.write('/OutputIntentz', withoutIntent.lastIndexOf('/OutputIntents'), 'latin1');
  const found = verdicts([...pdfs, withoutIntent]);
  if (found === undefined) return;
  expect(found.slice(0, -1)).toEqual(pdfs.map(() => ({ compliant: true, failures: [] })));
  expect(found.at(-1)?.compliant).toBe(false);
  expect(found.at(-1)?.failures.join()).toContain('DeviceRGB');
}, 180_000);

test('each page of a form carries its number, page x of y and that it is confidential; the head begins on the second', async () => {
  const [html = ''] = await formsOf('company', '');
  const pages = pdfPages(await printer.print(html, FRAME.asOf));
  expect(pages.length).toBeGreaterThan(1);
  pages.forEach((page, index) => {
    expect(page).toContain('Gizli – kişisel veri içerir');
    expect(page).toMatch(/FRM-\d{4}-\d{6} · form sürümü/);
    expect(page).toMatch(/kayıt özeti [0-9a-f]{16}(?![0-9a-f])/);
    expect(page).toContain(`Sayfa ${index + 1} / ${pages.length}`);
    expect(/^Müşteri tanıma formu FRM-/m.test(page)).toBe(index > 0);
  });
});

test('what the file says of itself in XMP is what its properties and catalogue say', async () => {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A &lt;b&gt; (c) \\ &amp; Ş</title><body><h1>x</h1>`;
  const raw = (await printer.print(html, '2026-11-22T09:10:11Z')).toString();
  expect(raw).toContain('<rdf:li xml:lang="x-default">A &lt;b&gt; (c) \\ &amp; Ş</rdf:li>');
  expect(raw).toContain('<dc:language><rdf:Bag><rdf:li>en</rdf:li></rdf:Bag></dc:language>');
  expect(raw).toContain('<xmp:CreateDate>2026-11-22T09:10:11+00:00</xmp:CreateDate>');
  expect(raw).toContain('<xmp:ModifyDate>2026-11-22T09:10:11+00:00</xmp:ModifyDate>');
  const producer = /\/Producer \(([^)]*)\)/.exec(raw)?.[1];
  expect(producer).toContain('Skia');
  expect(raw).toContain(`<pdf:Producer>${producer}</pdf:Producer>`);
  const plain = html.replace(/<title>.*<\/title>/, '<title>A (b) \\ c</title>');
  expect((await printer.print(plain, FRAME.asOf)).toString()).toContain('>A (b) \\ c</rdf:li>');
});

test('letters of scripts that are not shipped stand as a sign, the others as themselves, in embedded fonts only', async () => {
  const pdf = await printer.print(renderCustomerFile(customerFile(WORLD), 'tr'), FRAME.asOf);
  const [first = ''] = pdfPages(pdf);
  const heading = first.replaceAll(/\s+/g, ' ');
  for (const words of [
    'Çağrı İğne ₺ Привет Ўзбек Ελλάδα Ὀδυσσεύς Nguyễn Phượng',
    'istanbul',
    'sıfırgenişlik',
  ])
    expect(heading).toContain(words);
  // What runs from right to left is read off the page in the order and the shapes in which it is drawn.
  const drawn = Array.from(heading)
    .toReversed()
    .join('')
    .normalize('NFKC')
    .replaceAll(/[\s\p{M}]/gu, '');
  for (const words of ['محمد', 'שלום']) expect(drawn).toContain(words);
  expect(heading).toContain('��');
  expect(heading).toContain('�ters�');
  expect(heading).not.toMatch(/[张ह😀]/u);
  const fonts = pdf.toString('latin1').match(/\/BaseFont \/[^\s/]+/g) ?? [];
  expect(fonts.length).toBeGreaterThan(2);
  for (const font of fonts) expect(font).toMatch(/^\/BaseFont \/[A-Z]{6}\+NotoSans\w*-(Regular|Bold)$/);
});

test('the contents name the page on which each section begins, and lead there', async () => {
  const pdf = await printer.print(renderSummaryReport(summaryReport(400), 'tr'), FRAME.asOf);
  const pages = pdfPages(pdf);
  const lines = [...(pages[1] ?? '').matchAll(/^(\d+ · [^\n]*?)\s*(\d+)$/gm)].slice(0, 15);
  expect(lines).toHaveLength(15);
  for (const [, heading = '', number = ''] of lines) {
    const begins = pages.flatMap((page, index) => (hasHeading(page, heading, number) ? [index + 1] : []));
    expect([heading, begins]).toEqual([heading, [Number(number)]]);
  }
  expect(pdf.toString('latin1').match(/\/Subtype \/Link/g)).toHaveLength(15);
});

/** Whether the page has the heading in a line of its own, which in the contents has its number behind it. */
function hasHeading(page: string, heading: string, number: string): boolean {
  const lines = page.split('\n').map((line) => line.trim());
  return lines.some((line, index) => line === heading && lines[index + 1] !== number);
}

test('each page but the cover says in its head what it is of, and its table goes on under its headings', async () => {
  const pages = pdfPages(await printer.print(renderSummaryReport(summaryReport(120), 'tr'), FRAME.asOf));
  expect(pages[0]).not.toContain('Denetim paketi DP-2026-0007: özet rapor');
  pages.slice(1).forEach((page) => expect(page).toContain('Denetim paketi DP-2026-0007: özet rapor'));
  const ofCustomers = pages.filter((page) => (page.match(/KYM-2026-0000\d\d/g)?.length ?? 0) > 10);
  expect(ofCustomers.length).toBeGreaterThan(2);
  for (const page of ofCustomers) expect(page).toContain('Müşteri kodu');
});

test('a second Chromium makes the same files of the same words', async () => {
  const htmls = [
    renderSummaryReport(summaryReport(30, WORLD), 'tr'),
    renderCustomerFile(customerFile(WORLD), 'en'),
  ];
  const other = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 2, log });
  try {
    const once = await Promise.all(htmls.map((html) => printer.print(html, FRAME.asOf)));
    const twice = await Promise.all(htmls.toReversed().map((html) => other.print(html, FRAME.asOf)));
    expect(twice.toReversed().map((pdf, index) => pdf.equals(once[index] ?? pdf.subarray(1)))).toEqual([
      true,
      true,
    ]);
  } finally {
    await other.close();
  }
});
