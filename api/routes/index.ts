import type { Route } from '../route';
import { caseRoutes } from './cases';
import { checkRoutes } from './checks';
import { customerRoutes } from './customers';
import { dealerRoutes } from './dealer';
import { documentRoutes } from './documents';
import { peopleRoutes } from './people';
import { packageRoutes } from './packages';
import { sessionRoutes } from './session';

/** Everything under /api/v1. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...customerRoutes,
  ...documentRoutes,
  ...caseRoutes,
  ...checkRoutes,
  ...packageRoutes,
  ...dealerRoutes,
  ...peopleRoutes,
];
