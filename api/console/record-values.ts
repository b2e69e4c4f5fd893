import type { FieldError } from '../../domain/errors';
import { valueAt } from '../../domain/record-path';
import { dayText, kurusOf, provinceText, shareOf, type FormValues } from './form';
import type { FieldSpec, SectionSpec } from './record-fields';

/** A record's value as its form field shows it. */
export function shownValue(record: unknown, path: string, spec: FieldSpec, language: 'tr' | 'en'): string {
  const value = valueAt(record, path);
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (spec.kind === 'ticks') return textsOf(value).join('\n');
  if (spec.kind === 'money' && typeof value === 'number') return amountText(value);
  if (spec.kind === 'share' && typeof value === 'number')
    return language === 'tr' ? String(value).replace('.', ',') : String(value);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What a form sent for a field, in the form in which it is shown; undefined where it did not ask for the field. */
export function typedValue(
  record: unknown,
  path: string,
  spec: FieldSpec,
  values: FormValues,
): string | undefined {
  // A browser sends the lines of a text with CRLF.
  if (spec.kind === 'lines') return values.get(path)?.replaceAll('\r\n', '\n');
  if (spec.kind !== 'ticks') return values.get(path);
  if (!values.has(tickedName(path))) return undefined;
  const codes = spec.choices?.codes ?? [];
  const isTicked = (code: string) => values.has(tickName(path, code));
  const stored = textsOf(valueAt(record, path));
  const kept = stored.filter((code) => !codes.includes(code) || isTicked(code));
  return [...kept, ...codes.filter((code) => isTicked(code) && !stored.includes(code))].join('\n');
}

/** Names of one tick, and of the mark that says the form had ticks at all: an empty one is not sent. */
export const tickName = (path: string, code: string): string => `${path}.${code}`;
export const tickedName = (path: string): string => `${path}.sent`;

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** 247500,00: an amount without thousands, so that it reads back as the same. */
export function amountText(kurus: number): string {
  return `${Math.trunc(kurus / 100)},${String(kurus % 100).padStart(2, '0')}`;
}

/** What a person left in a form, against what stood there: only what changed becomes a patch. */
export interface RecordChanges {
  patch: Record<string, unknown>;
  /** Lists of which at least one item changed, with their items as sent. */
  lists: Map<string, { from: number | null; item: Record<string, unknown> }[]>;
  errors: FieldError[];
  /** Paths of what changed. */
  changed: string[];
}

/** Names of the hidden part of list rows: which ones there are is counted from the fields themselves. */
export const removeName = (list: string, index: number): string => `${list}[${index}].remove`;

/**
 * The merge patch that a form asks for. A field left as it was shown is not sent (so a masked number never is), an emptied
 * one is removed, text stays as typed.
 */
export function changesOf(
  sections: readonly SectionSpec[],
  record: Record<string, unknown>,
  values: FormValues,
  language: 'tr' | 'en',
): RecordChanges {
  const changes: RecordChanges = { patch: {}, lists: new Map(), errors: [], changed: [] };
  for (const section of sections) {
    if (section.list === undefined)
      changeFields(section.fields, '', record, changes.patch, values, language, changes);
    else changeList(section, section.list, record, values, language, changes);
  }
  return changes;
}

function changeFields(
  fields: readonly FieldSpec[],
  prefix: string,
  record: unknown,
  target: Record<string, unknown>,
  values: FormValues,
  language: 'tr' | 'en',
  changes: RecordChanges,
): number {
  let count = 0;
  for (const spec of fields) {
    const name = prefix + spec.path;
    const typed = typedValue(record, name, spec, values);
    if (typed === undefined) continue;
    const shown = shownValue(record, name, spec, language);
    if (typed === shown) continue;
    count += 1;
    changes.changed.push(name);
    setAt(target, spec.path, typed === '' ? null : parsed(spec, typed, name, changes.errors));
  }
  return count;
}

function changeList(
  { fields }: SectionSpec,
  list: string,
  record: Record<string, unknown>,
  values: FormValues,
  language: 'tr' | 'en',
  changes: RecordChanges,
): void {
  const stored = Array.isArray(record[list]) ? (record[list] as Record<string, unknown>[]) : [];
  const items: { from: number | null; item: Record<string, unknown> }[] = [];
  let touched = false;
  stored.forEach((item, index) => {
    if (values.get(removeName(list, index)) === 'yes') {
      touched = true;
      changes.changed.push(`${list}[${index}]`);
      return;
    }
    const copy = structuredClone(item);
    const prefix = `${list}[${index}].`;
    if (changeFields(fields, prefix, record, copy, values, language, changes) > 0) touched = true;
    items.push({ from: index, item: withoutNulls(copy) });
  });
  const added: Record<string, unknown> = {};
  if (changeFields(fields, `${list}[${stored.length}].`, record, added, values, language, changes) > 0) {
    touched = true;
    items.push({ from: null, item: withoutNulls(added) });
  }
  if (touched) changes.lists.set(list, items);
}

/** In a list an emptied member is left out: a merge patch replaces lists whole. */
function withoutNulls(item: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [
        key,
        typeof value === 'object' && !Array.isArray(value)
          ? withoutNulls(value as Record<string, unknown>)
          : value,
      ]),
  );
}

function parsed(spec: FieldSpec, typed: string, path: string, errors: FieldError[]): unknown {
  const wrong = (code: string): null => {
    errors.push({ pointer: `/record/${path.replaceAll(/\[(\d+)\]/g, '.$1').replaceAll('.', '/')}`, code });
    return null;
  };
  switch (spec.kind) {
    case 'day':
      return dayText(typed);
    case 'yes_no':
      return typed === 'yes' ? true : typed === 'no' ? false : wrong('unknown_code');
    case 'money':
      return kurusOf(typed) ?? wrong('wrong_shape');
    case 'share':
      return shareOf(typed) ?? wrong('wrong_shape');
    case 'province':
      return provinceText(typed);
    case 'ticks':
      return typed.split('\n');
    default:
      return typed;
  }
}

function setAt(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let node = target;
  for (const key of keys) {
    const next = node[key];
    if (typeof next !== 'object' || next === null) node[key] = {};
    node = node[key] as Record<string, unknown>;
  }
  node[last] = value;
}
