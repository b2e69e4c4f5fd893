import { v7 as uuidv7 } from 'uuid';

import type { MarketingChannel, NoticeChannel, PERMISSION_SOURCES, PERMISSION_STATES } from '../domain/form';
import { camelRows, snakeRow } from './rows';
import { actorId, type Tx } from './transaction';

/** A privacy notice that a customer was shown: what, when, how. */
export interface ShownNoticeRow {
  id: string;
  customerId: string;
  version: string;
  language: 'tr' | 'en';
  textSha256: Buffer;
  channel: NoticeChannel;
  shownAt: Date;
  shownBy: string | null;
}

/** A permission to advertise that was given or taken back. The newest one of a channel counts. */
export interface PermissionRow {
  id: string;
  customerId: string;
  channel: MarketingChannel;
  state: (typeof PERMISSION_STATES)[number];
  source: (typeof PERMISSION_SOURCES)[number];
  at: Date;
  recordedBy: string | null;
}

/** Both ledgers only ever grow: the application may not change or remove a row. */
export async function insertShownNotice(tx: Tx, row: Omit<ShownNoticeRow, 'shownBy'>): Promise<void> {
  const own = { dealer_id: tx.dealerId, shown_by: actorId(tx.actor) };
  await tx.sql('privacy_notices_shown').insert({ ...snakeRow(row), ...own });
}

/** What the customer was shown, newest first. */
export async function listShownNotices(tx: Tx, customerId: string): Promise<ShownNoticeRow[]> {
  return camelRows<ShownNoticeRow>(
    await tx
      .sql('privacy_notices_shown')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy([
        { column: 'shown_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]),
  );
}

export async function insertPermission(
  tx: Tx,
  row: Omit<PermissionRow, 'id' | 'recordedBy'>,
): Promise<string> {
  const id = uuidv7();
  const own = { id, dealer_id: tx.dealerId, recorded_by: actorId(tx.actor) };
  await tx.sql('marketing_permissions').insert({ ...snakeRow(row), ...own });
  return id;
}

/** Every permission given or withdrawn, newest first. */
export async function listPermissions(tx: Tx, customerId: string): Promise<PermissionRow[]> {
  return camelRows<PermissionRow>(
    await tx
      .sql('marketing_permissions')
      .where({ dealer_id: tx.dealerId, customer_id: customerId })
      .orderBy([
        { column: 'at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]),
  );
}
