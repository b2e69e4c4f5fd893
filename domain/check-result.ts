/**
 * Every way in which a value can fail its check, or be right and still deserve a word. Texts are in the language files
 * (`problem.<code>`): the domain knows codes only.
 */
export const PROBLEM_CODES = [
  'empty', // nothing but separators
  'length', // too few or too many characters for the kind
  'non_digit', // something other than ASCII digits
  'leading_zero', // an identity number never begins with 0
  'prefix', // a foreigner's number begins with 99, a Turkish IBAN with TR
  'checksum',
  'filler', // a number that stands for "none": counts as missing, not as wrong
  'is_tckn', // right, but a citizen's identity number in another field
  'is_vkn', // right, but a tax number in an identity field
  'is_foreigner', // a foreigner's number in the citizen's field; leaves the check valid
  'lost_leading_zero', // a sheet dropped the zero in front; `fields.suggested` holds the repaired number
  'bad_character',
  'too_short',
  'too_long',
  'unknown_range', // the length is right, but no operator has this range
  'unknown_country',
  'reserve_digit', // the sixth digit after TRnn must be 0
  'shape', // the parts are not where they belong
  'line_break', // would let a value write mail headers of its own
  'digit_in_name',
  'unusual_pattern', // a warning: leaves the check valid
  'vkn_differs', // the number holds another tax number than the record; a warning
  'mrz_lines', // not three lines of 30, two of 36 or two of 44 characters
  'document_number_check', // check digits of a machine-readable zone
  'birth_date_check',
  'expiry_check',
  'optional_check',
  'composite_check',
  'not_a_day', // digits that are no day of the calendar
  // Of a zone whose check digits hold; each leaves it valid.
  'unknown_state',
  'expired',
  'tckn_checksum', // the identity number inside the zone
  'name_differs', // from the record that it is compared with
  'birth_date_differs',
  'tckn_differs',
  'nationality_differs',
  'document_number_differs',
  'expiry_differs',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface Problem {
  code: ProblemCode;
}

/** What a check found. `valid` judges the form only: a right checksum does not prove that the person exists. */
export interface CheckResult {
  kind: string;
  valid: boolean;
  /** The value as keys and comparisons use it, or null when it is not valid. The record keeps what was typed. */
  normalized: string | null;
  /** Why it is not valid; on a valid value, what is still worth saying. */
  problems: Problem[];
  fields?: Record<string, string>;
}

/** A value of the right form; `hints` are problems that leave it valid. */
export function passed(
  kind: string,
  normalized: string,
  hints: readonly ProblemCode[] = [],
  fields?: Record<string, string>,
): CheckResult {
  return withFields({ kind, valid: true, normalized, problems: toProblems(hints) }, fields);
}

/** A value of the wrong form, with at least one reason. */
export function failed(
  kind: string,
  codes: readonly [ProblemCode, ...ProblemCode[]],
  fields?: Record<string, string>,
): CheckResult {
  return withFields({ kind, valid: false, normalized: null, problems: toProblems(codes) }, fields);
}

/** Whether a check reported this problem. */
export function hasProblem(result: CheckResult, code: ProblemCode): boolean {
  return result.problems.some((problem) => problem.code === code);
}

function toProblems(codes: readonly ProblemCode[]): Problem[] {
  return codes.map((code) => ({ code }));
}

function withFields(result: CheckResult, fields: Record<string, string> | undefined): CheckResult {
  return fields === undefined ? result : { ...result, fields };
}
