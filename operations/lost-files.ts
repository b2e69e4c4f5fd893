import { dealerIds } from '../db/dealers';
import { lostFiles } from '../db/pending-files';
import { inDealer, type Database } from '../db/transaction';
import { SYSTEM } from '../domain/customer';
import type { FileStore } from '../stores/files';

/**
 * Removes uploads whose row was never committed, because the process or the database died in between; answers with their
 * number. A file goes before its entry does: what dies here is done again at the next sweep.
 */
export async function sweepLostFiles(database: Database, files: Pick<FileStore, 'remove'>): Promise<number> {
  let swept = 0;
  for (const dealerId of await dealerIds(database.knex)) {
    swept += await inDealer(database, dealerId, SYSTEM, async (tx) => {
      const addresses = await lostFiles(tx);
      for (const address of addresses) await files.remove(address);
      return addresses.length;
    });
  }
  return swept;
}
