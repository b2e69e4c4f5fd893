import { ComplianceError } from '../domain/errors';

/** A keyset page: the cursor names the last row, so that rows which arrive meanwhile shift nothing. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
  hasMore: boolean;
}

/** Builds a page from one row more than was asked for. `keysOf` gives the sort keys of the last row. */
export function pageOf<Row, T>(
  rows: Row[],
  limit: number,
  keysOf: (row: Row) => (string | null)[],
  toView: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return {
    data: shown.map(toView),
    nextCursor:
      hasMore && last !== undefined ? Buffer.from(JSON.stringify(keysOf(last))).toString('base64url') : null,
    hasMore,
  };
}

/** The keys inside a cursor. A cursor that somebody made up is malformed, not an error of ours. */
export function decodeCursor(cursor: string, length: number): (string | null)[] {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const wellFormed =
      Array.isArray(keys) &&
      keys.length === length &&
      keys.every((key) => key === null || typeof key === 'string');
    if (wellFormed) return keys as (string | null)[];
  } catch {
    // Falls through to the same answer as any other broken cursor.
  }
  throw new ComplianceError('MALFORMED', 'cursor');
}
