import type { Router } from 'express';

import { listChanges } from '../../db/policy-changes';
import type { Tx } from '../../db/transaction';
import { ComplianceError } from '../../domain/errors';
import { valueOn } from '../../operations/policy-rows';
import { POLICY_KEYS, POLICY_SHAPES } from '../../operations/policy-values';
import { listPolicyViews, type PolicyView } from '../../operations/rule-views';
import { today } from '../../operations/rules';
import type { Link } from '../../templates/console-models';
import { renderPolicies, renderRuleForm, type PolicyRowModel } from '../../templates/policy-models';
import type { ApiDeps } from '../deps';
import { basisText } from './customer-head';
import { answerChangeForm, datedFields, namedRefusal, typedOf, type Answered } from './change-form';
import { readForm } from './form';
import { groupsOf, valueFrom } from './policy-fields';
import { confidenceOf, floorText, keyName, linesOf } from './policy-words';
import { settingsOptions, settingsTabs } from './settings-pages';
import { show, visiting, type Visit } from './visit';

/** The policy: what holds, what is proposed, and the form that proposes another value. */
export function policiesPages(router: Router, deps: ApiDeps): void {
  router.get('/settings/policies', visiting(deps, 'listPolicies', showPolicies));
  router.get(
    '/settings/policies/:key',
    visiting(deps, 'proposePolicyChange', (visit) => showForm(visit, null)),
  );
  router.post('/settings/policies/:key', readForm, visiting(deps, 'proposePolicyChange', answer));
}

async function showPolicies(visit: Visit): Promise<void> {
  const { views, pending, now } = await visit.run(async (tx) => ({
    views: await listPolicyViews(tx),
    pending: await pendingByKey(tx, visit, 'policy'),
    now: today(tx),
  }));
  const order = (key: string) => POLICY_KEYS.indexOf(key as never);
  show(
    visit,
    renderPolicies,
    {
      tabs: settingsTabs(visit, 'policies'),
      rows: [...views]
        .sort((a, b) => order(a.key) - order(b.key))
        .map((view) => rowOf(visit, view, pending.get(view.key) ?? null, now)),
    },
    settingsOptions(visit, 'policies'),
  );
}

function rowOf(visit: Visit, view: PolicyView, pending: Link | null, now: string): PolicyRowModel {
  const upcoming = view.validFrom > now;
  const mayChange = visit.can('proposePolicyChange') && view.key in POLICY_SHAPES && !upcoming;
  return {
    name: keyName(visit, view.key),
    lines: linesOf(visit, view.value, view.key.endsWith('Kurus') ? view.key : ''),
    basis: basisText(visit.t, view.legalBasis),
    ...confidenceOf(visit, view.confidence),
    version: view.version,
    validFrom: view.validFrom,
    validTo: view.validTo,
    upcoming,
    href: mayChange ? `/settings/policies/${view.key}` : null,
    pending,
  };
}

/** Open proposals, by the key that they are about. */
export async function pendingByKey(
  tx: Tx,
  { t }: Visit,
  target: 'policy' | 'requirement',
): Promise<Map<string, Link>> {
  const open = await listChanges(tx, { target, states: ['proposed'], limit: 200 });
  return new Map(
    open.map(({ id, key }) => [key, { href: `/settings/policy-changes/${id}`, label: t('policy.pending') }]),
  );
}

function keyOf({ req }: Visit): string {
  const key = String(req.params['key']);
  if (!(key in POLICY_SHAPES)) throw new ComplianceError('NOT_FOUND', 'not_found');
  return key;
}

async function answer(visit: Visit): Promise<void> {
  const key = keyOf(visit);
  await answerChangeForm(
    visit,
    async (values, tx) => ({
      key,
      value: valueFrom(key, (await valueOn(tx, 'policy', key, today(tx)))?.value, values),
    }),
    (answered) => showForm(visit, answered),
  );
}

async function showForm(visit: Visit, answered: Answered | null): Promise<void> {
  const { t } = visit;
  const key = keyOf(visit);
  const { row, pending } = await visit.run(async (tx) => ({
    row: await valueOn(tx, 'policy', key, today(tx)),
    pending: await pendingByKey(tx, visit, 'policy'),
  }));
  if (row === null) throw new ComplianceError('NOT_FOUND', 'not_found');
  const typed = typedOf(answered);
  const groups = groupsOf(visit, key, row.value, typed);
  const dated = datedFields(visit, typed);
  const fields = [...groups.flatMap((group) => group.fields), ...dated];
  const floors = row.floor.map((floor) => floorText(visit, floor));
  show(
    visit,
    renderRuleForm,
    {
      tabs: settingsTabs(visit, 'policies'),
      title: keyName(visit, key),
      intro: t('policy.form.intro'),
      action: `/settings/policies/${key}`,
      facts: [
        { name: t('policy.form.current', { version: row.version }), lines: linesOf(visit, row.value) },
        ...(floors.length === 0 ? [] : [{ name: t('policy.form.bounds'), lines: floors }]),
      ],
      pending: pending.get(key) ?? null,
      groups,
      dated,
      preview: answered?.preview ?? null,
      retire: false,
    },
    {
      ...settingsOptions(visit, 'policies', namedRefusal(answered?.refusal ?? null, fields)),
      title: `${t('console.settings.policies')}: ${keyName(visit, key)}`,
      crumbs: [{ href: '/settings/policies', label: t('console.settings.policies') }],
    },
  );
}
