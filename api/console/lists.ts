import type { Request } from 'express';

import type { Pager } from '../../templates/console-models';

export const PAGE_ROWS = 25;

/** Links to the next page and back to the first one, with the filters that are set. */
export function pagerOf(req: Request, nextCursor: string | null): Pager {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(req.query)) {
    if (name !== 'cursor' && typeof value === 'string' && value !== '') query.set(name, value);
  }
  const path = (cursor: string | null) => {
    const pairs = new URLSearchParams(query);
    if (cursor !== null) pairs.set('cursor', cursor);
    const text = pairs.toString();
    return text === '' ? req.path : `${req.path}?${text}`;
  };
  const first = typeof req.query['cursor'] === 'string' ? path(null) : null;
  const next = nextCursor === null ? null : path(nextCursor);
  return { any: first !== null || next !== null, first, next };
}

/** The same page without one of its parameters, from its first row on. */
export function pathWithout(req: Request, parameter: string): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(req.query)) {
    if (name !== 'cursor' && name !== parameter && typeof value === 'string' && value !== '')
      query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? req.path : `${req.path}?${text}`;
}

/** Whether the reader narrowed the list. */
export function isFiltered(req: Request): boolean {
  return Object.entries(req.query).some(
    ([name, value]) => name !== 'sort' && name !== 'cursor' && value !== '',
  );
}
