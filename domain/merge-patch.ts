/**
 * The JSON Merge Patch (RFC 7396) that turns one record into the other: `mergePatch(before, patchBetween(before, after))`
 * equals `after` for any record without null in it. Lists are replaced whole.
 */
export function patchBetween(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> {
  const patch: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [before[key], after[key]];
    if (!Object.hasOwn(after, key)) patch[key] = null;
    else if (isObject(from) && isObject(to)) {
      const inner = patchBetween(from, to);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (JSON.stringify(from) !== JSON.stringify(to)) patch[key] = to;
  }
  return patch;
}

/** A copy of `before` in which each of the fields is as in `from`: taken over whole, and removed where `from` has none. */
export function withFieldsOf(
  before: Record<string, unknown>,
  from: Record<string, unknown>,
  fields: readonly string[],
): Record<string, unknown> {
  const kept = Object.entries(before).filter(([key]) => !fields.includes(key));
  const taken = Object.entries(from).filter(([key]) => fields.includes(key));
  return Object.fromEntries([...kept, ...taken]);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
