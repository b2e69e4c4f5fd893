import type { PackageItem } from '../operations/package-snapshot';
import { packageItemsAfter, type PackageInWork } from '../operations/package-work';
import type { PackageWorker } from './packages';

/** Frozen customers opened at a time. */
const PAGE = 50;

/** All customers of the package by code; memory holds a page of them. */
export async function* frozenItems(
  worker: Pick<PackageWorker, 'inTx'>,
  work: PackageInWork,
): AsyncGenerator<PackageItem> {
  let after = '';
  for (;;) {
    const page = await worker.inTx((tx) => packageItemsAfter(tx, work, after, PAGE));
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.code;
  }
}
