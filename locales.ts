import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import i18next, { type FormatterModule, type i18n } from 'i18next';

import { projectRoot } from './project-root';

export type Language = 'tr' | 'en';

export const LANGUAGES: readonly Language[] = ['tr', 'en'];

/** A day is cut where the business lives, whatever the machine's zone is. */
export const BUSINESS_TIME_ZONE = 'Europe/Istanbul';

/** `<area>.<key>` to text; `values` fill `{{name}}`. A key nobody wrote throws. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

interface Words {
  [key: string]: string | Words;
}

/**
 * Texts of one language from every `locales/<language>/<area>.json`; a key begins with its area: `report.cover.title`.
 * Plurals follow i18next: `count` picks `<key>_one` or `<key>_other`. Numbers are written as the language writes them,
 * texts are put in as they are, because what they go into (Handlebars, a mail's text part) escapes for itself.
 */
export function translator(language: Language): Translate {
  return (key, values = {}) => {
    if (Object.keys(values).length > 0) return find(language, key, values);
    const text = plain[language].get(key) ?? find(language, key, {});
    plain[language].set(key, text);
    return text;
  };
}

/** Texts without values, once found: a report asks for the same few hundred with every customer. */
const plain: Record<Language, Map<string, string>> = { tr: new Map(), en: new Map() };

function find(language: Language, key: string, values: Record<string, string | number>): string {
  const text = engine().t(key, { lng: language, ...values });
  // i18next answers with the key itself where it finds nothing.
  if (text === key) throw new Error(`locales/${language} has no text for "${key}"`);
  return text;
}

/** Every key of a language with its area in front, sorted: two languages must have the same. */
export function textKeys(language: Language): string[] {
  return keysOf(load(language), '').sort();
}

let loaded: i18n | undefined;

function engine(): i18n {
  loaded ??= start();
  return loaded;
}

function start(): i18n {
  const instance = i18next.createInstance().use(NUMBERS_IN_WORDS);
  const resources = Object.fromEntries(
    LANGUAGES.map((language) => [language, { translation: load(language) }]),
  );
  void instance.init({
    resources,
    initAsync: false,
    fallbackLng: false,
    supportedLngs: [...LANGUAGES],
    interpolation: { escapeValue: false, skipOnVariables: true, alwaysFormat: true },
  });
  return instance;
}

const NUMBERS_IN_WORDS: FormatterModule = {
  type: 'formatter',
  init: () => undefined,
  add: () => undefined,
  addCached: () => undefined,
  format: (value: unknown, _format, language) =>
    typeof value === 'number' ? formatNumber(value, language === 'en' ? 'en' : 'tr') : (value as string),
};

const NUMBERS: Record<Language, Intl.NumberFormat> = {
  tr: new Intl.NumberFormat('tr-TR'),
  en: new Intl.NumberFormat('en-GB'),
};

/** A number as people write it: 28.736 or 28,736. */
export function formatNumber(value: number, language: Language): string {
  return NUMBERS[language].format(value);
}

function load(language: Language): Words {
  const folder = join(projectRoot, 'locales', language);
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(
    files.sort().map((name) => [name.slice(0, -'.json'.length), read(join(folder, name))]),
  );
}

function read(file: string): Words {
  return JSON.parse(readFileSync(file, 'utf8')) as Words;
}

function keysOf(words: Words, prefix: string): string[] {
  return Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );
}
