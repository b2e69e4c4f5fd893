import { createPublicKey } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';

import { PACKAGE_PATHS } from '../domain/package-manifest';
import { completenessFile } from '../operations/package-completeness';
import { partsOf } from '../operations/package-parts';
import { packageWords } from '../operations/package-words';
import { workbookModel } from '../operations/package-workbook';
import { finishPackage, takePackage, type PackageInWork } from '../operations/package-work';
import { VERIFIER_FILE } from '../stores/package-verifier';
import { createWorkbookWriter } from '../stores/xlsx';
import { renderInstructions } from '../templates/reports';
import { workbookSheets, workbookTitle } from '../templates/workbook';
import { frozenItems } from './package-frozen-items';
import { keepFile } from './package-inclusion';
import { dropLeftOut, withoutLeftOut } from './package-left-out';
import { keepIndex, keepProofs } from './package-proofs';
import { keepReport } from './package-report';
import type { PackageWorker } from './packages';

/** Makes what a package holds beside its customers' files, and puts it before a second person. */
export async function assemble(worker: PackageWorker, packageId: string): Promise<void> {
  const work = await worker.inTx((tx) => takePackage(tx, packageId));
  if (work === null) return;
  await dropLeftOut(worker, work);
  const { publicKey, workbook, verifier, instructions, completeness } = PACKAGE_PATHS;
  const pem = createPublicKey({ key: work.publicKey, format: 'der', type: 'spki' }).export({
    format: 'pem',
    type: 'spki',
  });
  const { packageNo, keyFingerprint } = work.report;
  const besideReport = async () => {
    await keepWorkbook(worker, work, workbook);
    await keepFile(worker, work, completeness, async () =>
      completenessFile(work.frame, frozenItems(worker, work)),
    );
    await keepFile(worker, work, publicKey, async () => [Buffer.from(pem)]);
    await keepFile(worker, work, instructions, async () => [
      Buffer.from(renderInstructions(packageNo, keyFingerprint)),
    ]);
    await keepFile(worker, work, verifier, async () => createReadStream(VERIFIER_FILE));
    await keepProofs(worker, work);
  };
  // Chromium prints the report while the workbook is written.
  await bothEnded(keepReport(worker, work), besideReport());
  await keepIndex(worker, work);
  await worker.inTx((tx) => finishPackage(tx, work));
}

/** Fails when one of them has failed and both have ended: nothing goes on behind a run that is tried again. */
async function bothEnded(...works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) if (result.status === 'rejected') throw result.reason;
}

async function keepWorkbook(worker: PackageWorker, work: PackageInWork, path: string): Promise<void> {
  const { language, asOf } = work.frame;
  const model = workbookModel(
    work.frame,
    work.report,
    () => withoutLeftOut(frozenItems(worker, work), work.frame),
    packageWords(language),
    partsOf(work, worker.parts),
  );
  let counts: Record<string, number> = {};
  const content = async (): Promise<AsyncIterable<Buffer>> => {
    const out = new PassThrough();
    const properties = { title: workbookTitle(work.report, language), asOf };
    // A failure destroys `out`, and with it the file that is being written from it.
    createWorkbookWriter()
      .write(workbookSheets(model, language), properties, out)
      .then(
        (rows) => (counts = rows),
        () => undefined,
      );
    return out as AsyncIterable<Buffer>;
  };
  await keepFile(worker, work, path, content, () => counts);
}
