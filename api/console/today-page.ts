import type { Router } from 'express';

import { listTasks } from '../../operations/tasks';
import { readToday, type Failure, type TodayView } from '../../operations/today';
import { renderToday, type TodayModel } from '../../templates/console';
import type { ApiDeps } from '../deps';
import { customerPath, nameOf } from './customer-head';
import { done } from './flash';
import { rolesOf, taskModels } from './task-models';
import { show, visiting, type Visit } from './visit';

const TASKS_SHOWN = 10;

export function todayPage(router: Router, deps: ApiDeps): void {
  router.get('/', visiting(deps, 'readMe', showToday));
}

async function showToday(visit: Visit): Promise<void> {
  // Who only keeps users and settings has no customers to look at.
  if (!visit.can('listCustomers')) return done(visit.res, '/settings');
  const roles = rolesOf(visit);
  const { view, tasks } = await visit.run(async (tx) => ({
    view: await readToday(tx),
    tasks: await listTasks(tx, { roles, limit: 100 }),
  }));
  const model: TodayModel = {
    today: view.today,
    tiles: tilesOf(visit, view, tasks.length),
    tasks: taskModels(visit, tasks.slice(0, TASKS_SHOWN), '/'),
    decisions: view.decisions.map((line) => ({
      href: `/cases/${line.id}`,
      name: nameOf(visit, line),
      code: line.customerCode,
      what: visit.t(`console.caseKind.${line.kind}`),
      at: line.since.toISOString(),
    })),
    reviews: view.reviews.map((line) => ({
      href: customerPath(line.customerId),
      name: nameOf(visit, line),
      code: line.code,
      on: line.nextReviewOn,
      overdue: line.overdue,
    })),
    failures: view.failures.map((failure) => failureLine(visit, failure)),
  };
  show(visit, renderToday, model, { title: visit.t('console.today.title'), section: 'today' });
}

function tilesOf({ t }: Visit, { counts }: TodayView, tasks: number): TodayModel['tiles'] {
  const tile = (name: string, count: number, href: string, tone: string) => ({
    href,
    label: t(`console.tile.${name}`),
    count,
    tone: count > 0 ? tone : 'muted',
  });
  return [
    tile('tasks', tasks, '/tasks', 'info'),
    tile('decisions', counts.decisions, '/cases?stage=decision', 'info'),
    tile('waitingCustomer', counts.waitingCustomer, '/cases?stage=waiting_customer', 'info'),
    tile('overdueReviews', counts.overdueReviews, '/customers?sort=nextReviewOn', 'warn'),
    tile('suspended', counts.suspended, '/customers?status=suspended', 'warn'),
  ];
}

function failureLine(visit: Visit, failure: Failure) {
  const { customerId, packageId } = failure;
  return {
    href:
      customerId === null
        ? `/packages/${packageId ?? ''}`
        : customerPath(customerId, failure.what.startsWith('notice') ? 'notices' : 'overview'),
    name: failure.displayName === null ? failure.code : nameOf(visit, { displayName: failure.displayName }),
    code: failure.code,
    what: visit.t(`console.failure.${failure.what}`),
    at: failure.at.toISOString(),
  };
}
