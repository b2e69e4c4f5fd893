import type { Router } from 'express';

import type { ChangeState } from '../../db/policy-changes';
import type { Requirement } from '../../domain/requirements';
import { approveChange, proposeUndo, rejectChange, withdrawChange } from '../../operations/policy-changes';
import { previewOf } from '../../operations/policy-preview';
import { listChangeViews, listMoved, readChange, type ChangeView } from '../../operations/policy-views';
import { loadPolicy, versionOf } from '../../operations/rules';
import { POLICY_VERSION } from '../../domain/rules/policy';
import type { Link, PillModel, ReasonForm } from '../../templates/console-models';
import {
  renderChange,
  renderChanges,
  type ChangeLine,
  type ChangeModel,
  type PreviewModel,
  type PreviewRow,
} from '../../templates/policy-models';
import type { OperationId } from '../access';
import type { ApiDeps } from '../deps';
import { previewModel } from './change-form';
import { field } from './fields';
import { done } from './flash';
import { queryText, readForm, textIn, valuesOf } from './form';
import { idOf } from './ids';
import { PAGE_ROWS, pagerOf } from './lists';
import { keyName, linesOf, movedRow, ruleLines } from './policy-words';
import { refusalOf, type Refusal } from './refusals';
import { settingsOptions, settingsTabs } from './settings-pages';
import { live, show, visiting, type Visit } from './visit';
import { pill } from './words';

type Act = (visit: Visit, id: string, reason: string) => Promise<string>;

/** Changes of the rules: who proposed what and why, who approved it, how far it is, and taking it back. */
export function policyChangesPages(router: Router, deps: ApiDeps): void {
  const base = '/settings/policy-changes';
  router.get(base, visiting(deps, 'listPolicyChanges', showChanges));
  router.get(
    `${base}/:id`,
    visiting(deps, 'readPolicyChange', (visit) => showChange(visit, null)),
  );
  const act = (name: string, operation: OperationId, flash: string, perform: Act) =>
    router.post(
      `${base}/:id/${name}`,
      readForm,
      visiting(deps, operation, (visit) => answer(visit, flash, perform)),
    );
  act('approve', 'approvePolicyChange', 'changeApproved', async (visit, id) => {
    await visit.run((tx) => approveChange(tx, id));
    return id;
  });
  act('reject', 'rejectPolicyChange', 'changeRejected', async (visit, id, reason) => {
    await visit.run((tx) => rejectChange(tx, id, reason));
    return id;
  });
  act('withdraw', 'withdrawPolicyChange', 'changeWithdrawn', async (visit, id, reason) => {
    await visit.run((tx) => withdrawChange(tx, id, reason));
    return id;
  });
  act('undo', 'undoPolicyChange', 'changeProposed', (visit, id, reason) =>
    visit.run((tx) => proposeUndo(tx, id, reason)),
  );
}

async function answer(visit: Visit, flash: string, perform: Act): Promise<void> {
  const id = idOf(visit.req);
  let shown: string;
  try {
    shown = await perform(visit, id, textIn(valuesOf(visit.req), 'reason'));
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showChange(visit, refusal);
  }
  visit.deps.wakeUps.wakePolicyChange(visit.identity.dealerId, id);
  done(visit.res, `/settings/policy-changes/${shown}`, flash);
}

const LOOKS: Record<ChangeState, [PillModel['tone'], string]> = {
  proposed: ['warn', '⚖'],
  scheduled: ['info', '◔'],
  applying: ['info', '⚙'],
  applied: ['ok', '✓'],
  rejected: ['bad', '✕'],
  withdrawn: ['muted', '↩'],
  undone: ['muted', '↺'],
};

async function showChanges(visit: Visit): Promise<void> {
  const cursor = queryText(visit.req, 'cursor');
  const page = await visit.run((tx) =>
    listChangeViews(tx, { limit: PAGE_ROWS, ...(cursor === '' ? {} : { cursor }) }),
  );
  show(
    visit,
    renderChanges,
    {
      tabs: settingsTabs(visit, 'changes'),
      rows: page.data.map((view) => lineOf(visit, view)),
      pager: pagerOf(visit.req, page.nextCursor),
    },
    settingsOptions(visit, 'changes'),
  );
}

function lineOf(visit: Visit, view: ChangeView): ChangeLine {
  const { t } = visit;
  const subject = {
    policy: () => keyName(visit, view.key),
    requirement: () => t('policy.change.requirement', { id: view.key }),
    seed: () => t('policy.change.seed', { version: view.key }),
  }[view.target]();
  return {
    href: `/settings/policy-changes/${view.id}`,
    what: view.undoes === null ? subject : t('policy.change.undoing', { what: subject }),
    state: pill(...LOOKS[view.state], t(`policy.state.${view.state}`)),
    validFrom: view.validFrom,
    version: view.number === null ? null : versionOf(POLICY_VERSION, view.number),
    proposedBy: view.proposedBy?.name ?? null,
    proposedAt: view.proposedAt.toISOString(),
  };
}

interface Shown {
  view: ChangeView;
  fourEyes: 'enforced' | 'recorded';
  preview: PreviewModel | null;
  rows: PreviewRow[];
  nextCursor: string | null;
}

async function showChange(visit: Visit, refusal: Refusal | null): Promise<void> {
  const shown = await visit.run(async (tx): Promise<Shown> => {
    const view = await readChange(tx, idOf(visit.req));
    const cursor = queryText(visit.req, 'cursor');
    const page = { limit: PAGE_ROWS, ...(cursor === '' ? {} : { cursor }) };
    const fourEyes = (await loadPolicy(tx)).fourEyes.mode;
    const { target } = view;
    if (view.state === 'proposed' && target !== 'seed') {
      const preview = await previewOf(tx, { ...view, target, warnings: [] }, page);
      return {
        view,
        fourEyes,
        preview: previewModel(visit, preview, ''),
        rows: [],
        nextCursor: preview.nextCursor,
      };
    }
    const moved = await listMoved(tx, view.id, page);
    const rows = moved.data.map((line) => movedRow(visit, line));
    return { view, fourEyes, preview: null, rows, nextCursor: moved.nextCursor };
  });
  const model = modelOf(visit, shown);
  const running = shown.view.state === 'applying' || shown.view.state === 'scheduled';
  show(
    visit,
    renderChange,
    { change: model },
    {
      ...settingsOptions(visit, 'changes', refusal),
      title: `${visit.t('console.settings.changes')}: ${model.what}`,
      crumbs: [{ href: '/settings/policy-changes', label: visit.t('console.settings.changes') }],
      ...(running ? { refreshSeconds: 5 } : {}),
    },
  );
}

function modelOf(visit: Visit, { view, fourEyes, preview, rows, nextCursor }: Shown): ChangeModel {
  const { t } = visit;
  const valueLines = (value: unknown) =>
    view.target === 'policy' ? linesOf(visit, value) : ruleLines(visit, value as Requirement | null);
  const running = view.state === 'applying' || view.state === 'scheduled';
  const other = (id: string | null): Link | null =>
    id === null ? null : { href: `/settings/policy-changes/${id}`, label: t('policy.change.other') };
  return {
    ...lineOf(visit, view),
    ...decisionOf(visit, view, fourEyes),
    tabs: settingsTabs(visit, 'changes'),
    reason: view.reason,
    decidedBy: view.decidedBy?.name ?? null,
    decidedAt: view.decidedAt?.toISOString() ?? null,
    decisionReason: view.decisionReason,
    fourEyes: view.fourEyes === 'recorded' ? t('policy.change.recorded') : null,
    before: view.target === 'seed' ? [] : valueLines(view.oldValue),
    after: view.target === 'seed' ? [] : valueLines(view.newValue),
    undoes: other(view.undoes),
    undoneBy: other(view.undoneBy),
    next: t(`policy.next.${view.state}`),
    poll: running ? live(`/settings/policy-changes/${view.id}`) : null,
    progress:
      view.number === null || view.effect === 'none'
        ? null
        : { ...view.progress, max: Math.max(1, view.progress.total) },
    failure: view.errorCode === null ? null : t('policy.change.failing', { code: view.errorCode }),
    moved: Object.entries(view.moved).map(
      ([what, count]) => `${t(`policy.moved.${what}`)}: ${count.toLocaleString(visit.language)}`,
    ),
    preview,
    rows,
    pager: pagerOf(visit.req, nextCursor),
  };
}

/** What this person may do now, or why not. */
function decisionOf(
  visit: Visit,
  view: ChangeView,
  fourEyes: 'enforced' | 'recorded',
): Pick<ChangeModel, 'approve' | 'refusal' | 'acts'> {
  const { t, identity } = visit;
  const path = `/settings/policy-changes/${view.id}`;
  const act = (name: string, operation: OperationId, tone = 'danger'): ReasonForm[] =>
    visit.can(operation) ? [reasonForm(visit, `${path}/${name}`, name, tone)] : [];
  if (view.state !== 'proposed') {
    const undoable = ['scheduled', 'applying', 'applied'].includes(view.state);
    const own = view.target !== 'seed' && view.undoes === null && view.undoneBy === null;
    return { approve: null, refusal: null, acts: undoable && own ? act('undo', 'undoPolicyChange') : [] };
  }
  const mine = view.proposedBy?.id === identity.userId && fourEyes === 'enforced';
  const may = visit.can('approvePolicyChange');
  return {
    approve: may && !mine ? { action: `${path}/approve`, explain: t('policy.change.approveHint') } : null,
    refusal: mine ? t('policy.change.secondPerson') : may ? null : t('policy.change.managerOnly'),
    acts: [
      ...(mine ? [] : act('reject', 'rejectPolicyChange')),
      ...act('withdraw', 'withdrawPolicyChange', 'quiet-danger'),
    ],
  };
}

function reasonForm({ t }: Visit, action: string, name: string, tone: string): ReasonForm {
  return {
    title: t(`policy.act.${name}`),
    explain: t(`policy.actHint.${name}`),
    action,
    button: t(`policy.act.${name}`),
    tone,
    open: false,
    reason: field({
      kind: 'textarea',
      name: 'reason',
      id: `f-${name}`,
      label: t('policy.form.reason'),
      wide: true,
    }),
  };
}
