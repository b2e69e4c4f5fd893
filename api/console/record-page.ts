import type { Router } from 'express';

import { ComplianceError } from '../../domain/errors';
import type { CustomerView } from '../../operations/customers';
import { readCustomer, updateRecord } from '../../operations/customers';
import { restoreMasked } from '../../operations/masked-lists';
import { renderConflict, renderCustomerRecord } from '../../templates/console';
import type { ApiDeps } from '../deps';
import { fieldLabel } from '../language';
import { customerCrumbs, customerPath, headOf, nameOf } from './customer-head';
import { done } from './flash';
import { readForm, textIn, valuesOf, type FormValues } from './form';
import type { SectionSpec } from './record-fields';
import { sectionsOf } from './record-form';
import { sectionModel, wordsOf } from './record-models';
import { changesOf, shownValue, typedValue } from './record-values';
import { refusalOf, refuse, type Refusal } from './refusals';
import { idOf } from './ids';
import { show, visiting, type Visit } from './visit';

const EDITABLE: readonly CustomerView['status'][] = ['lead', 'onboarding', 'active', 'suspended', 'passive'];

export function recordPages(router: Router, deps: ApiDeps): void {
  router.get(
    '/customers/:id/record',
    visiting(deps, 'readCustomer', async (visit) => {
      const customer = await visit.run((tx) => readCustomer(tx, idOf(visit.req)));
      showRecord(visit, customer, null, new Map());
    }),
  );
  router.post('/customers/:id/record', readForm, visiting(deps, 'updateCustomer', saveRecord));
}

async function saveRecord(visit: Visit): Promise<void> {
  const id = idOf(visit.req);
  const values = valuesOf(visit.req);
  const version = Number(textIn(values, 'version'));
  try {
    await visit.run(async (tx) => {
      const customer = await readCustomer(tx, id);
      if (customer.version !== version) throw new ComplianceError('VERSION_STALE', 'version_stale');
      const sections = sectionsOf(customer.type, customer.trigger);
      const changes = changesOf(sections, customer.record, values, visit.language);
      if (changes.errors.length > 0) refuse(changes.errors);
      const lists: Record<string, unknown> = {};
      for (const [list, items] of changes.lists) lists[list] = await restoreMasked(tx, id, list, items);
      await updateRecord(tx, id, { patch: { ...changes.patch, ...lists }, ifVersion: version });
    });
  } catch (error) {
    const customer = await visit.run((tx) => readCustomer(tx, id));
    if (error instanceof ComplianceError && error.code === 'VERSION_STALE')
      return showConflict(visit, customer, values);
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showRecord(visit, customer, refusal, values);
  }
  const list = /^add:(\w+)$/.exec(textIn(values, 'then'))?.[1];
  done(visit.res, customerPath(id, 'record') + (list === undefined ? '' : `#s-${list}`), 'recordSaved');
}

/** Somebody else saved meanwhile: nothing of theirs is overwritten, nothing of ours is lost from sight. */
function showConflict(visit: Visit, customer: CustomerView, values: FormValues): void {
  const { language } = visit;
  const sections = sectionsOf(customer.type, customer.trigger);
  const { changed } = changesOf(sections, customer.record, values, language);
  const specs = new Map(
    sections.flatMap((section) => section.fields.map((spec) => [pathIn(section, '[]', spec), spec] as const)),
  );
  const rows = changed.flatMap((path) => {
    const spec = specs.get(path.replaceAll(/\[\d+\]/g, '[]'));
    if (spec === undefined) return [];
    const now = wordsOf(visit, spec, shownValue(customer.record, path, spec, language));
    const yours = wordsOf(visit, spec, typedValue(customer.record, path, spec, values) ?? '');
    return [{ label: fieldLabel(language, path), now, yours }];
  });
  show(
    visit,
    renderConflict,
    { customer: headOf(visit, customer, 'record'), rows, href: customerPath(customer.id, 'record') },
    {
      title: visit.t('console.conflict.title'),
      section: 'customers',
      crumbs: customerCrumbs(visit, customer),
      status: 412,
    },
  );
}

const pathIn = (section: SectionSpec, index: string, spec: { path: string }): string =>
  section.list === undefined ? spec.path : `${section.list}${index}.${spec.path}`;

function showRecord(visit: Visit, customer: CustomerView, refusal: Refusal | null, values: FormValues): void {
  const { t } = visit;
  const open = EDITABLE.includes(customer.status);
  const canSave = open && visit.can('updateCustomer');
  const form = { visit, customer, values, errors: refusal?.errors ?? new Map<string, string>(), canSave };
  show(
    visit,
    renderCustomerRecord,
    {
      customer: headOf(visit, customer, 'record'),
      readOnly: canSave ? null : t(open ? 'console.record.readOnly' : 'console.record.closed'),
      action: customerPath(customer.id, 'record'),
      cancel: customerPath(customer.id),
      version: Number(values.get('version') ?? customer.version),
      canSave,
      sections: sectionsOf(customer.type, customer.trigger).map((section) => sectionModel(form, section)),
    },
    {
      title: `${nameOf(visit, customer)}: ${t('console.tab.record')}`,
      section: 'customers',
      crumbs: customerCrumbs(visit, customer),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}
