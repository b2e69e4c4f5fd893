import type { FieldError } from '../../domain/errors';
import type { Translate } from '../../locales';
import type { FieldModel } from '../../templates/console-models';

const TEXT_LENGTH_MAX = 1000;

/** A field of a page; what is left out has its plain meaning. */
export function field(
  given: Pick<FieldModel, 'name' | 'label'> & Partial<Omit<FieldModel, 'describedBy'>>,
): FieldModel {
  const { name, label, error = null, hint = null, finding = null } = given;
  const id = given.id ?? fieldId(name);
  const describedBy = [
    ...(hint === null ? [] : [`${id}-hint`]),
    ...(error === null ? [] : [`${id}-error`]),
    ...(finding === null ? [] : [`${id}-finding`]),
  ].join(' ');
  return {
    kind: given.kind ?? 'input',
    type: given.type ?? 'text',
    id,
    name,
    label,
    value: given.value ?? '',
    checked: given.checked ?? false,
    options: given.options ?? [],
    optional: given.optional ?? false,
    wide: given.wide ?? false,
    hint,
    error,
    finding,
    describedBy: describedBy === '' ? null : describedBy,
    autocomplete: given.autocomplete ?? null,
    inputMode: given.inputMode ?? null,
    maxLength: given.maxLength ?? TEXT_LENGTH_MAX,
    reveal: given.reveal ?? null,
    suggestions: given.suggestions ?? [],
  };
}

/** The id that errors and findings link to. */
export function fieldId(name: string): string {
  return `f-${name.replaceAll(/[^A-Za-z0-9_]+/g, '-').replace(/-$/, '')}`;
}

export interface Choice {
  value: string;
  label: string;
}

/** A list to choose from, with an empty choice first unless told otherwise. A value outside the list stays visible. */
export function select(
  given: Pick<FieldModel, 'name' | 'label' | 'value'> &
    Partial<Omit<FieldModel, 'describedBy' | 'options'>> & {
      choices: readonly Choice[];
      empty?: string | null;
    },
): FieldModel {
  const { choices, empty = '', value, ...rest } = given;
  const listed = value === '' || choices.some((choice) => choice.value === value);
  const options = [
    ...(empty === null ? [] : [{ value: '', label: empty }]),
    ...choices,
    ...(listed ? [] : [{ value, label: value }]),
  ].map((choice) => ({ ...choice, selected: choice.value === value }));
  return { ...field({ ...rest, kind: 'select' }), value, options };
}

/** Codes with their words from the language files: `<group>.<code>`. */
export function choicesOf(t: Translate, group: string, codes: readonly string[]): Choice[] {
  return codes.map((code) => ({ value: code, label: t(`${group}.${code}`) }));
}

/** `/record/representatives/0/person/tckn` as `representatives[0].person.tckn`. */
export function pathOfPointer(pointer: string): string {
  return pointer
    .replace(/^\/record(?=\/|$)/, '')
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => {
      if (/^\d+$/.test(part)) return `${path}[${part}]`;
      return path === '' ? part : `${path}.${part}`;
    }, '');
}

/** Errors by the path of their field. */
export function errorsByPath(
  errors: readonly FieldError[],
  message: (error: FieldError) => string,
): Map<string, string> {
  return new Map(errors.map((error) => [pathOfPointer(error.pointer), message(error)]));
}
