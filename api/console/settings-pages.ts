import type { Router } from 'express';

import { ROLES } from '../../domain/customer';
import { createApiToken, listApiTokens, revokeApiToken, tokenOf } from '../../operations/api-tokens';
import { addBranch, listBranches, readProfile, updateProfile } from '../../operations/dealers';
import { addUser, disableUser, listUsers, type UserView } from '../../operations/users';
import { renderSettings, renderTokens, renderUsers } from '../../templates/console';
import type { FieldModel, Tab } from '../../templates/console-models';
import type { OperationId } from '../access';
import type { ApiDeps } from '../deps';
import { choicesOf, field, select } from './fields';
import { done } from './flash';
import { readForm, textIn, valuesOf, type FormValues } from './form';
import { idOf } from './ids';
import { refusalOf, refuse, type Refusal } from './refusals';
import { show, visiting, type PageOptions, type Visit } from './visit';
import { pill } from './words';

const PEOPLE_MAX = 500;

interface Sent {
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
  router.get(
    '/settings/users',
    page('listUsers', (visit) => showUsers(visit, null)),
  );
  router.post('/settings/users', readForm, page('addUser', newUser));
  router.post('/settings/users/:id/disable', page('disableUser', disable));
  router.get(
    '/settings/tokens',
    page('listApiTokens', (visit) => showTokens(visit, null, null)),
  );
  router.post('/settings/tokens', readForm, page('createApiToken', newToken));
  router.post('/settings/tokens/:id/revoke', page('revokeApiToken', revoke));
}

const TABS: [string, string, OperationId][] = [
  ['profile', '/settings', 'readDealer'],
  ['users', '/settings/users', 'listUsers'],
  ['tokens', '/settings/tokens', 'listApiTokens'],
  ['rules', '/settings/rules', 'readDealer'],
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
async function act(
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
  await act(
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
  await act(
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

const statePill = ({ t }: Visit, endedAt: Date | null, ended: string) =>
  endedAt === null
    ? pill('ok', '✓', t('console.settings.inUse'))
    : pill('muted', '■', t(`console.settings.${ended}`));

async function showUsers(visit: Visit, sent: Sent | null): Promise<void> {
  const { t, identity } = visit;
  const people = await visit.run((tx) => listUsers(tx, { limit: PEOPLE_MAX }));
  const error = (name: string) => sent?.refusal.errors.get(name) ?? null;
  const labelled = (name: string) => ({
    name,
    label: t(`console.label.${name}`),
    error: error(name),
  });
  show(
    visit,
    renderUsers,
    {
      tabs: settingsTabs(visit, 'users'),
      users: people.data.map((user) => ({
        name: user.name,
        email: user.email,
        role: roleOf(visit, user),
        createdAt: user.createdAt.toISOString(),
        state: statePill(visit, user.disabledAt, 'disabled'),
        disable:
          user.disabledAt === null && user.id !== identity.userId
            ? `/settings/users/${user.id}/disable`
            : null,
      })),
      fields: [
        field({ ...labelled('name'), value: sent?.values.get('name') ?? '', autocomplete: 'off' }),
        field({
          ...labelled('email'),
          value: sent?.values.get('email') ?? '',
          inputMode: 'email',
          autocomplete: 'off',
        }),
        select({
          ...labelled('role'),
          value: sent?.values.get('role') ?? 'staff',
          choices: choicesOf(t, 'console.role', ROLES),
          empty: null,
        }),
        field({
          ...labelled('password'),
          type: 'password',
          autocomplete: 'new-password',
          hint: t('console.hint.password'),
        }),
      ],
    },
    settingsOptions(visit, 'users', sent?.refusal ?? null),
  );
}

function roleOf({ t }: Visit, user: UserView): string {
  const role = t(`console.role.${user.role}`);
  return user.alsoManager && user.role !== 'manager' ? `${role}, ${t('console.role.manager')}` : role;
}

async function newUser(visit: Visit): Promise<void> {
  await act(
    visit,
    async (values) => {
      const [email, name] = [textIn(values, 'email').trim(), textIn(values, 'name').trim()];
      if (name === '') refuse([{ pointer: '/name', code: 'required' }]);
      const role = ROLES.find((code) => code === values.get('role'));
      if (role === undefined) refuse([{ pointer: '/role', code: 'unknown_code' }]);
      else await visit.run((tx) => addUser(tx, { email, name, role, password: textIn(values, 'password') }));
      done(visit.res, '/settings/users', 'userAdded');
    },
    (sent) => showUsers(visit, sent),
  );
}

async function disable(visit: Visit): Promise<void> {
  await act(
    visit,
    async () => {
      await visit.run((tx) => disableUser(tx, idOf(visit.req)));
      done(visit.res, '/settings/users', 'userDisabled');
    },
    (sent) => showUsers(visit, sent),
  );
}

async function showTokens(visit: Visit, created: string | null, sent: Sent | null): Promise<void> {
  const { t } = visit;
  const { tokens, people } = await visit.run(async (tx) => ({
    tokens: (await listApiTokens(tx, { limit: PEOPLE_MAX })).data,
    people: (await listUsers(tx, { limit: PEOPLE_MAX })).data,
  }));
  const names = new Map(people.map(({ id, name }) => [id, name]));
  show(
    visit,
    renderTokens,
    {
      tabs: settingsTabs(visit, 'tokens'),
      created,
      tokens: tokens.map((token) => ({
        name: token.name,
        person: names.get(token.userId) ?? '–',
        createdAt: token.createdAt.toISOString(),
        state: statePill(visit, token.revokedAt, 'revoked'),
        revoke: token.revokedAt === null ? `/settings/tokens/${token.id}/revoke` : null,
      })),
      fields: [
        field({
          name: 'name',
          label: t('console.settings.tokenName'),
          value: sent?.values.get('name') ?? '',
          error: sent?.refusal.errors.get('name') ?? null,
        }),
        select({
          name: 'userId',
          label: t('console.settings.tokenFor'),
          value: sent?.values.get('userId') ?? visit.identity.userId,
          choices: people
            .filter(({ disabledAt }) => disabledAt === null)
            .map((user) => ({ value: user.id, label: `${user.name} (${roleOf(visit, user)})` })),
          empty: null,
        }),
      ],
    },
    settingsOptions(visit, 'tokens', sent?.refusal ?? null),
  );
}

/** The secret is on the answer to this very form and nowhere else: neither in an address nor in a cookie. */
async function newToken(visit: Visit): Promise<void> {
  await act(
    visit,
    async (values) => {
      const [name, userId] = [textIn(values, 'name').trim(), textIn(values, 'userId')];
      if (name === '') refuse([{ pointer: '/name', code: 'required' }]);
      const token = await visit.run(async (tx) => tokenOf(tx, await createApiToken(tx, { userId, name })));
      await showTokens(visit, token, null);
    },
    (sent) => showTokens(visit, null, sent),
  );
}

async function revoke(visit: Visit): Promise<void> {
  await visit.run((tx) => revokeApiToken(tx, idOf(visit.req)));
  done(visit.res, '/settings/tokens', 'tokenRevoked');
}
