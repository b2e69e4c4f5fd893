import type { Route } from '../route';
import { caseRoutes } from './cases';
import { checkRoutes } from './checks';
import { evidenceRoutes } from './evidence';
import { customerRoutes } from './customers';
import { dealerRoutes } from './dealer';
import { documentRoutes } from './documents';
import { formRoutes } from './forms';
import { duplicateRoutes } from './duplicates';
import { peopleRoutes } from './people';
import { packageRoutes } from './packages';
import { privacyRoutes } from './privacy';
import { policyRoutes } from './policies';
import { sessionRoutes } from './session';

/** Everything under /api/v1. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...customerRoutes,
  ...duplicateRoutes,
  ...documentRoutes,
  ...formRoutes,
  ...privacyRoutes,
  ...caseRoutes,
  ...checkRoutes,
  ...evidenceRoutes,
  ...packageRoutes,
  ...policyRoutes,
  ...dealerRoutes,
  ...peopleRoutes,
];
