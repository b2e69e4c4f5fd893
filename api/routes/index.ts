import type { Route } from '../route';
import { caseRoutes } from './cases';
import { checkRoutes } from './checks';
import { evidenceRoutes } from './evidence';
import { customerFileRoutes } from './customer-file';
import { customerRoutes } from './customers';
import { dealerRoutes } from './dealer';
import { documentRoutes } from './documents';
import { handoverRoutes } from './handover';
import { formRoutes } from './forms';
import { duplicateRoutes } from './duplicates';
import { exportRoutes } from './exports';
import { importRoutes } from './imports';
import { peopleRoutes } from './people';
import { packageEventRoutes } from './package-events';
import { packageRoutes } from './packages';
import { privacyRoutes } from './privacy';
import { policyRoutes } from './policies';
import { sessionRoutes } from './session';

/** Everything under /api/v1. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  // Before the customers: `export` is no customer's id.
  ...exportRoutes,
  ...customerRoutes,
  ...customerFileRoutes,
  ...duplicateRoutes,
  ...documentRoutes,
  ...formRoutes,
  ...privacyRoutes,
  ...caseRoutes,
  ...checkRoutes,
  ...evidenceRoutes,
  ...importRoutes,
  ...packageRoutes,
  ...handoverRoutes,
  ...packageEventRoutes,
  ...policyRoutes,
  ...dealerRoutes,
  ...peopleRoutes,
];
