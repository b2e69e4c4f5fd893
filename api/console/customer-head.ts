import { OURS } from '../../domain/rules/requirement-row';
import type { CustomerView } from '../../operations/customers';
import type { CustomerHead, FindingModel, Link } from '../../templates/console-models';
import { findingMessage } from '../language';
import { fieldId } from './fields';
import { RECORD_LISTS, RECORD_PARTS } from './record-form';
import type { Visit } from './visit';
import { riskPill, severityOf, statusPill } from './words';

export const CUSTOMER_TABS = [
  'overview',
  'record',
  'documents',
  'forms',
  'evidence',
  'notices',
  'cases',
  'timeline',
] as const;
export type CustomerTab = (typeof CUSTOMER_TABS)[number];

export function customerPath(id: string, tab: CustomerTab = 'overview'): string {
  return tab === 'overview' ? `/customers/${id}` : `/customers/${id}/${tab}`;
}

/** What stands over every page of a customer. */
export function headOf({ t }: Visit, customer: CustomerView, tab: CustomerTab): CustomerHead {
  const counts: Partial<Record<CustomerTab, number>> = {
    overview: customer.findings.length,
    documents: customer.documents.filter(({ state }) => state === 'current').length,
  };
  return {
    name: nameOf({ t }, customer),
    code: customer.code,
    type: t(`console.type.${customer.type}`),
    trigger: t(`console.trigger.${customer.trigger}`),
    status: statusPill(t, customer.status),
    risk: riskPill(t, customer.risk),
    completeness: customer.completeness,
    nextReviewOn: customer.nextReviewOn,
    openCase:
      customer.openCaseId === null
        ? null
        : { href: `/cases/${customer.openCaseId}`, label: t('console.customer.open') },
    tabs: CUSTOMER_TABS.map((name) => ({
      href: customerPath(customer.id, name),
      label: t(`console.tab.${name}`),
      current: name === tab,
      count: counts[name] ?? null,
    })),
  };
}

/** A file that was opened without a name still needs something to click on. */
export function nameOf({ t }: Pick<Visit, 't'>, customer: { displayName: string }): string {
  return customer.displayName.trim() === '' ? t('console.unnamed') : customer.displayName;
}

export function customerCrumbs({ t }: Visit, customer?: CustomerView): Link[] {
  const list = { href: '/customers', label: t('console.nav.customers') };
  return customer === undefined ? [list] : [list, { href: customerPath(customer.id), label: customer.code }];
}

/** Findings with their words and the place where each can be put right; what blocks comes first. */
export function findingsOf({ t, language }: Visit, customer: CustomerView): FindingModel[] {
  return [...customer.findings]
    .sort((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'))
    .map((finding) => ({
      ...severityOf(finding.severity),
      text: findingMessage(language, finding),
      href: placeOf(customer.id, finding.field),
      severity: t(`console.severity.${finding.severity}`),
      basis: basisText(t, finding.legalBasis),
      confidence: finding.confidence === 'recalled' ? t('console.confidence.recalled') : null,
      since: finding.openedAt.toISOString(),
    }));
}

function placeOf(customerId: string, field: string): string {
  if (field.startsWith('documents.'))
    return `${customerPath(customerId, 'documents')}?kind=${field.slice('documents.'.length)}#upload`;
  if (field === 'nextReviewOn') return `${customerPath(customerId)}#acts`;
  const isSection = [...RECORD_LISTS, ...RECORD_PARTS].includes(field);
  return `${customerPath(customerId, 'record')}#${isSection ? `s-${field}` : fieldId(field)}`;
}

/** The article, or that no law but the dealer's own policy asks for it. */
export function basisText(t: Visit['t'], legalBasis: string): string {
  return legalBasis.replace(OURS.legalBasis, t('console.ownPolicy'));
}
