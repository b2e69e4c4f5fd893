import type { Knex } from 'knex';

import { ComplianceError } from '../domain/errors';
import { camelRow, camelRows, snakeRow } from './rows';
import type { Tx } from './transaction';

/** To whom a sealed package was given. `envelope` is sealed under the package's key. */
export interface HandoverRow {
  id: string;
  packageId: string;
  envelope: Buffer;
  deliveredOn: string;
  recordedBy: string;
  recordedAt: Date;
  receiptAddress: string | null;
  receiptMediaType: string | null;
  receiptBytes: number | null;
  receiptSha256: Buffer | null;
  receiptBy: string | null;
  receiptAt: Date | null;
}

const table = (tx: Tx, packageId: string) =>
  tx.sql('audit_package_handovers').where({ dealer_id: tx.dealerId, package_id: packageId });

export async function insertHandover(
  tx: Tx,
  row: Pick<HandoverRow, 'id' | 'packageId' | 'envelope' | 'deliveredOn' | 'recordedBy' | 'recordedAt'>,
): Promise<void> {
  await tx.sql('audit_package_handovers').insert({ ...snakeRow(row), dealer_id: tx.dealerId });
}

/** In the order they were recorded. */
export async function listHandoverRows(tx: Tx, packageId: string): Promise<HandoverRow[]> {
  return camelRows<HandoverRow>(await table(tx, packageId).orderBy('id').select('*'));
}

/** Throws NOT_FOUND. `lock` keeps a second receipt waiting until the first one is in. */
export async function getHandover(tx: Tx, packageId: string, id: string, lock = false): Promise<HandoverRow> {
  const query = table(tx, packageId).where({ id });
  if (lock) query.forUpdate();
  const row = (await query.first('*')) as Record<string, unknown> | undefined;
  if (row === undefined) throw new ComplianceError('NOT_FOUND', 'handover_not_found');
  return camelRow<HandoverRow>(row);
}

export async function setReceipt(
  tx: Tx,
  row: Pick<HandoverRow, 'id' | 'packageId'> &
    Pick<
      HandoverRow,
      'receiptAddress' | 'receiptMediaType' | 'receiptBytes' | 'receiptSha256' | 'receiptBy' | 'receiptAt'
    >,
): Promise<void> {
  const { id, packageId, ...receipt } = row;
  await table(tx, packageId).where({ id }).update(snakeRow(receipt));
}

/** Who downloaded a package when, newest first; `before` is the id of the last row seen. */
export async function listDownloadRows(
  tx: Tx,
  packageId: string,
  query: { before?: string; limit: number },
): Promise<{ id: string; userId: string; at: Date }[]> {
  const rows = tx
    .sql('audit_package_downloads')
    .where({ dealer_id: tx.dealerId, package_id: packageId })
    .orderBy('id', 'desc')
    .limit(query.limit)
    .select('id', 'user_id', 'at');
  if (query.before !== undefined) rows.where('id', '<', query.before);
  return camelRows(await rows);
}

/** A key that a dealer's packages are or were signed with. */
export interface PackageKeyRow {
  publicKey: Buffer;
  current: boolean;
  usedFrom: Date | null;
  usedUntil: Date | null;
}

/** Keys of the dealer with this code, the current one first; none where there is no such dealer. Nobody is signed in. */
export async function packageKeysOf(knex: Knex, dealerCode: string): Promise<PackageKeyRow[]> {
  const { rows } = await knex.raw<{ rows: Record<string, unknown>[] }>(
    'select * from gate.package_keys(?) order by current desc, used_until desc nulls last',
    [dealerCode],
  );
  return camelRows(rows);
}
