import type { Router } from 'express';

import type { Tx } from '../../db/transaction';
import { CUSTOMER_TYPES, DOCUMENT_KINDS, TRIGGERS } from '../../domain/customer';
import { ComplianceError } from '../../domain/errors';
import type { Requirement } from '../../domain/requirements';
import { valueOn } from '../../operations/policy-rows';
import { OWN_RULE, recordFields } from '../../operations/policy-values';
import { loadPolicy, today } from '../../operations/rules';
import type { FieldModel } from '../../templates/console-models';
import { renderRuleForm } from '../../templates/policy-models';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { answerChangeForm, datedFields, namedRefusal, typedOf, type Answered } from './change-form';
import { choicesOf, field, select } from './fields';
import { readForm, textIn, type FormValues } from './form';
import { pendingByKey } from './policies-pages';
import type { FieldGroup, Typed } from './policy-fields';
import { partName, ruleLines } from './policy-words';
import { settingsOptions, settingsTabs } from './settings-pages';
import { show, visiting, type Visit } from './visit';

/** A rule of the dealer's own, or a stricter word on one that came with the product. */
export function ownRulePages(router: Router, deps: ApiDeps): void {
  router.get(
    '/settings/rules/:id',
    visiting(deps, 'proposePolicyChange', (visit) => showForm(visit, null)),
  );
  router.post('/settings/rules/:id', readForm, visiting(deps, 'proposePolicyChange', answer));
}

/** The rule of the page: null for a new one. */
async function ruleOf(tx: Tx, { req }: Visit): Promise<Requirement | null> {
  const id = String(req.params['id']);
  if (id === 'new') return null;
  const row = await valueOn(tx, 'requirement', id, today(tx));
  if (row === null) throw new ComplianceError('NOT_FOUND', 'not_found');
  return row.value as Requirement;
}

const isOwn = (rule: Requirement | null) => rule === null || OWN_RULE.test(rule.id);

async function answer(visit: Visit): Promise<void> {
  await answerChangeForm(
    visit,
    async (values, tx) => {
      const rule = await ruleOf(tx, visit);
      const requirement = rule?.id ?? 'new';
      if (textIn(values, 'retire') === 'yes') return { requirement, value: null };
      const severity = textIn(values, 'value.severity');
      return { requirement, value: isOwn(rule) ? ownValue(values, severity) : { severity } };
    },
    (answered) => showForm(visit, answered),
  );
}

function ownValue(values: FormValues, severity: string) {
  const ticked = (group: string, codes: readonly string[]) =>
    codes.filter((code) => textIn(values, `value.${group}.${code}`) === 'yes');
  const given = (name: string) => {
    const text = textIn(values, `value.${name}`);
    return text === '' ? {} : { [name]: text };
  };
  return {
    types: ticked('types', CUSTOMER_TYPES),
    triggers: ticked('triggers', TRIGGERS),
    ...given('field'),
    ...given('document'),
    ...given('maxAge'),
    ...(textIn(values, 'value.originalSeen') === 'yes' ? { originalSeen: true } : {}),
    severity,
  };
}

async function showForm(visit: Visit, answered: Answered | null): Promise<void> {
  const { t } = visit;
  const { rule, pending, ages } = await visit.run(async (tx) => ({
    rule: await ruleOf(tx, visit),
    pending: await pendingByKey(tx, visit, 'requirement'),
    ages: Object.keys((await loadPolicy(tx)).documentAges),
  }));
  const typed = typedOf(answered);
  const groups = isOwn(rule) ? ownGroups(visit, rule, ages, typed) : [severityGroup(visit, rule, typed)];
  const dated = datedFields(visit, typed);
  const fields = [...groups.flatMap((group) => group.fields), ...dated];
  const title = rule === null ? t('policy.own.new') : t('policy.change.requirement', { id: rule.id });
  show(
    visit,
    renderRuleForm,
    {
      tabs: settingsTabs(visit, 'rules'),
      title,
      intro: t(isOwn(rule) ? 'policy.own.intro' : 'policy.own.seeded'),
      action: `/settings/rules/${rule?.id ?? 'new'}`,
      facts: rule === null ? [] : [{ name: t('policy.own.now'), lines: ruleLines(visit, rule) }],
      pending: rule === null ? null : (pending.get(rule.id) ?? null),
      groups,
      dated,
      preview: answered?.preview ?? null,
      retire: rule !== null && isOwn(rule),
    },
    {
      ...settingsOptions(visit, 'rules', namedRefusal(answered?.refusal ?? null, fields)),
      title: `${t('console.settings.rules')}: ${title}`,
      crumbs: [{ href: '/settings/rules', label: t('console.settings.rules') }],
    },
  );
}

function ownGroups(
  visit: Visit,
  rule: Requirement | null,
  ages: readonly string[],
  typed: Typed | null,
): FieldGroup[] {
  const { t } = visit;
  const ticks = (group: 'types' | 'triggers', words: string, codes: readonly string[]): FieldGroup => ({
    legend: t(`policy.own.${group}`),
    fields: codes.map((code) =>
      field({
        kind: 'checkbox',
        name: `value.${group}.${code}`,
        label: t(`console.${words}.${code}`),
        checked: isTicked(typed, `value.${group}.${code}`, rule?.[group].includes(code as never) ?? false),
      }),
    ),
  });
  const errorOf = (name: string) => typed?.errors.get(name) ?? null;
  const groups = [ticks('types', 'type', CUSTOMER_TYPES), ticks('triggers', 'triggerShort', TRIGGERS)];
  return [
    ...groups,
    { legend: t('policy.own.what'), fields: whatFields(visit, rule, ages, typed, errorOf) },
    severityGroup(visit, rule, typed),
  ];
}

function isTicked(typed: Typed | null, name: string, otherwise: boolean): boolean {
  return typed === null ? otherwise : typed.values.get(name) === 'yes';
}

function whatFields(
  visit: Visit,
  rule: Requirement | null,
  ages: readonly string[],
  typed: Typed | null,
  errorOf: (name: string) => string | null,
): FieldModel[] {
  const { t, language } = visit;
  const test = rule?.test.kind === 'document' ? rule.test : null;
  const chosen = (name: string, otherwise: string) => typed?.values.get(`value.${name}`) ?? otherwise;
  const list = (name: string, now: string, choices: { value: string; label: string }[]) =>
    select({
      name: `value.${name}`,
      label: t(`policy.own.${name}`),
      value: chosen(name, now),
      error: errorOf(`value.${name}`),
      optional: true,
      choices,
    });
  const paths = [...new Set(CUSTOMER_TYPES.flatMap((type) => recordFields(type)))];
  const named = (value: string, path: string) => ({ value, label: fieldLabel(language, path) });
  const collator = new Intl.Collator(language);
  return [
    list(
      'field',
      test === null ? (rule?.field ?? '') : '',
      paths
        .map((path) => named(path, path))
        .filter(({ value, label }) => value !== label)
        .sort((a, b) => collator.compare(a.label, b.label)),
    ),
    list(
      'document',
      test?.anyOf[0] ?? '',
      DOCUMENT_KINDS.map((kind) => named(kind, `documents.${kind}`)),
    ),
    list(
      'maxAge',
      test?.maxAge ?? '',
      ages.map((age) => ({ value: age, label: partName(visit, age) })),
    ),
    field({
      kind: 'checkbox',
      name: 'value.originalSeen',
      label: t('policy.own.originalSeen'),
      checked: isTicked(typed, 'value.originalSeen', test?.originalSeen === true),
    }),
  ];
}

function severityGroup(visit: Visit, rule: Requirement | null, typed: Typed | null): FieldGroup {
  const { t } = visit;
  const severity = select({
    name: 'value.severity',
    label: t('policy.matrix.severity'),
    value: typed?.values.get('value.severity') ?? rule?.severity ?? 'warning',
    error: typed?.errors.get('value.severity') ?? null,
    empty: null,
    choices: choicesOf(t, 'console.severity', ['blocking', 'warning']),
  });
  return { legend: null, fields: [severity] };
}
