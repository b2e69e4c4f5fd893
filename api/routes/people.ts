import { z } from 'zod';

import { ROLES } from '../../domain/customer';
import {
  createApiToken,
  listApiTokens,
  readApiToken,
  revokeApiToken,
  tokenOf,
} from '../../operations/api-tokens';
import { text } from '../../operations/record-shape';
import { addUser, disableUser, listUsers, readUser } from '../../operations/users';
import { Limit, present } from '../query';
import { actRoute, readRoute, type Route } from '../route';
import { ApiToken, Id, NewApiToken, pageOf, User } from '../schemas';

const params = z.strictObject({ id: Id });
const page = z.strictObject({ cursor: Id.optional(), limit: Limit });

export const peopleRoutes: Route[] = [
  actRoute(
    {
      id: 'addUser',
      method: 'post',
      path: '/users',
      tag: 'People',
      summary: 'Adds a colleague with a password of at least 12 characters',
      body: z.strictObject({
        email: text(254, 1),
        name: text(100, 1),
        role: z.enum(ROLES),
        password: text(200),
      }),
      status: 201,
      answer: User,
    },
    {
      act: async (tx, { body }) => (await addUser(tx, body)).id,
      render: (tx, id) => readUser(tx, id ?? ''),
      location: (id) => `/api/v1/users/${id}`,
    },
  ),
  readRoute(
    {
      id: 'listUsers',
      path: '/users',
      tag: 'People',
      summary: 'Everybody of the dealer',
      query: page,
      answer: pageOf(User),
    },
    (tx, { query }) => listUsers(tx, present(query)),
  ),
  readRoute(
    { id: 'readUser', path: '/users/{id}', tag: 'People', summary: 'One colleague', params, answer: User },
    (tx, { params: { id } }) => readUser(tx, id),
  ),
  actRoute(
    {
      id: 'disableUser',
      method: 'post',
      path: '/users/{id}/disable',
      tag: 'People',
      summary: 'Ends sessions and tokens of a person at once',
      params,
      body: z.strictObject({}),
      answer: User,
    },
    {
      act: async (tx, { params: { id } }) => (await disableUser(tx, id)).id,
      render: (tx, id) => readUser(tx, id ?? ''),
    },
  ),
  actRoute(
    {
      id: 'createApiToken',
      method: 'post',
      path: '/api-tokens',
      tag: 'People',
      summary: 'A token that acts as one person of the dealer, shown once',
      body: z.strictObject({ userId: Id, name: text(100, 1) }),
      status: 201,
      answer: NewApiToken,
    },
    {
      act: (tx, { body }) => createApiToken(tx, body),
      render: async (tx, id) => ({
        ...(await readApiToken(tx, id ?? '')),
        token: await tokenOf(tx, id ?? ''),
      }),
    },
  ),
  readRoute(
    {
      id: 'listApiTokens',
      path: '/api-tokens',
      tag: 'People',
      summary: 'Tokens without their secrets',
      query: page,
      answer: pageOf(ApiToken),
    },
    (tx, { query }) => listApiTokens(tx, present(query)),
  ),
  actRoute(
    {
      id: 'revokeApiToken',
      method: 'delete',
      path: '/api-tokens/{id}',
      tag: 'People',
      summary: 'A token stops at once and for good',
      params,
      status: 204,
      answer: null,
    },
    {
      async act(tx, { params: { id } }) {
        await revokeApiToken(tx, id);
        return id;
      },
      render: async () => null,
    },
  ),
];
