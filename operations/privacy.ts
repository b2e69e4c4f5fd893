import { v7 as uuidv7 } from 'uuid';

import { getCustomer, lockCustomer } from '../db/customers';
import {
  insertPermission,
  insertShownNotice,
  listPermissions,
  listShownNotices,
  type PermissionRow,
  type ShownNoticeRow,
} from '../db/privacy';
import type { Tx } from '../db/transaction';
import type { Language } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { MARKETING_CHANNELS, type MarketingChannel, type NoticeChannel } from '../domain/form';
import { PRIVACY_NOTICES, PRIVACY_PARTS, privacyNoticeOn } from '../domain/rules/privacy-notices';
import { translator } from '../locales';
import { sha256 } from '../stores/crypto';
import { readProfile } from './dealers';
import { today } from './rules';

/** The two ledgers of D-9: what customers were told, and what they allowed. Neither follows from the other. */

export interface NoticeInput {
  version: string;
  channel: NoticeChannel;
  /** The customer's own language unless told otherwise. */
  language?: Language;
}

/** A privacy notice as it reads for this dealer's customers. */
export interface NoticeText {
  version: string;
  paragraphs: string[];
  sha256: Buffer;
}

/** The text of a version, which the digest in the ledger is taken of. Throws INVALID_INPUT for a version never shipped. */
export function noticeText(version: string, language: Language, dealer: string): NoticeText {
  if (!PRIVACY_NOTICES.some((notice) => notice.version === version))
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/version', code: 'unknown_code' }]);
  const t = translator(language);
  const paragraphs = PRIVACY_PARTS.map((part) => t(`form.privacyText.${version}.${part}`, { dealer }));
  return { version, paragraphs, sha256: sha256(paragraphs.join('\n')) };
}

/** The version that must be shown today. */
export function noticeVersionToday(tx: Tx): string {
  return privacyNoticeOn(today(tx)).version;
}

/** Records that a customer was shown the notice (KVKK m.10 [read S5]); answers with the entry's id. */
export async function recordNotice(tx: Tx, customerId: string, input: NoticeInput): Promise<string> {
  await lockCustomer(tx, customerId);
  const row = await noticeRow(tx, customerId, input);
  await keepNotice(tx, row);
  return row.id;
}

/** The entry that would be written, so that a form can name it before it is. */
export async function noticeRow(
  tx: Tx,
  customerId: string,
  { version, channel, language }: NoticeInput,
): Promise<Omit<ShownNoticeRow, 'shownBy'>> {
  const customer = await getCustomer(tx, customerId);
  const read = language ?? customer.language;
  const { title } = await readProfile(tx);
  return {
    id: uuidv7(),
    customerId,
    version,
    language: read,
    textSha256: noticeText(version, read, title).sha256,
    channel,
    shownAt: tx.now,
  };
}

export async function keepNotice(tx: Tx, row: Omit<ShownNoticeRow, 'shownBy'>): Promise<void> {
  await insertShownNotice(tx, row);
  tx.audit({
    event: 'privacy_notice.shown',
    customerId: row.customerId,
    detail: { noticeId: row.id, noticeVersion: row.version, channel: row.channel },
  });
}

/** What the customer was shown, newest first. */
export async function readNotices(tx: Tx, customerId: string): Promise<ShownNoticeRow[]> {
  await getCustomer(tx, customerId);
  return listShownNotices(tx, customerId);
}

/** Records a permission given or withdrawn; the newest entry of a channel counts. Answers with the entry's id. */
export async function recordPermission(
  tx: Tx,
  customerId: string,
  input: Pick<PermissionRow, 'channel' | 'state' | 'source'>,
): Promise<string> {
  await lockCustomer(tx, customerId);
  const id = await insertPermission(tx, { ...input, customerId, at: tx.now });
  const { channel, state } = input;
  tx.audit({
    event: 'marketing_permission.recorded',
    customerId,
    detail: { permissionId: id, channel, state },
  });
  return id;
}

export interface Permissions {
  /** What holds now; `none` where nobody ever asked. */
  current: Record<MarketingChannel, PermissionRow['state'] | 'none'>;
  /** Newest first. */
  history: PermissionRow[];
}

export async function readPermissions(tx: Tx, customerId: string): Promise<Permissions> {
  await getCustomer(tx, customerId);
  const history = await listPermissions(tx, customerId);
  const stateOf = (channel: MarketingChannel) =>
    history.find((row) => row.channel === channel)?.state ?? 'none';
  const [email, sms, call] = MARKETING_CHANNELS.map(stateOf);
  return { current: { email: email ?? 'none', sms: sms ?? 'none', call: call ?? 'none' }, history };
}
