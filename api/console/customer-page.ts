import type { Router } from 'express';

import { readCase, type CaseView } from '../../operations/cases';
import { readCustomer, revealField, type CustomerView } from '../../operations/customers';
import { submitCase, withdrawCustomer } from '../../operations/onboarding';
import { ownershipGraphOf } from '../../operations/ownership-chart';
import { confirmRefresh, startRefresh } from '../../operations/refresh';
import { loadPolicy } from '../../operations/rules';
import { listTasks } from '../../operations/tasks';
import { renderCustomer, renderReveal, type CustomerModel, type PlainAct } from '../../templates/console';
import type { ReasonForm } from '../../templates/console-models';
import { ownershipDrawing } from '../../templates/ownership';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { caseNow } from './case-models';
import { customerCrumbs, customerPath, findingsOf, headOf, nameOf } from './customer-head';
import { decisionForm, refusalToDecide, saveDecision } from './decision-form';
import { kinModel, readKin } from './duplicate-models';
import { field } from './fields';
import { done } from './flash';
import { queryText, readForm, textIn, valuesOf, type FormValues } from './form';
import { idOf } from './ids';
import { dayPicker, lookBack, showPast } from './past-page';
import { refusalOf, refuse, type Refusal } from './refusals';
import { taskModels } from './task-models';
import { live, show, visiting, type Visit } from './visit';

const REASON_LENGTH_MAX = 1000;

/** A form that was refused: what was typed and why. `form` names which of the page's forms it was. */
interface Sent {
  form: 'decision' | 'withdraw' | 'act';
  values: FormValues;
  refusal: Refusal;
}

export function customerPages(router: Router, deps: ApiDeps): void {
  router.get(
    '/customers/:id',
    visiting(deps, 'readCustomer', (visit) =>
      lookBack(
        visit,
        (refusal) => showCustomer(visit, null, refusal),
        (at) => showPast(visit, at),
      ),
    ),
  );
  router.post(
    '/customers/:id/decisions',
    readForm,
    visiting(deps, 'recordDecision', (visit) =>
      saveDecision(visit, (sent) => showCustomer(visit, { form: 'decision', ...sent })),
    ),
  );
  router.post(
    '/customers/:id/submit',
    readForm,
    visiting(deps, 'submitCase', (visit) =>
      act(visit, 'act', 'submitted', (id) => visit.run((tx) => submitCase(tx, id))),
    ),
  );
  router.post(
    '/customers/:id/withdraw',
    readForm,
    visiting(deps, 'withdrawCustomer', (visit) =>
      act(visit, 'withdraw', 'withdrawn', (id) => {
        const reason = reasonIn(visit);
        return visit.run((tx) => withdrawCustomer(tx, id, reason));
      }),
    ),
  );
  router.post('/customers/:id/refresh', readForm, visiting(deps, 'refreshCustomer', refresh));
  router.get(
    '/customers/:id/reveal',
    visiting(deps, 'revealValue', (visit) => showReveal(visit, null, null)),
  );
  router.post('/customers/:id/reveal', readForm, visiting(deps, 'revealValue', reveal));
}

function refresh(visit: Visit): Promise<void> {
  const confirms = valuesOf(visit.req).get('act') === 'confirm';
  return act(visit, 'act', confirms ? 'refreshConfirmed' : 'refreshStarted', (id) =>
    visit.run((tx) => (confirms ? confirmRefresh(tx, id) : startRefresh(tx, id))),
  );
}

function reasonIn(visit: Visit): string {
  const reason = textIn(valuesOf(visit.req), 'reason');
  if (reason.trim() === '') refuse([{ pointer: '/reason', code: 'reason_required' }]);
  if (Array.from(reason).length > REASON_LENGTH_MAX) refuse([{ pointer: '/reason', code: 'too_long' }]);
  return reason;
}

async function act(
  visit: Visit,
  form: Sent['form'],
  flash: string,
  perform: (id: string) => Promise<void>,
): Promise<void> {
  const id = idOf(visit.req);
  try {
    await perform(id);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showCustomer(visit, { form, values: valuesOf(visit.req), refusal });
  }
  done(visit.res, customerPath(id), flash);
}

async function showCustomer(
  visit: Visit,
  sent: Sent | null,
  refusal: Refusal | null = sent?.refusal ?? null,
): Promise<void> {
  const { t, req } = visit;
  const id = idOf(req);
  const path = customerPath(id);
  const { customer, kin, openCase, tasks, overPercent, refusedToDecide } = await visit.run(async (tx) => {
    const found = await readCustomer(tx, id);
    const row = found.openCaseId === null ? null : await readCase(tx, found.openCaseId);
    return {
      customer: found,
      kin: await readKin(tx, found),
      openCase: row,
      tasks: await listTasks(tx, { customerId: id, limit: 20 }),
      overPercent: (await loadPolicy(tx)).beneficialOwnership.overPercent,
      refusedToDecide: row?.stage === 'decision' ? await refusalToDecide(tx, visit, found, row.id) : null,
    };
  });
  const model: CustomerModel = {
    customer: headOf(visit, customer, 'overview'),
    findings: findingsOf(visit, customer),
    current:
      openCase === null
        ? null
        : {
            href: `/cases/${openCase.id}`,
            title: `${t('console.customer.openCase')}: ${t(`console.caseKind.${openCase.kind}`)}`,
            poll: sent === null ? live(path) : null,
            now: caseNow(visit, openCase),
          },
    decision:
      openCase?.stage === 'decision'
        ? decisionForm(visit, customer, refusedToDecide, path, sent?.form === 'decision' ? sent : undefined)
        : null,
    acts: actsOf(visit, customer, openCase, sent),
    kin: kinModel(visit, customer, kin),
    tasks: taskModels(visit, tasks, path, 'customer'),
    ownership: ownershipOf(visit, customer, overPercent),
    pick: { action: path, day: dayPicker(visit, refusal?.errors.get('asOf')) },
  };
  show(visit, renderCustomer, model, {
    title: nameOf(visit, customer),
    section: 'customers',
    crumbs: customerCrumbs(visit),
    ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
  });
}

function ownershipOf(
  { language }: Visit,
  { type, record }: CustomerView,
  overPercent: number,
): CustomerModel['ownership'] {
  const graph = ownershipGraphOf(type, record, overPercent);
  return graph === null ? null : ownershipDrawing(graph, overPercent, language);
}

/** What this person can do with this file now; what its state forbids is not offered. */
function actsOf(
  visit: Visit,
  customer: CustomerView,
  openCase: CaseView | null,
  sent: Sent | null,
): (ReasonForm | PlainAct)[] {
  const { t } = visit;
  const path = customerPath(customer.id);
  const plain = (name: string, action: string, tone: string, value: string | null): PlainAct => ({
    reason: null,
    action,
    tone,
    explain: t(`console.act.${name}Hint`),
    button: t(`console.act.${name}`),
    name: value === null ? null : 'act',
    value,
  });
  const acts: (ReasonForm | PlainAct)[] = [];
  const onboarding = openCase?.kind === 'onboarding';
  if (onboarding && openCase.submittedAt === null && visit.can('submitCase'))
    acts.push(plain('submit', `${path}/submit`, 'primary', null));
  const current = ['active', 'suspended', 'passive'].includes(customer.status);
  if (current && visit.can('refreshCustomer')) {
    if (openCase?.kind === 'refresh')
      acts.push(plain('confirmRefresh', `${path}/refresh`, 'primary', 'confirm'));
    else if (openCase === null && customer.trigger === 'continuous') {
      acts.push(plain('confirmRefresh', `${path}/refresh`, '', 'confirm'));
      acts.push(plain('startRefresh', `${path}/refresh`, '', 'start'));
    }
  }
  if (onboarding && visit.can('withdrawCustomer')) acts.push(withdrawForm(visit, path, sent));
  return acts;
}

function withdrawForm({ t }: Visit, path: string, sent: Sent | null): ReasonForm {
  const own = sent?.form === 'withdraw' ? sent : null;
  return {
    title: t('console.act.withdraw'),
    explain: t('console.act.withdrawHint'),
    action: `${path}/withdraw`,
    button: t('console.act.withdraw'),
    tone: 'danger',
    open: own !== null,
    reason: field({
      kind: 'textarea',
      name: 'reason',
      id: own === null ? 'f-withdraw-reason' : 'f-reason',
      label: t('console.label.reason'),
      value: own === null ? '' : textIn(own.values, 'reason'),
      error: own?.refusal.errors.get('reason') ?? null,
      wide: true,
    }),
  };
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
