import type { TimelineEvent } from '../../operations/timeline';
import type { EventModel, Tone } from '../../templates/console-models';
import { fieldLabel, textOf } from '../language';
import type { Visit } from './visit';

const LOOKS: Record<string, [Tone, string]> = {
  'customer.created': ['info', '+'],
  'customer.updated': ['info', '✎'],
  'customer.status_changed': ['ok', '⇒'],
  'customer.value_revealed': ['warn', '◉'],
  'customer.file_printed': ['info', '⇩'],
  'document.uploaded': ['info', '⇧'],
  'document.original_seen': ['ok', '✓'],
  'document.masking_attested': ['ok', '✓'],
  'document.withdrawn': ['warn', '↩'],
  'case.closed': ['ok', '■'],
  'case.failed': ['bad', '✕'],
  'finding.opened': ['warn', '!'],
  'finding.closed': ['ok', '✓'],
  'decision.recorded': ['ok', '⚖'],
  'notice.queued': ['info', '✉'],
  'notice.attempted': ['info', '✉'],
  'duty.parked': ['bad', '‖'],
};

/** Groups of codes in an entry's detail, by the member that holds them. */
const WORDS: Record<string, string[]> = {
  from: ['console.stage', 'console.status'],
  to: ['console.stage', 'console.status'],
  stage: ['console.stage'],
  outcome: ['console.outcome', 'console.registerResult'],
  decision: ['console.decisionWord'],
  result: ['console.deliveryResult', 'console.registerResult'],
  level: ['console.risk'],
  step: ['console.step'],
};

/** One line of the history in words: what happened, to what, by whom. */
export function eventModels(visit: Visit, events: readonly TimelineEvent[]): EventModel[] {
  const { t } = visit;
  return events.map((event) => {
    const [tone, icon] = LOOKS[event.event] ?? ['muted', '·'];
    return {
      at: event.at.toISOString(),
      actor: event.actor.name ?? t(`console.actor.${event.actor.kind}`),
      text: textOf(t, `console.event.${event.event}`) ?? event.event,
      detail: detailOf(visit, event),
      tone,
      icon,
    };
  });
}

function detailOf({ t, language }: Visit, { event, detail }: TimelineEvent): string | null {
  const parts: string[] = [];
  const code = (value: unknown, groups: readonly string[]): string | undefined =>
    typeof value === 'string'
      ? groups.map((group) => textOf(t, `${group}.${value}`)).find((text) => text !== undefined)
      : undefined;
  const kind = code(
    detail['kind'],
    event.startsWith('document.')
      ? ['console.choice.document']
      : event.startsWith('case.')
        ? ['console.caseKind']
        : event.startsWith('task.')
          ? ['console.task']
          : ['console.notice'],
  );
  if (kind !== undefined) parts.push(kind);
  if (typeof detail['field'] === 'string') parts.push(fieldLabel(language, detail['field']));
  if (Array.isArray(detail['fields']))
    parts.push(detail['fields'].map((path) => fieldLabel(language, String(path))).join(', '));
  const [from, to] = ['from', 'to'].map((name) => code(detail[name], WORDS[name] ?? []));
  if (from !== undefined && to !== undefined) parts.push(`${from} → ${to}`);
  for (const name of ['outcome', 'decision', 'result', 'level', 'step']) {
    const word = code(detail[name], WORDS[name] ?? []);
    if (word !== undefined) parts.push(word);
  }
  if (event === 'customer.file_printed') {
    parts.push(code(detail['profile'], ['console.profile']) ?? '–');
    parts.push(t('print.logged', { digest: String(detail['digest']) }));
  }
  if (detail['simulated'] === true) parts.push(t('console.simulated'));
  if (typeof detail['reason'] === 'string')
    parts.push(code(detail['reason'], ['console.reason']) ?? detail['reason']);
  if (typeof detail['version'] === 'number')
    parts.push(t('console.versionN', { version: detail['version'] }));
  return parts.length === 0 ? null : parts.join(' · ');
}
