import { z } from 'zod';

import { CUSTOMER_STATUSES, CUSTOMER_TYPES, type CustomerType } from '../../domain/customer';
import { dismissDuplicate, findDuplicates } from '../../operations/duplicates';
import { mergeCustomers } from '../../operations/merge';
import { undoMerge } from '../../operations/merge-undo';
import { previewMerge } from '../../operations/merge-views';
import { RECORD_SHAPES, text } from '../../operations/record-shape';
import { present } from '../query';
import { actRoute, readRoute, type Route } from '../route';
import { Customer, DuplicateCandidate, Id, Instant } from '../schemas';
import { customerView } from '../views';

const tag = 'Duplicates';
const params = z.strictObject({ id: Id });
const reason = text(1000, 1);

const checked = <T extends CustomerType>(type: T) =>
  z.strictObject({ type: z.literal(type), record: RECORD_SHAPES[type] });
const RecordToCheck = z
  .discriminatedUnion('type', [
    checked('natural_person_tr'),
    checked('natural_person_foreign'),
    checked('company'),
    checked('company_foreign'),
    checked('association'),
    checked('foundation'),
    checked('union'),
    checked('party'),
    checked('unincorporated'),
    checked('public_body'),
  ])
  .meta({ id: 'RecordToCheck' });

const NetworkMember = z
  .strictObject({
    customerId: Id,
    code: z.string(),
    displayName: z.string(),
    reasons: z.array(z.enum(['network_address', 'network_phone'])),
  })
  .meta({ id: 'NetworkMember', description: 'Shares address or phone; no duplicate' });

const MergeSide = z.strictObject({
  customerId: Id,
  code: z.string(),
  displayName: z.string(),
  type: z.enum(CUSTOMER_TYPES),
  status: z.enum(CUSTOMER_STATUSES),
  createdAt: Instant,
});

export const duplicateRoutes: Route[] = [
  actRoute(
    {
      id: 'checkDuplicates',
      method: 'post',
      path: '/duplicates/check',
      tag,
      summary: 'Who may be the same customer as this record, surest first; stores nothing',
      body: RecordToCheck,
      answer: z.strictObject({ candidates: z.array(DuplicateCandidate), network: z.array(NetworkMember) }),
    },
    {
      act: async () => null,
      render: async (tx, _id, { body }) => (await findDuplicates(tx, [body]))[0],
    },
  ),
  actRoute(
    {
      id: 'dismissDuplicate',
      method: 'post',
      path: '/duplicates/{id}/dismiss',
      tag,
      summary: 'Says that an open pair is two customers',
      params,
      body: z.strictObject({ reason }),
      answer: z.strictObject({ id: Id, state: z.literal('dismissed') }),
    },
    {
      act: async (tx, { params: { id }, body }) => (await dismissDuplicate(tx, id, body.reason)).id,
      render: async (_tx, id) => ({ id, state: 'dismissed' }),
    },
  ),
  readRoute(
    {
      id: 'previewMerge',
      path: '/customers/{id}/merge-preview',
      tag,
      summary: 'Both files side by side, identity numbers masked; changes nothing',
      params,
      query: z.strictObject({ absorb: Id }),
      answer: z.strictObject({
        survivor: MergeSide,
        absorbed: MergeSide,
        fields: z.array(
          z.strictObject({
            field: z.string(),
            survivor: z.unknown(),
            absorbed: z.unknown(),
            same: z.boolean(),
          }),
        ),
      }),
    },
    (tx, { params: { id }, query }) => previewMerge(tx, id, query.absorb),
  ),
  actRoute(
    {
      id: 'mergeCustomers',
      method: 'post',
      path: '/customers/{id}/merge',
      tag,
      summary: 'Makes two files one; reversible for the period of the policy',
      params,
      body: z.strictObject({
        absorb: Id.meta({ description: 'The file that is closed' }),
        take: z
          .array(z.string())
          .max(100)
          .optional()
          .meta({ description: 'Top-level fields that the survivor takes over, identity numbers included' }),
        record: z
          .record(z.string(), z.unknown())
          .optional()
          .meta({ description: 'Further changes of the record (RFC 7396)' }),
        reason,
      }),
      answer: Customer,
    },
    {
      async act(tx, { params: { id }, body }) {
        await mergeCustomers(tx, id, present(body));
        return id;
      },
      render: (tx, id, _input, { language }) => customerView(tx, id ?? '', language),
    },
  ),
  actRoute(
    {
      id: 'undoMerge',
      method: 'post',
      path: '/merges/{id}/undo',
      tag,
      summary: 'Takes a merge back and answers with the file that stands again',
      params,
      body: z.strictObject({ reason }),
      answer: Customer,
    },
    {
      act: async (tx, { params: { id }, body }) => (await undoMerge(tx, id, body.reason)).absorbedId,
      render: (tx, id, _input, { language }) => customerView(tx, id ?? '', language),
    },
  ),
];
