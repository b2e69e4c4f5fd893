import { z } from 'zod';

import type { OpenCustomerType } from '../domain/customer';
import { parseDay } from '../domain/days';
import { ComplianceError, type FieldError } from '../domain/errors';
import { looksMasked } from '../domain/identity-numbers';
import { IDENTITY_NUMBER_PATHS } from '../domain/record';
import { valuesAt } from '../domain/record-path';

const TEXT_LENGTH_MAX = 300;
const LIST_LENGTH_MAX = 50;
const MRZ_LENGTH_MAX = 120;

/** A record as it was typed: every field optional, all of them of the right shape. */
export type CustomerRecord = Record<string, unknown>;

const hasControl = (value: string) => /\p{Cc}/u.test(value);
const hasLoneSurrogate = (value: string) => /\p{Cs}/u.test(value);

/**
 * One line of text, kept exactly as typed. Lengths count characters as people do, not UTF-16 units. The codes in the
 * messages are language-free: their texts are `problem.<code>`.
 */
export function text(max: number = TEXT_LENGTH_MAX, min = 0): z.ZodString {
  return z
    .string()
    .refine((value) => !hasLoneSurrogate(value), { error: 'lone_surrogate', abort: true })
    .refine((value) => !hasControl(value), 'control_character')
    .refine((value) => Array.from(value).length <= max, 'too_long')
    .refine((value) => value.trim().length >= min, 'empty')
    .meta({ maxLength: max, ...(min > 0 ? { minLength: min } : {}) });
}

/** A day that exists: 30 February does not. */
export function day(): z.ZodString {
  return z
    .string()
    .refine((value) => parseDay(value) !== null, 'not_a_day')
    .meta({ format: 'date', example: '2026-01-31' });
}

const list = <T extends z.ZodType>(item: T) => z.array(item).max(LIST_LENGTH_MAX, 'too_many');

const machineReadableZone = z
  .string()
  .refine((value) => !hasLoneSurrogate(value) && !hasControl(value.replaceAll('\n', '')), 'control_character')
  .refine((value) => value.length <= MRZ_LENGTH_MAX, 'too_long')
  .meta({ description: 'The lines joined by a newline' });

const IdDocument = z.strictObject({
  type: text().optional(),
  number: text().optional(),
  issuedOn: day().optional(),
  expiresOn: day().optional(),
  issuingCountry: text().optional(),
  mrz: machineReadableZone.optional(),
});

const Address = z.strictObject({
  country: text().optional(),
  province: text().optional(),
  district: text().optional(),
  line: text().optional(),
  postalCode: text().optional(),
});

const PublicInfluence = z.strictObject({
  kind: text().optional(),
  office: text().optional(),
  endedOn: day().optional(),
});

const Transaction = z.strictObject({
  kind: text().optional(),
  description: text().optional(),
  amountKurus: z.int().nonnegative('negative').optional(),
  currency: text().optional(),
  payment: text().optional(),
  on: day().optional(),
});

const personFields = {
  givenNames: text().optional(),
  surname: text().optional(),
  birthDate: day().optional(),
  nationality: text().optional(),
  tckn: text().optional(),
  ykn: text().optional(),
  idDocument: IdDocument.optional(),
  address: Address.optional(),
  phone: text().optional(),
  email: text().optional(),
  occupation: text().optional(),
  publicInfluence: PublicInfluence.optional(),
};

const Person = z.strictObject(personFields);

const Representative = z.strictObject({
  person: Person.optional(),
  authority: z
    .strictObject({
      kind: text().optional(),
      document: text().optional(),
      from: day().optional(),
      until: day().optional(),
      signing: text().optional(),
    })
    .optional(),
});

/** A part of a company in percent. */
const share = z.number().min(0, 'negative').max(100, 'too_large');

const NaturalPersonRecord = z.strictObject({
  ...personFields,
  purpose: text().optional(),
  onOwnAccount: z.boolean().optional(),
  sourceOfFunds: text().optional(),
  iban: text().optional(),
  representative: Representative.optional(),
  transaction: Transaction.optional(),
});

const CompanyRecord = z.strictObject({
  title: text().optional(),
  tradeRegisterNumber: text().optional(),
  tradeRegisterOffice: text().optional(),
  vkn: text().optional(),
  mersisNumber: text().optional(),
  activity: text().optional(),
  address: Address.optional(),
  phone: text().optional(),
  email: text().optional(),
  purpose: text().optional(),
  onOwnAccount: z.boolean().optional(),
  sourceOfFunds: text().optional(),
  iban: text().optional(),
  representatives: list(Representative).optional(),
  shareholders: list(
    z.strictObject({
      name: text().optional(),
      kind: text().optional(),
      share: share.optional(),
      of: text().optional(),
    }),
  ).optional(),
  beneficialOwners: list(
    z.strictObject({
      person: Person.optional(),
      method: text().optional(),
      share: share.optional(),
      path: text().optional(),
    }),
  ).optional(),
  transaction: Transaction.optional(),
});

/** Shape of a record per customer type (design §8). Rules about the values are requirements, judged elsewhere. */
export const RECORD_SHAPES = {
  natural_person_tr: NaturalPersonRecord,
  company: CompanyRecord,
} as const satisfies Record<OpenCustomerType, z.ZodObject>;

/** The same shapes as JSON Merge Patches: at every level a member may be null, which removes it. */
export const RECORD_PATCH_SHAPES: Record<OpenCustomerType, z.ZodObject> = {
  natural_person_tr: patchShape(NaturalPersonRecord),
  company: patchShape(CompanyRecord),
};

function patchShape(shape: z.ZodObject): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(
      Object.entries(shape.shape).map(([key, field]) => {
        const inner: unknown = field instanceof z.ZodOptional ? field.unwrap() : field;
        const member = inner instanceof z.ZodObject ? patchShape(inner) : (inner as z.ZodType);
        return [key, member.nullable().optional()];
      }),
    ),
  );
}

/**
 * A record of the right shape, exactly as typed. Throws INVALID_INPUT with a JSON pointer (under `at`) and a code for
 * every member that is not, and MASKED_VALUE where an identity number is one that the product itself masked.
 */
export function parseRecord(type: OpenCustomerType, value: unknown, at = '/record'): CustomerRecord {
  return parseShape(RECORD_SHAPES[type], value, at);
}

/** A merge patch of the right shape; errors as in `parseRecord`. Unknown members are refused even where they are null. */
export function parseRecordPatch(type: OpenCustomerType, value: unknown, at = '/record'): CustomerRecord {
  return parseShape(RECORD_PATCH_SHAPES[type], value, at);
}

function parseShape(shape: z.ZodObject, value: unknown, at: string): CustomerRecord {
  const parsed = shape.safeParse(value);
  if (!parsed.success) throw new ComplianceError('INVALID_INPUT', 'shape', fieldErrors(parsed.error, at));
  refuseMasked(parsed.data, at);
  return parsed.data;
}

function refuseMasked(record: CustomerRecord, at: string): void {
  const fields = IDENTITY_NUMBER_PATHS.flatMap((pattern) => valuesAt(record, pattern))
    .filter(({ value }) => typeof value === 'string' && looksMasked(value))
    .map(({ path }) => ({ pointer: at + pointerOf(path), code: 'masked' }));
  if (fields.length > 0) throw new ComplianceError('MASKED_VALUE', 'masked_value', fields);
}

/** `representatives[0].person.tckn` as `/representatives/0/person/tckn`. */
function pointerOf(path: string): string {
  return `/${path.replaceAll(/\[(\d+)\]/g, '.$1').replaceAll('.', '/')}`;
}

/** What a schema refused, as pointers and codes. Names of unknown members are pointed at; values are never repeated. */
export function fieldErrors(error: z.ZodError, at = ''): FieldError[] {
  return error.issues.flatMap((issue) => {
    const pointer = at + issue.path.map((key) => `/${escapePointer(String(key))}`).join('');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: `${pointer}/${escapePointer(key)}`,
        code: 'unknown_field',
      }));
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return [{ pointer, code: 'wrong_type' }];
    return [{ pointer, code: codeOf(issue) }];
  });
}

/** RFC 6901. An overlong name is cut: a pointer is an address, not an echo. */
function escapePointer(key: string): string {
  return Array.from(key)
    .slice(0, 60)
    .join('')
    .replaceAll(/\p{Cs}/gu, '?')
    .replaceAll('~', '~0')
    .replaceAll('/', '~1');
}

const OWN_CODE = /^[a-z_]+$/;

function codeOf(issue: z.core.$ZodIssue): string {
  if (OWN_CODE.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'required' : 'wrong_type';
    case 'invalid_value':
      return 'unknown_code';
    case 'too_small':
      return 'too_small';
    case 'too_big':
      return issue.origin === 'array' ? 'too_many' : 'too_large';
    default:
      return 'wrong_shape';
  }
}
