import { Readable } from 'node:stream';

import type { TransactionOptions, Tx } from '../db/transaction';
import { noteFilePrinted, printedPage, readForPrint, type PrintRequest } from '../operations/customer-print';
import type { ApiDeps } from './deps';
import { printNow } from './print-now';
import type { Download } from './route';

export interface FilePress {
  deps: Pick<ApiDeps, 'files' | 'printer'>;
  /** One transaction in the caller's name. */
  run: <T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions) => Promise<T>;
}

/**
 * A customer's file as a PDF: read as one state, printed while nothing is locked, put on record, and only then handed out,
 * so that no print leaves the house unrecorded and none is recorded that was never made.
 * Throws NOT_FOUND, and UNAVAILABLE where the printer is busy or away.
 */
export async function printCustomerFile(
  { deps, run }: FilePress,
  customerId: string,
  request: PrintRequest,
): Promise<Download> {
  const print = await run((tx) => readForPrint(tx, customerId, request), { isolation: 'repeatable read' });
  const pdf = await printNow(deps.printer, await printedPage(deps.files, print), print.frame.asOf);
  await run(async (tx) => noteFilePrinted(tx, print));
  return {
    mediaType: 'application/pdf',
    fileName: `${print.item.code}.pdf`,
    open: async () => Readable.from([pdf]),
  };
}
