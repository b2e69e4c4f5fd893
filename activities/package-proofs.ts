import { PACKAGE_PATHS } from '../domain/package-manifest';
import { checkpointOf, checkpointProof, countCustomers, eventLines } from '../operations/package-history';
import { listedFiles, packageFilesAfter } from '../operations/package-seal';
import type { PackageInWork } from '../operations/package-work';
import { htmlVerifier } from '../stores/package-verifier';
import { packageIndex } from '../templates/package-index';
import { frozenItems } from './package-frozen-items';
import { keepFile } from './package-inclusion';
import type { PackageWorker } from './packages';

/** The events of the package's customers with the checkpoint that covers them, and the verifier for a browser. */
export async function keepProofs(worker: PackageWorker, work: PackageInWork): Promise<void> {
  const { inTx } = worker;
  const checkpoint = await inTx((tx) => checkpointOf(tx, work.id));
  if (checkpoint !== null) {
    await keepFile(worker, work, PACKAGE_PATHS.events, async () => eventLines(inTx, work.id, checkpoint));
    await keepFile(worker, work, PACKAGE_PATHS.checkpoint, async () =>
      checkpointProof(inTx, work.id, checkpoint),
    );
  }
  await keepFile(worker, work, PACKAGE_PATHS.htmlVerifier, async () => [Buffer.from(htmlVerifier())]);
}

/** The page that leads to every file; made last, when all of them are on the list. */
export async function keepIndex(worker: PackageWorker, work: PackageInWork): Promise<void> {
  const { inTx } = worker;
  const pathsOf = async function* (isWanted: (path: string) => boolean) {
    const files = listedFiles((after) => inTx((tx) => packageFilesAfter(tx, work.id, after)));
    for await (const { path } of files) if (isWanted(path)) yield path;
  };
  const inFolder = (path: string) => path.includes('/');
  const isFixed = (path: string) => !inFolder(path) && path !== PACKAGE_PATHS.index;
  await keepFile(worker, work, PACKAGE_PATHS.index, async () => {
    const fixed: string[] = [];
    for await (const path of pathsOf(isFixed)) fixed.push(path);
    const customers = await inTx((tx) => countCustomers(tx, work.id));
    const data = { customers: frozenItems(worker, work), files: pathsOf(inFolder) };
    return packageIndex({ frame: work.report, customers, files: fixed }, data, work.frame.language);
  });
}
