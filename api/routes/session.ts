import { z } from 'zod';

import { ROLES } from '../../domain/customer';
import { readProfile } from '../../operations/dealers';
import { text } from '../../operations/record-shape';
import { changePassword, signIn, signOut } from '../../operations/sign-in';
import { readUser } from '../../operations/users';
import { clearSessionCookie, sessionCookie } from '../authentication';
import { actRoute, openRoute, readRoute, type Route } from '../route';
import { Id, User } from '../schemas';

const tag = 'Session';

export const sessionRoutes: Route[] = [
  openRoute(
    {
      id: 'signIn',
      path: '/session',
      tag,
      summary: 'Signs in with a password and sets the session cookie',
      body: z.strictObject({
        email: text(254, 1),
        password: z.string().max(1000),
        dealerCode: text(100, 1)
          .optional()
          .meta({ description: 'For people who work for several dealers; else the first membership' }),
      }),
      answer: z.strictObject({ userId: Id, role: z.enum(ROLES) }),
    },
    async ({ email, password, dealerCode }, req, deps) => {
      const tryKey = `${email.toLowerCase()}|${req.ip ?? ''}`;
      deps.tries.count(tryKey, deps.database.clock.now());
      const { token, identity } = await signIn(deps.database, {
        email,
        password,
        ...(dealerCode === undefined ? {} : { dealerCode }),
      });
      deps.tries.forget(tryKey);
      return {
        status: 200,
        headers: { 'set-cookie': sessionCookie(token, deps.secureCookies) },
        body: { userId: identity.userId, role: identity.role },
      };
    },
  ),
  actRoute(
    {
      id: 'signOut',
      method: 'delete',
      path: '/session',
      tag,
      summary: 'Ends this session',
      status: 204,
      answer: null,
    },
    {
      async act(tx, _input, { identity }) {
        await signOut(tx, identity);
        return null;
      },
      render: async () => null,
      afterCommit: (_id, { req, deps }) =>
        void req.res?.setHeader('set-cookie', clearSessionCookie(deps.secureCookies)),
    },
  ),
  readRoute(
    {
      id: 'readMe',
      path: '/me',
      tag,
      summary: 'Who is signed in, and for which dealer',
      answer: z.strictObject({
        user: User,
        dealer: z.strictObject({ id: Id, code: z.string(), title: z.string() }),
      }),
    },
    async (tx, _input, { identity }) => {
      const { id, code, title } = await readProfile(tx);
      return { user: await readUser(tx, identity.userId), dealer: { id, code, title } };
    },
  ),
  actRoute(
    {
      id: 'changePassword',
      method: 'post',
      path: '/me/password',
      tag,
      summary: 'A new password; every other session ends',
      body: z.strictObject({ currentPassword: z.string().max(1000), newPassword: z.string().max(1000) }),
      status: 204,
      answer: null,
    },
    {
      async act(tx, { body }, { identity, deps }) {
        const tryKey = `password|${identity.userId}`;
        deps.tries.count(tryKey, tx.now);
        await changePassword(tx, identity, body);
        deps.tries.forget(tryKey);
        return null;
      },
      render: async () => null,
    },
  ),
];
