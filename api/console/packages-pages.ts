import type { Router } from 'express';

import type { PackageStatus } from '../../domain/audit-package';
import type { CustomerFilter } from '../../operations/customer-list';
import { cancelPackage, listPackages, readPackage, type PackageView } from '../../operations/packages';
import { sealPackage } from '../../operations/package-seal';
import { loadPolicy } from '../../operations/rules';
import { renderPackage, renderPackages } from '../../templates/console';
import type { PackageModel, PillModel } from '../../templates/console-models';
import type { ApiDeps } from '../deps';
import { textOf } from '../language';
import { done } from './flash';
import { idOf } from './ids';
import { PAGE_ROWS, pagerOf } from './lists';
import { refusalOf, type Refusal } from './refusals';
import { live, show, visiting, type Visit } from './visit';
import { pill } from './words';

export function packagesPages(router: Router, deps: ApiDeps): void {
  router.get('/packages', visiting(deps, 'listPackages', showPackages));
  router.get(
    '/packages/:id',
    visiting(deps, 'readPackage', (visit) => showPackage(visit, null)),
  );
  router.post(
    '/packages/:id/seal',
    visiting(deps, 'sealPackage', (visit) =>
      act(visit, 'packageSealed', (id) => visit.run((tx) => sealPackage(tx, id))),
    ),
  );
  router.post(
    '/packages/:id/cancel',
    visiting(deps, 'cancelPackage', (visit) =>
      act(visit, 'packageCancelled', (id) => visit.run((tx) => cancelPackage(tx, id))),
    ),
  );
}

async function act(visit: Visit, flash: string, perform: (id: string) => Promise<unknown>): Promise<void> {
  const id = idOf(visit.req);
  try {
    await perform(id);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showPackage(visit, refusal);
  }
  visit.deps.wakeUps.wakePackage(visit.identity.dealerId, id);
  done(visit.res, `/packages/${id}`, flash);
}

const LOOKS: Record<PackageStatus, [PillModel['tone'], string]> = {
  rendering: ['info', '⚙'],
  awaiting_seal: ['warn', '⚖'],
  sealed: ['ok', '✓'],
  failed: ['bad', '✕'],
  cancelled: ['muted', '■'],
  rehearsed: ['info', '≡'],
};

const statusOf = ({ t }: Visit, { status }: PackageView): PillModel =>
  pill(...LOOKS[status], t(`console.packageStatus.${status}`));

async function showPackages(visit: Visit): Promise<void> {
  const { req, t } = visit;
  const cursor = typeof req.query['cursor'] === 'string' ? { cursor: req.query['cursor'] } : {};
  const page = await visit.run((tx) => listPackages(tx, { limit: PAGE_ROWS, ...cursor }));
  show(
    visit,
    renderPackages,
    {
      canRequest: visit.can('requestPackage'),
      rows: page.data.map((view) => ({ href: `/packages/${view.id}`, ...lineOf(visit, view) })),
      pager: pagerOf(req, page.nextCursor),
    },
    { title: t('console.packages.title'), section: 'packages' },
  );
}

function lineOf(visit: Visit, view: PackageView) {
  return {
    number: view.number,
    profile: visit.t(`console.profile.${view.profile}`),
    from: view.period.from,
    to: view.period.to,
    status: statusOf(visit, view),
    requestedBy: view.requestedBy.name,
    requestedAt: view.requestedAt.toISOString(),
  };
}

async function showPackage(visit: Visit, refusal: Refusal | null): Promise<void> {
  const { t, req } = visit;
  const id = idOf(req);
  const { view, fourEyes } = await visit.run(async (tx) => ({
    view: await readPackage(tx, id),
    fourEyes: (await loadPolicy(tx)).fourEyes.mode,
  }));
  const running = view.status === 'rendering';
  show(
    visit,
    renderPackage,
    { package: packageModel(visit, view, fourEyes) },
    {
      title: `${t('console.packages.one')} ${view.number}`,
      section: 'packages',
      crumbs: [{ href: '/packages', label: t('console.nav.packages') }],
      ...(running ? { refreshSeconds: 5 } : {}),
      ...(refusal === null ? {} : { problem: refusal.problem, status: refusal.status }),
    },
  );
}

function packageModel(visit: Visit, view: PackageView, fourEyes: 'enforced' | 'recorded'): PackageModel {
  const { t, identity } = visit;
  const path = `/packages/${view.id}`;
  const awaits = view.status === 'awaiting_seal';
  const own = view.requestedBy.id === identity.userId && fourEyes === 'enforced';
  const maySeal = visit.can('sealPackage');
  const open = awaits || view.status === 'rendering';
  return {
    ...lineOf(visit, view),
    phase: view.status === 'rendering' ? t(`console.packagePhase.${view.phase}`) : '',
    nextStep: t(`console.packageNext.${view.status}`),
    done: view.progress.done,
    total: view.progress.total,
    progressMax: Math.max(1, view.progress.total),
    poll: view.status === 'rendering' ? live(path) : null,
    failure: failureOf(visit, view),
    download:
      view.status === 'sealed' && visit.can('downloadPackage')
        ? `/api/v1/audit-packages/${view.id}/download`
        : null,
    seal: awaits && maySeal && !own ? `${path}/seal` : null,
    sealRefusal: awaits && maySeal && own ? t('console.packages.sealOther') : null,
    cancel: open && visit.can('cancelPackage') ? `${path}/cancel` : null,
    asOf: view.asOf?.toISOString() ?? null,
    sealedBy: view.sealedBy?.name ?? null,
    sealedAt: view.sealedAt?.toISOString() ?? null,
    filter: filterWords(visit, view.filter),
    fingerprint: view.keyFingerprint,
    fileName: `${view.number}.zip`,
  };
}

function failureOf({ t }: Visit, view: PackageView): string | null {
  if (view.errorCode === null) return null;
  const what = textOf(t, `console.packageError.${view.errorCode}`) ?? t('console.packageError.other');
  return view.errorCustomer === null ? what : `${what} (${view.errorCustomer})`;
}

const WORD_GROUPS: Record<string, string> = {
  type: 'console.type',
  status: 'console.status',
  risk: 'console.risk',
};

function filterWords({ t }: Visit, filter: CustomerFilter): string[] {
  return Object.entries(filter).map(([name, value]) => {
    const group = WORD_GROUPS[name];
    const values = (Array.isArray(value) ? value : [value]).map((one: unknown) =>
      group === undefined ? String(one) : (textOf(t, `${group}.${String(one)}`) ?? String(one)),
    );
    return `${textOf(t, `console.filter.${name === 'q' ? 'customerSearch' : name}`) ?? name}: ${values.join(', ')}`;
  });
}
