import type { Request } from 'express';

import type { FieldBounds, FieldError } from '../domain/errors';
import { translator, type Language, type Translate } from '../locales';

/** The language of the answers: Turkish unless the caller prefers English. */
export function languageOf(req: Request): Language {
  return req.acceptsLanguages('tr', 'en') === 'en' ? 'en' : 'tr';
}

/** A text, or undefined where nobody wrote one. */
export function textOf(t: Translate, key: string, values: Record<string, string> = {}): string | undefined {
  try {
    return t(key, values);
  } catch {
    return undefined;
  }
}

/** What a finding says: `finding.<code>` about the field's name in the reader's language. */
export function findingMessage(language: Language, finding: { code: string; field: string }): string {
  const t = translator(language);
  const field = fieldLabel(language, finding.field);
  return textOf(t, `finding.${finding.code}`, { field }) ?? t('finding.other', { field });
}

/**
 * A field's name: `representatives[1].person.tckn` is named by its path without the index; somebody's field that has no
 * name of its own by whose it is and what it is.
 */
export function fieldLabel(language: Language, path: string): string {
  const t = translator(language);
  const plain = path.replaceAll(/\[\d*\]/g, '');
  const [role = '', field] = plain.split('.person.');
  return (
    textOf(t, `field.${plain}`) ??
    (field === undefined
      ? path
      : `${textOf(t, `record.role.${role}`) ?? role}: ${textOf(t, `field.${field}`) ?? field}`)
  );
}

/** What is wrong with a value: `problem.<code>`, and where it is known what would be taken, `problem.bounds.<code>`. */
export function problemMessage(language: Language, { code, bounds }: Omit<FieldError, 'pointer'>): string {
  const t = translator(language);
  return (
    (bounds && textOf(t, `problem.bounds.${code}`, valuesOf(bounds))) ??
    textOf(t, `problem.${code}`) ??
    textOf(t, `import.refusal.${code}`) ??
    t('problem.other')
  );
}

function valuesOf({ allowed, least, most }: FieldBounds): Record<string, string> {
  return {
    ...(allowed === undefined ? {} : { allowed: allowed.join(', ') }),
    ...(least === undefined ? {} : { least: String(least) }),
    ...(most === undefined ? {} : { most: String(most) }),
  };
}
