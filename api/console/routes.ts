import { Router } from 'express';

import type { ApiDeps } from '../deps';

/** The pages of the console. */
export function consoleRoutes(_deps: ApiDeps): Router {
  return Router();
}
