import type { Router } from 'express';
import { z } from 'zod';

import { ComplianceError } from '../../domain/errors';
import { countCustomers } from '../../operations/exports';
import { renderExport } from '../../templates/import-pages';
import type { ApiDeps } from '../deps';
import { textOf } from '../language';
import { present } from '../query';
import { customerFilter } from '../routes/customers';
import { show, visiting, type Visit } from './visit';

/** Asks for the reason before a list leaves the house; the file itself is the API's. */
export function exportPage(router: Router, deps: ApiDeps): void {
  router.get('/export', visiting(deps, 'exportCustomers', showExport));
}

const Filter = z.object(customerFilter);

async function showExport(visit: Visit): Promise<void> {
  const { req, t } = visit;
  const given = Object.fromEntries(
    Object.entries(req.query).filter(
      (pair): pair is [string, string] =>
        typeof pair[1] === 'string' && pair[1] !== '' && pair[0] in customerFilter,
    ),
  );
  const filter = Filter.safeParse(given);
  if (!filter.success) throw new ComplianceError('MALFORMED', 'query');
  const count = await visit.run((tx) => countCustomers(tx, present(filter.data)));
  const sort = typeof req.query['sort'] === 'string' ? { sort: req.query['sort'] } : {};
  const query = new URLSearchParams({ ...given, ...sort }).toString();
  show(
    visit,
    renderExport,
    {
      lead: t('import.page.exportLead', { count }),
      action: '/api/v1/customers/export',
      back: query === '' ? '/customers' : `/customers?${query}`,
      filters: Object.entries({ ...given, ...sort }).map(([name, value]) => ({ name, value })),
      words: Object.entries(given).map(([name, value]) => wordsOf(visit, name, value)),
    },
    {
      title: t('import.page.exportHeading'),
      section: 'customers',
      crumbs: [{ href: '/customers', label: t('console.nav.customers') }],
    },
  );
}

function wordsOf({ t }: Visit, name: string, value: string): string {
  const label = textOf(t, `console.filter.${name === 'q' ? 'customerSearch' : name}`) ?? name;
  const words = value.split(',').map((one) => textOf(t, `console.${name}.${one}`) ?? one);
  return `${label}: ${words.join(', ')}`;
}
