import type { CheckResult } from './check-result';
import { checkIban } from './iban';
import { checkTckn, checkVkn, checkYkn } from './identity-numbers';
import { checkPhone } from './phone';

/** What a check may know beside the value; kinds that need none ignore it. */
export type CheckContext = Readonly<Record<string, string>>;

type Check = (value: string, context: CheckContext) => CheckResult;

/** Every kind of `POST /checks` (design §8), behind the same functions that judge records. A new kind is one line. */
const CHECKS = {
  tckn: checkTckn,
  ykn: checkYkn,
  vkn: checkVkn,
  iban: checkIban,
  phone: checkPhone,
} satisfies Record<string, Check>;

export type CheckKind = keyof typeof CHECKS;
export const CHECK_KINDS = Object.keys(CHECKS) as readonly CheckKind[];

/** Judges one value. Never throws: any text is an answerable question. */
export function check(kind: CheckKind, value: string, context: CheckContext = {}): CheckResult {
  const judge: Check = CHECKS[kind];
  return judge(value, context);
}
