import { createPdfPrinter } from '../../printing/pdf-printer';

/** A worker in the middle of its prints, for a test to kill. Says so once Chromium is there. */
async function main(): Promise<void> {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const printer = createPdfPrinter({ executablePath: process.argv[2], tabs: 2, log });
  for (;;) {
    await printer.print('<!doctype html><title>x</title><p>x', '2026-11-21T09:00:00Z');
    process.stdout.write('printed\n');
  }
}

void main();
