import type { HelperOptions } from 'handlebars';

import { BUSINESS_TIME_ZONE, formatNumber, type Language, type Translate } from '../locales';

/** What every template is rendered with beside its model. */
export interface Wording {
  t: Translate;
  language: Language;
}

const LOCALE: Record<Language, string> = { tr: 'tr-TR', en: 'en-GB' };

/** A calendar day `YYYY-MM-DD` as people write it: 22.11.2026, or 22 Nov 2026. */
export function formatDay(day: string, language: Language): string {
  const [year, month, date] = day.split('-');
  if (year === undefined || month === undefined || date === undefined) throw new Error('A day is YYYY-MM-DD');
  if (language === 'tr') return `${date}.${month}.${year}`;
  return dayFormat.format(new Date(`${day}T00:00:00Z`));
}

/** An ISO instant on the wall clock of the business: 22.11.2026 14:05. */
export function formatInstant(instant: string, language: Language): string {
  // 2026-11-22, 14:05: in parts it would take several times as long, and a file has a hundred of them.
  const [day = '', time = ''] = wallClock.format(new Date(instant)).split(/,? /);
  return `${formatDay(day, language)} ${time}`;
}

/** Integer kuruş as an amount: 1.234,56 ₺. */
export function formatMoney(kurus: number, language: Language, currency = 'TRY'): string {
  const amount = (kurus / 100).toLocaleString(LOCALE[language], {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  return `${amount} ${currency === 'TRY' ? '₺' : currency}`;
}

/** A whole percentage, with the sign where the language puts it: %87, or 87%. */
export function formatPercent(value: number, language: Language): string {
  return language === 'tr' ? `%${value}` : `${value}%`;
}

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

const wallClock = new Intl.DateTimeFormat('en-CA', {
  timeZone: BUSINESS_TIME_ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** Length of a ring's circle (r = 15.9155): 100, so that a percentage is a dash length. */
const RING = 100;

/**
 * Helpers of every template. Handlebars escapes what they return.
 * - `{{t "report.title" name=value}}`, `{{t "report.status" status}}`: text by key; further arguments extend the key
 * - `{{day d}}`, `{{instant i}}`, `{{money kurus}}`, `{{percent n}}`, `{{counted n}}`: null is shown as a dash
 * - `content: "{{cssText value}}"`: a value inside a CSS string, as escapes that neither CSS nor HTML can mistake
 * - `{{shorten digest}}` (16 digits), `{{share part whole}}` (a whole percentage, without the sign)
 * - `{{#if (eq a b)}}`, `{{dash value}}`, `{{language}}`, `{{ringDash percent}}` (stroke-dasharray of the ring partial)
 */
export const HELPERS = {
  t: (...args: unknown[]): string => {
    const options = args.at(-1) as HelperOptions;
    const key = args.slice(0, -1).join('.');
    return wordingOf(options).t(key, options.hash as Record<string, string | number>);
  },
  day: (value: string | null, options: HelperOptions) =>
    orDash(value, (v) => formatDay(v, wordingOf(options).language)),
  instant: (value: string | null, options: HelperOptions) =>
    orDash(value, (v) => formatInstant(v, wordingOf(options).language)),
  money: (value: number | null, options: HelperOptions) =>
    orDash(value, (v) => formatMoney(v, wordingOf(options).language)),
  percent: (value: number | null, options: HelperOptions) =>
    orDash(value, (v) => formatPercent(v, wordingOf(options).language)),
  counted: (value: number | null, options: HelperOptions) =>
    orDash(value, (v) => formatNumber(v, wordingOf(options).language)),
  dash: (value: string | number | null) => orDash(value, String),
  eq: (left: unknown, right: unknown) => left === right,
  language: (options: HelperOptions) => wordingOf(options).language,
  cssText: (value: string) => value.replaceAll(/[^A-Za-z0-9]/gu, cssEscape),
  shorten: (digest: string) => digest.slice(0, 16),
  share: (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part / whole) * 100)),
  ringDash: (percent: number) => `${Math.max(0, Math.min(RING, percent))} ${RING}`,
};

function cssEscape(character: string): string {
  return `\\${(character.codePointAt(0) ?? 0).toString(16)} `;
}

function orDash<Value>(value: Value | null, format: (value: Value) => string): string {
  return value === null || value === '' ? '–' : format(value);
}

function wordingOf(options: HelperOptions): Wording {
  return options.data as Wording;
}
