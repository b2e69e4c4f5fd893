import type { Router } from 'express';

import { addBranch, listBranches, readProfile, updateProfile } from '../../operations/dealers';
import { renderSettings } from '../../templates/console';
import type { FieldModel, Tab } from '../../templates/console-models';
import type { OperationId } from '../access';
import type { ApiDeps } from '../deps';
import { field } from './fields';
import { done } from './flash';
import { readForm, textIn, valuesOf, type FormValues } from './form';
import { refusalOf, refuse, type Refusal } from './refusals';
import { show, visiting, type PageOptions, type Visit } from './visit';

/** A form that was refused: what was typed and why. */
export interface Sent {
  values: FormValues;
  refusal: Refusal;
}

export function settingsPages(router: Router, deps: ApiDeps): void {
  const page = (operation: OperationId, handler: (visit: Visit) => Promise<void>) =>
    visiting(deps, operation, handler);
  router.get(
    '/settings',
    page('readDealer', (visit) => showProfile(visit, null)),
  );
  router.post('/settings', readForm, page('updateDealer', saveProfile));
  router.post('/settings/branches', readForm, page('addBranch', newBranch));
}

const TABS: [string, string, OperationId][] = [
  ['profile', '/settings', 'readDealer'],
  ['users', '/settings/users', 'listUsers'],
  ['tokens', '/settings/tokens', 'listApiTokens'],
  ['policies', '/settings/policies', 'listPolicies'],
  ['rules', '/settings/rules', 'listRequirements'],
  ['changes', '/settings/policy-changes', 'listPolicyChanges'],
];

/** The pages of the settings that this person may open. */
export function settingsTabs({ t, can }: Visit, current: string): Tab[] {
  return TABS.filter(([, , operation]) => can(operation)).map(([name, href]) => ({
    href,
    label: t(`console.settings.${name}`),
    current: name === current,
  }));
}

export function settingsOptions({ t }: Visit, name: string, refusal: Refusal | null = null): PageOptions {
  return {
    title: `${t('console.settings.title')}: ${t(`console.settings.${name}`)}`,
    section: 'settings',
    ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
  };
}

const PROFILE_FIELDS = ['title', 'vkn', 'licenceNumber', 'senderName', 'senderAddress'] as const;

async function showProfile(visit: Visit, sent: Sent | null): Promise<void> {
  const { t } = visit;
  const { profile, branches } = await visit.run(async (tx) => ({
    profile: await readProfile(tx),
    branches: await listBranches(tx),
  }));
  const labelled = (name: string, value: string, wide = false): FieldModel =>
    field({
      name,
      label: t(`console.label.${name}`),
      value: sent?.values.get(name) ?? value,
      error: sent?.refusal.errors.get(name) ?? null,
      wide,
    });
  show(
    visit,
    renderSettings,
    {
      tabs: settingsTabs(visit, 'profile'),
      canEdit: visit.can('updateDealer'),
      fields: PROFILE_FIELDS.map((name) => labelled(name, profile[name] ?? '', name === 'title')),
      branches: branches.map(({ name, licenceNumber }) => ({ name, licenceNumber })),
      branchFields: [labelled('name', ''), labelled('branchLicence', '')],
    },
    settingsOptions(visit, 'profile', sent?.refusal ?? null),
  );
}

/** Performs an act of the settings; a refusal shows the page again with what was typed. */
export async function changeSettings(
  visit: Visit,
  perform: (values: FormValues) => Promise<void>,
  again: (sent: Sent) => Promise<void>,
): Promise<void> {
  const values = valuesOf(visit.req);
  try {
    await perform(values);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    await again({ values, refusal });
  }
}

async function saveProfile(visit: Visit): Promise<void> {
  await changeSettings(
    visit,
    async (values) => {
      const optional = (name: string) =>
        textIn(values, name).trim() === '' ? null : textIn(values, name).trim();
      await visit.run((tx) =>
        updateProfile(tx, {
          title: textIn(values, 'title').trim(),
          vkn: optional('vkn'),
          licenceNumber: optional('licenceNumber'),
          senderName: optional('senderName'),
          senderAddress: optional('senderAddress'),
        }),
      );
      done(visit.res, '/settings', 'profileSaved');
    },
    (sent) => showProfile(visit, sent),
  );
}

async function newBranch(visit: Visit): Promise<void> {
  await changeSettings(
    visit,
    async (values) => {
      const [name, licenceNumber] = [textIn(values, 'name').trim(), textIn(values, 'branchLicence').trim()];
      if (name === '') refuse([{ pointer: '/name', code: 'required' }]);
      await visit.run((tx) => addBranch(tx, { name, ...(licenceNumber === '' ? {} : { licenceNumber }) }));
      done(visit.res, '/settings', 'branchAdded');
    },
    (sent) => showProfile(visit, sent),
  );
}
