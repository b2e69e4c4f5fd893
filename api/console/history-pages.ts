import type { Router } from 'express';

import { listCases } from '../../operations/cases';
import { readCustomer, type CustomerView } from '../../operations/customers';
import { listNoticeViews, type NoticeView } from '../../operations/notice-views';
import { readTimeline } from '../../operations/timeline';
import { renderCustomerCases, renderCustomerNotices, renderCustomerTimeline } from '../../templates/console';
import type { NoticeModel, PillModel } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { textOf } from '../language';
import { customerCrumbs, headOf, nameOf, type CustomerTab } from './customer-head';
import { eventModels } from './event-models';
import { idOf } from './ids';
import { PAGE_ROWS, pagerOf } from './lists';
import { show, visiting, type PageOptions, type Visit } from './visit';
import { pill, stagePill } from './words';

export function historyPages(router: Router, deps: ApiDeps): void {
  router.get('/customers/:id/notices', visiting(deps, 'readCustomer', showNotices));
  router.get('/customers/:id/cases', visiting(deps, 'listCases', showCases));
  router.get('/customers/:id/timeline', visiting(deps, 'readTimeline', showTimeline));
}

function optionsOf(visit: Visit, customer: CustomerView, tab: CustomerTab): PageOptions {
  return {
    title: `${nameOf(visit, customer)}: ${visit.t(`console.tab.${tab}`)}`,
    section: 'customers',
    crumbs: customerCrumbs(visit, customer),
  };
}

async function showNotices(visit: Visit): Promise<void> {
  const id = idOf(visit.req);
  const { customer, notices } = await visit.run(async (tx) => ({
    customer: await readCustomer(tx, id),
    notices: await listNoticeViews(tx, id),
  }));
  show(
    visit,
    renderCustomerNotices,
    {
      customer: headOf(visit, customer, 'notices'),
      notices: notices.map((notice) => noticeModel(visit, notice)),
    },
    optionsOf(visit, customer, 'notices'),
  );
}

const LOOKS: Record<NoticeView['state'], [PillModel['tone'], string]> = {
  queued: ['info', '…'],
  sending: ['info', '✉'],
  sent: ['ok', '✓'],
  failed: ['bad', '✕'],
  uncertain: ['warn', '?'],
  skipped: ['muted', '–'],
};

function noticeModel({ t }: Visit, notice: NoticeView): NoticeModel {
  const step = textOf(t, `console.step.${notice.step}`);
  const state = t(`console.noticeState.${notice.state}`);
  const skipped =
    notice.skipReason === null ? undefined : textOf(t, `console.skipReason.${notice.skipReason}`);
  return {
    at: (notice.endedAt ?? notice.createdAt).toISOString(),
    what:
      (textOf(t, `console.notice.${notice.kind}`) ?? t('console.notice.other')) +
      (step === undefined ? '' : ` (${step})`),
    audience: t(`console.audience.${notice.audience}`),
    address: notice.maskedAddress,
    result: pill(...LOOKS[notice.state], skipped === undefined ? state : `${state}: ${skipped}`),
    attempts: notice.attempts.map(({ at, result, code }) => ({
      at: at.toISOString(),
      text: [textOf(t, `console.deliveryResult.${result}`) ?? result, code ?? '']
        .filter((part) => part !== '')
        .join(' '),
    })),
    messageId: notice.messageId,
  };
}

async function showCases(visit: Visit): Promise<void> {
  const { t } = visit;
  const id = idOf(visit.req);
  const { customer, cases } = await visit.run(async (tx) => ({
    customer: await readCustomer(tx, id),
    cases: (await listCases(tx, { customerId: id, limit: 100 })).data,
  }));
  const newestFirst = [...cases].sort((a, b) => b.openedAt.getTime() - a.openedAt.getTime());
  show(
    visit,
    renderCustomerCases,
    {
      customer: headOf(visit, customer, 'cases'),
      cases: newestFirst.map((row) => ({
        href: `/cases/${row.id}`,
        kind: t(`console.caseKind.${row.kind}`),
        stage: stagePill(t, row.stage),
        openedAt: row.openedAt.toISOString(),
        closedAt: row.closedAt?.toISOString() ?? null,
        outcome: row.outcome === null ? null : t(`console.outcome.${row.outcome}`),
      })),
    },
    optionsOf(visit, customer, 'cases'),
  );
}

async function showTimeline(visit: Visit): Promise<void> {
  const { req } = visit;
  const id = idOf(req);
  const cursor = typeof req.query['cursor'] === 'string' ? { cursor: req.query['cursor'] } : {};
  const { customer, page } = await visit.run(async (tx) => ({
    customer: await readCustomer(tx, id),
    page: await readTimeline(tx, id, { limit: PAGE_ROWS * 2, ...cursor }),
  }));
  show(
    visit,
    renderCustomerTimeline,
    {
      customer: headOf(visit, customer, 'timeline'),
      events: eventModels(visit, page.data),
      pager: pagerOf(req, page.nextCursor),
    },
    optionsOf(visit, customer, 'timeline'),
  );
}
