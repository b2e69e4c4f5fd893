import type { NextFunction, Request, Response } from 'express';

import { ComplianceError, type ErrorCode } from '../domain/errors';
import { translator, type Language } from '../locales';
import type { Logger } from '../logger';
import { languageOf, problemMessage, textOf } from './language';

/** One truth, checked by the compiler: a new code does not build until it has a status. */
export const STATUS: Record<ErrorCode, number> = {
  MALFORMED: 400,
  UNKNOWN_PARAMETER: 400,
  NOT_SIGNED_IN: 401,
  FORBIDDEN: 403,
  FOUR_EYES: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  STATE_FORBIDS: 409,
  BLOCKING_FINDINGS: 409,
  CONFLICT: 409,
  VERSION_STALE: 412,
  TOO_LARGE: 413,
  UNSUPPORTED_MEDIA: 415,
  INVALID_INPUT: 422,
  MASKED_VALUE: 422,
  EMPTY_FILE: 422,
  IDEMPOTENCY_MISMATCH: 422,
  VERSION_MISSING: 428,
  TOO_MANY: 429,
  UNAVAILABLE: 503,
};

const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = { UNAVAILABLE: 2, TOO_MANY: 900 };

/** RFC 9457. `instance` is the request's id, which the log line has too. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
  code: string;
  errors: { pointer: string; code: string; message: string }[];
}

/** A problem as the caller reads it, in their language. Values that were sent are never repeated. */
export function problemOf(error: ComplianceError, language: Language, requestId: string): Problem {
  const t = translator(language);
  const title = t(`error.code.${error.code}`);
  return {
    type: `urn:sicil:problem:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status: STATUS[error.code],
    detail: textOf(t, `error.${error.detail}`) ?? title,
    instance: `urn:uuid:${requestId}`,
    code: error.code,
    errors: error.fields.map((field) => ({
      pointer: field.pointer,
      code: field.code,
      message: problemMessage(language, field),
    })),
  };
}

/** The last handler: every error becomes a problem document, and what is our fault a log line without values. */
export function problemHandler(logger: Logger) {
  return (error: unknown, req: Request, res: Response, next: NextFunction): void => {
    if (res.headersSent) {
      next(error); // the answer was under way: only the connection can say that it failed
      return;
    }
    const known = asComplianceError(error);
    const requestId = String(res.locals['requestId']);
    if (known === null || known.code === 'UNAVAILABLE') logFailure(logger, res, error);
    if (known === null) sendProblem(res, serverProblem(languageOf(req), requestId));
    else {
      const retryAfter = RETRY_AFTER_SECONDS[known.code];
      if (retryAfter !== undefined) res.setHeader('retry-after', String(retryAfter));
      if (known.code === 'NOT_SIGNED_IN') res.setHeader('www-authenticate', 'Bearer realm="sicil"');
      sendProblem(res, problemOf(known, languageOf(req), requestId));
    }
  };
}

/** A log line for what is our fault: what happened where, never a value. */
export function logFailure(logger: Logger, res: Response, error: unknown): void {
  const requestId = String(res.locals['requestId']);
  const what = { errorClass: nameOf(error), sqlState: codeOf(error), frames: framesOf(error) };
  logger.error({ requestId, ...what }, 'request failed');
}

function sendProblem(res: Response, problem: Problem): void {
  res.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

function serverProblem(language: Language, requestId: string): Problem {
  const t = translator(language);
  return {
    type: 'urn:sicil:problem:internal',
    title: t('error.code.INTERNAL'),
    status: 500,
    detail: t('error.internal'),
    instance: `urn:uuid:${requestId}`,
    code: 'INTERNAL',
    errors: [],
  };
}

/** What a foreign error means to the caller; null when it is a fault of ours. */
export function asComplianceError(error: unknown): ComplianceError | null {
  if (error instanceof ComplianceError) return error;
  return bodyError(error) ?? databaseError(error);
}

/** Errors of the body parser carry a `type`. */
function bodyError(error: unknown): ComplianceError | null {
  const type = propertyOf(error, 'type');
  switch (type) {
    case 'entity.parse.failed':
    case 'request.size.invalid':
    case 'request.aborted':
      return new ComplianceError('MALFORMED', 'malformed_json');
    case 'entity.too.large':
      return new ComplianceError('TOO_LARGE', 'body_too_large');
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return new ComplianceError('UNSUPPORTED_MEDIA', 'body_encoding');
    default:
      // Express cannot decode the path.
      return error instanceof URIError ? new ComplianceError('MALFORMED', 'malformed_path') : null;
  }
}

/** Timeouts, a database that is away or going away, and no connection to be had. */
const AWAY = /^(57014|55P03|57P0[1-3]|53300|08\d{3}|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;
const AWAY_MESSAGE =
  /Connection terminated|timeout expired|Timeout acquiring a connection|not queryable|ECONNREFUSED/;

function databaseError(error: unknown): ComplianceError | null {
  const code = codeOf(error) ?? '';
  const message = error instanceof Error ? error.message : '';
  if (AWAY.test(code) || nameOf(error) === 'KnexTimeoutError' || AWAY_MESSAGE.test(message)) {
    return new ComplianceError('UNAVAILABLE', 'database_away', [], { cause: error });
  }
  if (code === 'SC002') return new ComplianceError('FOUR_EYES', 'four_eyes');
  if (code === '23505') return new ComplianceError('CONFLICT', 'conflict');
  // Only a made-up cursor gets as far as the database with a value that is no day, instant or id.
  return code.startsWith('22') ? new ComplianceError('MALFORMED', 'cursor') : null;
}

function codeOf(error: unknown): string | undefined {
  const code = propertyOf(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Where it happened. A message may hold values (Postgres quotes them), so the log gets the frames alone. */
function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6);
}

function propertyOf(error: unknown, name: string): unknown {
  if (typeof error !== 'object' || error === null || !(name in error)) return undefined;
  return (error as Record<string, unknown>)[name];
}
