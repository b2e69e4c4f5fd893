import { translator, type Language, type Translate } from '../locales';
import { htmlTemplate, textTemplate } from './engine';
import { formatDay } from './helpers';

/** The mails there are: five for customers, three for colleagues. */
export type MailTemplate =
  | 'list'
  | 'reminder'
  | 'finalExpire'
  | 'finalSuspend'
  | 'refresh'
  | 'welcome'
  | 'escalation'
  | 'approval'
  | 'overdue';

/** What a mail is made of. Names and titles may hold anything a person can type. */
export interface MailModel {
  template: MailTemplate;
  /** A customer's name; null in a mail to a colleague, which carries the code only. */
  name: string | null;
  customerCode: string;
  /** The dealer's title. */
  dealer: string;
  missing: readonly { field: string; code: string; legalBasis: string }[];
  /** The last day, `YYYY-MM-DD`. */
  day: string | null;
  /** Days since the wait began. */
  days: number | null;
}

export interface RenderedMail {
  /** One line, 60 characters at most. */
  subject: string;
  text: string;
  html: string;
}

interface Layout {
  before: readonly string[];
  items?: 'with_basis' | 'plain';
  after: readonly string[];
}

/** The order of a mail's paragraphs; `deadline` and `consequence` are left out where no last day is known. */
const LAYOUTS: Record<MailTemplate, Layout> = {
  list: { before: ['intro'], items: 'with_basis', after: ['deadline', 'how', 'law'] },
  reminder: { before: ['intro'], items: 'plain', after: ['deadline', 'how'] },
  finalExpire: { before: ['intro'], items: 'plain', after: ['consequence', 'how'] },
  finalSuspend: { before: ['intro'], items: 'plain', after: ['consequence', 'how'] },
  refresh: { before: ['intro', 'how'], after: [] },
  welcome: { before: ['intro', 'code'], after: [] },
  escalation: { before: ['intro', 'how'], after: [] },
  approval: { before: ['intro', 'how'], after: [] },
  overdue: { before: ['intro', 'how'], after: [] },
};

const NEEDS_DAY: readonly string[] = ['deadline', 'consequence'];

/**
 * Why an item is asked for, in words that fit every kind of gap. A number the register does not know and a slip of the
 * pen read alike: a mail never hints at a suspicion.
 */
const REASONS: Record<string, string> = {
  missing: 'missing',
  too_few: 'missing',
  needs_representative: 'missing',
  owner_missing: 'missing',
  holder_unidentified: 'missing',
  expired: 'expired',
  too_old: 'tooOld',
  issue_day_missing: 'tooOld',
  original_not_seen: 'original',
  review_overdue: 'confirm',
};

interface Page {
  subject: string;
  greeting: string;
  before: string[];
  items: { label: string; reason: string; basis: string | null }[];
  after: string[];
  dealer: string;
  footer: string[];
}

const htmlPage = htmlTemplate<Page>('mails/mail.html.hbs');
const textPage = textTemplate<Page>('mails/mail.text.hbs');

/** A mail in the reader's language: subject, HTML and its plain twin, without links, identity numbers or amounts. */
export function renderMail(model: MailModel, language: Language): RenderedMail {
  const page = pageOf(model, language);
  return { subject: page.subject, text: textPage(page, language), html: htmlPage(page, language) };
}

function pageOf(model: MailModel, language: Language): Page {
  const t = translator(language);
  const layout = LAYOUTS[model.template];
  const items = layout.items === undefined ? [] : itemsOf(model, t, layout.items === 'with_basis');
  const values = {
    code: model.customerCode,
    day: model.day === null ? '' : formatDay(model.day, language),
    days: model.days ?? 0,
    count: layout.items === undefined ? model.missing.length : items.length,
  };
  const paragraphs = (keys: readonly string[]) =>
    keys
      .filter((key) => model.day !== null || !NEEDS_DAY.includes(key))
      .map((key) => t(`mail.${model.template}.${key}`, values));
  return {
    subject: t(`mail.${model.template}.subject`, values),
    greeting: model.name === null ? t('mail.colleague') : t('mail.greeting', { name: oneLine(model.name) }),
    before: paragraphs(layout.before),
    items,
    after: paragraphs(layout.after),
    dealer: oneLine(model.dealer),
    footer: [
      t('mail.automatic', { dealer: oneLine(model.dealer), code: model.customerCode }),
      ...(model.name === null ? [] : [t('mail.noLinks')]),
    ],
  };
}

/** One line a field, however many rules it fails: a customer is asked for a thing once. */
function itemsOf(model: MailModel, t: Translate, withBasis: boolean): Page['items'] {
  const items = new Map<string, Page['items'][number]>();
  for (const { field, code, legalBasis } of model.missing) {
    const label = labelOf(field, t);
    if (items.has(label)) continue;
    const reason = t(`mail.reason.${REASONS[code] ?? 'check'}`);
    items.set(label, { label, reason, basis: withBasis ? legalBasis : null });
  }
  return [...items.values()];
}

/** Rules are data: a dealer's new rule may name a field that has no label yet, and its mail goes out all the same. */
function labelOf(field: string, t: Translate): string {
  try {
    return t(`field.${field.replaceAll(/\[\d*\]/g, '')}`);
  } catch {
    return t('mail.unnamed');
  }
}

/** A name is kept as it was typed; a line break in it must not open a paragraph of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}
