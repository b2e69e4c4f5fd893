import type { CheckResult } from './check-result';
import { checkEmail } from './email';
import { checkIban } from './iban';
import { checkTckn, checkVkn, checkYkn } from './identity-numbers';
import { checkMrz } from './mrz';
import { contextProblems } from './mrz-comparison';
import { checkName } from './names';
import { checkPhone } from './phone';
import { checkTaxOrIdentity } from './tax-or-identity';

/** What a check may know beside the value; kinds that need none ignore it. */
export type CheckContext = Readonly<Record<string, string>>;

/** Kinds whose verdict is the same on every day. */
const TIMELESS = {
  tckn: checkTckn,
  ykn: checkYkn,
  vkn: checkVkn,
  tax_or_identity: checkTaxOrIdentity,
  iban: checkIban,
  phone: checkPhone,
  email: checkEmail,
  name: checkName,
} satisfies Record<string, (value: string) => CheckResult>;

/** Kinds that read two-digit years, or look whether something has run out. */
const DATED = { mrz: checkZone } satisfies Record<
  string,
  (value: string, context: CheckContext, today: string) => CheckResult
>;

export type TimelessKind = keyof typeof TIMELESS;
export type CheckKind = TimelessKind | keyof typeof DATED;
/** Every kind of `POST /checks` (design §8), behind the same functions that judge records. */
export const CHECK_KINDS = [...Object.keys(TIMELESS), ...Object.keys(DATED)] as readonly CheckKind[];

/** Judges one value. Never throws: any text is an answerable question. `today` is a day in Europe/Istanbul. */
export function check(kind: TimelessKind, value: string): CheckResult;
export function check(kind: CheckKind, value: string, context: CheckContext, today: string): CheckResult;
export function check(kind: CheckKind, value: string, context: CheckContext = {}, today = ''): CheckResult {
  if (isTimeless(kind)) return TIMELESS[kind](value);
  return DATED[kind](value, context, today);
}

function isTimeless(kind: CheckKind): kind is TimelessKind {
  return Object.hasOwn(TIMELESS, kind);
}

function checkZone(value: string, context: CheckContext, today: string): CheckResult {
  const result = checkMrz(value, today);
  if (!result.valid) return result;
  const differences = contextProblems(value, context, today).map((code) => ({ code }));
  return { ...result, problems: [...result.problems, ...differences] };
}
