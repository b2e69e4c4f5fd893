import type { Request } from 'express';

import { ComplianceError } from '../domain/errors';
import { identityOfSession, identityOfToken, type Identity } from '../operations/sign-in';
import type { ApiDeps } from './deps';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const SESSION_SECONDS_MAX = 12 * 60 * 60;

/** Name of the session cookie; behind https the browser itself guards its scope. */
export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-sicil_session' : 'sicil_session';
}

/**
 * Who is asking: a bearer token, or a session cookie. Null when neither is there. Throws NOT_SIGNED_IN for a token or
 * session that is not (or no longer) good, FORBIDDEN for a change that another site may have caused. `seen`: whether it
 * counts as the person being there.
 */
export async function identify(
  req: Request,
  deps: ApiDeps,
  seen = req.query['live'] !== '1',
): Promise<Identity | null> {
  const header = req.headers.authorization;
  if (header !== undefined) {
    const token = /^Bearer +([^\s]+)$/i.exec(header)?.[1];
    const identity = token === undefined ? null : await identityOfToken(deps.database, token);
    if (identity === null) throw new ComplianceError('NOT_SIGNED_IN', 'token_unknown');
    return identity;
  }
  const cookie = cookieOf(req, sessionCookieName(deps.secureCookies));
  if (cookie === undefined) return null;
  const identity = await identityOfSession(deps.database, cookie, seen);
  if (identity !== null) refuseForeignSites(req);
  return identity;
}

/**
 * A browser sends cookies along with requests that other sites cause. Changes pass only when the browser says that they
 * come from our own pages (Fetch Metadata), or for older browsers when Origin is our own host.
 */
export function refuseForeignSites(req: Request): void {
  if (SAFE_METHODS.has(req.method)) return;
  const site = req.headers['sec-fetch-site'];
  const ours = site === undefined ? originIsOurs(req) : site === 'same-origin' || site === 'none';
  // A program that is no browser sends neither header; it carries no cookies of other sites either.
  const noBrowser =
    site === undefined && req.headers.origin === undefined && req.headers.cookie === undefined;
  if (!ours && !noBrowser) throw new ComplianceError('FORBIDDEN', 'foreign_site');
}

function originIsOurs(req: Request): boolean {
  const { origin, host } = req.headers;
  if (origin === undefined || host === undefined) return false;
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

function cookieOf(req: Request, name: string): string | undefined {
  for (const part of (req.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** Set-Cookie for a session. Lax: a link from a mail may lead in, another site's form may not act. */
export function sessionCookie(token: string, secure: boolean): string {
  return setCookie(token, SESSION_SECONDS_MAX, secure);
}

export function clearSessionCookie(secure: boolean): string {
  return setCookie('', 0, secure);
}

function setCookie(value: string, maxAgeSeconds: number, secure: boolean): string {
  const parts = [
    `${sessionCookieName(secure)}=${value}`,
    'Path=/',
    `Max-Age=${maxAgeSeconds}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  return [...parts, ...(secure ? ['Secure'] : [])].join('; ');
}
