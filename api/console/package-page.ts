import type { Router } from 'express';

import { endFixWindow } from '../../operations/package-fix-window';
import { leaveOutOfPackage, retryPackage } from '../../operations/package-resolve';
import { sealPackage } from '../../operations/package-seal';
import { cancelPackage } from '../../operations/packages';
import { renderPackage } from '../../templates/package-pages';
import type { ApiDeps } from '../deps';
import { scriptLinks } from './assets';
import { done } from './flash';
import { readForm, textIn, valuesOf } from './form';
import { idOf } from './ids';
import { receiveReceipt, recordFromForm } from './package-handover';
import { packageModel } from './package-model';
import { titleOf } from './package-words';
import { refusalOf, type Refusal } from './refusals';
import { readPackagePage } from './package-model';
import { show, visiting, type Visit } from './visit';
import type { OperationId } from '../access';

type Perform = (visit: Visit, id: string) => Promise<unknown>;

/** Acts on a package: address, the API's operation whose right it takes, what is said afterwards, what is done. */
const ACTS: [string, OperationId, string, Perform][] = [
  ['seal', 'sealPackage', 'packageSealed', ({ run }, id) => run((tx) => sealPackage(tx, id))],
  ['cancel', 'cancelPackage', 'packageCancelled', ({ run }, id) => run((tx) => cancelPackage(tx, id))],
  ['retry', 'retryPackage', 'packageRetried', ({ run }, id) => run((tx) => retryPackage(tx, id))],
  ['end-fix', 'endFixWindow', 'packageFixEnded', ({ run }, id) => run((tx) => endFixWindow(tx, id))],
  [
    'leave-out',
    'leaveOutOfPackage',
    'packageLeftOut',
    ({ run, req }, id) => {
      const values = valuesOf(req);
      const [customerId, reason] = [textIn(values, 'customerId'), textIn(values, 'reason').slice(0, 500)];
      return run((tx) => leaveOutOfPackage(tx, id, { customerId, reason }));
    },
  ],
];

export function packagePage(router: Router, deps: ApiDeps): void {
  router.get(
    '/packages/:id',
    visiting(deps, 'readPackage', (visit) => showPackage(visit, null)),
  );
  router.post(
    '/packages/:id/handovers',
    readForm,
    visiting(deps, 'recordHandover', (visit) => act(visit, 'packageHandedOver', recordFromForm)),
  );
  // Not read as a form: the file is taken off the line as it comes.
  router.post(
    '/packages/:id/handovers/:handoverId/receipt',
    visiting(deps, 'uploadReceipt', (visit) => act(visit, 'packageReceipt', receiveReceipt)),
  );
  for (const [name, operation, flash, perform] of ACTS) {
    router.post(
      `/packages/:id/${name}`,
      readForm,
      visiting(deps, operation, (visit) => act(visit, flash, perform)),
    );
  }
}

async function act(visit: Visit, flash: string, perform: Perform): Promise<void> {
  const id = idOf(visit.req);
  try {
    await perform(visit, id);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showPackage(visit, refusal);
  }
  visit.deps.wakeUps.wakePackage(visit.identity.dealerId, id);
  done(visit.res, `/packages/${id}`, flash);
}

async function showPackage(visit: Visit, refusal: Refusal | null): Promise<void> {
  const { t, req } = visit;
  const facts = await visit.run((tx) => readPackagePage(tx, idOf(req)));
  show(
    visit,
    renderPackage,
    { package: packageModel(visit, facts), script: scriptLinks().packageLive },
    {
      title: titleOf(visit, facts.view),
      section: 'packages',
      crumbs: [{ href: '/packages', label: t('console.nav.packages') }],
      ...(facts.view.status === 'rendering' ? { refreshSeconds: 5 } : {}),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}
