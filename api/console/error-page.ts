import type { ErrorRequestHandler, Request, Response } from 'express';

import { translator } from '../../locales';
import type { ComplianceError } from '../../domain/errors';
import { renderError } from '../../templates/console';
import type { ApiDeps } from '../deps';
import { asComplianceError, logFailure, STATUS } from '../errors';
import { textOf } from '../language';
import { safePath } from './flash';
import { languageOfVisit, show, showToStranger, type Visit } from './visit';

/** What a browser or a program is told where the product is busy or away. */
export const RETRY_AFTER_SECONDS = 5;

/** Every error of a page becomes a page: plain words, what to do next, the request's id. */
export function errorPage({ logger }: ApiDeps): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const known = asComplianceError(error);
    if (known === null || known.code === 'UNAVAILABLE') logFailure(logger, res, error);
    if (known?.code === 'NOT_SIGNED_IN') signInFirst(req, res);
    else showError(req, res, known);
  };
}

/** The way to the sign-in page and, for a page that was asked for, back again. */
function signInFirst(req: Request, res: Response): void {
  const next = req.method === 'GET' ? req.originalUrl.replace(/\?live=1$/, '') : '/';
  const to = next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`;
  res.setHeader('cache-control', 'no-store');
  if (req.headers['hx-request'] === 'true') res.setHeader('hx-redirect', to).status(204).end();
  else res.redirect(303, to);
}

function showError(req: Request, res: Response, known: ComplianceError | null): void {
  const visit = res.locals['visit'] as Visit | undefined;
  const t = visit?.t ?? translator(languageOfVisit(req));
  const status = known === null ? 500 : STATUS[known.code];
  const code = known?.code ?? 'INTERNAL';
  if (status === 503) res.setHeader('retry-after', String(RETRY_AFTER_SECONDS));
  const heading = t(`error.code.${code}`);
  const again = status === 503 && req.method === 'GET';
  const model = {
    status,
    heading,
    text: textOf(t, `error.${known?.detail ?? 'internal'}`) ?? heading,
    next: textOf(t, `console.error.next.s${status}`) ?? t('console.error.next.other'),
    again,
    back: again ? safePath(req.originalUrl) : '/',
  };
  const options = { title: heading, status };
  if (visit === undefined) showToStranger(req, res, renderError, model, options);
  else show(visit, renderError, model, options);
}
