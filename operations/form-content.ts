import {
  FUNDS_SOURCES,
  isNaturalPerson,
  PUBLIC_INFLUENCE_KINDS,
  PURPOSES,
  type CustomerType,
} from '../domain/customer';
import { MARKETING_CHANNELS, signersOf } from '../domain/form';
import { lacksCapacity } from '../domain/legal-capacity';
import { valueAt } from '../domain/record-path';
import { formatDay, formatPercent } from '../templates/helpers';
import type { FormCard, FormField, FormFrame, FormSheet, FormTick } from '../templates/forms';
import {
  fieldsAt,
  identityFields,
  otherPersonFields,
  ownField,
  transactionFields,
  type FormWords,
} from './form-fields';
import { listAt, representativesOf, textAt } from './package-lines';

export interface FormContent {
  frame: FormFrame;
  type: CustomerType;
  record: Record<string, unknown>;
  /** Null unless the form is about one. */
  transaction: unknown;
  privacy: FormSheet['privacy'];
  today: string;
  /** From which a person signs, by the rules in force. */
  adultAge: number;
  /** Whether the rules in force ask this file for beneficial owners. */
  asksOwners: boolean;
}

/** The customer's sheet in words (D-2.9, sections 1 to 10). */
export function formSheet(content: FormContent, words: FormWords): FormSheet {
  const { type, record, transaction, today } = content;
  return {
    frame: content.frame,
    identity: identityFields(type, record, words),
    ownAccount: ownAccount(record, words),
    onBehalfOf: onBehalfOf(record, words),
    representatives: representatives(content, words),
    holders: holders(type, record, words),
    purpose: ticks(PURPOSES, 'purpose', [textAt(record, 'purpose')], words),
    transaction: transaction === null ? null : transactionFields(transaction, words),
    funds: ticks(FUNDS_SOURCES, 'funds', listAt(record, 'sourcesOfFunds'), words),
    fundsFields: [
      ownField(words, 'fundsText', textAt(record, 'sourceOfFunds'), { wide: true, optional: true }),
      ...(textAt(record, 'sourceOfWealth') === null ? [] : fieldsAt(record, ['sourceOfWealth!'], words)),
    ],
    owners: owners(content, words),
    influence: ticks(PUBLIC_INFLUENCE_KINDS, 'influence', [textAt(record, 'publicInfluence.kind')], words),
    influenceFields: influenceFields(record, words),
    taxResidency: fieldsAt(record, ['taxResidency.country?', 'taxResidency.number?'], words),
    signatures: signersOf(type, record, today, content.adultAge),
    privacy: content.privacy,
    marketing: MARKETING_CHANNELS.map((channel) => words.t(`form.marketingChannel.${channel}`)),
  };
}

/** What the sheet leaves blank and somebody has to fill in by hand: labels in the order of the page. */
export function blanksOf(sheet: FormSheet, words: FormWords): string[] {
  const { t } = words;
  const blank = (fields: readonly FormField[], of: string | null = null) =>
    fields
      .filter(({ value, optional }) => value === null && !optional)
      .map(({ label }) => (of === null ? label : `${of}: ${label}`));
  const unticked = (list: readonly FormTick[], section: string) =>
    list.some(({ on }) => on) ? [] : [t(`form.section.${section}`)];
  const cards = (list: readonly FormCard[]) => list.flatMap(({ title, fields }) => blank(fields, title));
  return [
    ...blank(sheet.identity),
    ...unticked(sheet.ownAccount, 'representation'),
    ...blank(sheet.onBehalfOf, t('form.section.onBehalfOf')),
    ...cards(sheet.representatives),
    ...blank(sheet.transaction ?? []),
    ...unticked(sheet.purpose, 'relation'),
    ...unticked(sheet.funds, 'funds'),
    ...cards(sheet.owners.cards),
    ...unticked(sheet.influence, 'influence'),
  ];
}

function ticks(
  codes: readonly string[],
  group: string,
  chosen: readonly unknown[],
  words: FormWords,
): FormTick[] {
  return codes.map((code) => ({ label: words.value(group, code), on: chosen.includes(code) }));
}

/** Kanun 5549 m.15 [read S18]: asked of everybody, on every form. */
function ownAccount(record: unknown, { value }: FormWords): FormTick[] {
  const own = valueAt(record, 'onOwnAccount');
  return [
    { label: value('ownAccount', 'yes'), on: own === true },
    { label: value('ownAccount', 'no'), on: own === false },
  ];
}

/** Lines for the other person wherever they are named or the declaration says that there is one. */
function onBehalfOf(record: unknown, words: FormWords): FormField[] {
  const other = valueAt(record, 'onBehalfOf');
  if (other === undefined && valueAt(record, 'onOwnAccount') !== false) return [];
  const title = textAt(other, 'title');
  const who =
    title === null
      ? otherPersonFields(valueAt(other, 'person'), words)
      : [ownField(words, 'name', title, { wide: true }), ...fieldsAt(other, ['vkn'], words)];
  return [...who, ...authorityFields(other, words)];
}

function representatives({ type, record, today, adultAge }: FormContent, words: FormWords): FormCard[] {
  const entries = representativesOf(record);
  const person = isNaturalPerson(type);
  const guardian = person && lacksCapacity(record, today, adultAge);
  // A minor and a body act through somebody: their lines are printed although nobody is named yet.
  const shown: unknown[] = entries.length === 0 && (guardian || !person) ? [{}] : entries;
  return shown.map((entry, index) => ({
    title: guardian
      ? words.t('form.section.guardian')
      : person
        ? words.t('form.section.delegate')
        : words.t('form.section.representative', { number: index + 1 }),
    fields: [...otherPersonFields(valueAt(entry, 'person'), words), ...authorityFields(entry, words)],
  }));
}

function authorityFields(entry: unknown, words: FormWords): FormField[] {
  const at = (name: string) => textAt(entry, `authority.${name}`);
  const days = [at('from'), at('until')].map((day) => (day === null ? '…' : formatDay(day, words.language)));
  const signing = at('signing');
  const period = days.every((day) => day === '…') ? null : days.join(' – ');
  return [
    ownField(words, 'authority', at('kind')),
    ownField(words, 'authorityDocument', at('document')),
    ownField(words, 'authorityPeriod', period, { optional: true }),
    ownField(words, 'signing', signing === null ? null : words.value('signing', signing), { optional: true }),
  ];
}

/** Whose the body is by shares: partners of one without legal personality, shareholders of a company. */
function holders(type: CustomerType, record: unknown, words: FormWords): FormSheet['holders'] {
  if (type === 'company' || type === 'company_foreign') {
    const rows = listAt(record, 'shareholders').map((entry) => ({
      name: [textAt(entry, 'name'), textAt(entry, 'of')].filter((part) => part !== null).join(' → ') || '–',
      kind: kindOfHolder(entry, words),
      share: shareText(entry, words),
    }));
    return { title: words.t('form.section.shareholders'), kindTitle: words.t('form.field.kind'), rows };
  }
  const body = textAt(record, 'bodyKind');
  const partners = listAt(record, 'partners');
  if (type !== 'unincorporated' || (body === 'building_management' && partners.length === 0)) return null;
  const rows = partners.map((entry) => ({
    name: personText(valueAt(entry, 'person')),
    kind: textAt(entry, 'person.tckn') ?? textAt(entry, 'person.ykn'),
    share: shareText(entry, words),
  }));
  return { title: words.t('form.section.partners'), kindTitle: words.field('tckn'), rows };
}

function kindOfHolder(entry: unknown, words: FormWords): string | null {
  const kind = textAt(entry, 'kind');
  return kind === null ? null : words.value('holder', kind);
}

function personText(person: unknown): string {
  return [textAt(person, 'givenNames'), textAt(person, 'surname')].filter(Boolean).join(' ') || '–';
}

/** A share as it was given: percent, with the decimals of the language. */
function shareText(entry: unknown, { language }: FormWords): string | null {
  const share = valueAt(entry, 'share');
  if (typeof share !== 'number') return null;
  return language === 'tr' ? `%${String(share).replace('.', ',')}` : formatPercent(share, language);
}

/** Beneficial owners with method, share and path (TY m.17/A [read S6]); a blank card where one is asked for and nobody named. */
function owners({ type, record, asksOwners }: FormContent, words: FormWords): FormSheet['owners'] {
  if (isNaturalPerson(type)) return { statement: words.t('form.text.ownersPerson'), cards: [] };
  const named = listAt(record, 'beneficialOwners');
  const cards = ownerCards(named.length === 0 && asksOwners ? [{}] : named, words);
  return { statement: words.t(cards.length === 0 ? 'form.text.ownersNotAsked' : 'form.text.owners'), cards };
}

function ownerCards(entries: readonly unknown[], words: FormWords): FormCard[] {
  return entries.map((entry, index) => {
    const method = textAt(entry, 'method');
    const reason = textAt(entry, 'reason');
    return {
      title: words.t('form.section.owner', { number: index + 1 }),
      fields: [
        ...otherPersonFields(valueAt(entry, 'person'), words),
        ownField(words, 'method', method === null ? null : words.value('method', method)),
        ownField(words, 'share', shareText(entry, words), { optional: true }),
        ownField(words, 'path', textAt(entry, 'path'), { wide: true, optional: true }),
        ...(reason === null ? [] : [ownField(words, 'reason', reason, { wide: true })]),
      ],
    };
  });
}

function influenceFields(record: unknown, words: FormWords): FormField[] {
  const endedOn = textAt(record, 'publicInfluence.endedOn');
  return [
    ownField(words, 'office', textAt(record, 'publicInfluence.office'), { optional: true }),
    ownField(words, 'endedOn', endedOn === null ? null : formatDay(endedOn, words.language), {
      optional: true,
    }),
  ];
}
