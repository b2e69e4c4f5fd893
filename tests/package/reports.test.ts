import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  CUSTOMER_STATUSES,
  CUSTOMER_TYPES,
  DOCUMENT_KINDS,
  RISK_LEVELS,
  TRIGGERS,
} from '../../domain/customer';
import { LANGUAGES, type Language } from '../../locales';
import {
  renderCustomerFile,
  renderSummaryReport,
  type CustomerFile,
  type SummaryReport,
} from '../../templates/reports';
import { createPdfPrinter, type PdfPrinter } from '../../printing/pdf-printer';
import { chromiumPath } from '../support/chromium';
import { scratchFolder } from './a-package';
import { FRAME, SCOPE, customerFile, summaryReport } from './sample-reports';

const folder = scratchFolder();
const HOSTILE = [
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '</title></style><meta http-equiv="refresh" content="0;url=http://x">',
  '{{constructor}} {{#each this}}{{/each}} {{{x}}}',
  '$t(report.no) {{t "report.no"}}',
  '=HYPERLINK("http://x")',
  '"; } body { display: none } /*',
  '\u202eters\u2066düz\u2069 \u0000 \ud800 👩‍🔧',
  'Ş'.repeat(300),
];

let printer: PdfPrinter;

beforeAll(async () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  printer = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 1, log });
});
afterAll(() => printer.close());

/** Text of a PDF by pdftotext, undefined where that is not installed. */
function textOf(pdf: Buffer): string | undefined {
  const path = join(folder, 'report.pdf');
  writeFileSync(path, pdf);
  const { status, stdout } = spawnSync('pdftotext', ['-layout', path, '-'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return status === 0 ? stdout : undefined;
}

const print = (html: string) => printer.print(html, FRAME.asOf);

test('every Turkish letter and the lira sign reach the PDF, in fonts that it carries', async () => {
  const pdf = await print(renderSummaryReport(summaryReport(3, 'ĞÜŞİÖÇ ğüşıöç Iğdır'), 'tr'));
  const raw = pdf.toString('latin1');
  expect(raw).toMatch(/\/BaseFont \/[A-Z]{6}\+NotoSans-Regular/);
  expect(raw).toContain('/FontFile2');
  const text = textOf(pdf);
  if (text === undefined) return;
  for (const letter of 'ğşıİ₺ĞÜŞÖÇüöç') expect(text).toContain(letter);
});

test('each page carries package number, digest prefix, page x of y and that it is confidential', async () => {
  const text = textOf(await print(renderSummaryReport(summaryReport(60), 'tr')));
  if (text === undefined) return;
  const pages = text.split('\f').slice(0, -1);
  expect(pages.length).toBeGreaterThan(3);
  pages.forEach((page, index) => {
    expect(page).toMatch(/DP-2026-0007 · 9f2c9f2c9f2c9f2c\s/);
    expect(page).toMatch(new RegExp(`Sayfa ${index + 1} / ${pages.length}\\b`));
    expect(page).toContain('Gizli – kişisel veri içerir');
  });
});

test.each(LANGUAGES)('title and language of the document are set in %s', async (language) => {
  const html = renderCustomerFile(customerFile(), language);
  expect(html).toContain(`<html lang="${language}">`);
  const pdf = await print(html);
  expect(pdf.includes(`/Lang (${language})`)).toBe(true);
  const title = /<title>(.*)<\/title>/.exec(html)?.[1] ?? '';
  expect(title).toContain('KYM-2026-000001');
});

test('rendering and printing the same records twice gives the same bytes', async () => {
  const once = await print(renderCustomerFile(customerFile(), 'tr'));
  await print(renderSummaryReport(summaryReport(5), 'en'));
  expect((await print(renderCustomerFile(customerFile(), 'tr'))).equals(once)).toBe(true);
});

test.each(HOSTILE)('what people write stays text: %j', async (name) => {
  for (const html of [
    renderCustomerFile(customerFile(name), 'tr'),
    renderSummaryReport(summaryReport(2, name), 'tr'),
  ]) {
    expect(html).not.toMatch(/<(script|img|meta http)|onerror=alert\(1\)>/);
    const text = textOf(await print(html));
    expect(text ?? '12 · Belge özetleri 17 · Ekler').toMatch(/12 · Belge özetleri|17 · Ekler/);
    if (name.startsWith('<script>')) expect(text ?? name).toContain('<script>alert(1)</script>');
    if (name.startsWith('{{')) expect(text ?? name).toContain('{{constructor}}');
  }
});

test('hostile text in the footer cannot end its style rule', async () => {
  const frame = { ...FRAME, packageNo: '"; } </style><script>alert(1)</script> \\' };
  const html = renderCustomerFile({ ...customerFile(), frame }, 'tr');
  const style = html.slice(html.indexOf('@page {\n  @top-left { content'), html.indexOf('</style>'));
  expect(style).toContain(String.raw`\22 \3b \20 \7d \20 \3c \2f style`);
  expect(textOf(await print(html)) ?? '</style>').toContain('</style>');
});

test('a simulated answer is marked, and its register light is not green', () => {
  const html = renderCustomerFile(customerFile(), 'tr');
  expect(html).toMatch(
    /<span class="badge grey">[^<]*<\/span> <span class="badge simulated">benzetim<\/span>/,
  );
  expect(renderCustomerFile({ ...customerFile(), lights: [], verifications: [] }, 'tr')).not.toContain(
    'badge simulated"',
  );
});

test('the tax profile leaves out what is the business of MASAK, and says what it has no records of', () => {
  const frame = { ...FRAME, profile: 'maliye' as const };
  const report = renderSummaryReport({ ...summaryReport(2), frame }, 'tr');
  expect(report).toContain('12 · Ödeme tevsiki');
  expect(report).toContain('Bu sistemde ödeme kaydı tutulmamaktadır');
  for (const absent of ['8 · Doğrulama', '9 · Risk', '<th>Risk</th>', '16 · Eğitim'])
    expect(report).not.toContain(absent);
  const file = renderCustomerFile({ ...customerFile(), frame }, 'tr');
  expect(file).not.toContain('11 · Değişiklik izi');
  expect(file).toContain('12 · Belge özetleri');
  const masak = renderSummaryReport(summaryReport(2), 'tr');
  expect(masak).toContain('8 · Doğrulama');
  expect(masak).not.toContain('12 · Ödeme');
});

test('the exception from four eyes is printed with its reason', () => {
  const report = summaryReport(1);
  const html = renderSummaryReport(
    { ...report, scope: { ...SCOPE, fourEyesRecorded: 'Tek kişilik işletme' } },
    'tr',
  );
  expect(html).toContain('Tek kişilik işletme');
  expect(html).not.toContain('dört göz ilkesi)');
});

test('a field missing from the records fails the report instead of leaving a blank', () => {
  const { decisions: _left, ...rest } = customerFile();
  expect(() => renderCustomerFile(rest as CustomerFile, 'tr')).toThrow('missing');
  const report = summaryReport(1);
  const { completeness: _out, ...totals } = report.totals;
  expect(() => renderSummaryReport({ ...report, totals } as SummaryReport, 'tr')).toThrow('missing');
});

test.each(LANGUAGES)('every code of the business has its words in %s', (language: Language) => {
  const file = customerFile();
  for (const type of CUSTOMER_TYPES) renderCustomerFile({ ...file, card: { ...file.card, type } }, language);
  for (const status of CUSTOMER_STATUSES)
    renderCustomerFile({ ...file, card: { ...file.card, status } }, language);
  for (const trigger of TRIGGERS) renderCustomerFile({ ...file, card: { ...file.card, trigger } }, language);
  for (const risk of RISK_LEVELS) renderCustomerFile({ ...file, card: { ...file.card, risk } }, language);
  const [document] = file.documents;
  if (document === undefined) throw new Error('the sample has a document');
  const documents = DOCUMENT_KINDS.flatMap((kind) =>
    (['current', 'replaced', 'withdrawn'] as const).map((state) => ({ ...document, kind, state })),
  );
  const html = renderCustomerFile({ ...file, documents, decisions: [], notices: [] }, language);
  expect(html.match(/<td class="word">/g)?.length).toBeGreaterThanOrEqual(documents.length * 2);
  expect(renderSummaryReport({ ...summaryReport(0), customers: [] }, language)).not.toMatch(/report\.\w+\./);
});
