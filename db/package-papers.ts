import type { FormRow } from './forms';
import type { MergeRow } from './merges';
import type { PermissionRow, ShownNoticeRow } from './privacy';
import { camelRows } from './rows';
import type { Tx } from './transaction';

/** One version of a customer's record, still sealed. */
export interface SealedVersion {
  customerId: string;
  version: number;
  envelope: Buffer;
}

/** What a customer signed, was told and allowed, which files became one, and every version of the record. */
export interface PaperSources {
  forms: FormRow[];
  shownNotices: ShownNoticeRow[];
  permissions: PermissionRow[];
  /** Merges in which the customer's file took part, undone ones too, with the other file's code. */
  merges: (MergeRow & { otherCode: string })[];
  versions: SealedVersion[];
}

export const NO_PAPERS: PaperSources = {
  forms: [],
  shownNotices: [],
  permissions: [],
  merges: [],
  versions: [],
};

/** The papers of these customers, one query a table; oldest first. */
export async function readPapers(tx: Tx, ids: readonly string[]): Promise<Map<string, PaperSources>> {
  const found = new Map(ids.map((id) => [id, structuredClone(NO_PAPERS)]));
  const rows = async <Row extends { customerId: string }>(table: string, order: string[]) =>
    camelRows<Row>(
      await tx.sql(table).where({ dealer_id: tx.dealerId }).whereIn('customer_id', ids).orderBy(order),
    );
  const versions = await rows<SealedVersion>('customer_versions', ['customer_id', 'version']);
  for (const row of versions) found.get(row.customerId)?.versions.push(row);
  for (const row of await rows<FormRow>('forms', ['issued_at', 'number']))
    found.get(row.customerId)?.forms.push(row);
  for (const row of await rows<ShownNoticeRow>('privacy_notices_shown', ['shown_at', 'id']))
    found.get(row.customerId)?.shownNotices.push(row);
  for (const row of await rows<PermissionRow>('marketing_permissions', ['at', 'id']))
    found.get(row.customerId)?.permissions.push(row);
  for (const { ownId, ...row } of await mergesOf(tx, ids)) found.get(ownId)?.merges.push(row);
  return found;
}

type MergeOfFile = MergeRow & { ownId: string; otherCode: string };

async function mergesOf(tx: Tx, ids: readonly string[]): Promise<MergeOfFile[]> {
  const sides = [
    ['survivor_id', 'absorbed_id'],
    ['absorbed_id', 'survivor_id'],
  ] as const;
  const found: MergeOfFile[] = [];
  for (const [own, other] of sides) {
    const rows = await tx
      .sql('merges as m')
      .join('customers as c', (on) => on.on('c.dealer_id', 'm.dealer_id').andOn('c.id', `m.${other}`))
      .where({ 'm.dealer_id': tx.dealerId })
      .whereIn(`m.${own}`, ids)
      .orderBy(['m.merged_at', 'm.id'])
      .select('m.*', `m.${own} as own_id`, 'c.code as other_code');
    found.push(...camelRows<MergeOfFile>(rows as Record<string, unknown>[]));
  }
  return found;
}
