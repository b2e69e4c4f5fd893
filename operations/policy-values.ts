import { z } from 'zod';

import type { Tx } from '../db/transaction';
import { CUSTOMER_TYPES, DOCUMENT_KINDS, TRIGGERS, type CustomerType } from '../domain/customer';
import { ComplianceError, type FieldError } from '../domain/errors';
import { brokenFloors, lengthOf, type BrokenFloor } from '../domain/policy-change';
import { parsePeriod } from '../domain/periods';
import type { Requirement } from '../domain/requirements';
import { DEFAULT_POLICY, type Policy, type PolicyFloor } from '../domain/rules/policy';
import { day as calendarDay, fieldErrors, RECORD_SHAPES, text } from './record-shape';

/** Bounds against slips of the pen, not of the law: a period of nine hundred years is one. Days. */
const PERIOD_DAYS_MAX = 36_500;
const DAYS_MAX = 3_650;
const RUNGS_MAX = 20;

function isPeriod(value: string): boolean {
  try {
    parsePeriod(value);
    return true;
  } catch {
    return false;
  }
}

/** ISO 8601, longer than nothing. */
const period = z
  .string()
  .refine(isPeriod, { error: 'not_a_period', abort: true })
  .refine((value) => lengthOf(value) > 0, 'too_small')
  .refine((value) => lengthOf(value) <= PERIOD_DAYS_MAX, 'too_large');

const days = (min = 0) => z.int('not_a_number_of_days').min(min, 'too_small').max(DAYS_MAX, 'too_large');
const noticeDays = z.array(days()).max(RUNGS_MAX, 'too_many').refine(isUnique, 'repeated');
const points = z.int().min(-100, 'too_small').max(1000, 'too_large');
const code = z.string().regex(/^[a-z0-9_]{1,60}$/i, 'wrong_shape');
const codes = z.array(code).max(200, 'too_many').refine(isUnique, 'repeated');
const countries = z.array(z.string().regex(/^[A-Z]{3}$/, 'unknown_country')).refine(isUnique, 'repeated');
/** Kuruş above nothing, up to a billion lira. */
const amount = z.int().min(1, 'too_small').max(100_000_000_000, 'too_large');

const byRisk = z
  .strictObject({ full: period, light: period.nullable(), noticeDays, graceDays: days() })
  .refine(({ full, light }) => light === null || lengthOf(light) < lengthOf(full), {
    error: 'light_not_shorter',
    path: ['light'],
  });

const rung = z.strictObject({
  day: days(),
  step: z.string().regex(/^[a-z0-9_]{1,40}$/, 'wrong_shape'),
  audience: z.enum(['customer', 'officer']),
  channels: z
    .array(z.enum(['sms', 'email', 'letter', 'screen']))
    .min(1, 'required')
    .refine(isUnique, 'repeated'),
  task: z
    .strictObject({
      kind: z.string().regex(/^[a-z0-9_]{1,40}$/, 'wrong_shape'),
      role: z.enum(['staff', 'officer', 'manager']),
    })
    .optional(),
});

/** Days go up and no rung comes twice: the ladder is climbed in its order, and a notice goes out once a rung. */
const ladder = z
  .array(rung)
  .min(1, 'required')
  .max(RUNGS_MAX, 'too_many')
  .superRefine((rungs, context) => {
    rungs.forEach(({ day, step }, index) => {
      const before = rungs.slice(0, index);
      if (before.some((other) => other.day >= day))
        context.addIssue({ code: 'custom', path: [index, 'day'], message: 'not_ascending' });
      if (before.some((other) => other.step === step))
        context.addIssue({ code: 'custom', path: [index, 'step'], message: 'repeated' });
    });
  });

/** What a value of each key must look like. A key of the policy without one here cannot be changed; a test names it. */
export const POLICY_SHAPES: Partial<Record<keyof Policy, z.ZodType>> = {
  collectingPeriod: period,
  onboardingExpiry: period,
  decisionTarget: period,
  followUpLadder: ladder,
  suspendAfterDays: days(1),
  closeProposalAfterDays: days(1),
  refresh: z.strictObject({ high: byRisk, medium: byRisk, low: byRisk }),
  refreshLadderFromDay: days(),
  documentExpiryNoticeDays: noticeDays.min(1, 'required'),
  fourEyes: z
    .strictObject({ mode: z.enum(['enforced', 'recorded']), reason: text(500).nullable() })
    .refine(({ mode, reason }) => mode === 'enforced' || (reason ?? '').trim() !== '', {
      error: 'reason_required',
      path: ['reason'],
    }),
  thresholds: z.strictObject({ identificationKurus: amount, paymentEvidenceKurus: amount }),
  retention: period,
  mergeUndoPeriod: period,
  documentAges: z.record(code, period).superRefine((ages, context) => {
    const seeded = DEFAULT_POLICY.find((row) => row.key === 'documentAges')?.value ?? {};
    for (const key of Object.keys(seeded).filter((one) => !(one in ages)))
      context.addIssue({ code: 'custom', path: [key], message: 'required' });
  }),
  beneficialOwnership: z.strictObject({
    overPercent: z.number().min(0, 'too_small').lt(100, 'too_large'),
  }),
  risk: z
    .strictObject({
      medium: points,
      high: points,
      points: z.record(code, points),
      groups: z.record(code, z.strictObject({ cap: points, factors: codes })),
      alwaysHigh: codes,
      youngCompany: period,
      cashOrMetalNace: z
        .array(z.string().regex(/^[0-9.]{1,10}$/, 'wrong_shape'))
        .refine(isUnique, 'repeated'),
      countries: z.strictObject({
        asOf: calendarDay(),
        increasedMonitoring: countries,
        callForAction: countries,
      }),
    })
    .refine(({ medium, high }) => medium < high, { error: 'not_ascending', path: ['high'] }),
};

function isUnique(items: readonly (string | number)[]): boolean {
  return new Set(items).size === items.length;
}

export const POLICY_KEYS: readonly (keyof Policy)[] = DEFAULT_POLICY.map(({ key }) => key);

/** Keys on which the verdict about a file depends: changing one means judging the files anew. */
export const JUDGED_BY: readonly string[] = ['documentAges', 'beneficialOwnership', 'risk'];

/**
 * A value of the right shape and within the law. Throws INVALID_INPUT naming the part of `/value` that is not; answers
 * with bounds that were only recalled and that it breaks, for the person to read before saving.
 */
export function checkedValue(
  key: string,
  value: unknown,
  floors: readonly PolicyFloor[],
): { value: unknown; warnings: BrokenFloor[] } {
  const shape = POLICY_SHAPES[key as keyof Policy];
  if (shape === undefined) refuse([{ pointer: '/key', code: 'unknown_code' }]);
  const parsed = shape.safeParse(value);
  if (!parsed.success) refuse(fieldErrors(parsed.error, '/value'));
  const broken = brokenFloors(parsed.data, floors);
  const refused = broken.filter((floor) => floor.refused);
  if (refused.length > 0)
    refuse(
      refused.map(({ path }) => ({
        pointer: ['/value', ...path.split('.').filter(Boolean)].join('/'),
        code: 'weaker_than_law',
      })),
    );
  return { value: parsed.data, warnings: broken };
}

/** The wider picture that single values cannot see: rungs before the suspension, the suspension before the closing. */
export function checkTogether(policy: Policy, key: string): void {
  const last = Math.max(...policy.followUpLadder.map(({ day }) => day));
  if (key === 'followUpLadder' && last >= policy.suspendAfterDays)
    refuse([{ pointer: '/value', code: 'after_suspension' }]);
  if (key === 'suspendAfterDays' && last >= policy.suspendAfterDays)
    refuse([{ pointer: '/value', code: 'before_last_rung' }]);
  if (
    (key === 'suspendAfterDays' || key === 'closeProposalAfterDays') &&
    policy.suspendAfterDays >= policy.closeProposalAfterDays
  )
    refuse([{ pointer: '/value', code: 'not_ascending' }]);
}

/** A requirement of the dealer's own, as it is proposed. */
const OwnRule = z
  .strictObject({
    types: z.array(z.enum(CUSTOMER_TYPES)).min(1, 'required'),
    triggers: z.array(z.enum(TRIGGERS)).min(1, 'required'),
    field: z.string().max(200, 'too_long').optional(),
    document: z.enum(DOCUMENT_KINDS).optional(),
    /** A key of the policy `documentAges`. */
    maxAge: z.string().max(60, 'too_long').optional(),
    originalSeen: z.boolean().optional(),
    severity: z.enum(['blocking', 'warning']),
  })
  .refine(({ field, document }) => (field === undefined) !== (document === undefined), {
    error: 'field_or_document',
    path: ['field'],
  });

/** A requirement without what dates it. */
export type RuleContent = Omit<Requirement, 'version' | 'validFrom' | 'validTo'>;

export const OWN_RULE = /^OWN-\d{2,}$/;
export const OWN_BASIS = 'işletme politikası';

/**
 * What a requirement becomes: a rule of the dealer's own in whole, a seeded one no weaker than it was shipped. Null
 * retires a rule of the dealer's own; a seeded one stays.
 */
export function checkedRule(
  id: string,
  value: unknown,
  current: Requirement | null,
  seeded: Requirement | null,
  ages: Policy['documentAges'],
): RuleContent | null {
  if (seeded !== null) return tightened(value, current ?? seeded, seeded);
  if (value === null) {
    if (current === null) refuse([{ pointer: '/requirement', code: 'unknown_code' }]);
    return null;
  }
  const parsed = OwnRule.safeParse(value);
  if (!parsed.success) refuse(fieldErrors(parsed.error, '/value'));
  const { types, triggers, field, document, maxAge, originalSeen, severity } = parsed.data;
  if (field !== undefined && !types.every((type) => recordFields(type).includes(field)))
    refuse([{ pointer: '/value/field', code: 'unknown_field' }]);
  if (maxAge !== undefined && ages[maxAge] === undefined)
    refuse([{ pointer: '/value/maxAge', code: 'unknown_code' }]);
  return {
    id,
    types: [...new Set(types)],
    triggers: [...new Set(triggers)],
    field: field ?? `documents.${document ?? 'other'}`,
    test:
      document === undefined
        ? { kind: 'present' }
        : {
            kind: 'document',
            anyOf: [document],
            ...(originalSeen === true ? { originalSeen } : {}),
            ...(maxAge === undefined ? {} : { maxAge }),
          },
    severity,
    legalBasis: OWN_BASIS,
    confidence: 'ours',
  };
}

const Tightened = z.strictObject({ severity: z.enum(['blocking', 'warning']) });

function tightened(value: unknown, current: Requirement, seeded: Requirement): RuleContent {
  if (value === null) refuse([{ pointer: '/value', code: 'seeded_rule_stays' }]);
  const parsed = Tightened.safeParse(value);
  if (!parsed.success) refuse(fieldErrors(parsed.error, '/value'));
  if (seeded.severity === 'blocking' && parsed.data.severity === 'warning')
    refuse([{ pointer: '/value/severity', code: 'weaker_than_law' }]);
  const { version: _version, validFrom: _validFrom, validTo: _validTo, ...content } = current;
  return { ...content, severity: parsed.data.severity };
}

const fields = new Map<CustomerType, readonly string[]>();

/** Every field of a type's record by path, `[]` for each item of a list: what a dealer's own rule may ask for. */
export function recordFields(type: CustomerType): readonly string[] {
  const kept = fields.get(type) ?? leavesOf(RECORD_SHAPES[type], '');
  fields.set(type, kept);
  return kept;
}

function leavesOf(shape: unknown, path: string): string[] {
  if (shape instanceof z.ZodOptional || shape instanceof z.ZodNullable) return leavesOf(shape.unwrap(), path);
  if (shape instanceof z.ZodArray)
    return [path, ...leavesOf(shape.element, `${path}[]`).filter((leaf) => leaf !== `${path}[]`)];
  if (!(shape instanceof z.ZodObject)) return [path];
  return Object.entries(shape.shape).flatMap(([key, inner]) =>
    leavesOf(inner, path === '' ? key : `${path}.${key}`),
  );
}

/** The next free id of the dealer's own rules, proposals included. */
export async function nextOwnId(tx: Tx): Promise<string> {
  const { rows } = await tx.sql.raw<{ rows: { last: number | null }[] }>(
    `select max(substring(id from 5)::integer) as last from (
       select id from requirements where dealer_id = :dealer and id like 'OWN-%'
       union select key from policy_changes where dealer_id = :dealer and key like 'OWN-%') own`,
    { dealer: tx.dealerId },
  );
  return `OWN-${String((rows[0]?.last ?? 0) + 1).padStart(2, '0')}`;
}

function refuse(errors: FieldError[]): never {
  throw new ComplianceError('INVALID_INPUT', 'shape', errors);
}
