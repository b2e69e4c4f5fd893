/** Column names are snake_case in SQL and camelCase in code; these two functions are the only translators. */

export function camelRow<T>(row: Record<string, unknown>): T {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replaceAll(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase()),
      value,
    ]),
  ) as T;
}

export function snakeRow(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
      value,
    ]),
  );
}

export function camelRows<T>(rows: Record<string, unknown>[]): T[] {
  return rows.map((row) => camelRow<T>(row));
}
