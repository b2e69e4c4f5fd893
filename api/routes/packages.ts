import { z } from 'zod';

import { PACKAGE_PHASES, PACKAGE_STATUSES } from '../../domain/audit-package';
import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../../domain/customer';
import { cancelPackage, listPackages, readPackage, requestPackage } from '../../operations/packages';
import { openPackage, sealPackage } from '../../operations/package-seal';
import { day, text } from '../../operations/record-shape';
import { packageZip } from '../package-download';
import { Cursor, Limit, present } from '../query';
import { actRoute, downloadRoute, readRoute, type Act, type Input, type Route } from '../route';
import { Id, Instant, pageOf } from '../schemas';

const tag = 'Audit packages';
const params = z.strictObject({ id: Id });

/** A list as JSON has it, or separated by commas as the list query has it. */
const oneOrMore = <T extends z.ZodType<string, string>>(item: T) =>
  z.union([
    z.array(item).min(1).max(50),
    z
      .string()
      .transform((list) => list.split(','))
      .pipe(z.array(item).min(1).max(50)),
  ]);

const Filter = z
  .strictObject({
    q: text(200).optional(),
    type: oneOrMore(z.enum(CUSTOMER_TYPES)).optional(),
    status: oneOrMore(z.enum(CUSTOMER_STATUSES)).optional(),
    risk: oneOrMore(z.enum(RISK_LEVELS)).optional(),
    missing: oneOrMore(text(100, 1)).optional(),
    province: oneOrMore(text(100, 1)).optional(),
    branch: oneOrMore(Id).optional(),
  })
  .meta({ description: 'The names of the customer list’s query' });

const NewPackage = z
  .strictObject({
    profile: z.enum(['masak', 'maliye']),
    period: z.strictObject({ from: day(), to: day() }),
    filter: Filter.optional(),
    language: z.enum(['tr', 'en']).optional(),
    fixWindowDays: z
      .literal(0)
      .optional()
      .meta({ description: 'Days in which gaps may still be closed: none yet' }),
  })
  .meta({ id: 'NewAuditPackage' });

const Person = z.strictObject({ id: Id, name: z.string().nullable() });

const Package = z
  .strictObject({
    id: Id,
    number: z.string(),
    profile: z.enum(['masak', 'maliye']),
    period: z.strictObject({ from: day(), to: day() }),
    filter: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    language: z.enum(['tr', 'en']),
    status: z.enum(PACKAGE_STATUSES),
    phase: z.enum(PACKAGE_PHASES),
    progress: z.strictObject({ done: z.int(), total: z.int() }),
    requestedBy: Person,
    requestedAt: Instant,
    asOf: Instant.nullable(),
    sealedBy: Person.nullable(),
    sealedAt: Instant.nullable(),
    keyFingerprint: z.string(),
    errorCode: z.string().nullable(),
    errorCustomer: z.string().nullable(),
  })
  .meta({ id: 'AuditPackage' });

type OnPackage = Input<{ id: string }, Record<string, never>, Record<string, never>>;

/** An act on a package: it answers with the package as it then stands and wakes its workflow. */
function onPackage(
  perform: (...args: Parameters<Act<OnPackage>['act']>) => Promise<unknown>,
): Act<OnPackage> {
  return {
    async act(tx, input, call) {
      await perform(tx, input, call);
      return input.params.id;
    },
    render: (tx, id) => readPackage(tx, id ?? ''),
    afterCommit: (id, { deps, identity }) => deps.wakeUps.wakePackage(identity.dealerId, id ?? ''),
  };
}

export const packageRoutes: Route[] = [
  actRoute(
    {
      id: 'requestPackage',
      method: 'post',
      path: '/audit-packages',
      tag,
      summary: 'Freezes and renders the files that overlap a period; poll the answer’s Location',
      body: NewPackage,
      status: 202,
      answer: Package,
    },
    {
      async act(tx, { body: { profile, period, filter, language } }) {
        const request = { profile, period, ...present({ language }) };
        return (
          await requestPackage(tx, filter === undefined ? request : { ...request, filter: present(filter) })
        ).id;
      },
      render: (tx, id) => readPackage(tx, id ?? ''),
      location: (id) => `/api/v1/audit-packages/${id}`,
      afterCommit: (id, { deps, identity }) => deps.wakeUps.wakePackage(identity.dealerId, id ?? ''),
    },
  ),
  readRoute(
    {
      id: 'listPackages',
      path: '/audit-packages',
      tag,
      summary: 'Packages, newest first',
      query: z.strictObject({ cursor: Cursor, limit: Limit }),
      answer: pageOf(Package),
    },
    (tx, { query }) => listPackages(tx, present(query)),
  ),
  readRoute(
    {
      id: 'readPackage',
      path: '/audit-packages/{id}',
      tag,
      summary: 'Status and progress',
      params,
      answer: Package,
    },
    (tx, { params: { id } }) => readPackage(tx, id),
  ),
  actRoute(
    {
      id: 'cancelPackage',
      method: 'post',
      path: '/audit-packages/{id}/cancel',
      tag,
      summary: 'Ends a package before it is sealed',
      params,
      body: z.strictObject({}),
      answer: Package,
    },
    onPackage((tx, { params: { id } }) => cancelPackage(tx, id)),
  ),
  actRoute(
    {
      id: 'sealPackage',
      method: 'post',
      path: '/audit-packages/{id}/seal',
      tag,
      summary: 'Signs the manifest; by another person than the one who asked for the package',
      params,
      body: z.strictObject({}),
      answer: Package,
    },
    onPackage((tx, { params: { id } }) => sealPackage(tx, id)),
  ),
  downloadRoute(
    {
      id: 'downloadPackage',
      path: '/audit-packages/{id}/download',
      tag,
      summary: 'The sealed ZIP; the download is logged',
      params,
    },
    async (tx, { params: { id } }, call) => {
      const opened = await openPackage(tx, id);
      return {
        mediaType: 'application/zip',
        fileName: `${opened.number}.zip`,
        open: async () => packageZip(opened, call),
      };
    },
  ),
];
