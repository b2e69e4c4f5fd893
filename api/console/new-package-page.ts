import { createHash, randomUUID } from 'node:crypto';

import type { Router } from 'express';

import { CUSTOMER_STATUSES, CUSTOMER_TYPES, RISK_LEVELS } from '../../domain/customer';
import { addDays, parseDay } from '../../domain/days';
import { PROVINCES } from '../../domain/provinces';
import type { CustomerFilter } from '../../operations/customer-list';
import { once } from '../../operations/idempotency';
import { requestPackage } from '../../operations/package-request';
import { today } from '../../operations/rules';
import { renderNewPackage } from '../../templates/console';
import type { FieldModel } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { choicesOf, field, select } from './fields';
import { done } from './flash';
import { dayText, readForm, textIn, valuesOf, type FormValues } from './form';
import { refusalOf, refuse, type Refusal } from './refusals';
import { show, visiting, type Visit } from './visit';

const PROFILES = ['masak', 'maliye'] as const;
const YEAR_DAYS = 365;

export function newPackagePage(router: Router, deps: ApiDeps): void {
  router.get(
    '/packages/new',
    visiting(deps, 'requestPackage', (visit) => showNew(visit, new Map(), null)),
  );
  router.post('/packages', readForm, visiting(deps, 'requestPackage', request));
}

async function showNew(visit: Visit, values: FormValues, refusal: Refusal | null): Promise<void> {
  const { t } = visit;
  const day = await visit.run(async (tx) => today(tx));
  const error = (name: string) => refusal?.errors.get(name) ?? null;
  const all = t('console.filter.all');
  const list = (name: string, choices: { value: string; label: string }[]) =>
    select({ name, label: t(`console.filter.${name}`), value: textIn(values, name), choices, empty: all });
  const date = (name: string, otherwise: string): FieldModel =>
    field({
      name,
      label: t(`console.label.${name}`),
      type: 'date',
      value: values.get(name) ?? otherwise,
      error: error(name) ?? error(`period.${name}`),
    });
  show(
    visit,
    renderNewPackage,
    {
      requestKey: values.get('requestKey') ?? randomUUID(),
      fields: [
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
      ],
      filters: [
        list('type', choicesOf(t, 'console.type', CUSTOMER_TYPES)),
        list('status', choicesOf(t, 'console.status', CUSTOMER_STATUSES)),
        list('risk', choicesOf(t, 'console.risk', RISK_LEVELS)),
        list(
          'province',
          PROVINCES.map(({ name }) => ({ value: name, label: name })),
        ),
      ],
    },
    {
      title: t('console.packages.new'),
      section: 'packages',
      crumbs: [{ href: '/packages', label: t('console.nav.packages') }],
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

async function request(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  let id: string;
  try {
    const period = { from: dayText(textIn(values, 'from')), to: dayText(textIn(values, 'to')) };
    const wrong = (['from', 'to'] as const).filter((name) => parseDay(period[name]) === null);
    if (wrong.length > 0) refuse(wrong.map((name) => ({ pointer: `/period/${name}`, code: 'not_a_day' })));
    const profile = PROFILES.find((code) => code === values.get('profile')) ?? 'masak';
    const language = values.get('language') === 'en' ? 'en' : 'tr';
    id = await visit.run(async (tx) => {
      const ask = async () => ({
        status: 202,
        id: (await requestPackage(tx, { profile, period, language, filter: filterIn(values) })).id,
      });
      const key = textIn(values, 'requestKey');
      if (!/^[0-9a-f-]{36}$/.test(key)) return (await ask()).id;
      const bodyHash = createHash('sha256')
        .update(JSON.stringify([...values]))
        .digest();
      return (await once(tx, { key, route: 'console requestPackage', bodyHash }, ask)).answer.id ?? '';
    });
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showNew(visit, values, refusal);
  }
  visit.deps.wakeUps.wakePackage(visit.identity.dealerId, id);
  done(visit.res, `/packages/${id}`, 'packageRequested');
}

function filterIn(values: FormValues): CustomerFilter {
  const one = <Code extends string>(name: string, codes: readonly Code[]) => {
    const code = codes.find((candidate) => candidate === values.get(name));
    return code === undefined ? undefined : [code];
  };
  const [type, status, risk] = [
    one('type', CUSTOMER_TYPES),
    one('status', CUSTOMER_STATUSES),
    one('risk', RISK_LEVELS),
  ];
  const province = one(
    'province',
    PROVINCES.map(({ name }) => name),
  );
  return {
    ...(type === undefined ? {} : { type }),
    ...(status === undefined ? {} : { status }),
    ...(risk === undefined ? {} : { risk }),
    ...(province === undefined ? {} : { province }),
  };
}
