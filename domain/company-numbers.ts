import { type CheckResult, failed, passed } from './check-result';
import { isVkn, withoutSeparators } from './identity-numbers';

/** Judges a trade register number (D-2.4): digits and hyphens, at least one digit. The hyphen is part of the number. */
export function checkTradeRegisterNumber(value: string): CheckResult {
  const number = value.replace(/[\p{Zs}\t]+/gu, '');
  if (number === '') return failed('trade_register_number', ['empty']);
  if (!/^[0-9-]+$/.test(number)) return failed('trade_register_number', ['non_digit']);
  return /[0-9]/.test(number)
    ? passed('trade_register_number', number)
    : failed('trade_register_number', ['shape']);
}

/**
 * Judges a MERSİS number (D-2.4): 16 digits. The observed pattern is 0, tax number, 5 digits [computed on one real
 * example], so a departure from it, or from the record's own tax number, only warns.
 */
export function checkMersis(value: string, vkn?: string): CheckResult {
  const digits = withoutSeparators(value);
  if (digits === '') return failed('mersis', ['empty']);
  if (!/^[0-9]+$/.test(digits)) return failed('mersis', ['non_digit']);
  if (digits.length !== 16) return failed('mersis', ['length']);
  const inside = digits.slice(1, 11);
  if (!digits.startsWith('0') || !isVkn(inside)) return passed('mersis', digits, ['unusual_pattern']);
  const differs = vkn !== undefined && inside !== withoutSeparators(vkn);
  return passed('mersis', digits, differs ? ['vkn_differs'] : [], { vkn: inside });
}
