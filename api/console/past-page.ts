import { ComplianceError } from '../../domain/errors';
import { pastInstant, readCustomerAt, type PastCase, type PastInstant } from '../../operations/as-of';
import type { CustomerView } from '../../operations/customers';
import { renderPast, type PastModel, type PastSection } from '../../templates/console-past';
import type { FieldModel } from '../../templates/console-models';
import { fieldLabel, textOf } from '../language';
import { customerCrumbs, customerPath, findingsOf, headOf, nameOf } from './customer-head';
import { field } from './fields';
import { queryText } from './form';
import { idOf } from './ids';
import type { FieldSpec, SectionSpec } from './record-fields';
import { sectionsOf } from './record-form';
import { wordsOf } from './record-models';
import { shownValue } from './record-values';
import { describe, type Refusal } from './refusals';
import { show, type Visit } from './visit';
import { stagePill } from './words';

/**
 * Shows the past where the address asks for it, else the present. An instant that is none, or at which there was nothing,
 * shows the present too, and says why.
 */
export async function lookBack(
  visit: Visit,
  showNow: (refusal: Refusal | null) => Promise<void>,
  showThen: (at: PastInstant) => Promise<void>,
): Promise<void> {
  const asOf = queryText(visit.req, 'asOf');
  if (asOf === '') return showNow(null);
  try {
    await showThen(pastInstant(asOf, visit.deps.database.clock.now()));
  } catch (error) {
    if (!(error instanceof ComplianceError) || !error.detail.startsWith('as_of_')) throw error;
    await showNow(describe(error, visit.language));
  }
}

/** A day to look back to; what was asked for stays in it. */
export function dayPicker({ t, req }: Visit, error: string | null = null): FieldModel {
  return field({
    name: 'asOf',
    label: t('record.past.day'),
    type: 'date',
    value: queryText(req, 'asOf').slice(0, 10),
    error,
  });
}

/** The file on a past day: everything on one page, nothing to press. */
export async function showPast(visit: Visit, at: PastInstant): Promise<void> {
  const { t } = visit;
  const id = idOf(visit.req);
  const customer = await visit.run((tx) => readCustomerAt(tx, id, at));
  const head = headOf(visit, customer, 'overview');
  const { openCase } = customer;
  const model: PastModel = {
    customer: {
      ...head,
      openCase:
        openCase === null
          ? null
          : { href: `/cases/${openCase.id}`, label: t(`console.caseKind.${openCase.kind}`) },
      tabs: [],
    },
    at: new Date(at).toISOString(),
    back: customerPath(id),
    pick: { action: customerPath(id), day: dayPicker(visit) },
    version: customer.version,
    findings: findingsOf(visit, customer).map(({ href: _href, ...finding }) => finding),
    current: openCase === null ? null : caseModel(visit, openCase),
    sections: sectionsOf(customer.type, customer.trigger).flatMap((section) =>
      sectionRows(visit, customer, section),
    ),
    documents: customer.documents
      .filter(({ state }) => state === 'current')
      .map((document) => ({
        kind: t(`console.choice.document.${document.kind}`),
        fileName: document.fileName,
        number: document.number,
        issuedOn: document.issuedOn,
        expiresOn: document.expiresOn,
        uploadedAt: document.uploadedAt.toISOString(),
        seenAt: document.originalSeen?.at.toISOString() ?? null,
      })),
  };
  show(visit, renderPast, model, {
    title: `${nameOf(visit, customer)}: ${t('record.past.day')}`,
    section: 'customers',
    crumbs: customerCrumbs(visit, customer),
  });
}

function caseModel({ t }: Visit, row: PastCase): PastModel['current'] {
  const next = row.nextStep;
  return {
    title: t(`console.caseKind.${row.kind}`),
    stage: stagePill(t, row.stage),
    owner: t(`console.owner.${row.owner}`),
    waitingOn: t(`console.waitingOn.${row.waitingOn}`),
    since: row.since.toISOString(),
    next: next === null ? null : (textOf(t, `console.next.${next}`) ?? t('console.next.other')),
    nextAt: row.nextAt?.toISOString() ?? null,
  };
}

/** What a section of the record says, in words; a section that says nothing is left out. */
function sectionRows(visit: Visit, customer: CustomerView, section: SectionSpec): PastSection[] {
  const { t } = visit;
  const { list } = section;
  const title = t(`record.section.${section.id}`);
  const rows = (at: string) => section.fields.flatMap((spec) => rowOf(visit, customer, spec, at));
  if (list === undefined) {
    const own = rows('');
    return own.length === 0 ? [] : [{ title, rows: own }];
  }
  const items = customer.record[list];
  return (Array.isArray(items) ? items : []).map((_, index) => ({
    title: `${t(`record.item.${list}`)} ${index + 1}`,
    rows: rows(`${list}[${index}].`),
  }));
}

function rowOf(visit: Visit, customer: CustomerView, spec: FieldSpec, at: string): PastSection['rows'] {
  const path = at + spec.path;
  const shown = shownValue(customer.record, path, spec, visit.language);
  if (shown === '') return [];
  const day = spec.kind === 'day';
  return [
    {
      label: fieldLabel(visit.language, path),
      value: day ? '' : wordsOf(visit, spec, shown),
      day: day ? shown : null,
    },
  ];
}
