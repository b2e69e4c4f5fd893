import type { Router } from 'express';

import { readCustomer, revealField } from '../../operations/customers';
import { renderReveal } from '../../templates/console';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { reasonIn } from './customer-acts';
import { customerCrumbs, customerPath, nameOf } from './customer-head';
import { field } from './fields';
import { queryText, readForm, textIn, valuesOf } from './form';
import { idOf } from './ids';
import { refusalOf, type Refusal } from './refusals';
import { show, visiting, type Visit } from './visit';

export function revealPage(router: Router, deps: ApiDeps): void {
  router.get(
    '/customers/:id/reveal',
    visiting(deps, 'revealValue', (visit) => showReveal(visit, null, null)),
  );
  router.post('/customers/:id/reveal', readForm, visiting(deps, 'revealValue', reveal));
}

async function reveal(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  try {
    const reason = reasonIn(visit);
    const value = await visit.run((tx) => revealField(tx, idOf(visit.req), textIn(values, 'field'), reason));
    await showReveal(visit, value ?? visit.t('console.none'), null);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    await showReveal(visit, null, refusal);
  }
}

/** A masked number is shown on a page of its own, for a reason, and never kept by the browser. */
async function showReveal(visit: Visit, value: string | null, refusal: Refusal | null): Promise<void> {
  const { t, req, language } = visit;
  const id = idOf(req);
  const customer = await visit.run((tx) => readCustomer(tx, id));
  const path = req.method === 'POST' ? textIn(valuesOf(req), 'field') : queryText(req, 'field');
  show(
    visit,
    renderReveal,
    {
      customer: { name: nameOf(visit, customer), code: customer.code, href: customerPath(id) },
      label: fieldLabel(language, path),
      field: path,
      value,
      action: `${customerPath(id)}/reveal`,
      back: customerPath(id, 'record'),
      reason: field({
        kind: 'textarea',
        name: 'reason',
        label: t('console.label.reason'),
        hint: t('console.reveal.hint'),
        error: refusal?.errors.get('reason') ?? null,
        wide: true,
      }),
    },
    {
      title: t('console.reveal.title'),
      section: 'customers',
      crumbs: customerCrumbs(visit, customer),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}
