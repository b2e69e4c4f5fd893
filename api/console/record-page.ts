import type { Router } from 'express';

import { PROVINCES } from '../../domain/provinces';
import { ComplianceError } from '../../domain/errors';
import type { CustomerView } from '../../operations/customers';
import { readCustomer, updateRecord } from '../../operations/customers';
import { restoreMasked } from '../../operations/masked-lists';
import { renderConflict, renderCustomerRecord } from '../../templates/console';
import type { FieldModel, RecordSection } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { fieldLabel, findingMessage } from '../language';
import { basisText, customerCrumbs, customerPath, headOf, nameOf } from './customer-head';
import { choicesOf, field, select } from './fields';
import { done } from './flash';
import { readForm, textIn, valuesOf, type FormValues } from './form';
import { sectionsOf, type FieldSpec, type SectionSpec } from './record-form';
import { changesOf, removeName, shownValue } from './record-values';
import { refusalOf, refuse, type Refusal } from './refusals';
import { idOf } from './ids';
import { show, visiting, type Visit } from './visit';
import { severityOf } from './words';

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
    const words = (value: string) => wordOf(visit, spec, value);
    const now = words(shownValue(customer.record, path, spec, language));
    return [{ label: fieldLabel(language, path), now, yours: words(values.get(path) ?? '') }];
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

const pathIn = (section: SectionSpec, index: string, spec: FieldSpec): string =>
  section.list === undefined ? spec.path : `${section.list}${index}.${spec.path}`;

function wordOf({ t }: Visit, spec: FieldSpec, value: string): string {
  if (value === '') return '';
  if (spec.kind === 'yes_no') return t(`console.choice.onOwnAccount.${value === 'yes' ? 'yes' : 'no'}`);
  const known = spec.choices?.codes.includes(value) === true;
  return known ? t(`console.choice.${spec.choices?.group ?? ''}.${value}`) : value;
}

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

interface Form {
  visit: Visit;
  customer: CustomerView;
  values: FormValues;
  errors: Map<string, string>;
  canSave: boolean;
}

function sectionModel(form: Form, section: SectionSpec): RecordSection {
  const { t } = form.visit;
  const { list } = section;
  const fields = list === undefined ? section.fields.map((spec) => recordField(form, spec, spec.path)) : [];
  return {
    id: section.id,
    title: t(`console.section.${section.id}`),
    hint: ['representative', ...LISTS].includes(section.id) ? t(`console.sectionHint.${section.id}`) : null,
    fields,
    rows: list === undefined ? [] : rowsOf(form, section, list),
  };
}

const LISTS: readonly string[] = ['representatives', 'shareholders', 'beneficialOwners'];

/** Every item on file, and an empty one to fill in: adding needs no script. */
function rowsOf(form: Form, section: SectionSpec, list: string): RecordSection['rows'] {
  const { t } = form.visit;
  const stored = form.customer.record[list];
  const count = Array.isArray(stored) ? stored.length : 0;
  return Array.from({ length: form.canSave ? count + 1 : count }, (_, index) => ({
    title: index < count ? `${t(`console.item.${list}`)} ${index + 1}` : t(`console.newItem.${list}`),
    fields: section.fields.map((spec) => recordField(form, spec, `${list}[${index}].${spec.path}`)),
    removeName: index < count && form.canSave ? removeName(list, index) : null,
    isNew: index === count,
    addValue: `add:${list}`,
  }));
}

/** One field of the record with what is wrong with it, what the rules miss in it, and how to see a masked number. */
export function recordField(form: Form, spec: FieldSpec, path: string): FieldModel {
  const { visit, customer, values, errors } = form;
  const { t, language } = visit;
  const shown = shownValue(customer.record, path, spec, language);
  const value = values.get(path) ?? shown;
  const common = {
    name: path,
    label: fieldLabel(language, path),
    value,
    error: errors.get(path) ?? null,
    wide: spec.wide ?? false,
    finding: findingAt(visit, customer, path),
  };
  switch (spec.kind) {
    case 'choice':
      return select({
        ...common,
        choices: choicesOf(t, `console.choice.${spec.choices?.group ?? ''}`, spec.choices?.codes ?? []),
      });
    case 'yes_no':
      return select({ ...common, choices: choicesOf(t, 'console.choice.onOwnAccount', ['yes', 'no']) });
    case 'province':
      return select({ ...common, choices: PROVINCES.map(({ name }) => ({ value: name, label: name })) });
    case 'day':
      return field({ ...common, type: 'date' });
    case 'email':
      return field({ ...common, inputMode: 'email' });
    case 'tel':
      return field({ ...common, type: 'tel' });
    case 'money':
    case 'share':
      return field({ ...common, inputMode: 'decimal', hint: t(`console.hint.${spec.kind}`) });
    case 'number_text':
      return field({
        ...common,
        inputMode: spec.masked === true ? 'numeric' : null,
        hint: spec.masked === true && shown !== '' ? t('console.hint.masked') : null,
        reveal:
          spec.masked === true && shown !== '' && visit.can('revealValue')
            ? `${customerPath(customer.id)}/reveal?field=${encodeURIComponent(path)}`
            : null,
      });
    default:
      return field(common);
  }
}

function findingAt({ t, language }: Visit, customer: CustomerView, path: string): FieldModel['finding'] {
  const finding = customer.findings.find((candidate) => candidate.field === path);
  if (finding === undefined) return null;
  return {
    ...severityOf(finding.severity),
    text: findingMessage(language, finding),
    basis: basisText(t, finding.legalBasis),
  };
}
