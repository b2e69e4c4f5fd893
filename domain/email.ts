import { type CheckResult, failed, passed } from './check-result';

const ADDRESS_LENGTH_MAX = 254;
const LOCAL_LENGTH_MAX = 64;
// The asterisk is legal in an address but absent here: it is the sign of a masked value.
const LOCAL = /^[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+)*$/;
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/**
 * Judges an e-mail address (D-2.2 "RFC-lite"): one plain ASCII address with a dotted domain, no display name, no quotes,
 * no comments. A line break is refused by name, because it could write mail headers. `normalized` is lower case, for
 * keys and comparisons; mail goes to the address as typed.
 */
export function checkEmail(value: string): CheckResult {
  if (/[\r\n\u0085\u2028\u2029]/.test(value)) return failed('email', ['line_break']);
  const address = value.trim();
  if (address === '') return failed('email', ['empty']);
  if (address.length > ADDRESS_LENGTH_MAX) return failed('email', ['too_long']);
  if (!/^[\x21-\x7e]+$/.test(address)) return failed('email', ['bad_character']);
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  const domain = address.slice(at + 1);
  if (local.length > LOCAL_LENGTH_MAX) return failed('email', ['too_long']);
  if (at < 1 || !LOCAL.test(local) || !isDomain(domain)) return failed('email', ['shape']);
  return passed('email', address.toLowerCase(), [], { domain: domain.toLowerCase() });
}

/** `a***@example.com`: the first letter and the domain; what is no address vanishes whole. */
export function maskEmail(value: string): string {
  const address = value.trim();
  const at = address.lastIndexOf('@');
  if (at < 1) return address === '' ? '' : '***';
  return `${Array.from(address)[0]}***${address.slice(at)}`;
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.');
  const last = labels.at(-1) ?? '';
  return (
    labels.length >= 2 && labels.every((label) => LABEL.test(label)) && /^[A-Za-z][A-Za-z0-9-]+$/.test(last)
  );
}
