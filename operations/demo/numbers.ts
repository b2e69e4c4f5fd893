import { isVkn } from '../../domain/identity-numbers';

/**
 * Numbers of nobody, with right checksums, from ranges that mark them as invented (D-10): TCKN bodies 88000nnnn, VKN bodies
 * 99000nnnn, foreigners' bodies 99000nnnn, bank code 00099, phones +90 5xx 000 xx xx. The same index always gives the same number.
 */
export function demoTckn(index: number): string {
  return withIdentityChecks(`88000${String(index).padStart(4, '0')}`);
}

/** A foreigner's number: the same checks behind the prefix 99. */
export function demoYkn(index: number): string {
  return withIdentityChecks(`99000${String(index).padStart(4, '0')}`);
}

function withIdentityChecks(body: string): string {
  const digits = Array.from(body, Number);
  const sum = (from: number) => digits.filter((_, at) => at % 2 === from).reduce((a, b) => a + b, 0);
  const [odd, even] = [sum(0), sum(1)];
  const tenth = (((7 * odd - even) % 10) + 10) % 10;
  return `${body}${tenth}${(odd + even + tenth) % 10}`;
}

export function demoVkn(index: number): string {
  const body = `99000${String(index).padStart(4, '0')}`;
  const check = Array.from('0123456789').find((digit) => isVkn(body + digit));
  return `${body}${check ?? ''}`;
}

export function demoMersis(index: number): string {
  return `0${demoVkn(index)}00015`;
}

export function demoIban(index: number): string {
  const account = `000990${String(8_800_000_000 + index).padStart(16, '0')}`;
  // ISO 7064: the country code as numbers (T = 29, R = 27) and two zeros behind, remainder of 97.
  const check = 98n - (BigInt(`${account}292700`) % 97n);
  return `TR${String(check).padStart(2, '0')}${account}`;
}

const MOBILE_CODES = ['530', '532', '535', '541', '544', '505', '552'] as const;

export function demoPhone(index: number): string {
  const code = MOBILE_CODES[index % MOBILE_CODES.length] ?? '530';
  return `+90 ${code} 000 ${String(10 + (index % 90))} ${String(10 + ((index * 7) % 90))}`;
}

/** The number of an identity card as issued in Türkiye: letter, two digits, letter, five digits. */
export function demoCardNumber(index: number): string {
  return `Z${String(10 + (index % 90))}Z${String(10_000 + index * 13).slice(0, 5)}`;
}

/** The three machine-readable lines of an invented identity card (ICAO 9303, TD1). Names in the letters A to Z. */
export function demoMrz(card: {
  number: string;
  tckn: string;
  birthDate: string;
  expiresOn: string;
  sex: 'F' | 'M';
  surname: string;
  givenNames: string;
}): string {
  const short = (day: string) => day.replaceAll('-', '').slice(2);
  const checked = (field: string) => field + checkDigit(field);
  const first = `I<TUR${checked(card.number)}<${card.tckn}<<<`;
  const birth = checked(short(card.birthDate));
  const expiry = checked(short(card.expiresOn));
  const optional = '<'.repeat(11);
  const composite = checkDigit(first.slice(5) + birth + expiry + optional);
  const names = `${card.surname}<<${card.givenNames}`.replaceAll(' ', '<');
  return [first, `${birth}${card.sex}${expiry}TUR${optional}${composite}`, names.padEnd(30, '<')].join('\n');
}

function checkDigit(field: string): string {
  const value = (character: string) => (character === '<' ? 0 : Number.parseInt(character, 36));
  const sum = Array.from(field).reduce(
    (total, character, at) => total + value(character) * ([7, 3, 1][at % 3] ?? 1),
    0,
  );
  return String(sum % 10);
}
