import { z } from 'zod';

import {
  addReceipt,
  HANDOVER_WAYS,
  listDownloads,
  listHandovers,
  openReceipt,
  readHandover,
  receiptKey,
  recordHandover,
  retainUntil,
} from '../../operations/package-handover';
import { day, text } from '../../operations/record-shape';
import { Cursor, Limit, present } from '../query';
import { actRoute, downloadRoute, readRoute, uploadRoute, type Route } from '../route';
import { Id, Instant, pageOf } from '../schemas';

const tag = 'Audit packages';
const ofPackage = z.strictObject({ id: Id });
const params = z.strictObject({ id: Id, handoverId: Id });
const Person = z.strictObject({ id: Id, name: z.string().nullable() });

const NewHandover = z
  .strictObject({
    name: text(200, 1),
    office: text(200, 1),
    how: z.enum(HANDOVER_WAYS),
    deliveredOn: day(),
    note: text(500, 1).optional(),
  })
  .meta({ id: 'NewHandover' });

const Handover = z
  .strictObject({
    id: Id,
    recipient: z.strictObject({
      name: z.string(),
      office: z.string(),
      how: z.enum(HANDOVER_WAYS),
      note: z.string().nullable(),
    }),
    deliveredOn: day(),
    recordedBy: Person,
    recordedAt: Instant,
    receipt: z
      .strictObject({
        mediaType: z.string(),
        bytes: z.int(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        by: Person,
        at: Instant,
      })
      .nullable(),
  })
  .meta({ id: 'Handover' });

const handoverPath = (id: string, handoverId: string) =>
  `/api/v1/audit-packages/${id}/handovers/${handoverId}`;

/** The console's form takes receipts in the same way. */
export const uploadReceiptRoute = uploadRoute(
  {
    id: 'uploadReceipt',
    path: '/audit-packages/{id}/handovers/{handoverId}/receipt',
    tag,
    summary: 'Puts the signed receipt on record, once; the same file again changes nothing',
    params,
    body: z.strictObject({}),
    answer: Handover,
  },
  {
    keyFor: (tx, { params: { id, handoverId } }) => receiptKey(tx, id, handoverId),
    act: (tx, { params: { id, handoverId } }, stored) => addReceipt(tx, id, handoverId, stored),
    render: (tx, _id, { params: { id, handoverId } }) => readHandover(tx, id, handoverId),
    location: (_id, { params: { id, handoverId } }) => handoverPath(id, handoverId),
  },
);

export const handoverRoutes: Route[] = [
  readRoute(
    {
      id: 'listPackageDownloads',
      path: '/audit-packages/{id}/downloads',
      tag,
      summary: 'Who downloaded a package when, newest first',
      params: ofPackage,
      query: z.strictObject({ cursor: Cursor, limit: Limit }),
      answer: pageOf(z.strictObject({ id: Id, by: Person, at: Instant }).meta({ id: 'PackageDownload' })),
    },
    (tx, { params: { id }, query }) => listDownloads(tx, id, present(query)),
  ),
  readRoute(
    {
      id: 'listHandovers',
      path: '/audit-packages/{id}/handovers',
      tag,
      summary: 'To whom a package was given, and how long it is kept',
      params: ofPackage,
      answer: z.strictObject({
        data: z.array(Handover),
        retainUntil: day()
          .nullable()
          .meta({ description: 'Nothing deletes the package before this day; null before it is sealed' }),
      }),
    },
    async (tx, { params: { id } }) => ({
      data: await listHandovers(tx, id),
      retainUntil: await retainUntil(tx, id),
    }),
  ),
  actRoute(
    {
      id: 'recordHandover',
      method: 'post',
      path: '/audit-packages/{id}/handovers',
      tag,
      summary: 'Records to whom a sealed package was given',
      params: ofPackage,
      body: NewHandover,
      status: 201,
      answer: Handover,
    },
    {
      act: (tx, { params: { id }, body: { note, ...rest } }) =>
        recordHandover(tx, id, { ...rest, ...present({ note }) }),
      render: (tx, handoverId, { params: { id } }) => readHandover(tx, id, handoverId ?? ''),
      location: (handoverId, { params: { id } }) => handoverPath(id, handoverId),
    },
  ),
  readRoute(
    {
      id: 'readHandover',
      path: '/audit-packages/{id}/handovers/{handoverId}',
      tag,
      summary: 'One hand-over',
      params,
      answer: Handover,
    },
    (tx, { params: { id, handoverId } }) => readHandover(tx, id, handoverId),
  ),
  uploadReceiptRoute,
  downloadRoute(
    {
      id: 'downloadReceipt',
      path: '/audit-packages/{id}/handovers/{handoverId}/receipt',
      tag,
      summary: 'The signed receipt; the view is logged',
      params,
    },
    async (tx, { params: { id, handoverId } }, call) => {
      const { key, address, mediaType, number } = await openReceipt(tx, id, handoverId);
      const extension = { 'image/jpeg': 'jpg', 'image/png': 'png' }[mediaType] ?? 'pdf';
      return {
        mediaType,
        fileName: `${number}-teslim.${extension}`,
        open: () => call.deps.files.open(key, address),
      };
    },
  ),
];
