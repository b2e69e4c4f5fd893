import { z } from 'zod';

import {
  MARKETING_CHANNELS,
  NOTICE_CHANNELS,
  PERMISSION_SOURCES,
  PERMISSION_STATES,
} from '../../domain/form';
import type { PermissionRow, ShownNoticeRow } from '../../db/privacy';
import {
  noticeVersionToday,
  readNotices,
  readPermissions,
  recordNotice,
  recordPermission,
} from '../../operations/privacy';
import { text } from '../../operations/record-shape';
import { present } from '../query';
import { actRoute, readRoute, type Route } from '../route';
import { Id, Instant } from '../schemas';

const tag = 'Privacy';
const params = z.strictObject({ id: Id });

const ShownNotice = z
  .strictObject({
    id: Id,
    version: z.string(),
    language: z.enum(['tr', 'en']),
    textSha256: z.string(),
    channel: z.enum(NOTICE_CHANNELS),
    shownAt: Instant,
    shownBy: Id.nullable(),
  })
  .meta({ id: 'ShownPrivacyNotice' });

const Notices = z.strictObject({
  current: z.string().meta({ description: 'The version that must be shown today' }),
  data: z.array(ShownNotice),
});

const Permission = z
  .strictObject({
    id: Id,
    channel: z.enum(MARKETING_CHANNELS),
    state: z.enum(PERMISSION_STATES),
    source: z.enum(PERMISSION_SOURCES),
    at: Instant,
    recordedBy: Id.nullable(),
  })
  .meta({ id: 'MarketingPermission' });

const held = z.enum([...PERMISSION_STATES, 'none']);
const Permissions = z.strictObject({
  current: z.strictObject({ email: held, sms: held, call: held }),
  data: z.array(Permission),
});

/** What customers were told, and what they allowed: two ledgers that only grow. */
export const privacyRoutes: Route[] = [
  readRoute(
    {
      id: 'listPrivacyNotices',
      path: '/customers/{id}/privacy-notices',
      tag,
      summary: 'Privacy notices that the customer was shown, newest first',
      params,
      answer: Notices,
    },
    async (tx, { params: { id } }) => ({
      current: noticeVersionToday(tx),
      data: (await readNotices(tx, id)).map(noticeView),
    }),
  ),
  actRoute(
    {
      id: 'recordPrivacyNotice',
      method: 'post',
      path: '/customers/{id}/privacy-notices',
      tag,
      summary: 'The customer was shown the notice, in this version and this way',
      params,
      body: z.strictObject({
        version: text(20, 1),
        channel: z.enum(NOTICE_CHANNELS),
        language: z.enum(['tr', 'en']).optional(),
      }),
      status: 201,
      answer: ShownNotice,
    },
    {
      act: (tx, { params: { id }, body }) => recordNotice(tx, id, present(body)),
      render: async (tx, entryId, { params: { id } }) =>
        noticeView(theEntry(await readNotices(tx, id), entryId)),
      location: (_entryId, { params: { id } }) => `/api/v1/customers/${id}/privacy-notices`,
    },
  ),
  readRoute(
    {
      id: 'listMarketingPermissions',
      path: '/customers/{id}/marketing-permissions',
      tag,
      summary: 'What holds now for each way of advertising, and its history, newest first',
      params,
      answer: Permissions,
    },
    async (tx, { params: { id } }) => {
      const { current, history } = await readPermissions(tx, id);
      return { current, data: history.map(permissionView) };
    },
  ),
  actRoute(
    {
      id: 'recordMarketingPermission',
      method: 'post',
      path: '/customers/{id}/marketing-permissions',
      tag,
      summary: 'A permission was given or withdrawn; the newest entry of a channel counts',
      params,
      body: z.strictObject({
        channel: z.enum(MARKETING_CHANNELS),
        state: z.enum(PERMISSION_STATES),
        source: z.enum(PERMISSION_SOURCES),
      }),
      status: 201,
      answer: Permission,
    },
    {
      act: (tx, { params: { id }, body }) => recordPermission(tx, id, body),
      render: async (tx, entryId, { params: { id } }) =>
        permissionView(theEntry((await readPermissions(tx, id)).history, entryId)),
      location: (_entryId, { params: { id } }) => `/api/v1/customers/${id}/marketing-permissions`,
    },
  ),
];

function theEntry<Row extends { id: string }>(rows: readonly Row[], id: string | null): Row {
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error('An entry that was just written is not there');
  return row;
}

function noticeView(row: ShownNoticeRow) {
  const { id, version, language, textSha256, channel, shownAt, shownBy } = row;
  return { id, version, language, textSha256: textSha256.toString('hex'), channel, shownAt, shownBy };
}

function permissionView({ id, channel, state, source, at, recordedBy }: PermissionRow) {
  return { id, channel, state, source, at, recordedBy };
}
