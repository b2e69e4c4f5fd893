import type { Router } from 'express';

import { CUSTOMER_TYPES, TRIGGERS } from '../../domain/customer';
import { dayInIstanbul } from '../../domain/days';
import { foldKey } from '../../domain/names';
import type { Confidence, Requirement, RequirementTest } from '../../domain/requirements';
import { listRequirementViews, type RequirementView } from '../../operations/rule-views';
import { loadPolicy } from '../../operations/rules';
import type { FieldModel } from '../../templates/console-models';
import { formatDay } from '../../templates/helpers';
import { renderRules, type RequirementModel } from '../../templates/policy-models';
import type { ApiDeps } from '../deps';
import { fieldLabel, textOf } from '../language';
import { basisText } from './customer-head';
import { choicesOf, field, select } from './fields';
import { queryCode, queryText } from './form';
import { confidenceOf, partName, periodWords } from './policy-words';
import { settingsOptions, settingsTabs } from './settings-pages';
import { show, visiting, type Visit } from './visit';
import { pill } from './words';

const SEVERITIES = ['blocking', 'warning'] as const;
const CONFIDENCES = ['read', 'recalled', 'ours'] as const satisfies readonly Confidence[];

/** The requirement matrix: every rule with its source, to be filtered and printed. */
export function rulesPage(router: Router, deps: ApiDeps): void {
  router.get('/settings/rules', visiting(deps, 'listRequirements', showRules));
}

async function showRules(visit: Visit): Promise<void> {
  const { t, req } = visit;
  const [type, trigger, severity, confidence] = [
    queryCode(req, 'type', CUSTOMER_TYPES),
    queryCode(req, 'trigger', TRIGGERS),
    queryCode(req, 'severity', SEVERITIES),
    queryCode(req, 'confidence', CONFIDENCES),
  ];
  const { rules, ages } = await visit.run(async (tx) => ({
    rules: await listRequirementViews(tx, {
      ...(type === undefined ? {} : { type }),
      ...(trigger === undefined ? {} : { trigger }),
      ...(severity === undefined ? {} : { severity }),
      ...(confidence === undefined ? {} : { confidence }),
    }),
    ages: (await loadPolicy(tx)).documentAges,
  }));
  const words = foldKey(queryText(req, 'q')).split(/\s+/).filter(Boolean);
  const rows = rules
    .map((rule) => rowOf(visit, rule, ages))
    .filter((row) => {
      const said = foldKey(
        [row.id, row.field, row.asks, row.basis, row.confidence, row.reason ?? ''].join(' '),
      );
      return words.every((word) => said.includes(word));
    });
  const now = dayInIstanbul(visit.deps.database.clock.now());
  show(
    visit,
    renderRules,
    {
      tabs: settingsTabs(visit, 'rules'),
      filters: { action: '/settings/rules', searchId: 'f-q', fields: filterFields(visit) },
      count: t('policy.matrix.count', { count: rows.length }),
      printed: t('policy.matrix.printed', { day: formatDay(now, visit.language), dealer: visit.dealer }),
      rows,
      addHref: visit.can('proposePolicyChange') ? '/settings/rules/new' : null,
      sources: sourcesOf(visit, rules),
    },
    settingsOptions(visit, 'rules'),
  );
}

function filterFields({ t, req }: Visit): FieldModel[] {
  const choice = (name: string, group: string, codes: readonly string[]) =>
    select({
      name,
      label: t(`policy.matrix.${name}`),
      value: queryText(req, name),
      empty: t('policy.matrix.all'),
      choices: choicesOf(t, group, codes),
    });
  return [
    field({ name: 'q', label: t('policy.matrix.search'), type: 'search', value: queryText(req, 'q') }),
    choice('type', 'console.type', CUSTOMER_TYPES),
    choice('trigger', 'console.triggerShort', TRIGGERS),
    choice('severity', 'console.severity', SEVERITIES),
    choice('confidence', 'policy.confidence', CONFIDENCES),
  ];
}

function rowOf(
  visit: Visit,
  rule: RequirementView,
  ages: Readonly<Record<string, string>>,
): RequirementModel {
  const { t, language } = visit;
  const words = (group: string, codes: readonly string[], all: readonly string[]) =>
    codes.length === all.length
      ? t('policy.matrix.every')
      : codes.map((code) => t(`console.${group}.${code}`)).join(', ');
  const age = rule.test.kind === 'document' ? rule.test.maxAge : undefined;
  const period = age === undefined ? undefined : ages[age];
  const blocking = rule.severity === 'blocking';
  return {
    id: rule.id,
    field: fieldLabel(language, rule.field),
    asks: asksOf(visit, rule.test, rule),
    evidence: evidenceOf(visit, rule.test),
    maxAge:
      age === undefined ? null : period === undefined ? partName(visit, age) : periodWords(visit, period),
    types: words('type', rule.types, CUSTOMER_TYPES),
    triggers: words('triggerShort', rule.triggers, TRIGGERS),
    severity: pill(blocking ? 'bad' : 'warn', blocking ? '■' : '△', t(`console.severity.${rule.severity}`)),
    basis: basisText(t, rule.legalBasis),
    ...confidenceOf(visit, rule.confidence),
    version: rule.version,
    validFrom: rule.validFrom,
    validTo: rule.validTo ?? null,
    reason: rule.reason,
    href: visit.can('proposePolicyChange') ? `/settings/rules/${rule.id}` : null,
  };
}

/** What is asked in a word or two, and of whom besides. */
function asksOf({ t }: Visit, test: RequirementTest, rule: Requirement): string {
  const what = textOf(t, `policy.test.${test.kind}`) ?? t('policy.test.other');
  const risks = (rule.risks ?? []).map((risk) => t(`console.risk.${risk}`)).join(', ');
  return [
    what,
    ...(rule.optional === true ? [t('policy.matrix.ifGiven')] : []),
    ...(risks === '' ? [] : [t('policy.matrix.risks', { risks })]),
  ].join(' · ');
}

function evidenceOf({ t, language }: Visit, test: RequirementTest): string | null {
  if (test.kind === 'register') return t('policy.test.register');
  if (test.kind !== 'document') return null;
  const kinds = test.anyOf.map((kind) => fieldLabel(language, `documents.${kind}`));
  return [kinds.join(' / '), ...(test.originalSeen === true ? [t('policy.matrix.originalSeen')] : [])].join(
    ' · ',
  );
}

/** The articles behind the rows, each with how many rows stand on it. */
function sourcesOf({ t }: Visit, rules: readonly RequirementView[]): { name: string; count: string }[] {
  const counts = new Map<string, number>();
  for (const { legalBasis } of rules) counts.set(legalBasis, (counts.get(legalBasis) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b, 'tr', { numeric: true }))
    .map(([basis, count]) => ({ name: basisText(t, basis), count: t('policy.matrix.count', { count }) }));
}
