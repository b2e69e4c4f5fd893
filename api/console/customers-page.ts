import { createHash, randomUUID } from 'node:crypto';

import type { Router } from 'express';

import {
  CUSTOMER_STATUSES,
  OPEN_CUSTOMER_TYPES,
  RISK_LEVELS,
  TRIGGERS,
  type OpenCustomerType,
} from '../../domain/customer';
import { PROVINCES } from '../../domain/provinces';
import { createCustomer } from '../../operations/customers';
import { listCustomers, type CustomerListItem, type CustomerQuery } from '../../operations/customer-list';
import { listBranches } from '../../operations/dealers';
import { once } from '../../operations/idempotency';
import { renderCustomers, renderNewCustomer } from '../../templates/console';
import type { CustomerRowModel, EmptyModel, FieldModel } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { customerCrumbs, customerPath, nameOf } from './customer-head';
import { choicesOf, field, select } from './fields';
import { done } from './flash';
import { queryCode, queryText, readForm, textIn, valuesOf, type FormValues } from './form';
import { isFiltered, PAGE_ROWS, pagerOf } from './lists';
import { openingFields } from './record-form';
import { changesOf } from './record-values';
import { refusalOf, refuse, type Refusal } from './refusals';
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
  router.get('/customers', visiting(deps, 'listCustomers', showList));
  router.get(
    '/customers/new',
    visiting(deps, 'createCustomer', (visit) => showNew(visit, new Map(), null)),
  );
  router.post('/customers', readForm, visiting(deps, 'createCustomer', create));
}

async function showList(visit: Visit): Promise<void> {
  const { req, t } = visit;
  const query = queryOf(visit);
  const page = await visit.run((tx) => listCustomers(tx, query));
  show(
    visit,
    renderCustomers,
    {
      canCreate: visit.can('createCustomer'),
      filters: { action: '/customers', searchId: 'f-q', fields: filterFields(visit) },
      rows: page.data.map((row) => rowOf(visit, row)),
      pager: pagerOf(req, page.nextCursor),
      empty: emptyOf(visit),
    },
    { title: t('console.customers.title'), section: 'customers' },
  );
}

function queryOf({ req }: Visit): CustomerQuery {
  const q = queryText(req, 'q');
  const cursor = typeof req.query['cursor'] === 'string' ? req.query['cursor'] : undefined;
  const [type, status, risk] = [
    queryCode(req, 'type', OPEN_CUSTOMER_TYPES),
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

function filterFields(visit: Visit): FieldModel[] {
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
    list('type', choicesOf(t, 'console.type', OPEN_CUSTOMER_TYPES)),
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
  ];
}

function rowOf(visit: Visit, row: CustomerListItem): CustomerRowModel {
  const { t } = visit;
  return {
    href: customerPath(row.id),
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

function emptyOf(visit: Visit): EmptyModel {
  const { t, req } = visit;
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

async function showNew(visit: Visit, values: FormValues, refusal: Refusal | null): Promise<void> {
  const { t, language } = visit;
  const type = typeOf(values.get('type') ?? queryText(visit.req, 'type'));
  const branches = await visit.run(listBranches);
  const value = (name: string, otherwise = '') => values.get(name) ?? otherwise;
  const error = (name: string) => refusal?.errors.get(name) ?? null;
  const fields = [
    select({
      name: 'trigger',
      label: t('console.label.trigger'),
      value: value('trigger', 'continuous'),
      choices: choicesOf(t, 'console.trigger', TRIGGERS),
      empty: null,
      wide: true,
      hint: t('console.hint.trigger'),
    }),
    ...openingFields(type).map((spec) =>
      field({
        name: spec.path,
        label: fieldLabel(language, spec.path),
        value: value(spec.path),
        error: error(spec.path),
        wide: spec.wide ?? false,
        optional: true,
        type: spec.kind === 'day' ? 'date' : spec.kind === 'tel' ? 'tel' : 'text',
        inputMode: spec.masked === true ? 'numeric' : spec.kind === 'email' ? 'email' : null,
      }),
    ),
    select({
      name: 'branchId',
      label: t('console.label.branch'),
      value: value('branchId'),
      choices: branches.map(({ id, name }) => ({ value: id, label: name })),
      optional: true,
    }),
    select({
      name: 'language',
      label: t('console.label.noticeLanguage'),
      value: value('language', 'tr'),
      choices: [
        { value: 'tr', label: 'Türkçe' },
        { value: 'en', label: 'English' },
      ],
      empty: null,
    }),
  ];
  const types = OPEN_CUSTOMER_TYPES.map((code) => ({
    href: `/customers/new?type=${code}`,
    label: t(`console.type.${code}`),
    current: code === type,
  }));
  show(
    visit,
    renderNewCustomer,
    { type, requestKey: value('requestKey', randomUUID()), types, fields },
    {
      title: t('console.newCustomer.title'),
      section: 'customers',
      crumbs: customerCrumbs(visit),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

function typeOf(code: string): OpenCustomerType {
  return OPEN_CUSTOMER_TYPES.find((type) => type === code) ?? 'natural_person_tr';
}

async function create(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  const type = typeOf(textIn(values, 'type'));
  try {
    const id = await visit.run(async (tx) => {
      const { patch, errors } = changesOf(
        [{ id: 'opening', fields: openingFields(type) }],
        {},
        values,
        visit.language,
      );
      if (errors.length > 0) refuse(errors);
      const branchId = textIn(values, 'branchId');
      const known = (await listBranches(tx)).some((branch) => branch.id === branchId);
      const open = async () => ({
        status: 201,
        id: (
          await createCustomer(tx, {
            type,
            trigger: TRIGGERS.find((code) => code === values.get('trigger')) ?? 'continuous',
            record: patch,
            language: values.get('language') === 'en' ? 'en' : 'tr',
            ...(known ? { branchId } : {}),
          })
        ).id,
      });
      const key = textIn(values, 'requestKey');
      if (!/^[0-9a-f-]{36}$/.test(key)) return (await open()).id;
      // A second click on the button is the same request: one file, not two.
      const bodyHash = createHash('sha256')
        .update(JSON.stringify([...values]))
        .digest();
      return (await once(tx, { key, route: 'console createCustomer', bodyHash }, open)).answer.id ?? '';
    });
    done(visit.res, customerPath(id, 'record'), 'customerCreated');
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    await showNew(visit, values, refusal);
  }
}
