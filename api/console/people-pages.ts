import type { Router } from 'express';

import { ROLES } from '../../domain/customer';
import { createApiToken, listApiTokens, revokeApiToken, tokenOf } from '../../operations/api-tokens';
import { addUser, disableUser, listUsers, type UserView } from '../../operations/users';
import { renderTokens, renderUsers } from '../../templates/console';
import type { ApiDeps } from '../deps';
import { choicesOf, field, select } from './fields';
import { done } from './flash';
import { readForm, textIn } from './form';
import { idOf } from './ids';
import { refuse } from './refusals';
import { changeSettings, settingsOptions, settingsTabs, type Sent } from './settings-pages';
import { show, visiting, type Visit } from './visit';
import { pill } from './words';

const PEOPLE_MAX = 500;

export function peoplePages(router: Router, deps: ApiDeps): void {
  router.get(
    '/settings/users',
    visiting(deps, 'listUsers', (visit) => showUsers(visit, null)),
  );
  router.post('/settings/users', readForm, visiting(deps, 'addUser', newUser));
  router.post('/settings/users/:id/disable', visiting(deps, 'disableUser', disable));
  router.get(
    '/settings/tokens',
    visiting(deps, 'listApiTokens', (visit) => showTokens(visit, null, null)),
  );
  router.post('/settings/tokens', readForm, visiting(deps, 'createApiToken', newToken));
  router.post('/settings/tokens/:id/revoke', visiting(deps, 'revokeApiToken', revoke));
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
  await changeSettings(
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
  await changeSettings(
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
  await changeSettings(
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
