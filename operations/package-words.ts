import { dayInIstanbul } from '../domain/days';
import { translator, type Language, type Translate } from '../locales';
import { formatMoney } from '../templates/helpers';
import type { FrozenEvent, FrozenFinding, FrozenNotice, FrozenParameter } from './package-snapshot';

/** Frozen codes in the words of the package's language. A code without words is shown as it is, never left out. */
export interface PackageWords {
  t: Translate;
  field: (path: string) => string;
  finding: (finding: Pick<FrozenFinding, 'code' | 'field'>) => string;
  event: (event: string) => string;
  /** What an event says beside its name; null when that is all. */
  detail: (event: FrozenEvent) => string | null;
  person: (event: FrozenEvent) => string;
  notice: (notice: Pick<FrozenNotice, 'kind' | 'step'>) => string;
  /** A kind of document. */
  document: (kind: string) => string;
  /** `package.<area>.<code>`, or the code. */
  code: (area: string, code: string) => string;
  /** A parameter as lines of a table: a group of amounts is a line each. */
  parameters: (parameter: FrozenParameter) => ParameterLine[];
}

export interface ParameterLine {
  name: string;
  value: string;
  validFrom: string;
  validTo: string | null;
  basis: string;
}

export function packageWords(language: Language): PackageWords {
  const t = translator(language);
  const textOr = (key: string, other: string, values: Record<string, string> = {}): string => {
    try {
      return t(key, values);
    } catch {
      return other;
    }
  };
  const field = (path: string) => textOr(`field.${path.replaceAll(/\[\d*\]/g, '')}`, path);
  const finding: PackageWords['finding'] = (found) =>
    textOr(`finding.${found.code}`, found.code, { field: field(found.field) });
  const code = (area: string, value: string) => textOr(`package.${area}.${value}`, value);
  return {
    t,
    field,
    finding,
    code,
    document: (kind) => textOr(`report.document.${kind}`, kind),
    event: (event) => code('event', event),
    detail: (event) => describe(event, { t, field, finding, code, textOr }),
    person: ({ actor, by }) => by ?? t(actor === 'system' ? 'package.machine' : 'package.customer'),
    notice: ({ kind, step }) => `${code('notice', kind)} · ${step}`,
    parameters: (parameter) => parameterLines(parameter, t, code, language),
  };
}

interface Wording extends Pick<PackageWords, 't' | 'field' | 'finding' | 'code'> {
  textOr(key: string, other: string): string;
}

function describe(event: FrozenEvent, words: Wording): string | null {
  const { detail } = event;
  const text = (key: string) => (typeof detail[key] === 'string' ? detail[key] : undefined);
  switch (event.event) {
    case 'customer.updated':
      return Array.isArray(detail['fields'])
        ? detail['fields'].map(String).map(words.field).join(', ')
        : null;
    case 'customer.status_changed':
      return `${words.textOr(`report.status.${text('from')}`, text('from') ?? '–')} → ${words.textOr(`report.status.${text('to')}`, text('to') ?? '–')}`;
    case 'customer.value_revealed':
      return [words.field(text('field') ?? ''), text('reason')].filter(Boolean).join(': ');
    case 'case.opened':
      return words.code('case', text('kind') ?? '');
    case 'case.stage_changed':
      return `${words.code('stage', text('from') ?? '')} → ${words.code('stage', text('to') ?? '')}`;
    case 'case.closed':
      return words.code('outcome', text('outcome') ?? '');
    case 'finding.opened':
    case 'finding.closed':
      return words.finding({ code: text('code') ?? '', field: text('field') ?? '' });
    case 'document.uploaded':
      return words.textOr(`report.document.${text('kind')}`, text('kind') ?? '');
    case 'decision.recorded':
      return words.textOr(`report.decision.${text('decision')}`, text('decision') ?? '');
    case 'risk.rated':
      return words.textOr(`report.risk.${text('level')}`, text('level') ?? '');
    case 'follow_up.step':
      return text('step') ?? null;
    case 'notice.queued':
    case 'notice.attempted':
      return [words.code('notice', text('kind') ?? ''), text('step'), text('result')]
        .filter(Boolean)
        .join(' · ');
    default:
      return null;
  }
}

function parameterLines(
  { key, value, validFrom, validTo, legalBasis, confidence }: FrozenParameter,
  t: Translate,
  code: PackageWords['code'],
  language: Language,
): ParameterLine[] {
  const basis = `${legalBasis ?? t('package.ours')} (${code('confidence', confidence)})`;
  const dates = { validFrom, validTo, basis };
  if (key === 'thresholds' && typeof value === 'object' && value !== null) {
    return Object.entries(value).map(([name, amount]) => ({
      name: code('parameter', name),
      value: formatMoney(Number(amount), language),
      ...dates,
    }));
  }
  return [{ name: code('parameter', key), value: plain(value), ...dates }];
}

/** A parameter's value as text: lists with commas, groups in brackets, nothing as a dash. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(
        ([name, part]) =>
          `${name}: ${typeof part === 'object' && part !== null ? `(${plain(part)})` : plain(part)}`,
      )
      .join('; ');
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A retention of whole years in words; any other period as it is written. */
export function yearsInWords(period: unknown, t: Translate): string {
  const years = /^P(\d+)Y$/.exec(String(period))?.[1];
  return years === undefined ? String(period) : t('package.years', { count: Number(years) });
}

/** The day of an instant, for columns that show no time. */
export function dayOf(instant: string | null): string | null {
  return instant === null ? null : dayInIstanbul(new Date(instant));
}
