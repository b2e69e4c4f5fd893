import { Router } from 'express';

import { ComplianceError } from '../../domain/errors';
import { identify } from '../authentication';
import type { ApiDeps } from '../deps';
import { assetRoutes } from './assets';
import { casesPages } from './cases-pages';
import { customerPages } from './customer-page';
import { customersPages } from './customers-page';
import { documentPage } from './document-page';
import { documentPages } from './documents-page';
import { duplicatePages } from './duplicates-page';
import { errorPage } from './error-page';
import { evidencePages } from './evidence-page';
import { formsPages } from './forms-page';
import { exportPage } from './export-page';
import { historyPages } from './history-pages';
import { importsPages } from './imports-page';
import { newCustomerPage } from './new-customer-page';
import { newPackagePage } from './new-package-page';
import { packagesPages } from './packages-pages';
import { peoplePages } from './people-pages';
import { recordPages } from './record-page';
import { revealPage } from './reveal-page';
import { ownRulePages } from './own-rule-page';
import { policiesPages } from './policies-pages';
import { policyChangesPages } from './policy-changes-pages';
import { rulesPage } from './rules-page';
import { settingsPages } from './settings-pages';
import { signInPages } from './sign-in-pages';
import { todayPage } from './today-page';
import { visiting } from './visit';

/**
 * The console: server-rendered pages over the same operations as the API, with the same rights. Every form works without
 * JavaScript; htmx only keeps lists and states fresh.
 */
export function consoleRoutes(deps: ApiDeps): Router {
  const router = Router();
  router.use(assetRoutes());
  signInPages(router, deps);
  todayPage(router, deps);
  customersPages(router, deps);
  importsPages(router, deps);
  exportPage(router, deps);
  newCustomerPage(router, deps);
  customerPages(router, deps);
  revealPage(router, deps);
  duplicatePages(router, deps);
  recordPages(router, deps);
  documentPages(router, deps);
  documentPage(router, deps);
  formsPages(router, deps);
  evidencePages(router, deps);
  historyPages(router, deps);
  casesPages(router, deps);
  newPackagePage(router, deps);
  packagesPages(router, deps);
  settingsPages(router, deps);
  peoplePages(router, deps);
  rulesPage(router, deps);
  ownRulePages(router, deps);
  policiesPages(router, deps);
  policyChangesPages(router, deps);
  const nowhere = () => Promise.reject(new ComplianceError('NOT_FOUND', 'route_not_found'));
  router.use(async (req, res, next) => {
    // Programs that ask for an address which is none get the API's problem document.
    if (req.accepts(['json', 'html']) !== 'html') return next();
    const known = await identify(req, deps).catch(() => null);
    await (known === null ? nowhere() : visiting(deps, 'readMe', nowhere)(req, res, next));
  });
  router.use(errorPage(deps));
  return router;
}
