import type { CaseView } from '../../operations/cases';
import { valueAt } from '../../domain/record-path';
import type { Light } from '../../domain/verification';
import type { CaseNow, LightModel } from '../../templates/console-models';
import type { IdentityLightsModel } from '../../templates/evidence-models';
import { fieldLabel, textOf } from '../language';
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
        : lightText(t, name, light),
    };
  });
}

/** A number of the right form is no proof that somebody has it: only a register confirms (D-3.1). */
function lightText(t: Visit['t'], name: string, light: Light): string {
  if (name === 'register' || light === 'grey') return t(`console.lights.${light}`);
  return t(light === 'green' ? 'evidence.lights.fits' : 'evidence.lights.unfit');
}

const LIGHT_TONES = { green: 'ok', red: 'bad', grey: 'muted' } as const;

/** The three lights of each identity number, with its owner's name as the record has it. */
export function identityLightsOf(
  { t, language }: Visit,
  row: CaseView,
  record: unknown,
): IdentityLightsModel[] {
  return (row.lights.identities ?? []).map(({ field, simulated, ...lights }) => ({
    field: fieldLabel(language, field),
    name: ownerOf(record, field),
    lights: (['format', 'checksum', 'register'] as const).map((name) => {
      const light = lights[name];
      const text =
        name === 'register' && simulated ? t('console.lights.simulated') : lightText(t, name, light);
      const of = t(name === 'register' ? 'evidence.lights.register' : `console.lights.${name}`);
      return { tone: LIGHT_TONES[light], icon: ICONS[light], text, of };
    }),
  }));
}

function ownerOf(record: unknown, field: string): string | null {
  const path = field.split('.').slice(0, -1).join('.');
  const owner = path === '' ? record : valueAt(record, path);
  const name = ['title', 'givenNames', 'surname']
    .map((key) => valueAt(owner, key))
    .filter((part) => typeof part === 'string' && part.trim() !== '')
    .join(' ');
  return name === '' ? null : name;
}
