import { maskIdentityNumber } from './identity-numbers';
import { foldKey } from './names';
import { ownershipOf } from './ownership';
import { textAt, valueAt, valuesAt } from './record-path';

/** Paths of identity numbers in a record, by pattern: what answers mask and only `reveal` shows. */
export const IDENTITY_NUMBER_PATHS: readonly string[] = [
  'tckn',
  'ykn',
  'vkn',
  'representative.person.tckn',
  'representative.person.ykn',
  'representatives[].person.tckn',
  'representatives[].person.ykn',
  'beneficialOwners[].person.tckn',
  'beneficialOwners[].person.ykn',
  'onBehalfOf.person.tckn',
  'onBehalfOf.person.ykn',
  'onBehalfOf.vkn',
  'partners[].person.tckn',
  'partners[].person.ykn',
  'shareholders[].vkn',
];

/** Fields whose change on an active customer asks for a decision of its own (design §3.12). */
const IDENTITY_FIELDS = [
  'givenNames',
  'surname',
  'birthDate',
  'nationality',
  'tckn',
  'ykn',
  'title',
  'vkn',
  'tradeRegisterNumber',
  'registryNumber',
  'detsisNumber',
  'countryOfRegistration',
  // Who acts for the customer, whose account it is, and whose it is in the end.
  ...['representative', 'representatives[]', 'beneficialOwners[]', 'partners[]', 'onBehalfOf'].flatMap(
    (role) => ['givenNames', 'surname', 'birthDate', 'tckn', 'ykn'].map((field) => `${role}.person.${field}`),
  ),
  'onBehalfOf.title',
  'onBehalfOf.vkn',
];

/** A copy of the record in which every identity number is masked (D-9). */
export function maskRecord(record: Record<string, unknown>): Record<string, unknown> {
  const copy = structuredCloneOf(record);
  for (const pattern of IDENTITY_NUMBER_PATHS) {
    for (const { path, value } of valuesAt(copy, pattern)) {
      if (typeof value === 'string' && value !== '') setValue(copy, path, maskIdentityNumber(value));
    }
  }
  return copy;
}

/**
 * Whether a change touches who the customer is, or whose it is: somebody whose share crosses `overPercent` counts even
 * where nobody has corrected the list of beneficial owners yet.
 */
export function changesIdentity(before: unknown, after: unknown, overPercent: number): boolean {
  const at = (record: unknown, field: string) =>
    JSON.stringify(valuesAt(record, field).map(({ value }) => value));
  const owners = (record: unknown) => {
    const chart = ownershipOf(textAt(record, 'title'), valueAt(record, 'shareholders'), overPercent);
    return JSON.stringify(
      chart.owners
        .filter(({ over }) => over)
        .map(({ name }) => foldKey(name))
        .sort(),
    );
  };
  return (
    IDENTITY_FIELDS.some((field) => at(before, field) !== at(after, field)) ||
    owners(before) !== owners(after)
  );
}

/** Top-level fields that differ between two versions, for the timeline: names, never values. */
export function changedFields(before: Record<string, unknown>, after: Record<string, unknown>): string[] {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field])).sort();
}

/** JSON Merge Patch (RFC 7396): null removes, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isPlainObject(patch)) return patch;
  const merged: Record<string, unknown> = isPlainObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function structuredCloneOf<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function setValue(target: unknown, path: string, value: unknown): void {
  const keys = path.split('.').flatMap((part) => part.replaceAll(']', '').split('['));
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], target);
  (parent as Record<string, unknown>)[last] = value;
}
