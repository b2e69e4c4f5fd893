import { countryName } from '../../country-names';
import type { MoveRow } from '../../db/policy-changes';
import { dayInIstanbul } from '../../domain/days';
import type { BrokenFloor, Move } from '../../domain/policy-change';
import type { Confidence, Requirement } from '../../domain/requirements';
import type { PolicyFloor } from '../../domain/rules/policy';
import type { Preview, PreviewLine } from '../../operations/policy-preview';
import type { MovedView } from '../../operations/policy-views';
import type { Confident, PreviewRow } from '../../templates/policy-models';
import { formatDay, formatMoney } from '../../templates/helpers';
import { fieldLabel, findingMessage, textOf } from '../language';
import { basisText, customerPath, nameOf } from './customer-head';
import type { Visit } from './visit';

/** How sure we are of the law: what was only recalled has to be confirmed by the dealer's adviser. */
export function confidenceOf({ t }: Visit, confidence: Confidence): Confident {
  return {
    confidence: t(`policy.confidence.${confidence}`),
    confidenceClass: confidence === 'recalled' ? 'unsure' : 'muted',
  };
}

/** A policy's name. */
export function keyName({ t }: Visit, key: string): string {
  return textOf(t, `policy.key.${key}`) ?? textOf(t, `console.policy.${key}`) ?? key;
}

/** A part of a value by its name in the value. */
export function partName({ t }: Visit, name: string): string {
  return textOf(t, `policy.part.${name}`) ?? textOf(t, `console.policyPart.${name}`) ?? name;
}

/** A value of any shape as lines of "name: value", with periods and amounts in words. */
export function linesOf(visit: Visit, value: unknown, name = ''): string[] {
  const label = name === '' ? '' : `${partName(visit, name)}: `;
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) {
      return value.length === 0
        ? []
        : [label + value.map((item) => wordOf(visit, item, name)).join(COUNTRIES.has(name) ? '; ' : ', ')];
    }
    return value.map((item) => linesOf(visit, item).join(' · '));
  }
  if (typeof value === 'object')
    return entriesOf(value).flatMap(([key, inner]) => {
      const lines = linesOf(visit, inner, key);
      const nested = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      return nested ? [`${partName(visit, key)}: ${lines.join(' · ')}`] : lines;
    });
  return [label + wordOf(visit, value, name)];
}

/** Members come back from the database in its own order: people read them from the most to the least serious. */
const ORDER = [
  'high',
  'medium',
  'low',
  'full',
  'light',
  'noticeDays',
  'graceDays',
  'day',
  'step',
  'audience',
];

export function entriesOf(value: object): [string, unknown][] {
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  return Object.entries(value).sort(([a], [b]) => place(a) - place(b));
}

const PERIOD = /^P(?:T(\d+)H|(\d+)([DMY]))$/;

export function periodWords({ t }: Visit, value: string): string {
  const [, hours, count, unit] = PERIOD.exec(value) ?? [];
  if (hours !== undefined) return t('console.period.H', { count: Number(hours) });
  return count === undefined ? value : t(`console.period.${unit ?? 'D'}`, { count: Number(count) });
}

/** Parts of a value that list countries by their codes. */
export const COUNTRIES: ReadonlySet<string> = new Set(['increasedMonitoring', 'callForAction']);

/** A number, a period, a code or a country as people read it. */
export function wordOf(visit: Visit, value: unknown, name: string): string {
  const { t, language } = visit;
  if (typeof value === 'number')
    return name.endsWith('Kurus') ? formatMoney(value, language) : value.toLocaleString(language);
  if (typeof value !== 'string') return String(value);
  if (PERIOD.test(value)) return periodWords(visit, value);
  if (COUNTRIES.has(name)) return countryName(value, language);
  if (name === 'asOf') return formatDay(value, language);
  const groups = [
    'policy.word',
    'policy.part',
    'console.policyPart',
    'console.policyWord',
    'console.step',
    'console.task',
    'console.role',
  ];
  return groups.map((group) => textOf(t, `${group}.${value}`)).find((text) => text !== undefined) ?? value;
}

/** A requirement in lines: for whom, what, how serious. */
export function ruleLines(visit: Visit, rule: Requirement | null): string[] {
  const { t, language } = visit;
  if (rule === null) return [t('policy.noRule')];
  const words = (group: string, codes: readonly string[]) =>
    codes.map((code) => t(`console.${group}.${code}`)).join(', ');
  return [
    fieldLabel(language, rule.field),
    words('type', rule.types),
    words('triggerShort', rule.triggers),
    t(`console.severity.${rule.severity}`),
    ...(rule.test.kind === 'document' && rule.test.maxAge !== undefined
      ? [`${t('policy.matrix.maxAge')}: ${partName(visit, rule.test.maxAge)}`]
      : []),
    basisText(t, rule.legalBasis),
  ];
}

/** A bound of the law in words. */
export function floorText(visit: Visit, floor: PolicyFloor): string {
  const { t } = visit;
  const { path, atLeast, atMost, legalBasis } = floor;
  const last = path.split('.').at(-1) ?? '';
  const bound = wordOf(visit, atLeast ?? atMost, last);
  const name = path === '' ? '' : `${partName(visit, last)}: `;
  return (
    name +
    t(atLeast === undefined ? 'policy.floor.atMost' : 'policy.floor.atLeast', { bound, basis: legalBasis })
  );
}

export function summaryOf(visit: Visit, { effect, concerned, exact }: Preview): string[] {
  const { t } = visit;
  if (effect === 'none') return [t('policy.preview.none')];
  const lines = [t(`policy.preview.concerned.${effect}`, { count: concerned })];
  if (exact === null) return [...lines, t('policy.preview.tooMany')];
  lines.push(t('policy.preview.affected', { count: exact.affected }));
  for (const [kind, count] of Object.entries(exact.byKind))
    lines.push(`${t(`policy.move.${kind}`)}: ${count.toLocaleString(visit.language)}`);
  if (exact.findingsOpened > 0) lines.push(t('policy.preview.opened', { count: exact.findingsOpened }));
  if (exact.findingsClosed > 0) lines.push(t('policy.preview.closed', { count: exact.findingsClosed }));
  if (exact.dueAtOnce > 0) lines.push(t('policy.preview.dueAtOnce', { count: exact.dueAtOnce }));
  return lines;
}

export function warningText(visit: Visit, floor: BrokenFloor): string {
  return visit.t('policy.preview.weaker', { bound: floorText(visit, floor) });
}

export function previewRow(visit: Visit, { customer, moves, opened, closed }: PreviewLine): PreviewRow {
  const { t, language } = visit;
  const gap = (key: string) => (finding: { code: string; field: string; severity: string }) =>
    `${t(key)}: ${findingMessage(language, finding)} (${t(`console.severity.${finding.severity}`)})`;
  return {
    ...personOf(visit, customer),
    lines: [
      ...moves.map((move) => moveText(visit, move)),
      ...opened.map(gap('policy.preview.newGap')),
      ...closed.map(gap('policy.preview.endedGap')),
    ],
  };
}

function personOf(visit: Visit, { id, code, displayName }: PreviewLine['customer']) {
  return { href: customerPath(id), name: nameOf(visit, { displayName }), code };
}

function moveText(visit: Visit, { what, on, at }: Pick<Move, 'what' | 'on' | 'at'>): string {
  const { t, language } = visit;
  const first = [dayInIstanbul(at.from), dayInIstanbul(at.to)];
  const same = on.from === on.to && first[0] !== first[1];
  // The day stays and only its first notice moves.
  const [from = '', to = ''] = same ? first : [on.from, on.to];
  const name = t(same && what !== 'follow_up' ? 'policy.move.notice' : `policy.move.${what}`);
  return `${name}: ${formatDay(from, language)} → ${formatDay(to, language)}`;
}

/** A line of what a change did. */
export function movedRow(visit: Visit, { customer, moves }: MovedView): PreviewRow {
  return { ...personOf(visit, customer), lines: moves.map((move) => movedText(visit, move)) };
}

function movedText(visit: Visit, move: MoveRow): string {
  const { t } = visit;
  const { what, oldOn, newOn, oldAt, newAt } = move;
  if (what === 'skipped') return t('policy.move.skipped');
  if (what === 'findings' || oldOn === null || newOn === null || oldAt === null || newAt === null)
    return t('policy.move.findings', { from: move.oldNumber ?? 0, to: move.newNumber ?? 0 });
  return moveText(visit, { what, on: { from: oldOn, to: newOn }, at: { from: oldAt, to: newAt } });
}
