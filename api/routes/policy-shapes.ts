import { z } from 'zod';

import { CHANGE_STATES, CHANGE_TARGETS } from '../../db/policy-changes';
import { CUSTOMER_TYPES, TRIGGERS } from '../../domain/customer';
import { day } from '../../operations/record-shape';
import { Id, Instant } from '../schemas';

/** Shapes of what is asked and answered about policies, requirements and their changes. */

const Value = z
  .unknown()
  .meta({ description: 'What the key holds: see GET /policies for its present value' });
export const Confidence = z.enum(['read', 'recalled', 'ours']);

export const AsOf = {
  asOf: day().optional().meta({ description: 'In force on this day; today and later without it' }),
};

const Floor = z.strictObject({
  path: z.string(),
  atLeast: z.union([z.number(), z.string()]).optional(),
  atMost: z.union([z.number(), z.string()]).optional(),
  legalBasis: z.string(),
  confidence: Confidence,
});

export const PolicyValue = z
  .strictObject({
    key: z.string(),
    value: Value,
    version: z.string(),
    validFrom: day(),
    validTo: day().nullable(),
    legalBasis: z.string(),
    confidence: Confidence,
    floor: z.array(Floor),
    changeId: Id.nullable(),
  })
  .meta({ id: 'PolicyValue' });

export const RequirementRow = z
  .strictObject({
    id: z.string(),
    types: z.array(z.enum(CUSTOMER_TYPES)),
    triggers: z.array(z.enum(TRIGGERS)),
    risks: z.array(z.string()).nullable(),
    field: z.string(),
    test: z.record(z.string(), z.unknown()).meta({ description: 'What is asked of the field or document' }),
    severity: z.enum(['blocking', 'warning']),
    legalBasis: z.string(),
    confidence: Confidence,
    version: z.string(),
    validFrom: day(),
    validTo: day().nullable(),
    reason: z.string().nullable(),
    changeId: Id.nullable(),
  })
  .meta({ id: 'Requirement' });

const Person = z.strictObject({ id: Id, name: z.string().nullable() }).nullable();

export const Change = z
  .strictObject({
    id: Id,
    target: z.enum(CHANGE_TARGETS),
    key: z.string(),
    oldValue: Value,
    newValue: Value,
    validFrom: day(),
    reason: z.string(),
    state: z.enum(CHANGE_STATES),
    number: z.int().nullable(),
    effect: z.enum(['dates', 'findings', 'none']),
    proposedBy: Person,
    proposedAt: Instant,
    decidedBy: Person,
    decidedAt: Instant.nullable(),
    decisionReason: z.string().nullable(),
    fourEyes: z.enum(['enforced', 'recorded']).nullable(),
    undoes: Id.nullable(),
    undoneBy: Id.nullable(),
    progress: z.strictObject({ done: z.int(), total: z.int() }),
    moved: z.record(z.string(), z.int()),
    appliedAt: Instant.nullable(),
    errorCode: z.string().nullable(),
  })
  .meta({ id: 'PolicyChange' });

const Customer = z.strictObject({ id: Id, code: z.string(), displayName: z.string() });
const Pair = z.strictObject({ from: day().nullable(), to: day().nullable() });
const MoveLine = z.strictObject({ what: z.string(), caseId: Id.nullable(), on: Pair });
const Gap = z.strictObject({
  code: z.string(),
  field: z.string(),
  severity: z.enum(['blocking', 'warning']),
});

export const PreviewAnswer = z
  .strictObject({
    key: z.string(),
    oldValue: Value,
    newValue: Value,
    validFrom: day(),
    effect: z.enum(['dates', 'findings', 'none']),
    concerned: z.int().meta({ description: 'Customers whose dates or findings come from this value' }),
    exact: z
      .strictObject({
        affected: z.int(),
        byKind: z.record(z.string(), z.int()),
        dueAtOnce: z.int(),
        findingsOpened: z.int(),
        findingsClosed: z.int(),
      })
      .nullable()
      .meta({ description: 'What really changes, customer by customer; null where there are too many' }),
    warnings: z.array(Floor),
    data: z.array(
      z.strictObject({
        customer: Customer,
        moves: z.array(MoveLine),
        opened: z.array(Gap),
        closed: z.array(Gap),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'PolicyChangePreview' });

export const Moved = z
  .strictObject({
    customer: Customer,
    moves: z.array(MoveLine.extend({ findings: z.strictObject({ from: z.int(), to: z.int() }).nullable() })),
  })
  .meta({ id: 'PolicyChangeMoves' });

/** Either a policy's key or a requirement's id, `new` for one of the dealer's own. */
export const change = {
  key: z.string().max(60).optional(),
  requirement: z.string().max(20).optional(),
  value: Value,
  validFrom: day(),
};
