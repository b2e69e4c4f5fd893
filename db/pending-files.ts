import type { Tx } from './transaction';

/** Says that a file is about to be put at an address, so that it can be found again if nobody ever names it. */
export async function expectFile(tx: Tx, address: string): Promise<void> {
  await expectFiles(tx, [address]);
}

/** The same for several, in one statement. */
export async function expectFiles(tx: Tx, addresses: readonly string[]): Promise<void> {
  if (addresses.length === 0) return;
  await tx.sql('pending_files').insert(addresses.map((address) => ({ dealer_id: tx.dealerId, address })));
}

/** The file has its row now. False where a sweep has taken it for lost meanwhile: then its row must not be written. */
export async function fileArrived(tx: Tx, address: string): Promise<boolean> {
  return filesArrived(tx, [address]);
}

/** The same for several: false where one of them was taken for lost. */
export async function filesArrived(tx: Tx, addresses: readonly string[]): Promise<boolean> {
  if (addresses.length === 0) return true;
  const rows = tx.sql('pending_files').where({ dealer_id: tx.dealerId }).whereIn('address', addresses);
  return (await rows.delete()) === addresses.length;
}

/**
 * Takes over the files that no row names an hour after they were announced, and answers with their addresses. Whoever
 * still meant to name one finds it gone and fails.
 */
export async function lostFiles(tx: Tx): Promise<string[]> {
  const rows: { address: string }[] = await tx
    .sql('pending_files')
    .where({ dealer_id: tx.dealerId })
    .whereRaw(`since < clock_timestamp() - interval '1 hour'`)
    .delete()
    .returning('address');
  return rows.map(({ address }) => address);
}
