import { RISK_LEVELS } from '../domain/customer';
import type { LadderStep, Policy } from '../domain/rules/policy';
import { OURS } from '../domain/rules/requirement-row';
import type { Language, Translate } from '../locales';
import { formatMoney } from '../templates/helpers';
import type { FrozenParameter } from './package-snapshot';

export interface ParameterLine {
  name: string;
  value: string;
  validFrom: string;
  validTo: string | null;
  basis: string;
}

/** Codes in words: `package.<area>.<code>`, or the code itself. */
export type CodeInWords = (area: string, code: string) => string;

/** The article behind a rule, or that it is the business's own: rules name their source in Turkish. */
export function basisInWords(legalBasis: string | null, t: Translate): string {
  return legalBasis?.replace(OURS.legalBasis, t('package.ours')) ?? t('package.ours');
}

/** A parameter in force, in words. A group (thresholds, refresh by risk) is a line each. */
export function parameterLines(
  parameter: FrozenParameter,
  t: Translate,
  code: CodeInWords,
  language: Language,
): ParameterLine[] {
  const { validFrom, validTo, legalBasis, confidence } = parameter;
  const source = basisInWords(legalBasis, t);
  const basis = confidence === 'ours' ? source : `${source} (${code('confidence', confidence)})`;
  return named(parameter, t, code, language).map(([name, value]) => ({
    name,
    value,
    validFrom,
    validTo,
    basis,
  }));
}

function named(
  { key, value }: FrozenParameter,
  t: Translate,
  code: CodeInWords,
  language: Language,
): [name: string, value: string][] {
  const name = code('parameter', key);
  switch (key) {
    case 'thresholds':
      return Object.entries(value as Policy['thresholds']).map(([threshold, kurus]) => [
        code('parameter', threshold),
        formatMoney(kurus, language),
      ]);
    case 'refresh':
      return refreshLines(value as Policy['refresh'], t);
    case 'followUpLadder':
      return [[name, (value as LadderStep[]).map((rung) => rungInWords(rung, t, code)).join('; ')]];
    case 'fourEyes': {
      const { mode, reason } = value as Policy['fourEyes'];
      return [[name, t(`package.fourEyes.${mode}`, { reason: reason ?? '–' })]];
    }
    case 'risk':
      return [[name, riskInWords(value as Policy['risk'], t, code)]];
    case 'documentAges':
      return [[name, agesInWords(value as Policy['documentAges'], t, code)]];
    case 'beneficialOwnership': {
      const { overPercent } = value as Policy['beneficialOwnership'];
      return [[name, t('package.overPercent', { percent: overPercent.toLocaleString(language) })]];
    }
    default:
      return [[name, Array.isArray(value) ? value.join(', ') : periodInWords(value, t)]];
  }
}

function refreshLines(refresh: Policy['refresh'], t: Translate): [string, string][] {
  return RISK_LEVELS.map((level) => {
    const { full, light, noticeDays, graceDays } = refresh[level];
    return [
      t('package.refresh.name', { risk: t(`report.risk.${level}`) }),
      t('package.refresh.value', {
        full: periodInWords(full, t),
        light: light === null ? '–' : periodInWords(light, t),
        notices: noticeDays.join(', '),
        grace: periodInWords(`P${graceDays}D`, t),
      }),
    ];
  });
}

function rungInWords({ day, step, audience, channels }: LadderStep, t: Translate, code: CodeInWords): string {
  return t('package.ladder.rung', {
    day,
    step: code('step', step),
    audience: code('audience', audience),
    channels: channels.map((channel) => code('channel', channel)).join(', '),
  });
}

function riskInWords(risk: Policy['risk'], t: Translate, code: CodeInWords): string {
  const points = Object.entries(risk.points).map(([factor, count]) => `${code('factor', factor)} ${count}`);
  const caps = Object.entries(risk.groups).map(([group, { cap }]) => `${code('riskGroup', group)} ${cap}`);
  return t('package.riskRule', {
    medium: risk.medium,
    high: risk.high,
    caps: caps.join(', '),
    points: points.join(', '),
    always: risk.alwaysHigh.map((factor) => code('factor', factor)).join(', '),
  });
}

function agesInWords(ages: Policy['documentAges'], t: Translate, code: CodeInWords): string {
  return Object.entries(ages)
    .map(([evidence, period]) => `${code('evidence', evidence)} ${periodInWords(period, t)}`)
    .join(', ');
}

/** `P8Y` as "8 yıl", `PT24H` as "24 saat"; what is no such period as it is written. */
export function periodInWords(period: unknown, t: Translate): string {
  const [, count, unit] = /^PT?(\d+)([YMDH])$/.exec(String(period)) ?? [];
  return unit === undefined ? String(period) : t(`package.period.${unit}`, { count: Number(count) });
}

/** Step of a ladder or a notice: `reminder_1`, or `notice_30` for thirty days before. */
export function stepInWords(step: string, t: Translate, code: CodeInWords): string {
  const [, kind, number = ''] = /^(notice|version)_(\d+)$/.exec(step) ?? [];
  if (kind === 'notice') return t('package.step.notice', { days: number });
  if (kind === 'version') return t('package.step.version', { version: number });
  return code('step', step);
}
