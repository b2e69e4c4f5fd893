import { randomUUID } from 'node:crypto';

import { TRIGGERS } from '../../domain/customer';
import { needsTransaction, TRANSACTION_FIELDS } from '../../domain/form';
import { valueAt } from '../../domain/record-path';
import type { CustomerView } from '../../operations/customers';
import type { FieldModel } from '../../templates/console-models';
import type { FormsPageModel } from '../../templates/form-page-models';
import { customerPath } from './customer-head';
import { choicesOf, field, select } from './fields';
import type { FormValues } from './form';
import { amountText } from './record-values';
import type { Refusal } from './refusals';
import type { Visit } from './visit';

/** A form of the page that was refused; `formId` names the row whose form it was. */
export interface SentForm {
  formId: string | null;
  values: FormValues;
  refusal: Refusal;
}

const TRANSACTION_CHOICES: Record<string, [group: string, codes: readonly string[]]> = {
  kind: ['form.value.transactionKind', ['sale', 'purchase', 'exchange', 'other']],
  metal: ['form.value.metal', ['gold', 'silver', 'platinum', 'other']],
  payment: ['form.value.payment', ['cash', 'transfer', 'card', 'other']],
  currency: ['console.choice.currency', ['TRY', 'USD', 'EUR']],
};
const TRANSACTION_SHOWN = [
  'kind',
  'on',
  'metal',
  'purity',
  'grams',
  'amountKurus',
  'currency',
  'payment',
  'purpose',
  'description',
];

/** The transaction's fields, filled with what the record knows of it. */
function transactionFields({ t }: Visit, record: unknown, own: SentForm | null): FieldModel[] {
  const known = (short: string): string => {
    const value = valueAt(record, `transaction.${short}`);
    if (typeof value === 'number') return amountText(value);
    return typeof value === 'string' ? value : short === 'currency' ? 'TRY' : '';
  };
  return TRANSACTION_SHOWN.map((short) => {
    const name = `transaction.${short}`;
    const shared = {
      name,
      label: t(short === 'amountKurus' ? 'form.page.amountLabel' : `field.${name}`),
      value: own?.values.get(name) ?? known(short),
      optional: !TRANSACTION_FIELDS.some((needed) => needed === short),
      error: own?.refusal.errors.get(name) ?? null,
    };
    const choice = TRANSACTION_CHOICES[short];
    if (choice !== undefined) return select({ ...shared, choices: choicesOf(t, ...choice) });
    return field({ ...shared, ...(short === 'on' ? { type: 'date' } : {}) });
  });
}

/** What is asked before a form is issued, filled with what was typed or is known. */
export function issueModel(
  visit: Visit,
  facts: { customer: CustomerView; blanks: string[] },
  sent: SentForm | null,
): NonNullable<FormsPageModel['issue']> {
  const { t } = visit;
  const { customer } = facts;
  const own = sent?.formId === null && sent.values.has('requestKey') ? sent : null;
  const typed = (name: string, otherwise = '') => own?.values.get(name) ?? otherwise;
  const error = (name: string) => own?.refusal.errors.get(name) ?? null;
  const trigger = typed('trigger', customer.trigger);
  return {
    action: customerPath(customer.id, 'forms'),
    requestKey: randomUUID(),
    blanks: facts.blanks,
    fields: [
      select({
        name: 'trigger',
        label: t('form.page.reason'),
        value: trigger,
        choices: choicesOf(t, 'form.trigger', TRIGGERS),
        empty: null,
        error: error('trigger'),
      }),
      select({
        name: 'language',
        label: t('form.page.language'),
        value: typed('language', customer.language),
        choices: [
          { value: 'tr', label: 'Türkçe' },
          { value: 'en', label: 'English' },
        ],
        empty: null,
      }),
    ],
    transaction: transactionFields(visit, customer.record, own),
    transactionOpen: own !== null || TRIGGERS.some((code) => code === trigger && needsTransaction(code)),
  };
}
