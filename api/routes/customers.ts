import { z } from 'zod';

import {
  CUSTOMER_STATUSES,
  CUSTOMER_TYPES,
  RISK_LEVELS,
  TRIGGERS,
  type CustomerType,
} from '../../domain/customer';
import { ComplianceError } from '../../domain/errors';
import { readKinshipAt } from '../../operations/as-of-kinship';
import { listCustomersAt, pastInstant, readCustomerAt } from '../../operations/as-of';
import { changeType } from '../../operations/change-type';
import { CUSTOMER_SORTS, listCustomers, type CustomerSort } from '../../operations/customer-list';
import { createCustomer, revealField, updateRecord } from '../../operations/customers';
import { readBranch } from '../../operations/dealers';
import { RECORD_SHAPES, text } from '../../operations/record-shape';
import { readTimeline } from '../../operations/timeline';
import { AsOf, csv, Cursor, Limit, present, Search } from '../query';
import { actRoute, readRoute, type Route } from '../route';
import { Customer, CustomerListItem, Id, pageOf, TimelineEvent } from '../schemas';
import { customerView, withMessages } from '../views';

const tag = 'Customers';
const params = z.strictObject({ id: Id });

const newFile = {
  trigger: z.enum(TRIGGERS),
  branchId: Id.optional(),
  language: z.enum(['tr', 'en']).optional(),
};
/** Literal per type, so that the contract shows which record belongs to which. */
const opened = <T extends CustomerType>(type: T) =>
  z.strictObject({ type: z.literal(type), record: RECORD_SHAPES[type], ...newFile });
const NewCustomer = z
  .discriminatedUnion('type', [
    opened('natural_person_tr'),
    opened('natural_person_foreign'),
    opened('company'),
    opened('company_foreign'),
    opened('association'),
    opened('foundation'),
    opened('union'),
    opened('party'),
    opened('unincorporated'),
    opened('public_body'),
  ])
  .meta({ id: 'NewCustomer' });

const SORTS = CUSTOMER_SORTS.flatMap((field): CustomerSort[] => [field, `-${field}`]);

/** The filters of the customer list; audit packages take the same names. */
export const customerFilter = {
  q: Search,
  type: csv(z.enum(CUSTOMER_TYPES)),
  status: csv(z.enum(CUSTOMER_STATUSES)),
  risk: csv(z.enum(RISK_LEVELS)),
  missing: csv(text(100, 1)),
  province: csv(text(100, 1)),
  branch: csv(Id),
};

export const customerRoutes: Route[] = [
  actRoute(
    {
      id: 'createCustomer',
      method: 'post',
      path: '/customers',
      tag,
      summary: 'Opens a file and its onboarding case; incomplete records are welcome',
      body: NewCustomer,
      status: 201,
      answer: Customer,
    },
    {
      async act(tx, { body }) {
        if (body.branchId !== undefined) await readBranch(tx, body.branchId).catch(asUnknownBranch);
        return (await createCustomer(tx, present(body))).id;
      },
      render: (tx, id, _input, { language }) => customerView(tx, id ?? '', language),
      location: (id) => `/api/v1/customers/${id}`,
    },
  ),
  readRoute(
    {
      id: 'listCustomers',
      path: '/customers',
      tag,
      summary: 'Customers by filter and Turkish-aware search',
      query: z.strictObject({
        ...customerFilter,
        asOf: AsOf,
        sort: z.enum(SORTS).optional(),
        cursor: Cursor,
        limit: Limit,
      }),
      answer: pageOf(CustomerListItem),
    },
    (tx, { query: { asOf, ...query } }) =>
      asOf === undefined
        ? listCustomers(tx, present(query))
        : listCustomersAt(tx, present(query), pastInstant(asOf, tx.now)),
  ),
  readRoute(
    {
      id: 'readCustomer',
      path: '/customers/{id}',
      tag,
      summary: 'A file as it stands, or as it stood at an instant',
      params,
      query: z.strictObject({ asOf: AsOf }),
      answer: Customer,
    },
    async (tx, { params: { id }, query: { asOf } }, { language }) => {
      if (asOf === undefined) return customerView(tx, id, language);
      const at = pastInstant(asOf, tx.now);
      const { openCase: _openCase, ...customer } = await readCustomerAt(tx, id, at);
      return { ...withMessages(customer, language), ...(await readKinshipAt(tx, id, at)) };
    },
  ),
  actRoute(
    {
      id: 'updateCustomer',
      method: 'patch',
      path: '/customers/{id}',
      tag,
      summary: 'Changes the record by JSON Merge Patch and answers with the new findings',
      params,
      body: z.strictObject({
        record: z
          .record(z.string(), z.unknown())
          .meta({ description: 'Members of the record; null removes one (RFC 7396)' }),
      }),
      answer: Customer,
    },
    {
      async act(tx, { params: { id }, body }, { ifVersion }) {
        await updateRecord(tx, id, { patch: body.record, ifVersion: ifVersion ?? null });
        return id;
      },
      render: (tx, id, _input, { language }) => customerView(tx, id ?? '', language),
    },
  ),
  actRoute(
    {
      id: 'revealValue',
      method: 'post',
      path: '/customers/{id}/reveal',
      tag,
      summary: 'Shows one identity number in clear; field and reason are logged',
      params,
      body: z.strictObject({ field: text(200, 1), reason: text(300, 1) }),
      answer: z.strictObject({ field: z.string(), value: z.string().nullable() }),
    },
    {
      act: async () => null,
      // A repeated call shows the value once more, and is logged once more.
      render: async (tx, _id, { params: { id }, body: { field, reason } }) => ({
        field,
        value: await revealField(tx, id, field, reason),
      }),
    },
  ),
  actRoute(
    {
      id: 'changeCustomerType',
      method: 'post',
      path: '/customers/{id}/change-type',
      tag,
      summary: 'Goes on with the file as another type; fields that it does not know are refused by name',
      params,
      body: z.strictObject({ type: z.enum(CUSTOMER_TYPES), reason: text(300, 1) }),
      answer: Customer,
    },
    {
      async act(tx, { params: { id }, body }) {
        await changeType(tx, id, body);
        return id;
      },
      render: (tx, id, _input, { language }) => customerView(tx, id ?? '', language),
    },
  ),
  readRoute(
    {
      id: 'readTimeline',
      path: '/customers/{id}/timeline',
      tag,
      summary: 'Everything that happened to the file, newest first',
      params,
      query: z.strictObject({ cursor: Cursor, limit: Limit }),
      answer: pageOf(TimelineEvent),
    },
    (tx, { params: { id }, query }) => readTimeline(tx, id, present(query)),
  ),
];

function asUnknownBranch(error: unknown): never {
  if (error instanceof ComplianceError && error.code === 'NOT_FOUND') {
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/branchId', code: 'unknown_branch' }]);
  }
  throw error;
}
