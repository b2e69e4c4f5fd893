import { z } from 'zod';

import { PACKAGE_PHASES, PACKAGE_STATUSES, type PackageStatus } from '../../domain/audit-package';
import { readProgress, readProgressView } from '../../operations/package-progress';
import { leaveOutOfPackage, retryPackage } from '../../operations/package-resolve';
import { text } from '../../operations/record-shape';
import { actRoute, readRoute, streamRoute, type Route } from '../route';
import { Id, Instant, packageCount } from '../schemas';

const tag = 'Audit packages';
const params = z.strictObject({ id: Id });
const FINAL: readonly PackageStatus[] = ['sealed', 'failed', 'cancelled', 'rehearsed'];

const progress = {
  seq: z.int().meta({ description: 'Rises with every change; the id of the event' }),
  status: z.enum(PACKAGE_STATUSES),
  phase: z.enum(PACKAGE_PHASES),
  ...packageCount,
};

const Event = z.strictObject(progress).meta({ id: 'AuditPackageEvent' });

const Progress = z
  .strictObject({
    ...progress,
    blockedUntil: Instant.nullable().meta({
      description: 'Phase `blocked`: until then somebody may retry, leave files out, or cancel',
    }),
    troubles: z.array(
      z.strictObject({
        customerId: Id,
        code: z.string(),
        errorCode: z.string(),
        attempts: z.int(),
        retryAt: Instant.nullable(),
        leftOut: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'AuditPackageProgress' });

/** Progress by polling and by events, and what people say about files that cannot be made. */
export const packageEventRoutes: Route[] = [
  readRoute(
    {
      id: 'readPackageProgress',
      path: '/audit-packages/{id}/progress',
      tag,
      summary: 'Done, total, phase, time left, and customers whose file failed',
      params,
      answer: Progress,
    },
    (tx, { params: { id } }) => readProgressView(tx, id),
  ),
  streamRoute(
    {
      id: 'watchPackage',
      path: '/audit-packages/{id}/events',
      tag,
      summary:
        'Server-sent events named `package` with the progress as data, until a final status. ' +
        'At `awaiting_seal` it stays open: a seal or a cancelling is an event too. ' +
        'Send Last-Event-ID to go on; 204 when it was the last event',
      params,
      answer: Event,
    },
    {
      packageId: ({ params: { id } }) => id,
      async read(tx, { params: { id } }) {
        const state = await readProgress(tx, id);
        return { id: state.seq, event: 'package', data: state, last: FINAL.includes(state.status) };
      },
    },
  ),
  actRoute(
    {
      id: 'retryPackage',
      method: 'post',
      path: '/audit-packages/{id}/retry',
      tag,
      summary: 'Makes a package that stopped (phase `blocked`) try again what failed',
      params,
      body: z.strictObject({}),
      answer: Progress,
    },
    {
      async act(tx, { params: { id } }) {
        await retryPackage(tx, id);
        return id;
      },
      render: (tx, id) => readProgressView(tx, id ?? ''),
      afterCommit: (id, { deps, identity }) => deps.wakeUps.wakePackage(identity.dealerId, id ?? ''),
    },
  ),
  actRoute(
    {
      id: 'leaveOutOfPackage',
      method: 'post',
      path: '/audit-packages/{id}/leave-out',
      tag,
      summary:
        'Leaves out a customer’s file that cannot be made, with a reason that manifest and report repeat',
      params,
      body: z.strictObject({ customerId: Id, reason: text(500, 1) }),
      answer: Progress,
    },
    {
      async act(tx, { params: { id }, body }) {
        await leaveOutOfPackage(tx, id, body);
        return id;
      },
      render: (tx, id) => readProgressView(tx, id ?? ''),
      afterCommit: (id, { deps, identity }) => deps.wakeUps.wakePackage(identity.dealerId, id ?? ''),
    },
  ),
];
