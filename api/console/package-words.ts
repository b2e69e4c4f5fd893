import type { PackageStatus } from '../../domain/audit-package';
import type { CustomerFilter } from '../../operations/customer-list';
import type { PackageView } from '../../operations/packages';
import type { PillModel } from '../../templates/console-models';
import type { PackageLineModel } from '../../templates/package-pages';
import { textOf } from '../language';
import type { Visit } from './visit';
import { pill } from './words';

const LOOKS: Record<PackageStatus, [PillModel['tone'], string]> = {
  rendering: ['info', '⚙'],
  awaiting_seal: ['warn', '⚖'],
  sealed: ['ok', '✓'],
  failed: ['bad', '✕'],
  cancelled: ['muted', '■'],
  rehearsed: ['ok', '☑'],
};

/** A package that stopped for a person says so wherever it is listed. */
function statusOf({ t }: Visit, { status, phase }: PackageView): PillModel {
  if (phase === 'blocked') return pill('bad', '‖', t('console.packagePhase.blocked'));
  return pill(...LOOKS[status], t(`console.packageStatus.${status}`));
}

export function lineOf(visit: Visit, view: PackageView): PackageLineModel {
  return {
    href: `/packages/${view.id}`,
    number: view.number,
    profile: visit.t(`console.profile.${view.profile}`),
    from: view.period.from,
    to: view.period.to,
    status: statusOf(visit, view),
    superseded: view.supersededBy === null ? null : pill('warn', '↻', visit.t('packagePage.superseded')),
    requestedBy: view.requestedBy.name,
    requestedAt: view.requestedAt.toISOString(),
  };
}

/** The title and the way back of a package's pages. */
export function titleOf({ t }: Visit, view: PackageView): string {
  return `${kindOf({ t }, view)} ${view.number}`;
}

/** What it is, before its number: a package or a rehearsal. */
export function kindOf({ t }: Pick<Visit, 't'>, { dryRun }: PackageView): string {
  return t(dryRun ? 'packagePage.rehearsal.one' : 'console.packages.one');
}

const WORD_GROUPS: Record<string, string> = {
  type: 'console.type',
  status: 'console.status',
  risk: 'console.risk',
};

/** The filter in words; a branch by its name. */
export function filterWords({ t }: Visit, filter: CustomerFilter, branches: Map<string, string>): string[] {
  return Object.entries(filter).map(([name, value]) => {
    const group = WORD_GROUPS[name];
    const values = (Array.isArray(value) ? value : [value]).map((one: unknown) => {
      const text = String(one);
      return group === undefined ? (branches.get(text) ?? text) : (textOf(t, `${group}.${text}`) ?? text);
    });
    const label = textOf(t, `console.filter.${name === 'q' ? 'customerSearch' : name}`) ?? name;
    return `${label}: ${values.join(', ')}`;
  });
}
