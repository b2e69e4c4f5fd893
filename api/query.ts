import { z } from 'zod';

import { text } from '../operations/record-shape';

/** Parts that query strings are made of. A parameter given twice is refused; a list repeats a value with commas. */

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 100;

export const Limit = z
  .string()
  .regex(/^\d{1,4}$/, 'wrong_type')
  .transform(Number)
  .pipe(z.int().min(1).max(LIMIT_MAX))
  .default(LIMIT_DEFAULT)
  .meta({
    override: { type: 'integer', minimum: 1, maximum: LIMIT_MAX, default: LIMIT_DEFAULT },
  });

export const Cursor = text(2000).optional();

/** A whole title may be pasted. */
export const Search = text(400).optional();

export const AsOf = text(40, 1)
  .optional()
  .meta({
    description:
      'As it was: an RFC 3339 instant at least a minute old, or a past day (its end in Türkiye). Left out: as it is now',
    examples: ['2026-11-20T14:00:00+03:00', '2026-11-20'],
  });

/** `a,b,c` as a list of values of one kind. */
export function csv<T extends z.ZodType<unknown, string>>(item: T) {
  return z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(item).min(1).max(50))
    .optional()
    .meta({ description: 'Several values are separated by commas' });
}

/** Leaves out what is undefined: optional members of our queries are absent, never undefined. */
export function present<T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
