import type { Router } from 'express';

import { readStatement } from '../../operations/package-completeness';
import { readPackage } from '../../operations/packages';
import { renderCompleteness } from '../../templates/package-pages';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { basisText } from './customer-head';
import { queryCode } from './form';
import { idOf } from './ids';
import { PAGE_ROWS, pagerOf } from './lists';
import { titleOf } from './package-words';
import { show, visiting, type Visit } from './visit';

/** The statement of completeness: what an inspector would find missing, customer by customer. */
export function completenessPage(router: Router, deps: ApiDeps): void {
  router.get('/packages/:id/completeness', visiting(deps, 'readPackageCompleteness', showCompleteness));
}

async function showCompleteness(visit: Visit): Promise<void> {
  const { req, t, language } = visit;
  const id = idOf(req);
  const path = `/packages/${id}/completeness`;
  const all = queryCode(req, 'show', ['all']) !== undefined;
  const cursor = typeof req.query['cursor'] === 'string' ? { cursor: req.query['cursor'] } : {};
  const { view, statement } = await visit.run(async (tx) => ({
    view: await readPackage(tx, id),
    statement: await readStatement(tx, id, { limit: PAGE_ROWS, missing: !all, ...cursor }),
  }));
  const { totals, byRequirement } = statement;
  const of = (field: string) => fieldLabel(language, field);
  show(
    visit,
    renderCompleteness,
    {
      number: titleOf(visit, view),
      back: `/packages/${id}`,
      rehearsal: view.dryRun,
      totals: [
        { label: t('packagePage.completeness.customers'), value: totals.customers, tone: 'muted' },
        { label: t('packagePage.completeness.met'), value: totals.met, tone: 'ok' },
        { label: t('packagePage.completeness.missing'), value: totals.missing, tone: 'bad' },
        { label: t('packagePage.completeness.notApplicable'), value: totals.notApplicable, tone: 'muted' },
      ],
      rules: byRequirement
        .filter(({ missing }) => missing > 0)
        .sort((a, b) => b.missing - a.missing)
        .map(({ id: requirement, field, legalBasis, missing, met, notApplicable }) => ({
          id: requirement,
          field: of(field),
          basis: basisText(t, legalBasis),
          missing,
          met,
          notApplicable,
        })),
      onlyMissing: [
        { href: path, label: t('packagePage.completeness.onlyMissing'), current: !all },
        { href: `${path}?show=all`, label: t('packagePage.completeness.all'), current: all },
      ],
      rows: statement.data.map(({ customerId, code, displayName, missing }) => ({
        href: `/customers/${customerId}`,
        code,
        name: displayName,
        missing: missing.map(({ id: requirement, field, legalBasis, completedOn }) => ({
          id: requirement,
          field: of(field),
          basis: basisText(t, legalBasis),
          late: completedOn,
        })),
      })),
      pager: pagerOf(req, statement.nextCursor),
    },
    {
      title: t('packagePage.completeness.title'),
      section: 'packages',
      crumbs: [
        { href: '/packages', label: t('console.nav.packages') },
        { href: `/packages/${id}`, label: view.number },
      ],
    },
  );
}
