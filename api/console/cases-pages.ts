import type { Router } from 'express';

import { CASE_KINDS, STAGES } from '../../domain/customer';
import { listCases, readCase, type CaseQuery, type CaseView } from '../../operations/cases';
import { readCustomer } from '../../operations/customers';
import { completeTask, listTasks } from '../../operations/tasks';
import { readTimeline } from '../../operations/timeline';
import { renderCase, renderCases, renderTasks, type CaseModel } from '../../templates/console';
import type { CaseRowModel, FieldModel } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { caseNow, identityLightsOf, lightsOf, nextOf } from './case-models';
import { customerPath, findingsOf, nameOf } from './customer-head';
import { decisionForm, refusalToDecide } from './decision-form';
import { eventModels } from './event-models';
import { choicesOf, field, select } from './fields';
import { done, safePath } from './flash';
import { queryCode, queryText, readForm, textIn, valuesOf } from './form';
import { idOf } from './ids';
import { isFiltered, PAGE_ROWS, pagerOf } from './lists';
import { rolesOf, taskModels } from './task-models';
import { live, show, visiting, type Visit } from './visit';
import { pill, stagePill } from './words';

const OWNERS = ['staff', 'officer', 'manager', 'system'] as const;
const EVENTS_SHOWN = 100;
const EVENTS_OF_CASE = 30;

export function casesPages(router: Router, deps: ApiDeps): void {
  router.get('/cases', visiting(deps, 'listCases', showCases));
  router.get('/cases/:id', visiting(deps, 'readCase', showCase));
  router.get('/tasks', visiting(deps, 'listTasks', showTasks));
  router.post('/tasks/:id/complete', readForm, visiting(deps, 'completeTask', finishTask));
}

async function showCases(visit: Visit): Promise<void> {
  const { req, t } = visit;
  const page = await visit.run((tx) => listCases(tx, queryOf(visit)));
  const filtered = isFiltered(req);
  show(
    visit,
    renderCases,
    {
      filters: { action: '/cases', searchId: 'f-q', fields: filterFields(visit) },
      rows: page.data.map((row) => rowOf(visit, row)),
      pager: pagerOf(req, page.nextCursor),
      empty: {
        title: t(filtered ? 'console.cases.noneFound' : 'console.cases.noneOpen'),
        why: t(filtered ? 'console.cases.noneFoundWhy' : 'console.cases.noneOpenWhy'),
        href: filtered ? '/cases' : null,
        act: filtered ? t('console.filter.clear') : null,
      },
    },
    { title: t('console.cases.title'), section: 'cases' },
  );
}

function queryOf({ req }: Visit): CaseQuery {
  const q = queryText(req, 'q');
  const [stage, kind, owner] = [
    queryCode(req, 'stage', STAGES),
    queryCode(req, 'kind', CASE_KINDS),
    queryCode(req, 'owner', OWNERS),
  ];
  return {
    limit: PAGE_ROWS,
    ...(q === '' ? {} : { q }),
    ...(stage === undefined ? {} : { stage: [stage] }),
    ...(kind === undefined ? {} : { kind: [kind] }),
    ...(owner === undefined ? {} : { owner: [owner] }),
    ...(typeof req.query['cursor'] === 'string' ? { cursor: req.query['cursor'] } : {}),
  };
}

function filterFields({ req, t }: Visit): FieldModel[] {
  const list = (name: string, group: string, codes: readonly string[], empty: string) =>
    select({
      name,
      label: t(`console.filter.${name}`),
      value: queryText(req, name),
      choices: choicesOf(t, group, codes),
      empty,
    });
  const all = t('console.filter.all');
  return [
    field({
      name: 'q',
      label: t('console.filter.customerSearch'),
      value: queryText(req, 'q'),
      type: 'search',
      wide: true,
    }),
    list('stage', 'console.stage', STAGES, t('console.filter.open')),
    list('kind', 'console.caseKind', CASE_KINDS, all),
    list('owner', 'console.owner', OWNERS, all),
  ];
}

function rowOf(visit: Visit, row: CaseView): CaseRowModel {
  const { t } = visit;
  return {
    href: `/cases/${row.id}`,
    name: nameOf(visit, row),
    code: row.customerCode,
    kind: t(`console.caseKind.${row.kind}`),
    stage: stagePill(t, row.stage),
    owner: row.stage === 'closed' ? '–' : t(`console.owner.${row.owner}`),
    waitingOn: t(`console.waitingOn.${row.waitingOn}`),
    since: row.since.toISOString(),
    next: nextOf(t, row),
  };
}

async function showCase(visit: Visit): Promise<void> {
  const { t } = visit;
  const id = idOf(visit.req);
  const path = `/cases/${id}`;
  const { row, customer, tasks, events, refusal } = await visit.run(async (tx) => {
    const found = await readCase(tx, id);
    const file = await readCustomer(tx, found.customerId);
    const timeline = await readTimeline(tx, found.customerId, { limit: EVENTS_SHOWN });
    const open = await listTasks(tx, { customerId: found.customerId, limit: 50 });
    return {
      row: found,
      customer: file,
      tasks: open.filter((task) => task.caseId === id),
      events: timeline.data.filter((event) => event.caseId === id).slice(0, EVENTS_OF_CASE),
      refusal: found.stage === 'decision' ? await refusalToDecide(tx, visit, file, id) : null,
    };
  });
  const isOpen = row.stage !== 'closed';
  const model: CaseModel = {
    case: {
      name: nameOf(visit, row),
      code: row.customerCode,
      kind: t(`console.caseKind.${row.kind}`),
      customerHref: customerPath(row.customerId),
      timelineHref: customerPath(row.customerId, 'timeline'),
      openedAt: row.openedAt.toISOString(),
      closedAt: row.closedAt?.toISOString() ?? null,
      stage: stagePill(t, row.stage),
      outcome: row.outcome === null ? null : t(`console.outcome.${row.outcome}`),
      poll: isOpen ? live(path) : null,
      now: caseNow(visit, row),
      lights: lightsOf(visit, row),
      identities: identityLightsOf(visit, row, customer.record),
      evidenceHref: customerPath(row.customerId, 'evidence'),
    },
    decision: row.stage === 'decision' ? decisionForm(visit, customer, refusal, path) : null,
    decided: decidedOf(visit, row),
    findings: isOpen ? findingsOf(visit, customer) : [],
    tasks: taskModels(visit, tasks, path, 'case'),
    events: eventModels(visit, events),
  };
  show(visit, renderCase, model, {
    title: `${model.case.kind}: ${model.case.name}`,
    section: 'cases',
    crumbs: [{ href: '/cases', label: t('console.nav.cases') }],
  });
}

function decidedOf({ t }: Visit, { decision }: CaseView): CaseModel['decided'] {
  if (decision === null) return null;
  const approved = decision.decision === 'approve';
  return {
    pill: pill(approved ? 'ok' : 'bad', approved ? '✓' : '✕', t(`console.decisionWord.${decision.decision}`)),
    by: decision.by,
    at: decision.at.toISOString(),
    reason: decision.reason,
    fourEyes: decision.fourEyes === 'recorded' ? t('console.decision.recorded') : null,
    policy:
      decision.policyVersion === null ? null : t('policy.decidedUnder', { version: decision.policyVersion }),
  };
}

async function showTasks(visit: Visit): Promise<void> {
  const { t, req } = visit;
  const everybody = queryText(req, 'for') === 'all';
  const tasks = await visit.run((tx) =>
    listTasks(tx, { limit: 100, ...(everybody ? {} : { roles: rolesOf(visit) }) }),
  );
  show(
    visit,
    renderTasks,
    {
      scopes: [
        { href: '/tasks', label: t('console.tasks.mine'), current: !everybody },
        { href: '/tasks?for=all', label: t('console.tasks.everybody'), current: everybody },
      ],
      tasks: taskModels(visit, tasks, everybody ? '/tasks?for=all' : '/tasks'),
    },
    { title: t('console.tasks.title'), section: 'tasks' },
  );
}

async function finishTask(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  const result = textIn(values, 'result').slice(0, 1000);
  await visit.run((tx) => completeTask(tx, idOf(visit.req), result === '' ? null : result));
  done(visit.res, safePath(values.get('from'), '/tasks'), 'taskDone');
}
