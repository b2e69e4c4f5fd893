import type { Tx } from '../../db/transaction';
import type { PackagePhase } from '../../domain/audit-package';
import { listBranches } from '../../operations/dealers';
import { codesById } from '../../operations/package-preview';
import { readProgressView, type PackageTrouble } from '../../operations/package-progress';
import { packageTree } from '../../operations/package-tree';
import { readPackage, type PackageView } from '../../operations/packages';
import { loadPolicy } from '../../operations/rules';
import type { PackagePageModel, TroubleModel } from '../../templates/package-pages';
import { textOf } from '../language';
import { field } from './fields';
import { handoverSection, readHandoverFacts } from './package-handover';
import { filterWords, kindOf, lineOf } from './package-words';
import { live, type Visit } from './visit';
import { pill, sizeText } from './words';

/** Everything that a package's page shows, read in one transaction. */
export async function readPackagePage(tx: Tx, id: string) {
  const view = await readPackage(tx, id);
  const named = [
    ...(view.customers ?? []),
    ...[...view.include, ...view.exclude].map((one) => one.customerId),
  ];
  return {
    view,
    fourEyes: (await loadPolicy(tx)).fourEyes.mode,
    progress: await readProgressView(tx, id),
    tree: await packageTree(tx, id),
    handover: await readHandoverFacts(tx, view),
    codes: await codesById(tx, named),
    branches: new Map((await listBranches(tx)).map((branch) => [branch.id, branch.name])),
  };
}

type Facts = Awaited<ReturnType<typeof readPackagePage>>;

export function packageModel(visit: Visit, facts: Facts): PackagePageModel {
  const { t } = visit;
  const { view, progress } = facts;
  const path = `/packages/${view.id}`;
  const open = view.status === 'awaiting_seal' || view.status === 'rendering';
  const { href: _, ...line } = lineOf(visit, view);
  return {
    ...line,
    kind: kindOf(visit, view),
    newer: linkOf(view.supersededBy),
    proof: proofOf(visit, view),
    phases: phasesOf(visit, view),
    nextStep: t(nextStepOf(view)),
    done: view.progress.done,
    total: view.progress.total,
    progressMax: Math.max(1, view.progress.total),
    left: leftText(visit, progress.secondsLeft),
    failing: progress.failing === 0 ? null : t('packagePage.failing', { count: progress.failing }),
    poll: view.status === 'rendering' || view.phase === 'discarding' ? live(path) : null,
    events: view.status === 'rendering' ? `/api/v1/audit-packages/${view.id}/events` : null,
    failure: failureOf(visit, view),
    troubles: progress.troubles.map((trouble) => troubleModel(visit, view, trouble)),
    retry: view.phase === 'blocked' && visit.can('retryPackage') ? `${path}/retry` : null,
    ...sealing(visit, facts),
    cancel: open && visit.can('cancelPackage') ? `${path}/cancel` : null,
    fixWindow: fixWindowOf(visit, view),
    asOf: view.asOf?.toISOString() ?? null,
    sealedBy: view.sealedBy?.name ?? null,
    sealedAt: view.sealedAt?.toISOString() ?? null,
    scope: scopeOf(visit, facts),
    links: linksOf(visit, view),
    completeness:
      view.completeness === null
        ? null
        : {
            href: `${path}/completeness`,
            met: view.completeness.met,
            missing: view.completeness.missing,
            notApplicable: view.completeness.notApplicable,
            late: view.completeness.completedLate,
          },
    rehearsal: view.dryRun,
    tree: facts.tree.map(({ name, files, bytes }) => ({
      name,
      about: [
        ...(name.endsWith('/') ? [t('packagePage.files', { count: files })] : []),
        sizeText(bytes, visit.language),
      ].join(' · '),
    })),
    handover: handoverSection(visit, view, facts.handover),
    verification: isOnItsWay(view)
      ? { fingerprint: view.keyFingerprint, fileName: `${view.number}.zip` }
      : null,
  };
}

const PHASES: readonly PackagePhase[] = ['queued', 'including', 'assembling', 'ready'];

/** Neither a rehearsal nor given up: it ends, or has ended, with a file that can be verified. */
function isOnItsWay({ dryRun, status }: PackageView): boolean {
  return !dryRun && status !== 'failed' && status !== 'cancelled';
}

/** The way of a package as steps; a rehearsal and one that was given up have none. */
function phasesOf({ t }: Visit, view: PackageView): PackagePageModel['phases'] {
  if (!isOnItsWay(view)) return [];
  const order = view.fixWindow === null ? PHASES : (['queued', 'fixing', ...PHASES.slice(1)] as const);
  const at = view.phase === 'blocked' ? 'including' : view.phase;
  const now = view.status === 'sealed' ? order.length : order.indexOf(at);
  return order.map((phase, index) => ({
    label: t(`console.packagePhase.${phase}`),
    state: index < now ? 'done' : index === now ? 'now' : 'next',
  }));
}

/** A rehearsal that is being made waits for nobody's seal. */
function nextStepOf({ phase, status, dryRun }: PackageView): string {
  if (phase === 'blocked') return 'packagePage.blockedNext';
  return dryRun && status === 'rendering' ? 'packagePage.rehearsal.next' : `console.packageNext.${status}`;
}

/** Seconds as people say them: under a minute, minutes, hours. */
function leftText({ t }: Visit, seconds: number | null): string | null {
  if (seconds === null) return null;
  if (seconds < 60) return t('packagePage.leftSoon');
  const minutes = Math.round(seconds / 60);
  return t('packagePage.leftMinutes', { count: minutes });
}

function troubleModel(visit: Visit, view: PackageView, trouble: PackageTrouble): TroubleModel {
  const { t } = visit;
  const waits = view.phase === 'blocked' && trouble.leftOut === null;
  return {
    href: `/customers/${trouble.customerId}`,
    code: trouble.code,
    what: textOf(t, `packagePage.fault.${trouble.errorCode}`) ?? t('packagePage.fault.FILE'),
    tries: t('packagePage.tries', { count: trouble.attempts }),
    retryAt: trouble.retryAt?.toISOString() ?? null,
    leftOut: trouble.leftOut,
    leaveOut:
      waits && visit.can('leaveOutOfPackage')
        ? {
            action: `/packages/${view.id}/leave-out`,
            customerId: trouble.customerId,
            reason: field({
              name: 'reason',
              id: `f-reason-${trouble.customerId}`,
              label: t('packagePage.leaveOutReason'),
              maxLength: 500,
            }),
          }
        : null,
  };
}

function sealing(
  visit: Visit,
  { view, fourEyes }: Facts,
): Pick<PackagePageModel, 'download' | 'seal' | 'sealRefusal'> {
  const { t, identity } = visit;
  const own = view.requestedBy.id === identity.userId && fourEyes === 'enforced';
  const maySeal = view.status === 'awaiting_seal' && visit.can('sealPackage');
  return {
    download:
      view.status === 'sealed' && visit.can('downloadPackage')
        ? `/api/v1/audit-packages/${view.id}/download`
        : null,
    seal: maySeal && !own ? `/packages/${view.id}/seal` : null,
    sealRefusal: maySeal && own ? t('console.packages.sealOther') : null,
  };
}

function failureOf({ t }: Visit, view: PackageView): string | null {
  if (view.errorCode === null) return null;
  const what =
    textOf(t, `console.packageError.${view.errorCode}`) ??
    textOf(t, `packagePage.fault.${view.errorCode}`) ??
    t('console.packageError.other');
  return view.errorCustomer === null ? what : `${what} (${view.errorCustomer})`;
}

function fixWindowOf(visit: Visit, view: PackageView): PackagePageModel['fixWindow'] {
  if (view.fixWindow === null) return null;
  const fixing = view.phase === 'fixing';
  return {
    until: view.fixWindow.until?.toISOString() ?? null,
    text: visit.t('packagePage.fixDays', { count: view.fixWindow.days }),
    end: fixing && visit.can('endFixWindow') ? `/packages/${view.id}/end-fix` : null,
  };
}

function scopeOf(visit: Visit, { view, codes, branches }: Facts): PackagePageModel['scope'] {
  const { t } = visit;
  const named = (list: PackageView['include']) =>
    list.map(({ customerId, reason }) => `${codes.get(customerId) ?? customerId}: ${reason}`);
  const sample = view.sample;
  const groups: [string, string[]][] = [
    ['customers', (view.customers ?? []).map((id) => codes.get(id) ?? id)],
    ['include', named(view.include)],
    ['exclude', named(view.exclude)],
    ['sample', sample === null ? [] : [t('packagePage.sampleOf', { size: sample.size, seed: sample.seed })]],
    ['population', view.scope === null ? [] : [t('packagePage.populationOf', { ...view.scope })]],
    ['note', view.note === null ? [] : [view.note]],
  ];
  const filter = filterWords(visit, view.filter, branches);
  return [
    {
      label: t('console.packages.filter'),
      lines: filter.length > 0 ? filter : [t('console.packages.noFilter')],
    },
    ...groups
      .filter(([, lines]) => lines.length > 0)
      .map(([name, lines]) => ({ label: t(`packagePage.scope.${name}`), lines })),
  ];
}

/** What an inspector compares with the files in hand. */
function proofOf({ t }: Visit, view: Facts['view']): PackagePageModel['proof'] {
  const { snapshotSha256, checkpoint, manifest } = view.proof;
  if (view.dryRun || snapshotSha256 === null) return null;
  return {
    snapshot: snapshotSha256,
    checkpoint: checkpoint === null ? null : { n: checkpoint.n, at: checkpoint.at.toISOString() },
    manifest:
      manifest === null
        ? null
        : {
            sha256: manifest.sha256,
            signature: manifest.signatureHolds
              ? pill('ok', '✓', t('packagePage.proof.holds'))
              : pill('bad', '✕', t('packagePage.proof.broken')),
          },
  };
}

function linksOf({ t }: Visit, view: PackageView): PackagePageModel['links'] {
  const link = (name: string, other: PackageView['supersedes']) => {
    const to = linkOf(other);
    return to === null ? [] : [{ ...to, about: t(`packagePage.${name}`) }];
  };
  return [...link('supersedes', view.supersedes), ...link('supersededBy', view.supersededBy)];
}

function linkOf(other: PackageView['supersedes']): PackagePageModel['newer'] {
  return other === null ? null : { href: `/packages/${other.id}`, label: other.number };
}
