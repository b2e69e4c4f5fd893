import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';

import { ACCESS } from './access';
import type { Route } from './route';
import { ROUTES } from './routes';
import { ProblemDocument } from './schemas';

const DESCRIPTION = `REST API of Sicil. Errors are RFC 9457 problems in the language of Accept-Language (Turkish by default).
Idempotency-Key is honoured on every POST and required on none; If-Match is required where it is listed.
Money is integer kuruş, days are YYYY-MM-DD in Europe/Istanbul, instants are RFC 3339.`;

let document: object | undefined;

/** The contract, made from the very schemas that validate requests. */
export function openApiDocument(): object {
  document ??= createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Sicil',
      version: '1',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'sicil_session' },
      },
    },
    paths: pathsOf(ROUTES),
  });
  return document;
}

function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return paths;
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const access = ACCESS[route.id];
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    description: access === 'public' ? 'Needs nobody to be signed in.' : `Least right: ${access}.`,
    ...(access === 'public' ? { security: [] } : {}),
    requestParams: {
      path: objectOf(route.params),
      query: objectOf(route.query),
      header: z.object(headersOf(route)),
    },
    ...requestBodyOf(route),
    responses: {
      [route.status]: successOf(route),
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: ProblemDocument } },
      },
    },
  };
}

const objectOf = (schema: z.ZodType): z.ZodObject => (schema instanceof z.ZodObject ? schema : z.object({}));

function headersOf(route: Route): Record<string, z.ZodType> {
  const language = z.string().optional().meta({ description: 'tr (default) or en' });
  const ifMatch = z.string().meta({ description: 'ETag of the record, or *', example: '"v3"' });
  const digest = z.string().meta({ description: 'ETag of the PDF that was signed: its SHA-256 in quotes' });
  return {
    'Accept-Language': language,
    ...(route.method === 'post' && route.handler.kind !== 'open'
      ? { 'Idempotency-Key': z.string().max(255).optional() }
      : {}),
    ...(route.versioned ? { 'If-Match': ifMatch } : {}),
    ...(route.digested === true ? { 'If-Match': digest } : {}),
    ...(route.handler.kind === 'stream'
      ? { 'Last-Event-ID': z.string().optional().meta({ description: 'Id of the last event seen' }) }
      : {}),
    ...(route.id === 'recordDecision' ? { 'If-Match': ifMatch.optional() } : {}),
  };
}

function requestBodyOf(route: Route): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (route.body === null) return {};
  if (route.handler.kind === 'upload') {
    const file = z
      .string()
      .meta({ override: { type: 'string', contentMediaType: 'application/octet-stream' } });
    const form = objectOf(route.body).extend({ file });
    return { requestBody: { required: true, content: { 'multipart/form-data': { schema: form } } } };
  }
  const content = { schema: route.body };
  const required = !route.body.safeParse({}).success;
  if (route.method !== 'patch')
    return { requestBody: { required, content: { 'application/json': content } } };
  return {
    requestBody: {
      required,
      content: { 'application/json': content, 'application/merge-patch+json': content },
    },
  };
}

function successOf(route: Route): ZodOpenApiResponseObject {
  if (route.handler.kind === 'download' || route.handler.kind === 'made') {
    return { description: 'The file', content: { 'application/octet-stream': {} } };
  }
  if (route.answer === null) return { description: 'Done' };
  if (route.handler.kind === 'stream') {
    return {
      description: 'Events, each with data like this',
      content: { 'text/event-stream': { schema: route.answer } },
    };
  }
  return { description: 'OK', content: { 'application/json': { schema: route.answer } } };
}
