import { renderCustomerFile, renderSummaryReport, type CustomerFile } from '../../templates/reports';
import { createPdfPrinter, type PdfPrinter } from '../../printing/pdf-printer';
import { chromiumPath } from '../support/chromium';
import { pdfPages } from '../support/pdf-text';
import { FRAME, customerFile, summaryReport } from './sample-reports';

let printer: PdfPrinter;

beforeAll(async () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  printer = createPdfPrinter({ executablePath: await chromiumPath(), tabs: 1, log });
});
afterAll(() => printer.close());

const pagesOf = async (html: string) => pdfPages(await printer.print(html, FRAME.asOf));
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const fileOf = (changes: Partial<CustomerFile>) =>
  pagesOf(renderCustomerFile({ ...customerFile(), ...changes }, 'tr'));

test.each([18, 20, 22])('who the customer is begins on the first page, with %s rows of it', async (rows) => {
  const identity = upTo(rows).map((row) => ({ label: `Alan ${row}`, value: 'değer' }));
  const [first] = await fileOf({ identity });
  expect(first).toContain('2 · Kimlik bilgileri');
  expect(first).toContain('Alan 0');
});

// Each of these once ended with a page of nothing but the lines to be signed.
test.each([0, 38, 40])('the lines to be signed stand below what is signed, after %s rows', async (rows) => {
  const exclusions = upTo(rows).map((row) => ({ customerCode: `KYM-${row}`, reason: 'dönem dışı' }));
  const pages = await pagesOf(renderSummaryReport({ ...summaryReport(1), exclusions }, 'tr'));
  expect(pages.at(-1)).toMatch(/manifest\.sig[\s\S]*Mühürleyen/);
});

test('a masked address and a requirement’s code stay on one line', async () => {
  const [notice] = customerFile().notices;
  if (notice === undefined) throw new Error('The sample has a notice');
  const names = upTo(30).map((length) => `Kimlik belgesi ${'i'.repeat(length)}`);
  const lines = names.map((field) => ({
    id: 'NP-08',
    field,
    legalBasis: 'TY m.6/2',
    state: 'met' as const,
    problems: null,
    evidence: 'kayıt sürümü 1 (22.11.2026)',
    completedOn: null,
  }));
  const pages = await fileOf({
    notices: [
      { ...notice, maskedAddress: 'm***@example.com', messageId: `<${'0a'.repeat(16)}@demo.example>` },
    ],
    statement: { met: 30, missing: 0, notApplicable: 0, lines, others: '' },
  });
  const text = pages.join('\n');
  expect(text).toContain('m***@example.com');
  expect(text.match(/NP-08/g)).toHaveLength(30);
});
