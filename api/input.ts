import express, { type Request, type Response } from 'express';
import type { z } from 'zod';

import { ComplianceError } from '../domain/errors';
import { fieldErrors } from '../operations/record-shape';
import type { Route } from './route';

const BODY_BYTES_MAX = 1024 * 1024;
const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/** Throws NOT_FOUND. */
export function parseParams(route: Route, req: Request): unknown {
  const parsed = route.params.safeParse(req.params);
  // An id that cannot exist is answered like one that does not.
  if (!parsed.success) throw new ComplianceError('NOT_FOUND', 'not_found');
  return parsed.data;
}

/** Throws UNKNOWN_PARAMETER for a name that the operation does not know, MALFORMED for a value that it cannot use. */
export function parseQuery(route: Route, req: Request): unknown {
  const parsed = route.query.safeParse(req.query);
  if (parsed.success) return parsed.data;
  const fields = fieldErrors(parsed.error);
  const unknown = fields.filter(({ code }) => code === 'unknown_field');
  if (unknown.length > 0) {
    throw new ComplianceError(
      'UNKNOWN_PARAMETER',
      'unknown_parameter',
      unknown.map(({ pointer }) => ({ pointer, code: 'unknown_parameter' })),
    );
  }
  throw new ComplianceError('MALFORMED', 'query', fields);
}

const parseJson = express.json({
  limit: BODY_BYTES_MAX,
  type: JSON_TYPES,
  verify: (req, _res, bytes) => void Object.assign(req, { rawBody: bytes }),
});

/** The bytes of the body as they came: what an idempotency key is bound to. */
export function rawBodyOf(req: Request): Buffer {
  return (req as Request & { rawBody?: Buffer }).rawBody ?? Buffer.alloc(0);
}

/** Throws MALFORMED, UNSUPPORTED_MEDIA, TOO_LARGE, or INVALID_INPUT with every wrong member. No body counts as `{}`. */
export async function readJson(route: Route, req: Request, res: Response): Promise<unknown> {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (hasBody && req.is(JSON_TYPES) === false)
    throw new ComplianceError('UNSUPPORTED_MEDIA', 'json_expected');
  if (hasBody) {
    await new Promise<void>((resolve, reject) => {
      parseJson(req, res, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
    });
  }
  return parseBody(route.body, hasBody ? req.body : {});
}

/** Throws INVALID_INPUT with a pointer and a code for every wrong member. */
export function parseBody(schema: z.ZodType | null, value: unknown): unknown {
  if (schema === null) return {};
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ComplianceError('INVALID_INPUT', 'shape', fieldErrors(parsed.error));
  return parsed.data;
}
