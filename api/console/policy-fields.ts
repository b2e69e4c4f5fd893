import { DEFAULT_POLICY, type LadderStep } from '../../domain/rules/policy';
import { RISK } from '../../domain/rules/risk-policy';
import type { FieldModel } from '../../templates/console-models';
import { textOf } from '../language';
import { field, select } from './fields';
import { kurusOf, textIn, type FormValues } from './form';
import { COUNTRIES, entriesOf, linesOf, partName, wordOf } from './policy-words';
import { tickedName, tickName } from './record-values';
import type { Visit } from './visit';

/** A policy value as fields of a form and back: every shape of value, without a line for each key. */

export interface FieldGroup {
  legend: string | null;
  fields: FieldModel[];
}

/** What was typed, and what is wrong with it; nothing on the first look. */
export interface Typed {
  values: FormValues;
  errors: ReadonlyMap<string, string>;
}

const UNITS = ['H', 'D', 'M', 'Y'] as const;
const PERIOD = /^P(?:T(\d+)(H)|(\d+)([DMY]))$/;
/** Parts that may be left empty, which is a value of its own. */
const NULLABLE = new Set(['light', 'reason']);
const PERIODS = new Set(['light', 'full']);
/** A longer list takes a line of its own. */
const LIST_IN_A_BOX = 6;
/** Lists of factors of the risk: ticked, since nobody knows their codes. */
const FACTOR_LISTS = new Set(['factors', 'alwaysHigh']);

export function groupsOf(visit: Visit, key: string, value: unknown, typed: Typed | null): FieldGroup[] {
  if (key === 'followUpLadder')
    return [{ legend: null, fields: rungFields(visit, value as LadderStep[], typed) }];
  return groupsAt(visit, value, { path: 'value', name: key }, null, typed);
}

interface Place {
  path: string;
  name: string;
}

function groupsAt(
  visit: Visit,
  value: unknown,
  place: Place,
  legend: string | null,
  typed: Typed | null,
): FieldGroup[] {
  if (!isGroup(value)) return [{ legend, fields: leafFields(visit, value, place, typed) }];
  const entries = entriesOf(value).map(([name, inner]) => ({
    name,
    inner,
    path: `${place.path}.${name}`,
  }));
  const leaves = entries.filter(({ inner }) => !isGroup(inner));
  return [
    { legend, fields: leaves.flatMap(({ inner, ...at }) => leafFields(visit, inner, at, typed)) },
    ...entries
      .filter(({ inner }) => isGroup(inner))
      .flatMap(({ inner, ...at }) =>
        groupsAt(
          visit,
          inner,
          at,
          [...(legend === null ? [] : [legend]), partName(visit, at.name)].join(': '),
          typed,
        ),
      ),
  ].filter(({ fields }) => fields.length > 0);
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function leafFields(visit: Visit, value: unknown, { path, name }: Place, typed: Typed | null): FieldModel[] {
  const shared = {
    name: path,
    label: path === 'value' ? visit.t('policy.form.value') : partName(visit, name),
    error: typed?.errors.get(path) ?? null,
    optional: NULLABLE.has(name),
  };
  const shown = (text: string) => typed?.values.get(path) ?? text;
  if (name === 'mode')
    return [
      select({
        ...shared,
        value: shown(String(value)),
        empty: null,
        choices: ['enforced', 'recorded'].map((code) => ({
          value: code,
          label: visit.t(`console.policyWord.${code}`),
        })),
      }),
    ];
  if (isPeriod(value, name)) return periodFields(visit, value, path, shared, typed);
  if (FACTOR_LISTS.has(name) && Array.isArray(value)) return [factorTicks(visit, value, path, shared, typed)];
  if (Array.isArray(value))
    return [
      field({
        ...shared,
        value: shown(value.join(', ')),
        hint: visit.t(COUNTRIES.has(name) ? 'policy.form.countries' : 'policy.form.list'),
        wide: value.length > LIST_IN_A_BOX,
      }),
    ];
  if (typeof value === 'number') {
    const text = name.endsWith('Kurus') ? amountText(value) : String(value).replace('.', ',');
    return [
      field({ ...shared, value: shown(text), inputMode: name.endsWith('Kurus') ? 'decimal' : 'numeric' }),
    ];
  }
  return [field({ ...shared, value: shown(typeof value === 'string' ? value : '') })];
}

/** Every factor there is, and what the list holds beside them. */
function factorsWith(current: readonly string[]): string[] {
  const { points, alwaysHigh } = RISK;
  return [...new Set([...current, ...Object.keys(points), ...alwaysHigh])];
}

function factorTicks(
  visit: Visit,
  current: readonly string[],
  path: string,
  shared: Pick<FieldModel, 'name' | 'label' | 'error'>,
  typed: Typed | null,
): FieldModel {
  const options = factorsWith(current).map((code) => ({
    value: code,
    label: wordOf(visit, code, ''),
    selected: typed === null ? current.includes(code) : typed.values.has(tickName(path, code)),
  }));
  return { ...field({ ...shared, kind: 'ticks', wide: true }), options };
}

function isPeriod(value: unknown, name: string): value is string | null {
  return PERIODS.has(name) || (typeof value === 'string' && PERIOD.test(value));
}

/** A number and what it counts. */
function periodFields(
  visit: Visit,
  value: string | null,
  path: string,
  shared: Pick<FieldModel, 'name' | 'label' | 'error' | 'optional'>,
  typed: Typed | null,
): FieldModel[] {
  const match = PERIOD.exec(value ?? '');
  const [count, unit] = [match?.[1] ?? match?.[3] ?? '', match?.[2] ?? match?.[4] ?? 'M'];
  return [
    field({ ...shared, value: typed?.values.get(path) ?? count, inputMode: 'numeric' }),
    select({
      name: `${path}.unit`,
      label: visit.t('policy.form.unit', { name: shared.label }),
      value: typed?.values.get(`${path}.unit`) ?? unit,
      empty: null,
      choices: UNITS.map((code) => ({ value: code, label: visit.t(`policy.unit.${code}`) })),
    }),
  ];
}

/** 18500000 as 185.000,00: the way in which it is typed. */
function amountText(kurus: number): string {
  return (kurus / 100).toLocaleString('tr', { minimumFractionDigits: 2 });
}

/** Every rung there is: an empty day leaves one out. */
function rungsOf(current: readonly LadderStep[]): LadderStep[] {
  const seeded = DEFAULT_POLICY.find(({ key }) => key === 'followUpLadder')?.value as readonly LadderStep[];
  const left = seeded.filter((rung) => !current.some(({ step }) => step === rung.step));
  return [...current, ...left].sort((a, b) => a.day - b.day);
}

function rungFields(visit: Visit, current: readonly LadderStep[], typed: Typed | null): FieldModel[] {
  return rungsOf(current).map((rung) => {
    const name = `value.${rung.step}`;
    const day = current.some(({ step }) => step === rung.step) ? String(rung.day) : '';
    return field({
      name,
      label: visit.t('policy.form.rung', {
        step: textOf(visit.t, `console.step.${rung.step}`) ?? rung.step,
      }),
      hint: linesOf(visit, {
        audience: rung.audience,
        channels: rung.channels,
        task: rung.task ?? null,
      }).join(' · '),
      value: typed?.values.get(name) ?? day,
      error: typed?.errors.get(name) ?? null,
      optional: true,
      inputMode: 'numeric',
    });
  });
}

/** The value that a form holds, in the shape of the present one. What cannot be read stays text, for the schema to refuse. */
export function valueFrom(key: string, current: unknown, values: FormValues): unknown {
  if (key === 'followUpLadder')
    return rungsOf(current as LadderStep[])
      .filter(({ step }) => textIn(values, `value.${step}`).trim() !== '')
      .map((rung) => ({ ...rung, day: numberOf(textIn(values, `value.${rung.step}`)) }))
      .sort((a, b) => Number(a.day) - Number(b.day));
  return partFrom(current, 'value', key, values);
}

function partFrom(current: unknown, path: string, name: string, values: FormValues): unknown {
  if (isGroup(current))
    return Object.fromEntries(
      Object.entries(current).map(([key, inner]) => [key, partFrom(inner, `${path}.${key}`, key, values)]),
    );
  const text = textIn(values, path).trim();
  if (text === '' && NULLABLE.has(name)) return null;
  if (isPeriod(current, name)) return periodOf(text, textIn(values, `${path}.unit`));
  if (FACTOR_LISTS.has(name) && Array.isArray(current)) return tickedFactors(current, path, values);
  if (Array.isArray(current)) {
    const items = text.split(/[\s,;]+/).filter(Boolean);
    return current.every((item) => typeof item === 'number') ? items.map(numberOf) : items;
  }
  if (typeof current === 'number') return name.endsWith('Kurus') ? (kurusOf(text) ?? text) : numberOf(text);
  return text;
}

/** A form that had no boxes changes nothing: an empty box is not sent. */
function tickedFactors(current: readonly string[], path: string, values: FormValues): readonly string[] {
  if (!values.has(tickedName(path))) return current;
  return factorsWith(current).filter((code) => values.has(tickName(path, code)));
}

function numberOf(text: string): number | string {
  const plain = text.trim().replace(',', '.');
  return /^-?\d{1,9}(\.\d{1,4})?$/.test(plain) ? Number(plain) : text;
}

function periodOf(count: string, unit: string): string {
  if (!/^\d{1,4}$/.test(count)) return count;
  return unit === 'H'
    ? `PT${count}H`
    : `P${count}${(UNITS as readonly string[]).includes(unit) ? unit : 'M'}`;
}
