import { userNames } from '../../db/users';
import {
  MARKETING_CHANNELS,
  NOTICE_CHANNELS,
  PERMISSION_SOURCES,
  PERMISSION_STATES,
  type FormState,
} from '../../domain/form';
import { readCustomer, type CustomerView } from '../../operations/customers';
import { readProfile } from '../../operations/dealers';
import { formBlanks } from '../../operations/form-preparation';
import { readForms, type FormView } from '../../operations/form-views';
import {
  noticeText,
  noticeVersionToday,
  readNotices,
  readPermissions,
  type Permissions,
} from '../../operations/privacy';
import type { PillModel, Tone } from '../../templates/console-models';
import {
  renderCustomerForms,
  type FormsPageModel,
  type IssuedFormModel,
} from '../../templates/form-page-models';
import { customerCrumbs, customerPath, headOf, nameOf } from './customer-head';
import { choicesOf, field, select } from './fields';
import { textIn } from './form';
import { issueModel, type SentForm } from './forms-issue';
import { idOf } from './ids';
import { show, type Visit } from './visit';
import { pill } from './words';

type Facts = Awaited<ReturnType<typeof factsOf>>;

export async function showForms(visit: Visit, sent: SentForm | null): Promise<void> {
  const facts = await factsOf(visit);
  const { customer } = facts;
  const open = !['closed', 'rejected', 'withdrawn', 'expired'].includes(customer.status);
  const informed = facts.notices.some((row) => row.version === facts.text.version);
  const mayIssue = open && visit.can('issueForm');
  show(
    visit,
    renderCustomerForms,
    {
      customer: headOf(visit, customer, 'forms'),
      forms: facts.forms.map((form) => formModel(visit, facts, form, sent)),
      noticeMissing: mayIssue && !informed,
      issue: mayIssue && informed ? issueModel(visit, facts, sent) : null,
      privacy: privacyModel(visit, facts),
      marketing: marketingModel(visit, facts),
    },
    {
      title: `${nameOf(visit, customer)}: ${visit.t('console.tab.forms')}`,
      section: 'customers',
      crumbs: customerCrumbs(visit, customer),
      ...(sent === null ? {} : { problem: sent.refusal.problem, status: sent.refusal.status }),
    },
  );
}

function factsOf(visit: Visit) {
  return visit.run(async (tx) => {
    const id = idOf(visit.req);
    const customer: CustomerView = await readCustomer(tx, id);
    const [forms, notices, permissions] = [
      await readForms(tx, id),
      await readNotices(tx, id),
      await readPermissions(tx, id),
    ];
    const people = [
      ...forms.flatMap((form) => [form.issuedBy, form.signature?.by ?? null, form.ended?.by ?? null]),
      ...notices.map((row) => row.shownBy),
      ...permissions.history.map((row) => row.recordedBy),
    ];
    const { title } = await readProfile(tx);
    return {
      customer,
      forms,
      notices,
      permissions,
      names: await userNames(tx, [...new Set(people.flatMap((person) => person ?? []))]),
      blanks: await formBlanks(tx, id, visit.language),
      text: noticeText(noticeVersionToday(tx), visit.language, title),
    };
  });
}

const STATES: Record<FormState, [Tone, string]> = {
  issued: ['warn', '…'],
  signed: ['ok', '✓'],
  superseded: ['muted', '↩'],
  void: ['muted', '×'],
};

function formModel(visit: Visit, facts: Facts, form: FormView, sent: SentForm | null): IssuedFormModel {
  const { t } = visit;
  const path = `${customerPath(facts.customer.id, 'forms')}/${form.id}`;
  const files = `/api/v1${path}`;
  const name = (id: string | null) => (id === null ? '–' : (facts.names.get(id) ?? '–'));
  const own = sent?.formId === form.id ? sent : null;
  const waits = form.state === 'issued';
  const { signature, ended } = form;
  return {
    number: form.number,
    trigger: `${form.triggerCode} · ${t(`form.trigger.${form.trigger}`)}`,
    issued: { at: form.issuedAt.toISOString(), by: name(form.issuedBy) },
    recordVersion: t('form.page.version', { version: form.recordVersion }),
    requirements: t('form.page.requirements', {
      met: form.requirements.filter(({ met }) => met).length,
      all: form.requirements.length,
    }),
    state: pill(...STATES[form.state], t(`form.state.${form.state}`)),
    ended: ended === null ? null : { at: ended.at.toISOString(), by: name(ended.by), reason: ended.reason },
    pdf: `${files}/pdf`,
    officePdf: `${files}/office-pdf`,
    digest: form.pdf.sha256.slice(0, 16),
    signature:
      signature === null
        ? null
        : {
            href: `/api/v1/customers/${facts.customer.id}/documents/${signature.documentId}/content`,
            at: signature.at.toISOString(),
            by: name(signature.by),
          },
    sign: waits && visit.can('signForm') ? signModel(visit, form, path, own) : null,
    void:
      waits && visit.can('voidForm')
        ? {
            title: t('form.page.void'),
            explain: null,
            action: `${path}/void`,
            button: t('form.page.void'),
            tone: 'danger',
            open: own !== null && own.values.has('reason'),
            reason: field({
              name: 'reason',
              id: `f-reason-${form.id}`,
              label: t('console.label.reason'),
              value: own === null ? '' : textIn(own.values, 'reason'),
              error: own?.refusal.errors.get('reason') ?? null,
            }),
          }
        : null,
  };
}

function signModel(
  { t }: Visit,
  form: FormView,
  path: string,
  own: SentForm | null,
): NonNullable<IssuedFormModel['sign']> {
  return {
    action: `${path}/signature`,
    pdfSha256: form.pdf.sha256,
    fileId: `f-file-${form.id}`,
    fileError: own?.refusal.errors.get('file') ?? null,
    open: own !== null && !own.values.has('reason'),
    originalSeen: field({
      kind: 'checkbox',
      name: 'originalSeen',
      id: `f-seen-${form.id}`,
      label: t('form.page.originalSeen'),
    }),
  };
}

function privacyModel(visit: Visit, { customer, notices, names, text }: Facts): FormsPageModel['privacy'] {
  const { t } = visit;
  return {
    version: text.version,
    paragraphs: text.paragraphs,
    action: visit.can('recordPrivacyNotice') ? `${customerPath(customer.id, 'forms')}/privacy-notices` : null,
    channel: select({
      name: 'channel',
      label: t('form.page.privacyHow'),
      value: NOTICE_CHANNELS[0],
      choices: choicesOf(t, 'form.channel', NOTICE_CHANNELS),
      empty: null,
    }),
    shown: notices.map((row) => ({
      text: t('form.page.privacyRow', {
        version: row.version,
        channel: t(`form.channel.${row.channel}`),
      }),
      at: row.shownAt.toISOString(),
      by: (row.shownBy === null ? undefined : names.get(row.shownBy)) ?? '–',
    })),
  };
}

const PERMISSION: Record<Permissions['current']['email'], [Tone, string]> = {
  given: ['ok', '✓'],
  withdrawn: ['warn', '↩'],
  none: ['muted', '–'],
};

function marketingModel(visit: Visit, { customer, permissions, names }: Facts): FormsPageModel['marketing'] {
  const { t } = visit;
  const state = (code: Permissions['current']['email']): PillModel =>
    pill(...PERMISSION[code], t(`form.permission.${code}`));
  const choose = (name: string, label: string, group: string, codes: readonly string[]) =>
    select({
      name,
      label: t(`form.page.${label}`),
      value: codes[0] ?? '',
      choices: choicesOf(t, group, codes),
      empty: null,
    });
  return {
    action: visit.can('recordMarketingPermission')
      ? `${customerPath(customer.id, 'forms')}/marketing-permissions`
      : null,
    now: MARKETING_CHANNELS.map((channel) => ({
      channel: t(`form.marketingChannel.${channel}`),
      state: state(permissions.current[channel]),
    })),
    fields: [
      choose('marketingChannel', 'marketingChannel', 'form.marketingChannel', MARKETING_CHANNELS),
      choose('marketingState', 'marketingState', 'form.permission', PERMISSION_STATES),
      choose('marketingSource', 'marketingSource', 'form.source', PERMISSION_SOURCES),
    ],
    history: permissions.history.map((row) => ({
      channel: t(`form.marketingChannel.${row.channel}`),
      state: t(`form.permission.${row.state}`),
      source: t(`form.source.${row.source}`),
      at: row.at.toISOString(),
      by: (row.recordedBy === null ? undefined : names.get(row.recordedBy)) ?? '–',
    })),
  };
}
