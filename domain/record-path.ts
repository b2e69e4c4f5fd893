export interface ValueAt {
  /** The path with indexes: `representatives[0].person.surname`. */
  path: string;
  value: unknown;
}

/** All values at a path of a record; `[]` visits each item of a list. A path through something absent gives `undefined`. */
export function valuesAt(record: unknown, path: string): ValueAt[] {
  let found: ValueAt[] = [{ path: '', value: record }];
  for (const part of path.split('.')) {
    const isList = part.endsWith('[]');
    const key = isList ? part.slice(0, -2) : part;
    found = found.flatMap(({ path: parent, value }) => {
      const next = { path: parent === '' ? key : `${parent}.${key}`, value: property(value, key) };
      if (!isList) return [next];
      if (!Array.isArray(next.value)) return [];
      return next.value.map((item: unknown, index) => ({ path: `${next.path}[${index}]`, value: item }));
    });
  }
  return found;
}

/** The one value at a path without `[]`. Understands indexes: `representatives[0].person`. */
export function valueAt(record: unknown, path: string): unknown {
  return path
    .split('.')
    .flatMap((part) => part.replaceAll(']', '').split('['))
    .reduce<unknown>((value, key) => property(value, key), record);
}

function property(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** The text at a path, as typed; empty where there is none. */
export function textAt(record: unknown, path: string): string {
  const value = valueAt(record, path);
  return typeof value === 'string' ? value : '';
}

/** The path of a sibling of the same item: `representatives[1].person.ykn` for `representatives[].person.ykn`. */
export function siblingPath(pattern: string, at: string): string {
  const indexes = [...at.matchAll(/\[(\d+)\]/g)].map((match) => match[1] ?? '0');
  return pattern.replaceAll('[]', () => `[${indexes.shift() ?? '0'}]`);
}

/** Absent, or only white space: nothing that could be shown to an inspector. */
export function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.length === 0;
}
