import type { CaseRow } from '../db/cases';
import { customersAt, searchAt, stateAt, type CustomerStateRow } from '../db/customer-states';
import { getCustomer, getVersion } from '../db/customers';
import { findingsOf } from '../db/findings';
import type { Tx } from '../db/transaction';
import { dayInIstanbul, instantOfDay, parseDay } from '../domain/days';
import { ComplianceError } from '../domain/errors';
import { filterCustomers, pageOfCustomers, type CustomerListItem, type CustomerQuery } from './customer-list';
import { viewOf, type CustomerView } from './customers';
import { listDocumentViews, type DocumentView } from './document-views';
import type { Page } from './pages';
import { dealerKey, openCustomerKey, openRecord } from './record-envelope';
import { queryTerms } from './search-terms';

/** A past instant, RFC 3339, to the microsecond where it was given so. */
export type PastInstant = string;

/** Writers stamp just before they commit; a minute is longer than any transaction may take (design §6). */
const FINAL_AFTER_MILLISECONDS = 60_000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The instant that an `asOf` means: an RFC 3339 instant, or a day, which means its end in Türkiye. Refuses what is neither
 * (400), the future (400), and what is less than a minute old, because somebody may still be committing it (422).
 */
export function pastInstant(asOf: string, now: Date): PastInstant {
  const refuse = (code: 'MALFORMED' | 'INVALID_INPUT', detail: string): never => {
    throw new ComplianceError(code, detail, [{ pointer: '/asOf', code: detail }]);
  };
  // A plus that nobody encoded arrives as a space.
  const typed = asOf.trim().replace(/ (\d{2}:\d{2})$/, '+$1');
  const day = parseDay(typed);
  if (day !== null && day === dayInIstanbul(now)) return refuse('INVALID_INPUT', 'as_of_day_not_over');
  const milliseconds =
    day !== null
      ? instantOfDay(day, 24).getTime() - 1
      : INSTANT.test(typed) && parseDay(typed.slice(0, 10)) !== null
        ? Date.parse(typed)
        : Number.NaN;
  if (Number.isNaN(milliseconds)) return refuse('MALFORMED', 'as_of_shape');
  if (milliseconds > now.getTime()) return refuse('MALFORMED', 'as_of_future');
  if (milliseconds > now.getTime() - FINAL_AFTER_MILLISECONDS)
    return refuse('INVALID_INPUT', 'as_of_not_final');
  return day === null ? typed : new Date(milliseconds).toISOString();
}

/** The open case as it stood: where it was, whose it was, what came next. */
export type PastCase = Pick<
  CaseRow,
  'id' | 'kind' | 'stage' | 'owner' | 'waitingOn' | 'since' | 'nextStep' | 'nextAt' | 'dueOn'
>;

/**
 * The file as screens showed it at an instant: data, findings, status, risk, dates and documents. 404 where there was none
 * yet. Texts of findings are today's words for the same rule and version.
 */
export async function readCustomerAt(
  tx: Tx,
  id: string,
  at: PastInstant,
): Promise<CustomerView & { openCase: PastCase | null }> {
  const live = await getCustomer(tx, id);
  const state = await stateAt(tx, id, at);
  if (state === null) throw new ComplianceError('NOT_FOUND', 'as_of_before_file');
  const key = await openCustomerKey(tx, live);
  const { envelope } = await getVersion(tx, id, state.version);
  const { type, trigger, status, risk, branchId, language, version, displayName } = state;
  const { completeness, missing, province, nextReviewOn, reviewOverdueSince, updatedAt } = state;
  const past = { type, trigger, status, risk, branchId, language, version, displayName, completeness };
  const customer = { ...live, ...past, missing, province, nextReviewOn, reviewOverdueSince, updatedAt };
  const view = viewOf(customer, {
    record: openRecord(key, id, version, envelope),
    findings: await findingsOf(tx, id, state.findings),
    openCaseId: state.caseId,
    documents: (await listDocumentViews(tx, live)).flatMap((document) => documentAt(document, state)),
  });
  return { ...view, openCase: caseAt(state) };
}

/** A document of that instant: what happened to it later has not happened yet. */
function documentAt(document: DocumentView, state: CustomerStateRow): DocumentView[] {
  const current = state.documents.includes(document.id);
  if (!current && !state.endedDocuments.includes(document.id)) return [];
  const seen = state.seenDocuments.includes(document.id);
  return [
    {
      ...document,
      ...(current ? { state: 'current' as const, ended: null } : {}),
      ...(seen ? {} : { originalSeen: null }),
    },
  ];
}

function caseAt(state: CustomerStateRow): PastCase | null {
  const { caseId, caseKind, caseStage, caseOwner, caseWaitingOn, caseSince } = state;
  if (caseId === null || caseKind === null || caseStage === null || caseOwner === null) return null;
  if (caseWaitingOn === null || caseSince === null) return null;
  return {
    id: caseId,
    kind: caseKind,
    stage: caseStage,
    owner: caseOwner,
    waitingOn: caseWaitingOn,
    since: caseSince,
    nextStep: state.caseNextStep,
    nextAt: state.caseNextAt,
    dueOn: state.caseDueOn,
  };
}

/** The customer list as it was: filters, search, order and pages are those of the list of today. */
export async function listCustomersAt(
  tx: Tx,
  query: CustomerQuery,
  at: PastInstant,
): Promise<Page<CustomerListItem>> {
  const { q, ...filter } = query;
  const rows = customersAt(tx, at);
  await filterCustomers(tx, rows, filter);
  if (q !== undefined && q.trim() !== '') searchAt(tx, rows, queryTerms(await dealerKey(tx), q));
  return pageOfCustomers(tx, rows, query);
}
