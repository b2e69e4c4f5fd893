import { z } from 'zod';

import {
  CASE_KINDS,
  CUSTOMER_STATUSES,
  CUSTOMER_TYPES,
  DOCUMENT_KINDS,
  RISK_LEVELS,
  ROLES,
  STAGES,
  TRIGGERS,
} from '../domain/customer';
import { DUPLICATE_REASONS, DUPLICATE_STRENGTHS } from '../domain/duplicates';
import { day, RECORD_SHAPES } from '../operations/record-shape';

/** Shapes of what the API answers: documented in OpenAPI, and checked against every answer in the tests. */

export const Id = z.guid();
export const Instant = z.iso.datetime();
const Day = day();

export const Finding = z
  .strictObject({
    code: z.string(),
    field: z.string().meta({ example: 'address.line' }),
    severity: z.enum(['blocking', 'warning']),
    message: z.string().meta({ description: 'In the language of Accept-Language' }),
    legalBasis: z.string().meta({ description: '"işletme politikası" where no law stands behind it' }),
    confidence: z.enum(['read', 'recalled', 'ours']),
    ruleVersion: z.string(),
    openedAt: Instant,
  })
  .meta({ id: 'Finding' });

/** What a line about a requirement says of it: in a form's snapshot and in a package's statement. */
export const requirementLine = {
  id: z.string(),
  version: z.string(),
  field: z.string(),
  severity: z.enum(['blocking', 'warning']),
  legalBasis: z.string(),
  confidence: z.enum(['read', 'recalled', 'ours']),
};

/** How far a package's files are: in the package, its progress and its events. */
export const packageCount = {
  done: z.int(),
  total: z.int(),
  failing: z.int().meta({ description: 'Customers whose file failed when it was last tried' }),
  secondsLeft: z.int().nullable().meta({
    description: 'Until the last file is made, at the rate of the latest ones; null where nothing tells',
  }),
};

export const Document = z
  .strictObject({
    id: Id,
    kind: z.enum(DOCUMENT_KINDS),
    state: z.enum(['current', 'replaced', 'withdrawn']),
    number: z.string().nullable(),
    issuedOn: Day.nullable(),
    expiresOn: Day.nullable(),
    fileName: z.string(),
    mediaType: z.string(),
    bytes: z.int(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: 'Of the stored file, which a download gives; images are written anew at upload' }),
    originalSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: 'Of the bytes as they were uploaded' }),
    pages: z.int().nullable().meta({ description: 'Null for files that came before pages were counted' }),
    uploadedBy: Id.nullable(),
    uploadedAt: Instant,
    originalSeen: z.strictObject({ by: Id.nullable(), at: Instant }).nullable(),
    masked: z
      .strictObject({ by: Id.nullable(), at: Instant })
      .nullable()
      .meta({ description: 'Who attested that religion and blood group on an old card are covered' }),
    ended: z
      .strictObject({
        by: Id.nullable(),
        at: Instant,
        reason: z.string().nullable(),
        replacedBy: Id.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Document' });

const Light = z.enum(['green', 'red', 'grey']);

export const Case = z
  .strictObject({
    id: Id,
    customerId: Id,
    customerCode: z.string(),
    displayName: z.string(),
    kind: z.enum(CASE_KINDS),
    stage: z.enum(STAGES),
    owner: z.enum(['staff', 'officer', 'manager', 'system']),
    waitingOn: z.string(),
    since: Instant,
    nextStep: z.strictObject({ what: z.string(), at: Instant.nullable() }).nullable(),
    openedAt: Instant,
    closedAt: Instant.nullable(),
    outcome: z.string().nullable(),
    closingReason: z.string().nullable(),
    lights: z.strictObject({
      format: Light.optional(),
      checksum: Light.optional(),
      register: Light.optional(),
      simulated: z.boolean().optional().meta({ description: 'The register was a simulation: never green' }),
      identities: z
        .array(
          z.strictObject({
            field: z.string().meta({ example: 'representatives[0].person.tckn' }),
            format: Light,
            checksum: Light,
            register: Light,
            simulated: z.boolean(),
          }),
        )
        .optional()
        .meta({
          description: 'Each identity and tax number of the file; the lights above are the worst of them',
        }),
    }),
    ladder: z.strictObject({ step: z.int(), startedAt: Instant }).nullable(),
    submittedAt: Instant.nullable(),
    decision: z
      .strictObject({
        decision: z.enum(['approve', 'reject']),
        reason: z.string(),
        by: z.string(),
        at: Instant,
        fourEyes: z.enum(['enforced', 'recorded']),
        policyVersion: z.string().nullable(),
      })
      .nullable(),
    errorCode: z.string().nullable(),
  })
  .meta({ id: 'Case' });

const customerFields = {
  id: Id,
  code: z.string().meta({ example: 'KYM-2026-000001' }),
  displayName: z.string(),
  type: z.enum(CUSTOMER_TYPES),
  trigger: z.enum(TRIGGERS),
  status: z.enum(CUSTOMER_STATUSES),
  risk: z.enum(RISK_LEVELS).nullable(),
  branchId: Id.nullable(),
  completeness: z.int().min(0).max(100),
  nextReviewOn: Day.nullable(),
  createdAt: Instant,
};

export const DuplicateCandidate = z
  .strictObject({
    id: Id.optional().meta({ description: 'Of the stored pair' }),
    customerId: Id,
    code: z.string(),
    displayName: z.string(),
    status: z.enum(CUSTOMER_STATUSES),
    strength: z.enum(DUPLICATE_STRENGTHS),
    reasons: z.array(z.enum(DUPLICATE_REASONS)),
    foundAt: Instant.optional(),
  })
  .meta({ id: 'DuplicateCandidate' });

const MergedFile = z
  .strictObject({
    mergeId: Id,
    customerId: Id,
    code: z.string(),
    displayName: z.string(),
    mergedAt: Instant,
    undoUntil: Instant,
  })
  .meta({ id: 'MergedFile' });

const customerFile = {
  ...customerFields,
  language: z.enum(['tr', 'en']),
  record: z
    .union([...new Set(Object.values(RECORD_SHAPES))])
    .meta({ description: 'Identity numbers are masked' }),
  findings: z.array(Finding),
  version: z.int().meta({ description: 'Of the record; also the ETag' }),
  openCaseId: Id.nullable(),
  updatedAt: Instant,
  documents: z.array(Document),
  duplicates: z
    .array(DuplicateCandidate)
    .optional()
    .meta({ description: 'Open pairs; absent from past states' }),
  merged: z.array(MergedFile).optional().meta({ description: 'Files that this one absorbed' }),
  mergedInto: Id.nullable().optional().meta({ description: 'The living file, where this one was merged' }),
};

export const Customer = z.strictObject(customerFile).meta({ id: 'Customer' });

/** What an act on a customer answers: the customer as it now stands, with the case that was acted on. */
export const CustomerWithCase = z
  .strictObject({ ...customerFile, case: Case.nullable() })
  .meta({ id: 'CustomerWithCase' });

export const CustomerListItem = z
  .strictObject({ ...customerFields, missing: z.array(z.string()), province: z.string().nullable() })
  .meta({ id: 'CustomerListItem' });

export const TimelineEvent = z
  .strictObject({
    seq: z.int(),
    at: Instant,
    actor: z.strictObject({
      kind: z.enum(['user', 'system', 'customer']),
      id: Id.optional(),
      name: z.string().optional(),
    }),
    event: z.string(),
    caseId: Id.nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineEvent' });

export const Task = z
  .strictObject({
    id: Id,
    customerId: Id.nullable(),
    customerCode: z.string().nullable(),
    displayName: z.string().nullable(),
    caseId: Id.nullable(),
    kind: z.string(),
    forRole: z.enum(['staff', 'officer', 'manager']),
    detail: z.record(z.string(), z.unknown()),
    openedAt: Instant,
  })
  .meta({ id: 'Task' });

export const User = z
  .strictObject({
    id: Id,
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    alsoManager: z.boolean(),
    language: z.enum(['tr', 'en']),
    createdAt: Instant,
    disabledAt: Instant.nullable(),
  })
  .meta({ id: 'User' });

const tokenFields = {
  id: Id,
  userId: Id,
  name: z.string(),
  createdAt: Instant,
  createdBy: Id.nullable(),
  revokedAt: Instant.nullable(),
};
export const ApiToken = z.strictObject(tokenFields).meta({ id: 'ApiToken' });
export const NewApiToken = z
  .strictObject({ ...tokenFields, token: z.string().meta({ description: 'Shown once' }) })
  .meta({ id: 'NewApiToken' });

export const Dealer = z
  .strictObject({
    id: Id,
    code: z.string(),
    title: z.string(),
    vkn: z.string().nullable(),
    licenceNumber: z.string().nullable(),
    senderName: z.string().nullable(),
    senderAddress: z.string().nullable(),
  })
  .meta({ id: 'Dealer' });

export const Branch = z
  .strictObject({ id: Id, name: z.string(), licenceNumber: z.string().nullable(), createdAt: Instant })
  .meta({ id: 'Branch' });

export const Check = z
  .strictObject({
    kind: z.string(),
    valid: z.boolean(),
    normalized: z.string().nullable(),
    problems: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    fields: z.record(z.string(), z.string()).optional(),
  })
  .meta({ id: 'CheckResult' });

export const ProblemDocument = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), code: z.string(), message: z.string() })),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' });

/** A keyset page. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ data: z.array(item), nextCursor: z.string().nullable(), hasMore: z.boolean() });
}
