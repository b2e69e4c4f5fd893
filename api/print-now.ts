import { ComplianceError } from '../domain/errors';
import { PrinterBusy, type PdfPrinter } from '../printing/pdf-printer';

/** Prints while somebody waits. Throws UNAVAILABLE where the printer is busy or away: to be tried again. */
export async function printNow(printer: PdfPrinter, html: string, asOf: string): Promise<Buffer> {
  try {
    return await printer.print(html, asOf);
  } catch (error) {
    const detail = error instanceof PrinterBusy ? 'printer_busy' : 'printer_away';
    throw new ComplianceError('UNAVAILABLE', detail, [], { cause: error });
  }
}
