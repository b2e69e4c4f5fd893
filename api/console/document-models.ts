import { dayInIstanbul, daysBetween } from '../../domain/days';
import { ageWhenTaken } from '../../domain/document-tests';
import { parsePeriod } from '../../domain/periods';
import type { OfferedKind } from '../../operations/document-kinds';
import type { DocumentView } from '../../operations/document-views';
import type { PillModel, ReasonForm } from '../../templates/console-models';
import type { DocumentModel } from '../../templates/document-pages';
import { customerPath } from './customer-head';
import { field } from './fields';
import { textIn, type FormValues } from './form';
import type { Refusal } from './refusals';
import type { Visit } from './visit';
import { sizeText } from './words';

/** A form that was refused; `documentId` names the row whose form it was, null the upload. */
export interface Sent {
  documentId: string | null;
  values: FormValues;
  refusal: Refusal;
}

/** What a document is shown with. */
export interface DocumentContext {
  customerId: string;
  /** Names of the people that documents speak of. */
  names: ReadonlyMap<string, string>;
  kinds: readonly OfferedKind[];
  /** Whether the file still takes papers. */
  open: boolean;
  today: string;
  sent: Sent | null;
}

/** People that documents speak of. */
export function peopleOf(documents: readonly DocumentView[]): string[] {
  const people = documents.flatMap(({ uploadedBy, originalSeen, masked, ended }) => [
    uploadedBy,
    originalSeen?.by ?? null,
    masked?.by ?? null,
    ended?.by ?? null,
  ]);
  return [...new Set(people.flatMap((id) => id ?? []))];
}

export function documentPath(customerId: string, documentId: string): string {
  return `${customerPath(customerId, 'documents')}/${documentId}`;
}

/** The address of one page's picture. */
export function previewPath(
  customerId: string,
  documentId: string,
  page: number,
  size: 'thumb' | 'page',
): string {
  return `/api/v1/customers/${customerId}/documents/${documentId}/preview?page=${page}&size=${size}`;
}

export function documentModel(visit: Visit, document: DocumentView, context: DocumentContext): DocumentModel {
  const { t, language } = visit;
  const { customerId, names, open } = context;
  const path = documentPath(customerId, document.id);
  const attested = (one: { by: string | null; at: Date } | null) =>
    one === null
      ? null
      : { by: one.by === null ? null : (names.get(one.by) ?? null), at: one.at.toISOString() };
  const { originalSeen, ended } = document;
  const current = document.state === 'current';
  const kind = t(`console.choice.document.${document.kind}`);
  const replaceable = current && open && visit.can('uploadDocument');
  return {
    kind,
    href: path,
    download: `/api/v1/customers/${customerId}/documents/${document.id}/content`,
    thumb: previewPath(customerId, document.id, 1, 'thumb'),
    thumbAlt: t('document.thumbAlt', { kind }),
    fileName: document.fileName,
    size: sizeText(document.bytes, language),
    number: document.number,
    issuedOn: document.issuedOn,
    expiresOn: document.expiresOn,
    age: ageText(visit, document, context.kinds),
    uploadedAt: document.uploadedAt.toISOString(),
    uploadedBy: document.uploadedBy === null ? null : (names.get(document.uploadedBy) ?? null),
    seen: attested(originalSeen),
    masked: attested(document.masked),
    state: stateOf(t, document, context),
    rowClass: current ? 'current' : 'ended',
    ended:
      ended === null
        ? null
        : { by: null, ...attested(ended), at: ended.at.toISOString(), reason: ended.reason },
    attest: current && originalSeen === null && visit.can('attestOriginal') ? `${path}/attest` : null,
    replace: replaceable
      ? `${customerPath(customerId, 'documents')}?kind=${document.kind}&replaces=${document.id}#upload`
      : null,
    withdraw:
      current && visit.can('withdrawDocument') ? withdrawForm(visit, path, document.id, context.sent) : null,
  };
}

/** "Geçerli" is said neither of a paper that has run out nor of one whose age no rule takes. */
function stateOf(t: Visit['t'], document: DocumentView, { today, kinds }: DocumentContext): PillModel {
  const { state, expiresOn } = document;
  if (state !== 'current') return { tone: 'muted', icon: '↩', text: t(`console.documentState.${state}`) };
  if (expiresOn !== null && expiresOn < today) return { tone: 'bad', icon: '!', text: t('document.expired') };
  const maxAge = maxAgeOf(document, kinds);
  const problem = maxAge === null ? null : ageWhenTaken(maxAge, document);
  if (problem !== null) return { tone: 'bad', icon: '!', text: t(`document.age.${problem}`) };
  return { tone: 'ok', icon: '✓', text: t('console.documentState.current') };
}

/** How old it may be and how old it was, at the moment of use: when it was taken. */
function ageText({ t }: Visit, document: DocumentView, kinds: readonly OfferedKind[]): string | null {
  const maxAge = maxAgeOf(document, kinds);
  if (maxAge === null) return null;
  const limit = t('document.ageLimit', { period: periodText(t, maxAge) });
  if (document.issuedOn === null) return limit;
  const days = daysBetween(document.issuedOn, dayInIstanbul(document.uploadedAt));
  return `${limit}; ${t('document.ageTaken', { count: days })}`;
}

function maxAgeOf({ kind }: DocumentView, kinds: readonly OfferedKind[]): string | null {
  return kinds.find((offered) => offered.kind === kind)?.maxAge ?? null;
}

/** `P3M` as "3 ay". */
export function periodText(t: Visit['t'], period: string): string {
  const { months, days } = parsePeriod(period);
  return [
    ...(months === 0 ? [] : [t('document.months', { count: months })]),
    ...(days === 0 ? [] : [t('document.days', { count: days })]),
  ].join(' ');
}

function withdrawForm({ t }: Visit, path: string, documentId: string, sent: Sent | null): ReasonForm {
  const own = sent?.documentId === documentId ? sent : null;
  return {
    title: t('console.documents.withdraw'),
    explain: null,
    action: `${path}/withdraw`,
    button: t('console.documents.withdraw'),
    tone: 'danger',
    open: own !== null,
    reason: field({
      name: 'reason',
      id: own === null ? `f-reason-${documentId}` : 'f-reason',
      label: t('console.label.reason'),
      value: own === null ? '' : textIn(own.values, 'reason'),
      error: own?.refusal.errors.get('reason') ?? null,
    }),
  };
}
