import { PACKAGE_PATHS } from '../domain/package-manifest';
import { partsOf } from '../operations/package-parts';
import { summaryCollector } from '../operations/package-summary';
import { packageWords } from '../operations/package-words';
import { hasFile, type PackageInWork } from '../operations/package-work';
import { renderReportVolume, renderSummaryReport } from '../templates/reports';
import { makingFile } from './faults';
import { frozenItems } from './package-frozen-items';
import { keepFile } from './package-inclusion';
import type { PackageWorker } from './packages';

/**
 * The summary report, after its volumes where it has any: each is kept when it is full, and printed unless it is there
 * already, so that a run that broke off goes on at the volume it was printing.
 */
export async function keepReport(worker: PackageWorker, work: PackageInWork): Promise<void> {
  const path = PACKAGE_PATHS.report;
  if (await worker.inTx((tx) => hasFile(tx, work, path))) return;
  const { language, asOf } = work.frame;
  const printed = async (html: string) => [
    await makingFile('PRINTER', () => worker.printer.print(html, asOf)),
  ];
  const collector = summaryCollector(
    work.frame,
    work.report,
    packageWords(language),
    {
      keep: (volume) =>
        keepFile(worker, work, volume.volume.path, () => printed(renderReportVolume(volume, language))),
      ...(worker.volumeRows === undefined ? {} : { rowsMax: worker.volumeRows }),
    },
    partsOf(work, worker.parts),
  );
  for await (const item of frozenItems(worker, work)) await collector.add(item);
  const report = await collector.report();
  await keepFile(worker, work, path, () => printed(renderSummaryReport(report, language)));
}
