import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { v7 as uuidv7 } from 'uuid';

import { ComplianceError } from '../domain/errors';
import { consoleRoutes } from './console/routes';
import type { ApiDeps } from './deps';
import { dispatch } from './dispatch';
import { problemHandler } from './errors';
import { healthRoutes } from './health';
import { languageOf } from './language';
import { mailboxRoutes } from './mailbox';
import { createMetrics } from './metrics';
import { openApiDocument } from './openapi';
import { packageKeyRoutes } from './package-keys';
import { ROUTES } from './routes';

const API = '/api/v1';

/** The whole HTTP face: REST under /api/v1, health, metrics, the contract, and the console's pages. */
export function createApp(deps: ApiDeps): Express {
  const app = express();
  const metrics = createMetrics();
  app.disable('x-powered-by');
  app.disable('etag'); // ours name record versions
  app.set('query parser', 'simple');
  app.use((req, res, next) => {
    const requestId = uuidv7();
    res.locals['requestId'] = requestId;
    res.setHeader('x-request-id', requestId);
    res.setHeader('content-language', languageOf(req));
    res.vary('accept-language');
    next();
  });
  app.use(securityHeaders(deps.secureCookies), metrics.measure);
  app.use(healthRoutes(deps.health));
  app.get('/metrics', metrics.expose);
  app.get('/openapi.json', (_req, res) => void res.json(openApiDocument()));
  app.use(packageKeyRoutes(deps));
  if (deps.mailboxDir !== undefined) app.use(mailboxRoutes(deps.mailboxDir));
  app.use(API, apiRoutes(deps));
  app.use(consoleRoutes(deps));
  app.use(() => {
    throw new ComplianceError('NOT_FOUND', 'route_not_found');
  });
  app.use(problemHandler(deps.logger));
  return app;
}

function apiRoutes(deps: ApiDeps): Router {
  const router = express.Router();
  for (const route of ROUTES) {
    const answer = dispatch(route, deps);
    router[route.method](expressPath(route.path), async (req, res, next) => {
      res.locals['operation'] = route.id;
      await answer(req, res, next);
    });
  }
  for (const [path, methods] of methodsByPath()) router.all(path, refuseMethod(methods));
  router.use(() => {
    throw new ComplianceError('NOT_FOUND', 'route_not_found');
  });
  return router;
}

/** What may be asked of each address; whoever reads an address may ask for its headers alone. */
function methodsByPath(): Map<string, string[]> {
  const byPath = new Map<string, string[]>();
  for (const { method, path } of ROUTES) {
    const known = byPath.get(expressPath(path)) ?? ['OPTIONS'];
    byPath.set(expressPath(path), [...known, method.toUpperCase(), ...(method === 'get' ? ['HEAD'] : [])]);
  }
  return byPath;
}

/** OPTIONS is told what an address answers to; any other method is refused with the same list. */
function refuseMethod(methods: readonly string[]): RequestHandler {
  return (req, res) => {
    res.setHeader('allow', [...methods].sort().join(', '));
    if (req.method !== 'OPTIONS') throw new ComplianceError('METHOD_NOT_ALLOWED', 'method_not_allowed');
    res.status(204).end();
  };
}

/** `/customers/{id}` as Express writes it. */
const expressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

/** reliability.md §2.2: nothing from elsewhere, nothing inline, no frames. */
function securityHeaders(https: boolean): ReturnType<typeof helmet> {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        fontSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        objectSrc: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: https,
  });
}
