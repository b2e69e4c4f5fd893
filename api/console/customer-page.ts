import type { Router } from 'express';

import { CUSTOMER_TYPES } from '../../domain/customer';
import { readCase } from '../../operations/cases';
import { readCustomer, type CustomerView } from '../../operations/customers';
import { submitCase, withdrawCustomer } from '../../operations/onboarding';
import { ownershipGraphOf } from '../../operations/ownership-chart';
import { changeType } from '../../operations/change-type';
import { confirmRefresh, startRefresh } from '../../operations/refresh';
import { loadPolicy } from '../../operations/rules';
import { listTasks } from '../../operations/tasks';
import { renderCustomer, type CustomerModel } from '../../templates/console';
import { ownershipDrawing } from '../../templates/ownership';
import type { ApiDeps } from '../deps';
import { caseNow } from './case-models';
import { actsOf, reasonIn, type Sent } from './customer-acts';
import { fileForm, sendFilePrint } from './customer-file';
import { customerCrumbs, customerPath, findingsOf, headOf, nameOf } from './customer-head';
import { decisionForm, refusalToDecide, saveDecision } from './decision-form';
import { kinModel, readKin } from './duplicate-models';
import { done } from './flash';
import { queryCode, readForm, valuesOf } from './form';
import { idOf } from './ids';
import { dayPicker, lookBack, showPast } from './past-page';
import { refusalOf, refuse, type Refusal } from './refusals';
import { taskModels } from './task-models';
import { live, show, visiting, type Visit } from './visit';

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
  router.get(
    '/customers/:id/file',
    visiting(deps, 'printCustomerFile', (visit) =>
      sendFilePrint(visit, (refusal) => showCustomer(visit, null, refusal)),
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
  router.post(
    '/customers/:id/change-type',
    readForm,
    visiting(deps, 'changeCustomerType', (visit) =>
      act(visit, 'changeType', 'typeChanged', (id) => {
        const type =
          queryCode(visit.req, 'type', CUSTOMER_TYPES) ??
          refuse([{ pointer: '/type', code: 'unknown_code' }]);
        const reason = reasonIn(visit);
        return visit.run((tx) => changeType(tx, id, { type, reason }));
      }),
    ),
  );
  router.post('/customers/:id/refresh', readForm, visiting(deps, 'refreshCustomer', refresh));
}

function refresh(visit: Visit): Promise<void> {
  const confirms = valuesOf(visit.req).get('act') === 'confirm';
  return act(visit, 'act', confirms ? 'refreshConfirmed' : 'refreshStarted', (id) =>
    visit.run((tx) => (confirms ? confirmRefresh(tx, id) : startRefresh(tx, id))),
  );
}

async function act(
  visit: Visit,
  form: Sent['form'],
  flash: string,
  perform: (id: string) => Promise<unknown>,
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
    file: fileForm(visit, id),
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
