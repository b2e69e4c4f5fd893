import type { CaseView } from '../../operations/cases';
import type { CaseNow, LightModel } from '../../templates/console-models';
import { textOf } from '../language';
import type { Visit } from './visit';

/** Stages in the order in which an onboarding goes through them. */
const TRACK = ['collecting', 'verifying', 'waiting_customer', 'rating', 'decision', 'closed'] as const;
/** A follow-up or refresh waits for the customer and ends. */
const SHORT_TRACK = ['waiting_customer', 'closed'] as const;
const REVIEW_TRACK = ['verifying', 'waiting_customer', 'rating', 'decision', 'closed'] as const;

const TRACKS: Record<CaseView['kind'], readonly CaseView['stage'][]> = {
  onboarding: TRACK,
  review: REVIEW_TRACK,
  follow_up: SHORT_TRACK,
  refresh: SHORT_TRACK,
};

/** Where a case stands, in words. */
export function caseNow({ t }: Visit, row: CaseView): CaseNow {
  return {
    track: trackOf(t, row),
    stage: t(`console.stage.${row.stage}`),
    owner: row.stage === 'closed' ? t('console.none') : t(`console.owner.${row.owner}`),
    waitingOn: t(`console.waitingOn.${row.waitingOn}`),
    since: row.since.toISOString(),
    next: nextOf(t, row),
    ladder: row.ladder === null ? null : t('console.case.ladderDone', { count: row.ladder.step }),
    failure: row.errorCode === null ? null : t('console.case.failed'),
  };
}

export function nextOf(t: Visit['t'], row: CaseView): CaseNow['next'] {
  if (row.nextStep === null) return null;
  const what = textOf(t, `console.next.${row.nextStep.what}`) ?? t('console.next.other');
  return { what, at: row.nextStep.at?.toISOString() ?? null };
}

function trackOf(t: Visit['t'], row: CaseView): CaseNow['track'] {
  // Waiting for the customer is a detour: a case that never took it does not show it.
  const waited = row.stage === 'waiting_customer' || row.ladder !== null;
  const stages = TRACKS[row.kind].filter(
    (stage) => stage !== 'waiting_customer' || waited || row.kind === 'refresh',
  );
  const current = stages.indexOf(row.stage === 'screening' ? 'rating' : row.stage);
  return stages.map((stage, index) => {
    const state = index < current ? 'done' : index === current ? 'now' : 'later';
    return {
      label: t(`console.stage.${stage}`),
      state,
      stateText: t(`console.trackState.${state}`),
      icon: { done: '✓', now: '●', later: '○' }[state],
    };
  });
}

const ICONS = { green: '✓', red: '✕', grey: '–' } as const;

/** The three lights. What the simulated register said is named as such, and stays grey. */
export function lightsOf({ t }: Visit, row: CaseView): LightModel[] {
  return (['format', 'checksum', 'register'] as const).map((name) => {
    const light = row.lights[name] ?? 'grey';
    const simulated = name === 'register' && row.lights.simulated === true;
    return {
      name: t(`console.lights.${name}`),
      light,
      icon: ICONS[light],
      text: simulated
        ? t(light === 'red' ? 'console.lights.simulatedRed' : 'console.lights.simulated')
        : t(`console.lights.${light}`),
    };
  });
}
