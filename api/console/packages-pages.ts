import type { Router } from 'express';

import { listPackages } from '../../operations/packages';
import { renderPackages } from '../../templates/package-pages';
import type { ApiDeps } from '../deps';
import { queryCode } from './form';
import { PAGE_ROWS, pagerOf } from './lists';
import { packagePage } from './package-page';
import { completenessPage } from './package-completeness-page';
import { lineOf } from './package-words';
import { show, visiting, type Visit } from './visit';

/** The list of packages and of rehearsals, and the pages of one. */
export function packagesPages(router: Router, deps: ApiDeps): void {
  router.get('/packages', visiting(deps, 'listPackages', showPackages));
  packagePage(router, deps);
  completenessPage(router, deps);
}

async function showPackages(visit: Visit): Promise<void> {
  const { req, t } = visit;
  const cursor = typeof req.query['cursor'] === 'string' ? { cursor: req.query['cursor'] } : {};
  const dryRun = queryCode(req, 'kind', ['rehearsals']) !== undefined;
  const page = await visit.run((tx) => listPackages(tx, { limit: PAGE_ROWS, dryRun, ...cursor }));
  const canRequest = visit.can('requestPackage');
  show(
    visit,
    renderPackages,
    {
      canRequest,
      tabs: [
        { href: '/packages', label: t('console.packages.title'), current: !dryRun },
        { href: '/packages?kind=rehearsals', label: t('packagePage.rehearsal.many'), current: dryRun },
      ],
      rows: page.data.map((view) => lineOf(visit, view)),
      pager: pagerOf(req, page.nextCursor),
      empty: {
        title: t(dryRun ? 'packagePage.rehearsal.emptyTitle' : 'console.packages.emptyTitle'),
        why: t(dryRun ? 'packagePage.rehearsal.emptyWhy' : 'console.packages.emptyWhy'),
        href: canRequest ? '/packages/new' : null,
        act: canRequest ? t('console.packages.new') : null,
      },
    },
    { title: t('console.packages.title'), section: 'packages' },
  );
}
