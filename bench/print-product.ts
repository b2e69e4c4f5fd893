import { createPdfPrinter } from '../printing/pdf-printer';
import { renderCustomerFile } from '../templates/reports';
import { createLogger } from '../logger';
import { answerQuestions } from './contestants';
import { AS_OF, sampleFile } from './sample-file';
import { inParallel } from './installation';

/** The product's way to a customer's PDF: its template, its printer. */
const tabs = Number(process.env['BENCH_TABS']);
const printer = createPdfPrinter({
  executablePath: process.env['SICIL_CHROMIUM'],
  tabs,
  log: createLogger('bench'),
});

answerQuestions({
  /** Prints the files with these numbers; answers with the bytes written. */
  print: async (numbers: number[]) => {
    const sizes = await inParallel(
      numbers,
      async (number) => (await printer.print(renderCustomerFile(sampleFile(number), 'tr'), AS_OF)).length,
      // Documents queue for a tab, so that none stands idle while the next HTML is rendered.
      2 * tabs,
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  },
  /** Pages of one such file. */
  pages: async () => {
    const pdf = await printer.print(renderCustomerFile(sampleFile(0), 'tr'), AS_OF);
    return pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
  },
});
