import type { Router } from 'express';

import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../../domain/customer';
import { PROVINCES } from '../../domain/provinces';
import { listCustomersAt, type PastInstant } from '../../operations/as-of';
import { listCustomers, type CustomerListItem, type CustomerQuery } from '../../operations/customer-list';
import { renderCustomers } from '../../templates/console';
import type { CustomerRowModel, EmptyModel, FieldModel } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { customerPath, nameOf } from './customer-head';
import { choicesOf, field, select } from './fields';
import { queryCode, queryText } from './form';
import { isFiltered, PAGE_ROWS, pagerOf, pathWithout } from './lists';
import { dayPicker, lookBack } from './past-page';
import type { Refusal } from './refusals';
import { show, visiting, type Visit } from './visit';
import { riskPill, statusPill } from './words';

const SORTS = ['displayName', '-createdAt', 'code', 'nextReviewOn'] as const;
/** Fields whose lack people look for most. */
const MISSING = [
  'any',
  'tckn',
  'vkn',
  'address.line',
  'phone',
  'email',
  'documents.identity_card',
  'documents.address_proof',
  'documents.signature_sample',
] as const;

export function customersPages(router: Router, deps: ApiDeps): void {
  router.get(
    '/customers',
    visiting(deps, 'listCustomers', (visit) =>
      lookBack(
        visit,
        (refusal) => showList(visit, null, refusal),
        (at) => showList(visit, at, null),
      ),
    ),
  );
}

async function showList(visit: Visit, at: PastInstant | null, refusal: Refusal | null): Promise<void> {
  const { req, t } = visit;
  const query = queryOf(visit);
  const page = await visit.run((tx) =>
    at === null ? listCustomers(tx, query) : listCustomersAt(tx, query, at),
  );
  show(
    visit,
    renderCustomers,
    {
      canCreate: visit.can('createCustomer'),
      importHref: visit.can('listImports') ? '/imports' : null,
      exportHref: visit.can('exportCustomers') && at === null ? exportPath(req) : null,
      filters: { action: '/customers', searchId: 'f-q', fields: filterFields(visit, refusal) },
      past: at === null ? null : { at: new Date(at).toISOString(), back: pathWithout(req, 'asOf') },
      rows: page.data.map((row) => rowOf(visit, row, at)),
      pager: pagerOf(req, page.nextCursor),
      empty: emptyOf(visit, at),
    },
    {
      title: t('console.customers.title'),
      section: 'customers',
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

/** The page that exports what the list shows now. */
function exportPath(req: Visit['req']): string {
  return pathWithout(req, 'limit').replace(/^\/customers/, '/export');
}

function queryOf({ req }: Visit): CustomerQuery {
  const q = queryText(req, 'q');
  const cursor = typeof req.query['cursor'] === 'string' ? req.query['cursor'] : undefined;
  const [type, status, risk] = [
    queryCode(req, 'type', CUSTOMER_TYPES),
    queryCode(req, 'status', CUSTOMER_STATUSES),
    queryCode(req, 'risk', RISK_LEVELS),
  ];
  const [missing, province] = [queryText(req, 'missing'), queryText(req, 'province')];
  return {
    limit: PAGE_ROWS,
    sort: queryCode(req, 'sort', SORTS) ?? 'displayName',
    ...(q === '' ? {} : { q }),
    ...(type === undefined ? {} : { type: [type] }),
    ...(status === undefined ? {} : { status: [status] }),
    ...(risk === undefined ? {} : { risk: [risk] }),
    ...(missing === '' ? {} : { missing: [missing] }),
    ...(province === '' ? {} : { province: [province] }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

function filterFields(visit: Visit, refusal: Refusal | null): FieldModel[] {
  const { req, t, language } = visit;
  const all = t('console.filter.all');
  const list = (name: string, choices: { value: string; label: string }[]) =>
    select({ name, label: t(`console.filter.${name}`), value: queryText(req, name), choices, empty: all });
  return [
    field({
      name: 'q',
      label: t('console.filter.customerSearch'),
      value: queryText(req, 'q'),
      type: 'search',
      wide: true,
    }),
    list('type', choicesOf(t, 'console.type', CUSTOMER_TYPES)),
    list('status', choicesOf(t, 'console.status', CUSTOMER_STATUSES)),
    list('risk', choicesOf(t, 'console.risk', RISK_LEVELS)),
    list(
      'missing',
      MISSING.map((path) => ({
        value: path,
        label: path === 'any' ? t('console.filter.missingAny') : fieldLabel(language, path),
      })),
    ),
    list(
      'province',
      PROVINCES.map(({ name }) => ({ value: name, label: name })),
    ),
    select({
      name: 'sort',
      label: t('console.filter.sort'),
      value: queryCode(req, 'sort', SORTS) ?? 'displayName',
      choices: SORTS.map((sort) => ({ value: sort, label: t(`console.sort.${sort.replace('-', '')}`) })),
      empty: null,
    }),
    dayPicker(visit, refusal?.errors.get('asOf')),
  ];
}

function rowOf(visit: Visit, row: CustomerListItem, at: PastInstant | null): CustomerRowModel {
  const { t } = visit;
  const asOf = at === null ? '' : `?asOf=${encodeURIComponent(queryText(visit.req, 'asOf'))}`;
  return {
    href: customerPath(row.id) + asOf,
    name: nameOf(visit, row),
    code: row.code,
    type: t(`console.type.${row.type}`),
    percent: row.completeness,
    status: statusPill(t, row.status),
    risk: row.risk === null ? null : riskPill(t, row.risk),
    province: row.province,
    nextReviewOn: row.nextReviewOn,
  };
}

function emptyOf(visit: Visit, at: PastInstant | null): EmptyModel {
  const { t, req } = visit;
  if (at !== null) {
    return {
      title: t('record.past.empty'),
      why: t('record.past.emptyWhy'),
      href: pathWithout(req, 'asOf'),
      act: t('record.past.back'),
    };
  }
  if (isFiltered(req)) {
    return {
      title: t('console.customers.noneFound'),
      why: t('console.customers.noneFoundWhy'),
      href: '/customers',
      act: t('console.filter.clear'),
    };
  }
  const mayCreate = visit.can('createCustomer');
  return {
    title: t('console.customers.noneYet'),
    why: t('console.customers.noneYetWhy'),
    href: mayCreate ? '/customers/new' : null,
    act: mayCreate ? t('console.customers.new') : null,
  };
}
