import { z } from 'zod';

import { FIX_WINDOW_DAYS_MAX, PACKAGE_PHASES, PACKAGE_STATUSES } from '../../domain/audit-package';
import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../../domain/customer';
import type { Language } from '../../locales';
import { readStatement, type StatementLine } from '../../operations/package-completeness';
import { endFixWindow } from '../../operations/package-fix-window';
import { requestPackage } from '../../operations/package-request';
import { openPackage, sealPackage } from '../../operations/package-seal';
import { packageWords } from '../../operations/package-words';
import { cancelPackage, listPackages, readPackage } from '../../operations/packages';
import { day, text } from '../../operations/record-shape';
import { packageZip } from '../package-download';
import { Cursor, Limit, present } from '../query';
import { actRoute, downloadRoute, readRoute, type Act, type Input, type Route } from '../route';
import { Id, Instant, packageCount, pageOf, requirementLine } from '../schemas';

const tag = 'Audit packages';
const params = z.strictObject({ id: Id });

/** A list as JSON has it, or separated by commas as the list query has it. */
const oneOrMore = <T extends z.ZodType<string, string>>(item: T) => {
  const several = z.array(item).min(1).max(50);
  const separated = z.string().transform((list, { issues }) => {
    const read = several.safeParse(list.split(','));
    if (read.success) return read.data;
    // No pointer leads into a text: the whole of it is wrong.
    issues.push(...read.error.issues.map((issue) => ({ ...issue, path: [], input: list as never })));
    return z.NEVER;
  });
  return z.union([several, separated]);
};

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

/** `true` or `false` in a query string. */
const Flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .meta({ override: { type: 'boolean' } });

const reason = text(500, 1);
const ByName = z
  .array(z.strictObject({ customerId: Id, reason }))
  .min(1)
  .max(200);
const Sample = z.strictObject({
  size: z.int().min(1).max(1_000_000).meta({ description: 'Of a smaller population everybody is taken' }),
  seed: text(100, 1).meta({
    description: 'Any text; the same one draws the same sample from the same population',
  }),
});

const NewPackage = z
  .strictObject({
    profile: z.enum(['masak', 'maliye']),
    period: z.strictObject({ from: day(), to: day() }),
    filter: Filter.optional(),
    customers: z
      .array(Id)
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'Only these, as far as filter and period take them in' }),
    include: ByName.optional().meta({ description: 'In whatever filter, period and sample say' }),
    exclude: ByName.optional().meta({
      description: 'Left out; named with the reason in report and manifest',
    }),
    sample: Sample.optional().meta({
      description: 'The codes with the smallest SHA-256 of `seed:code`; the population stays in the manifest',
    }),
    language: z.enum(['tr', 'en']).optional(),
    note: text(500).optional(),
    supersedes: Id.optional().meta({ description: 'A sealed package that this one replaces' }),
    dryRun: z.boolean().optional().meta({
      description:
        'A rehearsal: ends `rehearsed` with a statement of completeness, and makes nothing that could be sealed',
    }),
    fixWindowDays: z
      .int()
      .min(0)
      .max(FIX_WINDOW_DAYS_MAX)
      .optional()
      .meta({ description: 'Business days after the snapshot in which gaps may be closed; 0 unless given' }),
  })
  .meta({ id: 'NewAuditPackage' });

const Person = z.strictObject({ id: Id, name: z.string().nullable() });

const NamedCustomer = z.strictObject({ customerId: Id, reason: z.string() });
const Link = z.strictObject({ id: Id, number: z.string() });

const counts = { met: z.int(), missing: z.int(), notApplicable: z.int(), completedLate: z.int() };
const Totals = z.strictObject({ customers: z.int(), requirements: z.int(), ...counts }).meta({
  id: 'CompletenessTotals',
  description: '`met` + `missing` + `notApplicable` is `customers` × `requirements`',
});

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
    progress: z.strictObject(packageCount),
    requestedBy: Person,
    requestedAt: Instant,
    asOf: Instant.nullable(),
    sealedBy: Person.nullable(),
    sealedAt: Instant.nullable(),
    keyFingerprint: z.string(),
    errorCode: z.string().nullable(),
    errorCustomer: z.string().nullable(),
    dryRun: z.boolean(),
    customers: z.array(Id).nullable(),
    include: z.array(NamedCustomer),
    exclude: z.array(NamedCustomer),
    sample: z.strictObject({ size: z.int(), seed: z.string() }).nullable(),
    note: z.string().nullable(),
    supersedes: Link.nullable(),
    supersededBy: Link.nullable(),
    fixWindow: z.strictObject({ days: z.int(), until: Instant.nullable() }).nullable(),
    scope: z.strictObject({ population: z.int(), excluded: z.int() }).nullable(),
    completeness: Totals.nullable(),
  })
  .meta({ id: 'AuditPackage' });

const PackageDetail = Package.extend({
  proof: z
    .strictObject({
      snapshotSha256: z.string().nullable(),
      checkpoint: z.strictObject({ n: z.int(), at: Instant }).nullable(),
      manifest: z.strictObject({ sha256: z.string(), signatureHolds: z.boolean() }).nullable(),
    })
    .meta({ description: 'What whoever holds the ZIP compares; `manifest` once it is sealed' }),
}).meta({ id: 'AuditPackageDetail' });

const MissingRequirement = z
  .strictObject({
    ...requirementLine,
    problems: z.array(z.strictObject({ field: z.string(), code: z.string(), message: z.string() })),
    completedOn: day().nullable(),
    evidence: z.array(
      z.strictObject({
        kind: z.enum(['record', 'document', 'verification', 'form']),
        id: z.string(),
        on: day(),
      }),
    ),
  })
  .meta({ id: 'MissingRequirement' });

const CustomerStatement = z
  .strictObject({
    customerId: Id,
    code: z.string(),
    displayName: z.string(),
    type: z.enum(CUSTOMER_TYPES),
    met: z.int(),
    notApplicable: z.int(),
    missing: z.array(MissingRequirement),
  })
  .meta({ id: 'CustomerStatement' });

const Statement = pageOf(CustomerStatement)
  .extend({
    totals: Totals,
    byRequirement: z.array(z.strictObject({ ...requirementLine, ...counts })),
    byType: z.array(z.strictObject({ type: z.enum(CUSTOMER_TYPES), customers: z.int(), ...counts })),
  })
  .meta({ id: 'CompletenessStatement' });

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

/** What is missing, said in the caller's language. */
function statementView(line: StatementLine, language: Language) {
  const words = packageWords(language);
  return {
    ...line,
    missing: line.missing.map(({ customerCode: _code, type: _type, state: _state, problems, ...row }) => ({
      ...row,
      problems: problems.map((problem) => ({ ...problem, message: words.finding(problem) })),
    })),
  };
}

export const packageRoutes: Route[] = [
  actRoute(
    {
      id: 'requestPackage',
      method: 'post',
      path: '/audit-packages',
      tag,
      summary:
        'Freezes and renders the files that overlap a period, or rehearses it; poll the answer’s Location',
      body: NewPackage,
      status: 202,
      answer: PackageDetail,
    },
    {
      async act(tx, { body: { profile, period, filter, ...asked } }) {
        const request = { profile, period, ...present(asked) };
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
      summary: 'Packages, or rehearsals, newest first',
      query: z.strictObject({ cursor: Cursor, limit: Limit, dryRun: Flag.optional() }),
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
      answer: PackageDetail,
    },
    (tx, { params: { id } }) => readPackage(tx, id),
  ),
  readRoute(
    {
      id: 'readPackageCompleteness',
      path: '/audit-packages/{id}/completeness',
      tag,
      summary:
        'The statement of completeness of a frozen package or a rehearsal, a page of customers at a time',
      params,
      query: z.strictObject({ cursor: Cursor, limit: Limit, missing: Flag.optional() }),
      answer: Statement,
    },
    async (tx, { params: { id }, query }, { language }) => {
      const page = await readStatement(tx, id, present(query));
      return { ...page, data: page.data.map((line) => statementView(line, language)) };
    },
  ),
  actRoute(
    {
      id: 'endFixWindow',
      method: 'post',
      path: '/audit-packages/{id}/end-fix-window',
      tag,
      summary: 'Ends the fix window before its time: what is complete by now enters, labelled',
      params,
      body: z.strictObject({}),
      answer: PackageDetail,
    },
    onPackage((tx, { params: { id } }) => endFixWindow(tx, id)),
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
      answer: PackageDetail,
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
      answer: PackageDetail,
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
