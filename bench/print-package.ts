import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from 'puppeteer-core';

import { frozenItems } from '../activities/package-frozen-items';
import type { PackageWorker } from '../activities/packages';
import { systemClock } from '../clock';
import { loadConfig } from '../config';
import { connect } from '../db/connection';
import { getPackage } from '../db/packages';
import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import { customerFilePath, PACKAGE_PATHS } from '../domain/package-manifest';
import { summaryCollector } from '../operations/package-summary';
import { NO_TABLES, partsOf } from '../operations/package-parts';
import { customerFile } from '../operations/package-reports';
import { packageWords } from '../operations/package-words';
import { openFrozen, type PackageInWork } from '../operations/package-work';
import { archivePdf } from '../printing/pdf-archive';
import { fixPdfBytes } from '../printing/pdf-bytes';
import { openKeyRing } from '../stores/keys';
import { renderCustomerFile, renderReportVolume, renderSummaryReport } from '../templates/reports';
import { bareTabs, printBare } from './bare-chromium';
import { answerQuestions } from './contestants';

/**
 * Chromium by itself with what a package prints: the same HTML, written to a folder beforehand, as many tabs, the same PDF
 * options and the same step to PDF/A; no database, no store, no queue.
 */
let opened: Promise<Page[]> | undefined;

answerQuestions({
  /** Writes the HTML of a frozen package's PDFs to a folder; answers with its number of documents. */
  prepare: async ({ packageId, folder }: { packageId: string; folder: string }): Promise<number> => {
    await mkdir(folder, { recursive: true });
    const config = loadConfig(process.env);
    const knex = connect(config.databaseUrl, 'app', { poolMax: 2 });
    const database: Database = { knex, clock: systemClock(), keys: openKeyRing(config.masterKeyFile) };
    const dealerId = process.env['BENCH_DEALER'] ?? '';
    const inTx: PackageWorker['inTx'] = (fn) => inDealer(database, dealerId, SYSTEM, fn);
    try {
      const work = await inTx(async (tx) => openFrozen(tx, await getPackage(tx, packageId)));
      if (work === null) throw new Error('The package is not frozen');
      await writeFile(join(folder, AS_OF), work.frame.asOf);
      await writeDocuments(inTx, work, folder);
      return (await documentsIn(folder)).length;
    } finally {
      await knex.destroy();
    }
  },
  /** Prints all of them; answers with the pages. */
  print: async (folder: string): Promise<number> => {
    const asOf = await readFile(join(folder, AS_OF), 'utf8');
    const queue = await documentsIn(folder);
    let pages = 0;
    const work = async (page: Page) => {
      for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
        const pdf = await printBare(page, await readFile(join(folder, name), 'utf8'));
        const archived = archivePdf(
          fixPdfBytes(Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength), asOf),
        );
        pages += archived.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
      }
    };
    await Promise.all((await (opened ??= bareTabs())).map(work));
    return pages;
  },
});

const AS_OF = 'as-of.txt';

async function documentsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.html')).sort();
}

async function writeDocuments(
  inTx: PackageWorker['inTx'],
  work: PackageInWork,
  folder: string,
): Promise<void> {
  const { frame, report } = work;
  const { language } = frame;
  const words = packageWords(language);
  const write = (path: string, html: string) =>
    writeFile(join(folder, path.replace('/', '-').replace(/\.pdf$/, '.html')), html);
  const collector = summaryCollector(
    frame,
    report,
    words,
    { keep: (volume) => write(volume.volume.path, renderReportVolume(volume, language)) },
    partsOf(work),
  );
  for await (const item of frozenItems({ inTx }, work)) {
    await collector.add(item);
    const file = customerFile(item, report, words, { parts: NO_TABLES, pictures: new Map() });
    await write(customerFilePath(item.code), renderCustomerFile(file, language));
  }
  await write(PACKAGE_PATHS.report, renderSummaryReport(await collector.report(), language));
}
