import { randomUUID } from 'node:crypto';

import type { Router } from 'express';

import type { Tx } from '../../db/transaction';
import { once } from '../../operations/idempotency';
import { previewScope, type ScopePreview } from '../../operations/package-preview';
import { requestPackage } from '../../operations/package-request';
import { renderNewPackage } from '../../templates/package-pages';
import type { ApiDeps } from '../deps';
import { done } from './flash';
import { readForm, textIn, valuesOf, type FormValues } from './form';
import { newPackageFields, readChoices } from './new-package-fields';
import { packageRequestIn } from './new-package-values';
import { refusalOf, type Refusal } from './refusals';
import { repeatable } from './repeats';
import { show, visiting, type Visit } from './visit';

export function newPackagePage(router: Router, deps: ApiDeps): void {
  router.get(
    '/packages/new',
    visiting(deps, 'requestPackage', (visit) => showNew(visit, new Map(), {})),
  );
  router.post('/packages', readForm, visiting(deps, 'requestPackage', request));
}

async function showNew(
  visit: Visit,
  values: FormValues,
  { refusal, preview }: { refusal?: Refusal; preview?: ScopePreview },
): Promise<void> {
  const { t } = visit;
  const choices = await visit.run(readChoices);
  show(
    visit,
    renderNewPackage,
    {
      requestKey: values.get('requestKey') ?? randomUUID(),
      ...newPackageFields(visit, values, choices, refusal?.errors ?? new Map()),
      count: preview === undefined ? null : t('packagePage.count', { ...preview }),
    },
    {
      title: t('console.packages.new'),
      section: 'packages',
      crumbs: [{ href: '/packages', label: t('console.nav.packages') }],
      ...(refusal === undefined ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

/** One form, three buttons: count who is in scope, rehearse, make the package. */
async function request(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  const act = textIn(values, 'act');
  let id: string;
  try {
    if (act === 'count') {
      const preview = await visit.run(async (tx) => {
        const { period, filter = {}, ...scope } = await packageRequestIn(tx, values);
        return previewScope(tx, period, filter, scope);
      });
      return await showNew(visit, values, { preview });
    }
    id = await visit.run((tx) => askOnce(tx, values, act === 'rehearse'));
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showNew(visit, values, { refusal });
  }
  visit.deps.wakeUps.wakePackage(visit.identity.dealerId, id);
  done(visit.res, `/packages/${id}`, act === 'rehearse' ? 'rehearsalRequested' : 'packageRequested');
}

/** A form that is sent twice asks for one package. */
async function askOnce(tx: Tx, values: FormValues, dryRun: boolean): Promise<string> {
  const ask = async () => ({
    status: 202,
    id: (await requestPackage(tx, { ...(await packageRequestIn(tx, values)), dryRun })).id,
  });
  const call = repeatable(values, 'console requestPackage');
  return call === undefined ? (await ask()).id : ((await once(tx, call, ask)).answer.id ?? '');
}
