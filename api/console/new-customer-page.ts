import { randomUUID } from 'node:crypto';

import type { Router } from 'express';

import type { Tx } from '../../db/transaction';
import { CUSTOMER_TYPES, isNaturalPerson, TRIGGERS, type CustomerType } from '../../domain/customer';
import { createCustomer } from '../../operations/customers';
import { findDuplicates } from '../../operations/duplicates';
import { listBranches } from '../../operations/dealers';
import { once } from '../../operations/idempotency';
import { renderNewCustomer } from '../../templates/console';
import type { DuplicateQuestion } from '../../templates/duplicate-pages';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { customerCrumbs, customerPath } from './customer-head';
import { DuplicatesFound, questionOf } from './duplicate-models';
import { choicesOf, field, select } from './fields';
import { done } from './flash';
import { queryText, readForm, textIn, valuesOf, type FormValues } from './form';
import { openingFields } from './record-form';
import { changesOf } from './record-values';
import { refusalOf, refuse, type Refusal } from './refusals';
import { repeatable } from './repeats';
import { show, visiting, type Visit } from './visit';

export function newCustomerPage(router: Router, deps: ApiDeps): void {
  router.get(
    '/customers/new',
    visiting(deps, 'createCustomer', (visit) => showNew(visit, new Map(), null, null)),
  );
  router.post('/customers', readForm, visiting(deps, 'createCustomer', create));
}

async function showNew(
  visit: Visit,
  values: FormValues,
  refusal: Refusal | null,
  question: DuplicateQuestion | null,
): Promise<void> {
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
  const types = CUSTOMER_TYPES.map((code) => ({
    href: `/customers/new?type=${code}`,
    label: t(`console.type.${code}`),
    about: t(`record.about.${code}`),
    current: code === type,
    person: isNaturalPerson(code),
  }));
  const groups = [
    { title: t('record.new.people'), types: types.filter(({ person }) => person) },
    { title: t('record.new.organisations'), types: types.filter(({ person }) => !person) },
  ];
  show(
    visit,
    renderNewCustomer,
    { type, requestKey: value('requestKey', randomUUID()), groups, fields, question },
    {
      title: t('console.newCustomer.title'),
      section: 'customers',
      crumbs: customerCrumbs(visit),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

function typeOf(code: string): CustomerType {
  return CUSTOMER_TYPES.find((type) => type === code) ?? 'natural_person_tr';
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
      const open = async () => {
        if (values.get('fileAnyway') !== 'yes') await refuseDuplicates(tx, type, patch);
        const { id: opened } = await createCustomer(tx, {
          type,
          trigger: TRIGGERS.find((code) => code === values.get('trigger')) ?? 'continuous',
          record: patch,
          language: values.get('language') === 'en' ? 'en' : 'tr',
          ...(known ? { branchId } : {}),
        });
        return { status: 201, id: opened };
      };
      const call = repeatable(values, 'console createCustomer');
      return call === undefined ? (await open()).id : ((await once(tx, call, open)).answer.id ?? '');
    });
    done(visit.res, customerPath(id, 'record'), 'customerCreated');
  } catch (error) {
    if (error instanceof DuplicatesFound)
      return showNew(visit, values, null, questionOf(visit, type, error.candidates));
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    await showNew(visit, values, refusal, null);
  }
}

/** Whoever resembles somebody on file is asked about before a second file is opened (issue B 7). */
async function refuseDuplicates(tx: Tx, type: CustomerType, record: Record<string, unknown>): Promise<void> {
  const [found] = await findDuplicates(tx, [{ type, record }]);
  if (found !== undefined && found.candidates.length > 0) throw new DuplicatesFound(found.candidates);
}
