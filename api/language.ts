import type { Request } from 'express';

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

/** A field's name: `representatives[1].person.tckn` is named by its path without the index. */
export function fieldLabel(language: Language, path: string): string {
  return textOf(translator(language), `field.${path.replaceAll(/\[\d*\]/g, '')}`) ?? path;
}

/** What is wrong with a value: `problem.<code>`. */
export function problemMessage(language: Language, code: string): string {
  const t = translator(language);
  return textOf(t, `problem.${code}`) ?? t('problem.other');
}
