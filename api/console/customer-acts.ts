import type { CaseView } from '../../operations/cases';
import type { CustomerView } from '../../operations/customers';
import type { PlainAct } from '../../templates/console';
import type { ReasonForm } from '../../templates/console-models';
import { customerPath } from './customer-head';
import { field } from './fields';
import { textIn, valuesOf, type FormValues } from './form';
import { refuse, type Refusal } from './refusals';
import type { Visit } from './visit';

const REASON_LENGTH_MAX = 1000;

/** A form that was refused: what was typed and why. `form` names which of the page's forms it was. */
export interface Sent {
  form: 'decision' | 'withdraw' | 'changeType' | 'act';
  values: FormValues;
  refusal: Refusal;
}

/** The reason that a form gave; refuses none, and one that is too long. */
export function reasonIn(visit: Visit): string {
  const reason = textIn(valuesOf(visit.req), 'reason');
  if (reason.trim() === '') refuse([{ pointer: '/reason', code: 'reason_required' }]);
  if (Array.from(reason).length > REASON_LENGTH_MAX) refuse([{ pointer: '/reason', code: 'too_long' }]);
  return reason;
}

/** What this person can do with this file now; what its state forbids is not offered. */
export function actsOf(
  visit: Visit,
  customer: CustomerView,
  openCase: CaseView | null,
  sent: Sent | null,
): (ReasonForm | PlainAct)[] {
  const { t } = visit;
  const path = customerPath(customer.id);
  const plain = (name: string, action: string, tone: string, value: string | null): PlainAct => ({
    reason: null,
    action,
    tone,
    explain: t(`console.act.${name}Hint`),
    button: t(`console.act.${name}`),
    name: value === null ? null : 'act',
    value,
  });
  const acts: (ReasonForm | PlainAct)[] = [];
  const onboarding = openCase?.kind === 'onboarding';
  if (onboarding && openCase.submittedAt === null && visit.can('submitCase'))
    acts.push(plain('submit', `${path}/submit`, 'primary', null));
  const current = ['active', 'suspended', 'passive'].includes(customer.status);
  if (current && visit.can('refreshCustomer')) {
    if (openCase?.kind === 'refresh')
      acts.push(plain('confirmRefresh', `${path}/refresh`, 'primary', 'confirm'));
    else if (openCase === null && customer.trigger === 'continuous') {
      acts.push(plain('confirmRefresh', `${path}/refresh`, '', 'confirm'));
      acts.push(plain('startRefresh', `${path}/refresh`, '', 'start'));
    }
  }
  acts.push(...typeForms(visit, customer, sent));
  if (onboarding && visit.can('withdrawCustomer')) acts.push(withdrawForm(visit, path, sent));
  return acts;
}

/** What the rules found in a person's numbers may say that the file is of the other type (T07, T08). */
function typeForms(visit: Visit, customer: CustomerView, sent: Sent | null): ReasonForm[] {
  const { t } = visit;
  const found = (code: string) => customer.findings.some((finding) => finding.code === code);
  const other =
    customer.type === 'natural_person_tr' && found('is_foreigner')
      ? 'natural_person_foreign'
      : customer.type === 'natural_person_foreign' && found('is_citizen')
        ? 'natural_person_tr'
        : null;
  if (other === null || !visit.can('changeCustomerType')) return [];
  const form = {
    name: 'changeType' as const,
    title: t(`record.changeType.${other}`),
    explain: t('record.changeType.explain'),
    action: `${customerPath(customer.id)}/change-type?type=${other}`,
    tone: '',
  };
  return [reasonForm(visit, form, sent)];
}

function withdrawForm(visit: Visit, path: string, sent: Sent | null): ReasonForm {
  const { t } = visit;
  const form = {
    name: 'withdraw' as const,
    title: t('console.act.withdraw'),
    explain: t('console.act.withdrawHint'),
    action: `${path}/withdraw`,
    tone: 'danger',
  };
  return reasonForm(visit, form, sent);
}

/** An act that asks for a reason; what was sent and refused stays in it. */
function reasonForm(
  { t }: Visit,
  form: { name: Sent['form']; title: string; explain: string; action: string; tone: string },
  sent: Sent | null,
): ReasonForm {
  const { name, title, explain, action, tone } = form;
  const own = sent?.form === name ? sent : null;
  return {
    title,
    explain,
    action,
    button: title,
    tone,
    open: own !== null,
    reason: field({
      kind: 'textarea',
      name: 'reason',
      id: own === null ? `f-${name}-reason` : 'f-reason',
      label: t('console.label.reason'),
      value: own === null ? '' : textIn(own.values, 'reason'),
      error: own?.refusal.errors.get('reason') ?? null,
      wide: true,
    }),
  };
}
