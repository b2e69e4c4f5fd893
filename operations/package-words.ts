import { dayInIstanbul } from '../domain/days';
import { translator, type Language, type Translate } from '../locales';
import { formatDay } from '../templates/helpers';
import {
  basisInWords,
  parameterLines,
  stepInWords,
  type CodeInWords,
  type ParameterLine,
} from './package-parameters';
import type { FrozenEvent, FrozenFinding, FrozenNotice, FrozenParameter } from './package-snapshot';

/** Frozen codes in the words of the package's language. A code without words is shown as it is, never left out. */
export interface PackageWords {
  language: Language;
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
  code: CodeInWords;
  /** A choice of the record's forms: `record.choice.<group>.<code>`, or the code. */
  choice: CodeInWords;
  /** A word of the parts of a report: `parts.<area>.<code>`, or the code. */
  part: CodeInWords;
  /** Who was asked: a register, or a page on which people look things up. */
  provider: (provider: string) => string;
  /** The article behind a rule, or that it is the business's own. */
  basis: (legalBasis: string | null) => string;
  /** Step of a ladder or notice. */
  step: (step: string) => string;
  day: (day: string) => string;
  /** A percentage: %12,5, or 12.5%. */
  percent: (value: number) => string;
  /** A parameter as lines of a table: a group of amounts is a line each. */
  parameters: (parameter: FrozenParameter) => ParameterLine[];
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
  const field = (path: string) => {
    const plain = path.replaceAll(/\[\d*\]/g, '');
    // Somebody's field without a name of its own: whose it is, and what it is.
    const [role = '', own] = plain.split('.person.');
    const other =
      own === undefined ? path : `${textOr(`record.role.${role}`, role)}: ${textOr(`field.${own}`, own)}`;
    return textOr(`field.${plain}`, other);
  };
  const finding: PackageWords['finding'] = (found) =>
    textOr(`finding.${found.code}`, found.code, { field: field(found.field) });
  const code = (area: string, value: string) => textOr(`package.${area}.${value}`, value);
  const step = (name: string) => stepInWords(name, t, code);
  return {
    language,
    t,
    part: (area, value) => textOr(`parts.${area}.${value}`, value),
    choice: (group, value) => textOr(`record.choice.${group}.${value}`, value),
    field,
    finding,
    code,
    document: (kind) => textOr(`report.document.${kind}`, kind),
    basis: (legalBasis) => basisInWords(legalBasis, t),
    provider: (provider) => textOr(`evidence.provider.${provider}`, provider),
    event: (event) => code('event', event),
    detail: (event) => describe(event, { t, field, finding, code, step, textOr }),
    person: ({ actor, by }) => by ?? t(actor === 'system' ? 'package.machine' : 'package.customer'),
    step,
    day: (day) => formatDay(day, language),
    percent: (value) =>
      language === 'tr' ? `%${value.toLocaleString('tr')}` : `${value.toLocaleString('en')}%`,
    notice: ({ kind, step: at }) => `${code('notice', kind)} · ${step(at)}`,
    parameters: (parameter) => parameterLines(parameter, t, code, language),
  };
}

interface Wording extends Pick<PackageWords, 't' | 'field' | 'finding' | 'code' | 'step'> {
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
    case 'customer.file_printed':
      return [
        words.textOr(`report.profile.${text('profile')}`, text('profile') ?? ''),
        words.t('print.logged', { digest: text('digest') ?? '–' }),
      ].join(' · ');
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
      return words.step(text('step') ?? '');
    case 'notice.queued':
    case 'notice.attempted':
      return [
        words.code('notice', text('kind') ?? ''),
        words.step(text('step') ?? ''),
        words.code('noticeState', text('result') ?? ''),
      ]
        .filter((part) => part !== '')
        .join(' · ');
    default:
      return null;
  }
}

/** The day of an instant, for columns that show no time. */
export function dayOf(instant: string | null): string | null {
  return instant === null ? null : dayInIstanbul(new Date(instant));
}
