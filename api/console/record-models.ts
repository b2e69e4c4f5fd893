import { countriesIn, countryName } from '../../country-names';
import { districtsOf } from '../../domain/districts';
import { PROVINCES } from '../../domain/provinces';
import { valueAt } from '../../domain/record-path';
import type { CustomerView } from '../../operations/customers';
import type { FieldModel, MoreFields, RecordSection } from '../../templates/console-models';
import { fieldLabel, findingMessage } from '../language';
import { basisText, customerPath } from './customer-head';
import { choicesOf, field, select } from './fields';
import type { FormValues } from './form';
import type { FieldSpec, SectionSpec } from './record-fields';
import { removeName, shownValue, typedValue } from './record-values';
import type { Visit } from './visit';
import { severityOf } from './words';

/** A customer's record on a form: as it stands, or as somebody sent it and was refused. */
export interface RecordForm {
  visit: Visit;
  customer: CustomerView;
  values: FormValues;
  errors: Map<string, string>;
  canSave: boolean;
}

const HINTED = [
  'representative',
  'representatives',
  'shareholders',
  'beneficialOwners',
  'partners',
  'onBehalfOf',
  'soleTrader',
  'capacity',
];

/** One section of the form; what is folded opens where it says something, or where something is said about it. */
export function sectionModel(form: RecordForm, section: SectionSpec): RecordSection {
  const { t } = form.visit;
  const { list } = section;
  const fields = list === undefined ? section.fields.map((spec) => recordField(form, spec, spec.path)) : [];
  const { front, more } = divided(section.fields, fields);
  return {
    id: section.id,
    title: t(`record.section.${section.id}`),
    hint: HINTED.includes(section.id) ? t(`record.sectionHint.${section.id}`) : null,
    fields: front,
    more,
    fold: section.optional === true ? { open: isAsked(form, section, fields) } : null,
    rows: list === undefined ? [] : rowsOf(form, section, list),
  };
}

/** Every item on file, and an empty one to fill in: adding needs no script. */
function rowsOf(form: RecordForm, section: SectionSpec, list: string): RecordSection['rows'] {
  const { t } = form.visit;
  const stored = form.customer.record[list];
  const count = Array.isArray(stored) ? stored.length : 0;
  return Array.from({ length: form.canSave ? count + 1 : count }, (_, index) => {
    const all = section.fields.map((spec) => recordField(form, spec, `${list}[${index}].${spec.path}`));
    const { front, more } = divided(section.fields, all);
    return {
      title: index < count ? `${t(`record.item.${list}`)} ${index + 1}` : t(`record.newItem.${list}`),
      fields: front,
      more,
      removeName: index < count && form.canSave ? removeName(list, index) : null,
      isNew: index === count,
      addValue: `add:${list}`,
    };
  });
}

function divided(
  specs: readonly FieldSpec[],
  fields: readonly FieldModel[],
): { front: FieldModel[]; more: MoreFields | null } {
  const folded = fields.filter((_, index) => specs[index]?.more === true);
  return {
    front: fields.filter((_, index) => specs[index]?.more !== true),
    more: folded.length === 0 ? null : { open: folded.some(saysSomething), fields: folded },
  };
}

function saysSomething({ value, error, finding, options, kind }: FieldModel): boolean {
  const isTicked = kind === 'ticks' && options.some(({ selected }) => selected);
  return value !== '' || error !== null || finding !== null || isTicked;
}

function isAsked(form: RecordForm, { id }: SectionSpec, fields: readonly FieldModel[]): boolean {
  const { customer, values } = form;
  const forAnother = (values.get('onOwnAccount') ?? '') === 'no' || customer.record['onOwnAccount'] === false;
  return (
    fields.some(saysSomething) ||
    (id === 'onBehalfOf' && forAnother) ||
    customer.findings.some((finding) => finding.field === id || finding.field.startsWith(`${id}.`))
  );
}

/** One field of the record with what is wrong with it, what the rules miss in it, and how to see a masked number. */
function recordField(form: RecordForm, spec: FieldSpec, path: string): FieldModel {
  const { visit, customer, values, errors } = form;
  const { t, language } = visit;
  const shown = shownValue(customer.record, path, spec, language);
  const value = typedValue(customer.record, path, spec, values) ?? shown;
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
    case 'yes_no':
      return select({
        ...common,
        choices: choicesOf(t, spec.choices?.words ?? '', spec.choices?.codes ?? []),
      });
    case 'ticks':
      return ticks(visit, spec, common);
    case 'country':
      return select({
        ...common,
        choices: countriesIn(language).map(({ code, name }) => ({ value: code, label: name })),
      });
    case 'province':
      // Abroad there are other provinces: Türkiye's are offered, any is taken.
      return field({ ...common, suggestions: PROVINCES.map(({ name }) => name) });
    case 'district':
      return field({ ...common, suggestions: districtsBeside(form, path) });
    case 'lines':
      return field({ ...common, kind: 'textarea', hint: t('record.hint.lines') });
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
      return numberField(form, spec, { ...common, masked: spec.masked === true && shown !== '' });
    default:
      return field(common);
  }
}

type Common = Parameters<typeof field>[0] & { name: string; value: string };

function numberField(form: RecordForm, spec: FieldSpec, given: Common & { masked: boolean }): FieldModel {
  const { visit, customer } = form;
  const { masked, ...common } = given;
  const href = `${customerPath(customer.id)}/reveal?field=${encodeURIComponent(common.name)}`;
  return field({
    ...common,
    inputMode: spec.masked === true ? 'numeric' : null,
    hint: masked ? visit.t('console.hint.masked') : null,
    reveal: masked && visit.can('revealValue') ? href : null,
  });
}

function ticks({ t }: Visit, spec: FieldSpec, common: Common): FieldModel {
  const ticked = common.value.split('\n');
  const { words = '', codes = [] } = spec.choices ?? {};
  const options = choicesOf(t, words, codes).map((one) => ({ ...one, selected: ticked.includes(one.value) }));
  return { ...field({ ...common, kind: 'ticks' }), options };
}

/** The districts of the province that stands beside; none before one is named. */
function districtsBeside({ customer, values }: RecordForm, path: string): string[] {
  const beside = path.replace(/district$/, 'province');
  const stored = valueAt(customer.record, beside);
  return [...districtsOf(values.get(beside) ?? (typeof stored === 'string' ? stored : ''))];
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

/** A shown value in words: codes by their names. */
export function wordsOf({ t, language }: Visit, spec: FieldSpec, value: string): string {
  if (value === '') return '';
  if (spec.kind === 'country') return countryName(value, language);
  if (spec.kind === 'share') return language === 'tr' ? `%${value}` : `${value}%`;
  const { words = '', codes = [] } = spec.choices ?? {};
  const word = (code: string) => (codes.includes(code) ? t(`${words}.${code}`) : code);
  return value.split('\n').map(word).join(', ');
}
