import type { TaskView } from '../../operations/tasks';
import type { TaskModel } from '../../templates/console-models';
import { formatDay } from '../../templates/helpers';
import { fieldLabel, textOf } from '../language';
import { customerPath, nameOf } from './customer-head';
import type { Visit } from './visit';

const RANKS = ['staff', 'officer', 'manager'];

/** Tasks in words; a page does not repeat what it is about itself. Who may act gets a form to say that it is done; a decision ends its own task. */
export function taskModels(
  visit: Visit,
  tasks: readonly TaskView[],
  from: string,
  on: 'list' | 'customer' | 'case' = 'list',
): TaskModel[] {
  const { t } = visit;
  return tasks.map((task) => ({
    title: textOf(t, `console.task.${task.kind}`) ?? t('console.task.other'),
    about: on === 'list' ? aboutOf(visit, task) : null,
    role: t('console.tasks.for', { role: t(`console.role.${task.forRole}`) }),
    since: task.openedAt.toISOString(),
    caseHref: task.caseId === null || on === 'case' ? null : `/cases/${task.caseId}`,
    detail: detailOf(visit, task),
    doneAction: isDoneByHand(task) && visit.can('completeTask') ? `/tasks/${task.id}/complete` : null,
    act: evidenceLink(visit, task),
    noteId: `note-${task.id}`,
    from,
  }));
}

/** The customer or the package that a task is about. */
function aboutOf(visit: Visit, task: TaskView): TaskModel['about'] {
  const { packageId, number } = task.detail;
  if (typeof packageId === 'string' && task.customerId === null) {
    const name = visit.t('console.packages.one');
    return { href: `/packages/${packageId}`, name, code: typeof number === 'string' ? number : '' };
  }
  const { changeId, key } = task.detail;
  if (typeof changeId === 'string' && task.customerId === null) {
    const name = visit.t('console.settings.changes');
    return { href: `/settings/policy-changes/${changeId}`, name, code: typeof key === 'string' ? key : '' };
  }
  if (task.customerId === null) return null;
  return {
    href: customerPath(task.customerId),
    name: nameOf(visit, { displayName: task.displayName ?? '' }),
    code: task.customerCode ?? '',
  };
}

/** Tasks that an act of the product ends: ticking them off would only hide the work. */
const ENDED_BY_ACTS = [
  'decide',
  'decision_overdue',
  'submit_case',
  'refresh',
  'seal_package',
  'package_blocked',
  'policy_change',
  'duplicate',
  'form_signature',
  'gather_evidence',
  'register_unavailable',
  'document_expiring',
];

function isDoneByHand(task: TaskView): boolean {
  return !ENDED_BY_ACTS.includes(task.kind);
}

/** The form in which what a person looked up is recorded. */
function evidenceLink({ t, can }: Visit, { customerId, detail }: TaskView): TaskModel['act'] {
  const { evidence, field } = detail;
  if (customerId === null || typeof evidence !== 'string' || !can('recordEvidence')) return null;
  const request = typeof field === 'string' ? `?request=${encodeURIComponent(`${evidence}|${field}`)}` : '';
  return {
    href: `${customerPath(customerId, 'evidence')}${request}#record`,
    label: t('evidence.toRecord'),
  };
}

/** What the task's own codes say, where there are words for them. */
function detailOf({ t, language }: Visit, task: TaskView): string | null {
  const words = ['reason', 'step'].flatMap((key) => {
    const code = task.detail[key];
    return typeof code === 'string' ? (textOf(t, `console.taskDetail.${code}`) ?? []) : [];
  });
  const { evidence, field, on } = task.detail;
  if (typeof on === 'string') words.push(formatDay(on, language));
  if (typeof evidence === 'string') words.push(textOf(t, `evidence.kind.${evidence}`) ?? evidence);
  if (typeof field === 'string') words.push(fieldLabel(language, field));
  return words.length === 0 ? null : words.join(' · ');
}

/** Roles whose tasks a person sees first: their own and those below; everybody else sees all. */
export function rolesOf({ identity }: Visit): string[] {
  const role = identity.role === 'admin' && identity.alsoManager ? 'manager' : identity.role;
  const rank = RANKS.indexOf(role);
  return rank === -1 ? RANKS : RANKS.slice(0, rank + 1);
}
