import type { Router } from 'express';

import type { Confidence, Requirement } from '../../domain/requirements';
import { listPolicyViews, type PolicyView } from '../../operations/rule-views';
import { loadRequirements } from '../../operations/rules';
import { renderRules } from '../../templates/console';
import type { PolicyModel, RequirementModel } from '../../templates/console-models';
import { formatMoney } from '../../templates/helpers';
import type { ApiDeps } from '../deps';
import { fieldLabel, textOf } from '../language';
import { basisText } from './customer-head';
import { settingsOptions, settingsTabs } from './settings-pages';
import { show, visiting, type Visit } from './visit';

export function rulesPage(router: Router, deps: ApiDeps): void {
  router.get('/settings/rules', visiting(deps, 'readDealer', showRules));
}

async function showRules(visit: Visit): Promise<void> {
  const { requirements, policy } = await visit.run(async (tx) => ({
    requirements: await loadRequirements(tx),
    policy: await listPolicyViews(tx),
  }));
  show(
    visit,
    renderRules,
    {
      tabs: settingsTabs(visit, 'rules'),
      requirements: requirements.map((rule) => requirementModel(visit, rule)),
      policy: policy.map((row) => policyModel(visit, row)),
    },
    settingsOptions(visit, 'rules'),
  );
}

function requirementModel(visit: Visit, rule: Requirement): RequirementModel {
  const { t, language } = visit;
  const words = (group: string, codes: readonly string[]) =>
    codes.map((code) => t(`console.${group}.${code}`)).join(', ');
  return {
    id: rule.id,
    field: fieldLabel(language, rule.field),
    types: words('type', rule.types),
    triggers: words('triggerShort', rule.triggers),
    severity: t(`console.severity.${rule.severity}`),
    basis: basisText(t, rule.legalBasis),
    ...confidenceOf(visit, rule.confidence),
    version: rule.version,
    validFrom: rule.validFrom,
    validTo: rule.validTo ?? null,
  };
}

/** How sure we are of the law: what was only recalled has to be confirmed by the dealer's adviser. */
function confidenceOf({ t }: Visit, confidence: Confidence) {
  return {
    confidence: t(`console.confidence.${confidence}`),
    confidenceClass: confidence === 'recalled' ? 'unsure' : 'muted',
  };
}

function policyModel(visit: Visit, row: PolicyView): PolicyModel {
  const { t } = visit;
  return {
    name: textOf(t, `console.policy.${row.key}`) ?? row.key,
    lines: linesOf(visit, row.value),
    basis: basisText(t, row.legalBasis),
    ...confidenceOf(visit, row.confidence),
    version: row.version,
    validFrom: row.validFrom,
  };
}

/** A value of any shape as lines of "name: value", with periods and amounts in words. */
function linesOf(visit: Visit, value: unknown, name = ''): string[] {
  const { t } = visit;
  const label = name === '' ? '' : `${textOf(t, `console.policyPart.${name}`) ?? name}: `;
  if (value === null) return [];
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) {
      return value.length === 0 ? [] : [label + value.map((item) => wordOf(visit, item, name)).join(', ')];
    }
    return value.map((item) => linesOf(visit, item).join(' · '));
  }
  if (typeof value === 'object')
    return Object.entries(value).flatMap(([key, inner]) => {
      const lines = linesOf(visit, inner, key);
      const nested = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      return nested ? [`${textOf(t, `console.policyPart.${key}`) ?? key}: ${lines.join(' · ')}`] : lines;
    });
  return [label + wordOf(visit, value, name)];
}

const PERIOD = /^P(?:T(\d+)H|(\d+)([DMY]))$/;

function wordOf({ t, language }: Visit, value: unknown, name: string): string {
  if (typeof value === 'number') {
    return name.endsWith('Kurus') ? formatMoney(value, language) : value.toLocaleString(language);
  }
  if (typeof value !== 'string') return String(value);
  const period = PERIOD.exec(value);
  if (period !== null) {
    const [, hours, count, unit] = period;
    return hours === undefined
      ? t(`console.period.${unit ?? 'D'}`, { count: Number(count) })
      : t('console.period.H', { count: Number(hours) });
  }
  const groups = ['policyWord', 'step', 'task', 'role'];
  return (
    groups.map((group) => textOf(t, `console.${group}.${value}`)).find((text) => text !== undefined) ?? value
  );
}
