import { filesOfLeftOut, forgetLeftOut } from '../operations/package-left-out';
import type { PackageFrame, PackageItem } from '../operations/package-snapshot';
import type { PackageInWork } from '../operations/package-work';
import type { PackageWorker } from './packages';

/**
 * Removes what was made of customers before their files were left out: beside the reason why there is none, half a file
 * would pass for a whole one. Bytes first, then their rows, so that a run that breaks off is done again.
 */
export async function dropLeftOut({ files, inTx }: PackageWorker, work: PackageInWork): Promise<void> {
  for (const { code } of work.frame.leftOut ?? []) {
    const made = await inTx((tx) => filesOfLeftOut(tx, work.id, code));
    if (made.length === 0) continue;
    for (const { address } of made) await files.remove(address);
    const paths = made.map(({ path }) => path);
    await inTx((tx) => forgetLeftOut(tx, work.id, paths));
  }
}

/** The customers as a list of the package's files names them: documents that were left out have no path in it. */
export async function* withoutLeftOut(
  items: AsyncIterable<PackageItem>,
  { leftOut = [] }: Pick<PackageFrame, 'leftOut'>,
): AsyncGenerator<PackageItem> {
  const codes = new Set(leftOut.map(({ code }) => code));
  for await (const item of items) {
    if (!codes.has(item.code)) yield item;
    else yield { ...item, documents: item.documents.map((document) => ({ ...document, path: null })) };
  }
}
