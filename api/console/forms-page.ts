import type { Router } from 'express';

import { TRIGGERS } from '../../domain/customer';
import { ComplianceError } from '../../domain/errors';
import {
  MARKETING_CHANNELS,
  NOTICE_CHANNELS,
  PERMISSION_SOURCES,
  PERMISSION_STATES,
} from '../../domain/form';
import { voidForm } from '../../operations/form-endings';
import { recordNotice, recordPermission } from '../../operations/privacy';
import type { ApiDeps } from '../deps';
import { issueForm } from '../form-printing';
import { customerPath } from './customer-head';
import { done } from './flash';
import { dayText, kurusOf, readForm, textIn, valuesOf, type FormValues } from './form';
import { receiveSignature } from './forms-upload';
import { showForms } from './forms-view';
import { idOf } from './ids';
import { refusalOf, refuse } from './refusals';
import { repeatable } from './repeats';
import { visiting, type Visit } from './visit';

/** The tab of a customer's forms: issue, download, sign, void; privacy notices and permissions beside it. */
export function formsPages(router: Router, deps: ApiDeps): void {
  const page = '/customers/:id/forms';
  router.get(
    page,
    visiting(deps, 'listForms', (visit) => showForms(visit, null)),
  );
  router.post(
    page,
    readForm,
    visiting(deps, 'issueForm', (visit) => act(visit, { flash: 'formIssued', formId: null }, issue)),
  );
  router.post(
    `${page}/:formId/signature`,
    visiting(deps, 'signForm', (visit) =>
      act(visit, { flash: 'formSigned', formId: idOf(visit.req, 'formId') }, receiveSignature),
    ),
  );
  router.post(
    `${page}/:formId/void`,
    readForm,
    visiting(deps, 'voidForm', (visit) =>
      act(visit, { flash: 'formVoided', formId: idOf(visit.req, 'formId') }, async () => {
        const reason = textIn(valuesOf(visit.req), 'reason');
        await visit.run((tx) => voidForm(tx, idOf(visit.req), idOf(visit.req, 'formId'), reason));
      }),
    ),
  );
  router.post(
    `${page}/privacy-notices`,
    readForm,
    visiting(deps, 'recordPrivacyNotice', (visit) =>
      act(visit, { flash: 'noticeRecorded', formId: null }, recordShown),
    ),
  );
  router.post(
    `${page}/marketing-permissions`,
    readForm,
    visiting(deps, 'recordMarketingPermission', (visit) =>
      act(visit, { flash: 'permissionRecorded', formId: null }, recordGiven),
    ),
  );
}

/** Does what a form asks for; what was refused is shown on the same page, with what was typed. */
async function act(
  visit: Visit,
  { flash, formId }: { flash: string; formId: string | null },
  perform: (visit: Visit) => Promise<void>,
): Promise<void> {
  try {
    await perform(visit);
  } catch (error) {
    const refusal = refusalOf(error, visit.language);
    if (refusal === null) throw error;
    return showForms(visit, { formId, values: valuesOf(visit.req), refusal });
  }
  done(visit.res, customerPath(idOf(visit.req), 'forms'), flash);
}

async function issue(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  const trigger = oneOf(TRIGGERS, values, 'trigger');
  const transaction = trigger === 'threshold' || trigger === 'linked' ? transactionIn(values) : undefined;
  const language = values.get('language') === 'en' ? 'en' : 'tr';
  const input = { trigger, language, ...(transaction === undefined ? {} : { transaction }) } as const;
  await issueForm(visit, idOf(visit.req), input, repeatable(values, `console issueForm ${idOf(visit.req)}`));
}

const TRANSACTION_TEXTS = [
  'kind',
  'metal',
  'purity',
  'currency',
  'payment',
  'purpose',
  'description',
] as const;

/** The transaction's fields; what was left empty is taken from the record. */
function transactionIn(values: FormValues): Record<string, unknown> {
  const typed = (name: string) => textIn(values, `transaction.${name}`).trim();
  const given: Record<string, unknown> = Object.fromEntries(
    TRANSACTION_TEXTS.map((name) => [name, typed(name)] as const).filter(([, value]) => value !== ''),
  );
  if (typed('grams') !== '') {
    if (!/^\d{1,9}([.,]\d{1,3})?$/.test(typed('grams')))
      refuse([{ pointer: '/transaction/grams', code: 'not_a_weight' }]);
    given['grams'] = typed('grams');
  }
  if (typed('on') !== '') given['on'] = dayText(typed('on'));
  if (typed('amountKurus') !== '') {
    const amount = kurusOf(typed('amountKurus'));
    if (amount === undefined) refuse([{ pointer: '/transaction/amountKurus', code: 'wrong_shape' }]);
    given['amountKurus'] = amount;
  }
  return given;
}

async function recordShown(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  const channel = oneOf(NOTICE_CHANNELS, values, 'channel');
  await visit.run((tx) => recordNotice(tx, idOf(visit.req), { version: textIn(values, 'version'), channel }));
}

async function recordGiven(visit: Visit): Promise<void> {
  const values = valuesOf(visit.req);
  const input = {
    channel: oneOf(MARKETING_CHANNELS, values, 'marketingChannel'),
    state: oneOf(PERMISSION_STATES, values, 'marketingState'),
    source: oneOf(PERMISSION_SOURCES, values, 'marketingSource'),
  };
  await visit.run((tx) => recordPermission(tx, idOf(visit.req), input));
}

/** A code that the page offered. */
function oneOf<Code extends string>(codes: readonly Code[], values: FormValues, name: string): Code {
  const code = codes.find((candidate) => candidate === values.get(name));
  if (code !== undefined) return code;
  throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: `/${name}`, code: 'unknown_code' }]);
}
