import express, { type Request } from 'express';

import { provinceNamed } from '../../domain/provinces';

const BYTES_MAX = 512 * 1024;
const FIELDS_MAX = 5000;

/** Reads the body of a plain form. */
export const readForm = express.urlencoded({
  extended: false,
  limit: BYTES_MAX,
  parameterLimit: FIELDS_MAX,
});

/** What a form sent, by field name; a name sent twice counts once, with its last value. */
export type FormValues = ReadonlyMap<string, string>;

export function valuesOf(req: Request): FormValues {
  const body: unknown = req.body;
  const values = new Map<string, string>();
  if (typeof body !== 'object' || body === null) return values;
  for (const [name, value] of Object.entries(body)) {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    if (typeof last === 'string') values.set(name, last);
  }
  return values;
}

/** The value, or an empty text. */
export function textIn(values: FormValues, name: string): string {
  return values.get(name) ?? '';
}

/** A parameter of the address, given once. */
export function queryText(req: Request, name: string): string {
  const value: unknown = req.query[name];
  return typeof value === 'string' ? value.slice(0, 200) : '';
}

/** A parameter of the address where it is one of these codes; else nothing. */
export function queryCode<Code extends string>(
  req: Request,
  name: string,
  codes: readonly Code[],
): Code | undefined {
  const value = queryText(req, name);
  return codes.find((code) => code === value);
}

/** A day typed as 21.11.2026 in the form that is stored; anything else stays as it is. */
export function dayText(typed: string): string {
  const match = /^\s*(\d{1,2})[./](\d{1,2})[./](\d{4})\s*$/.exec(typed);
  if (match === null) return typed.trim();
  const [, day = '', month = '', year = ''] = match;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/**
 * Integer kuruş of an amount as Turkish hands type it: 1.234,50 · 1234,5 · 1234. Undefined for what could mean two things
 * (a lone dot: 1.234) or is no amount: better asked again than guessed.
 */
export function kurusOf(typed: string): number | undefined {
  const text = typed.replaceAll(/[\s₺]/g, '');
  const match = /^(\d{1,15}|\d{1,3}(?:\.\d{3})+)(?:,(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  if (whole.includes('.') && fraction === '' && whole.indexOf('.') === whole.lastIndexOf('.'))
    return undefined;
  const kurus = Number(whole.replaceAll('.', '')) * 100 + Number(fraction.padEnd(2, '0'));
  return Number.isSafeInteger(kurus) ? kurus : undefined;
}

/** A share in percent, with comma or dot. Undefined where it is no number. */
export function shareOf(typed: string): number | undefined {
  const text = typed.replaceAll(/[\s%]/g, '').replace(',', '.');
  return /^\d{1,3}(\.\d{1,6})?$/.test(text) ? Number(text) : undefined;
}

/** The province's own spelling where one is named; what was typed otherwise. */
export function provinceText(typed: string): string {
  return provinceNamed(typed)?.name ?? typed;
}
