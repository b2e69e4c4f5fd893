import type { Tx } from '../../db/transaction';
import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../../domain/customer';
import { addDays } from '../../domain/days';
import { PROVINCES } from '../../domain/provinces';
import { listBranches } from '../../operations/dealers';
import { listPackages } from '../../operations/packages';
import { today } from '../../operations/rules';
import type { FieldModel } from '../../templates/console-models';
import type { NewPackageModel } from '../../templates/package-pages';
import { choicesOf, field, select, type Choice } from './fields';
import { textIn, type FormValues } from './form';
import type { Visit } from './visit';

const PROFILES = ['masak', 'maliye'] as const;
const YEAR_DAYS = 365;
const REPLACEABLE_MAX = 50;

export interface PackageChoices {
  today: string;
  branches: Choice[];
  /** Sealed packages that nothing replaces yet, newest first. */
  replaceable: Choice[];
}

/** What there is to choose from. */
export async function readChoices(tx: Tx): Promise<PackageChoices> {
  const { data } = await listPackages(tx, { limit: REPLACEABLE_MAX });
  return {
    today: today(tx),
    branches: (await listBranches(tx)).map(({ id, name }) => ({ value: id, label: name })),
    replaceable: data
      .filter(({ status, supersededBy }) => status === 'sealed' && supersededBy === null)
      .map(({ id, number }) => ({ value: id, label: number })),
  };
}

/** The fields of the form by their groups, with what was typed and what was wrong. */
export function newPackageFields(
  visit: Visit,
  values: FormValues,
  choices: PackageChoices,
  errors: Map<string, string>,
): Omit<NewPackageModel, 'requestKey' | 'count'> {
  const { t } = visit;
  const error = (name: string) => errors.get(name) ?? null;
  const text = (name: string, more: Partial<FieldModel> = {}): FieldModel =>
    field({
      name,
      label: t(`packagePage.form.${name}`),
      value: textIn(values, name),
      error: error(name),
      optional: true,
      ...more,
    });
  const lines = (name: string) =>
    text(name, { kind: 'textarea', wide: true, maxLength: 50_000, hint: t(`packagePage.form.${name}Hint`) });
  return {
    fields: profileFields(visit, values, choices, error),
    filters: filterFields(visit, values, choices),
    sample: [
      text('sampleSize', { inputMode: 'numeric', error: error('sampleSize') ?? error('sample.size') }),
      text('sampleSeed', { maxLength: 100, hint: t('packagePage.form.sampleSeedHint') }),
    ],
    names: [lines('customers'), lines('include'), lines('exclude')],
    more: [
      text('fixWindowDays', { inputMode: 'numeric', hint: t('packagePage.form.fixWindowDaysHint') }),
      select({
        name: 'supersedes',
        label: t('packagePage.form.supersedes'),
        value: textIn(values, 'supersedes'),
        choices: choices.replaceable,
        empty: t('packagePage.form.supersedesNone'),
        error: error('supersedes'),
      }),
      text('note', { kind: 'textarea', wide: true, maxLength: 500 }),
    ],
  };
}

function profileFields(
  { t }: Visit,
  values: FormValues,
  { today: day }: PackageChoices,
  error: (name: string) => string | null,
): FieldModel[] {
  const date = (name: string, otherwise: string): FieldModel =>
    field({
      name,
      label: t(`console.label.${name}`),
      type: 'date',
      value: values.get(name) ?? otherwise,
      error: error(name) ?? error(`period.${name}`),
    });
  return [
    select({
      name: 'profile',
      label: t('console.label.profile'),
      value: values.get('profile') ?? 'masak',
      choices: choicesOf(t, 'console.profile', PROFILES),
      empty: null,
    }),
    date('from', addDays(day, -YEAR_DAYS)),
    date('to', day),
    select({
      name: 'language',
      label: t('console.label.reportLanguage'),
      value: values.get('language') ?? 'tr',
      choices: [
        { value: 'tr', label: 'Türkçe' },
        { value: 'en', label: 'English' },
      ],
      empty: null,
    }),
  ];
}

function filterFields({ t }: Visit, values: FormValues, { branches }: PackageChoices): FieldModel[] {
  const all = t('console.filter.all');
  const list = (name: string, choices: Choice[], label = t(`console.filter.${name}`)) =>
    select({ name, label, value: textIn(values, name), choices, empty: all });
  return [
    field({
      name: 'q',
      label: t('console.filter.customerSearch'),
      value: textIn(values, 'q'),
      maxLength: 200,
    }),
    list('branch', branches, t('packagePage.form.branch')),
    list('type', choicesOf(t, 'console.type', CUSTOMER_TYPES)),
    list('status', choicesOf(t, 'console.status', CUSTOMER_STATUSES)),
    list('risk', choicesOf(t, 'console.risk', RISK_LEVELS)),
    list(
      'missing',
      [{ value: 'any', label: t('packagePage.form.missingAny') }],
      t('packagePage.form.missing'),
    ),
    list(
      'province',
      PROVINCES.map(({ name }) => ({ value: name, label: name })),
    ),
  ];
}
