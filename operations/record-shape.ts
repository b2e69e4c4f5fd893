import { z } from 'zod';

import { CUSTOMER_TYPES, type CustomerType } from '../domain/customer';
import { parseDay } from '../domain/days';
import { ComplianceError, type FieldBounds, type FieldError } from '../domain/errors';
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
    .refine((value) => Array.from(value).length <= max, { error: 'too_long', params: { most: max } })
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

export const Transaction = z.strictObject({
  kind: text().optional(),
  description: text().optional(),
  amountKurus: z.int().nonnegative('negative').optional(),
  currency: text().optional(),
  payment: text().optional(),
  on: day().optional(),
  metal: text().optional(),
  /** Fineness as it is stamped: 22 ayar, 916, 995,0. */
  purity: text().optional(),
  /** Decimal text with up to three decimals: a float would round what the scale showed. */
  grams: z
    .string()
    .regex(/^\d{1,9}([.,]\d{1,3})?$/, 'not_a_weight')
    .optional(),
  purpose: text().optional(),
});

const personFields = {
  givenNames: text().optional(),
  surname: text().optional(),
  /** The passport shows one name only (T06). */
  noSurname: z.boolean().optional(),
  birthDate: day().optional(),
  /** The register knows the year only (T15): day and month of `birthDate` mean nothing. */
  birthDatePrecision: text().optional(),
  birthPlace: text().optional(),
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

const Authority = z.strictObject({
  kind: text().optional(),
  document: text().optional(),
  from: day().optional(),
  until: day().optional(),
  signing: text().optional(),
});

const Representative = z.strictObject({ person: Person.optional(), authority: Authority.optional() });

/** Whose account it is when it is not the customer's own (5549 s. Kanun m.15). */
const OnBehalfOf = z.strictObject({
  person: Person.optional(),
  title: text().optional(),
  vkn: text().optional(),
  authority: Authority.optional(),
});

const TaxResidency = z.strictObject({ country: text().optional(), number: text().optional() });

/** A part of a company in percent. */
const share = z.number().min(0, 'negative').max(100, 'too_large');

const Shareholder = z.strictObject({
  name: text().optional(),
  kind: text().optional(),
  share: share.optional(),
  /** Name of the company that this part is of; absent for the customer itself. */
  of: text().optional(),
  /** A legal person with more than a quarter is identified as a company is (TY m.17/A/7). */
  vkn: text().optional(),
  tradeRegisterNumber: text().optional(),
  country: text().optional(),
});

const BeneficialOwner = z.strictObject({
  person: Person.optional(),
  method: text().optional(),
  share: share.optional(),
  path: text().optional(),
  /** Why nobody holds or controls enough, where the top executive stands in (D-2.8, 3). */
  reason: text().optional(),
});

/** What every type declares about the relationship. */
const declarations = {
  purpose: text().optional(),
  onOwnAccount: z.boolean().optional(),
  onBehalfOf: OnBehalfOf.optional(),
  sourceOfFunds: text().optional(),
  sourcesOfFunds: list(text()).optional(),
  sourceOfWealth: text().optional(),
  iban: text().optional(),
  taxResidency: TaxResidency.optional(),
  transaction: Transaction.optional(),
};

const NaturalPersonRecord = z.strictObject({
  ...personFields,
  ...declarations,
  legalCapacity: text().optional(),
  deceasedOn: day().optional(),
  /** Sole trader: one customer in two capacities (T21). */
  soleTrader: z.boolean().optional(),
  tradeName: text().optional(),
  vkn: text().optional(),
  taxOffice: text().optional(),
  tradeRegisterNumber: text().optional(),
  tradeRegisterOffice: text().optional(),
  activity: text().optional(),
  representative: Representative.optional(),
});

const organisationFields = {
  title: text().optional(),
  vkn: text().optional(),
  taxOffice: text().optional(),
  activity: text().optional(),
  establishedOn: day().optional(),
  address: Address.optional(),
  phone: text().optional(),
  fax: text().optional(),
  email: text().optional(),
  ...declarations,
  representatives: list(Representative).optional(),
  beneficialOwners: list(BeneficialOwner).optional(),
};

const CompanyRecord = z.strictObject({
  ...organisationFields,
  tradeRegisterNumber: text().optional(),
  tradeRegisterOffice: text().optional(),
  mersisNumber: text().optional(),
  naceCode: text().optional(),
  shareholders: list(Shareholder).optional(),
});

/** The trade register is the home country's. */
const ForeignCompanyRecord = z.strictObject({
  ...organisationFields,
  countryOfRegistration: text().optional(),
  tradeRegisterNumber: text().optional(),
  tradeRegisterOffice: text().optional(),
  foreignTaxNumber: text().optional(),
  shareholders: list(Shareholder).optional(),
});

/** Association, foundation, union, party: the register is the one its law names. */
const RegisteredBodyRecord = z.strictObject({
  ...organisationFields,
  objective: text().optional(),
  registryNumber: text().optional(),
  registryOffice: text().optional(),
});

const UnincorporatedRecord = z.strictObject({
  ...organisationFields,
  bodyKind: text().optional(),
  objective: text().optional(),
  partners: list(z.strictObject({ person: Person.optional(), share: share.optional() })).optional(),
});

const PublicBodyRecord = z.strictObject({
  ...organisationFields,
  unit: text().optional(),
  detsisNumber: text().optional(),
});

/** Shape of a record per customer type (design §8). Rules about the values are requirements, judged elsewhere. */
export const RECORD_SHAPES = {
  natural_person_tr: NaturalPersonRecord,
  natural_person_foreign: NaturalPersonRecord,
  company: CompanyRecord,
  company_foreign: ForeignCompanyRecord,
  association: RegisteredBodyRecord,
  foundation: RegisteredBodyRecord,
  union: RegisteredBodyRecord,
  party: RegisteredBodyRecord,
  unincorporated: UnincorporatedRecord,
  public_body: PublicBodyRecord,
} as const satisfies Record<CustomerType, z.ZodObject>;

/** The same shapes as JSON Merge Patches: at every level a member may be null, which removes it. */
export const RECORD_PATCH_SHAPES = Object.fromEntries(
  CUSTOMER_TYPES.map((type) => [type, patchShape(RECORD_SHAPES[type])]),
) as Record<CustomerType, z.ZodObject>;

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
export function parseRecord(type: CustomerType, value: unknown, at = '/record'): CustomerRecord {
  return parseShape(RECORD_SHAPES[type], value, at);
}

/** A merge patch of the right shape; errors as in `parseRecord`. Unknown members are refused even where they are null. */
export function parseRecordPatch(type: CustomerType, value: unknown, at = '/record'): CustomerRecord {
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
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const meant = meantOf(issue.errors);
      if (meant === null) return [{ pointer, code: 'wrong_type' }];
      return fieldErrors(new z.ZodError(meant), pointer);
    }
    const bounds = boundsOf(issue);
    return [{ pointer, code: codeOf(issue), ...(bounds === null ? {} : { bounds }) }];
  });
}

/** Of several shapes the one that was meant: the only one whose type is right. Null where none or several could be. */
function meantOf(branches: readonly (readonly z.core.$ZodIssue[])[]): z.core.$ZodIssue[] | null {
  const fitting = branches.filter(
    (issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  return fitting.length === 1 ? [...(fitting[0] ?? [])] : null;
}

/** More values than these are not named in a message. */
const ALLOWED_MAX = 20;

function boundsOf(issue: z.core.$ZodIssue): FieldBounds | null {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.length <= ALLOWED_MAX ? { allowed: issue.values.map(String) } : null;
    case 'too_small':
      return issue.inclusive === false ? null : { least: Number(issue.minimum) };
    case 'too_big':
      return issue.inclusive === false ? null : { most: Number(issue.maximum) };
    case 'custom': {
      const most: unknown = issue.params?.['most'];
      return typeof most === 'number' ? { most } : null;
    }
    default:
      return null;
  }
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
