import { randomUUID } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { getCustomer, type CustomerRow } from '../db/customers';
import { nextFormNumber, type FormEnding, type FormRequirement, type FormRow } from '../db/forms';
import { readSourcesOf } from '../db/package-sources';
import { expectFile } from '../db/pending-files';
import { listShownNotices, type ShownNoticeRow } from '../db/privacy';
import { actorId, type Tx } from '../db/transaction';
import { userNames } from '../db/users';
import type { Language, Trigger } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import {
  adultAgeOf,
  FORM_VERSION,
  missingOfTransaction,
  needsTransaction,
  TRIGGER_CODES,
  type NoticeChannel,
} from '../domain/form';
import { askedOf } from '../domain/findings';
import { isDeceased } from '../domain/legal-capacity';
import { valueAt } from '../domain/record-path';
import { blindIndex, seal } from '../stores/crypto';
import { renderFormSheet, renderOfficeSheet, type FormFrame } from '../templates/forms';
import { evidenceOf, factsUnder } from './assessment';
import { readProfile } from './dealers';
import { blanksOf, formSheet, type FormContent } from './form-content';
import { formWords, type FormWords } from './form-fields';
import { officeSheet } from './form-office';
import { transactionPlace } from './form-views';
import { wholeFile } from './package-item';
import type { PackageItem } from './package-snapshot';
import { noticeRow, noticeText, noticeVersionToday } from './privacy';
import { openCustomerKey, openRecord } from './record-envelope';
import { loadPolicy, loadRequirements, today } from './rules';

export interface FormInput {
  /** The customer's own trigger unless told otherwise. */
  trigger?: Trigger;
  /** Goes over the record's own transaction, member by member. */
  transaction?: Record<string, unknown>;
  language?: Language;
  /** The notice was shown just now: it is recorded together with the form. */
  privacyNotice?: { version: string; channel: NoticeChannel };
}

/** Everything that a form needs on its way to the printer and back: nothing of it is written yet but its number. */
export interface PreparedForm {
  customerId: string;
  key: Buffer;
  /** Date of both files: equal HTML and instant give equal bytes. */
  asOf: string;
  html: string;
  officeHtml: string;
  row: Omit<
    NewForm,
    'pdfAddress' | 'pdfSha256' | 'pdfBytes' | 'officeAddress' | 'officeSha256' | 'officeBytes'
  >;
  notice: NewNotice | null;
  /** Where the two files will lie: announced, so that a sweep finds what a broken print leaves behind. */
  addresses: { pdf: string; office: string };
}

type NewForm = Omit<FormRow, FormEnding>;
type NewNotice = Omit<ShownNoticeRow, 'shownBy'>;

/**
 * Reads what a form says and takes its number. Printing takes seconds, so it happens after this transaction and before
 * `recordForm`'s; a number whose printing failed stays unused.
 * Throws STATE_FORBIDS for a closed or deceased customer and where no privacy notice in force was shown, INVALID_INPUT naming what the
 * transaction block lacks (threshold and linked only).
 */
export async function prepareForm(tx: Tx, customerId: string, input: FormInput): Promise<PreparedForm> {
  const customer = await getCustomer(tx, customerId);
  refuseClosed(customer);
  const key = await openCustomerKey(tx, customer);
  const record = openRecord(key, customer.id, customer.version, customer.envelope);
  // Nobody signs any more; the heirs get files of their own (T12).
  if (isDeceased(record)) throw new ComplianceError('STATE_FORBIDS', 'customer_deceased');
  const trigger = input.trigger ?? customer.trigger;
  const transaction = transactionOf(trigger, record, input.transaction);
  const { notice, isNew } = await noticeFor(tx, customer, input);
  const words = formWords(input.language ?? customer.language);
  const item = await wholeFile(tx, await readSourcesOf(tx, customer.id));
  const requirements = await requirementsOf(tx, customer, trigger, record);
  const id = uuidv7();
  const digest = blindIndex(
    key,
    'form',
    JSON.stringify([customer.version, record, transaction, requirements]),
  );
  const frame = await frameOf(tx, customer, item, { trigger, digest, words });
  const { title } = await readProfile(tx);
  const text = noticeText(notice.version, notice.language, title);
  const sheet = formSheet(
    {
      frame,
      type: customer.type,
      record,
      transaction,
      privacy: {
        version: notice.version,
        shownAt: notice.shownAt.toISOString(),
        channel: words.t(`form.channel.${notice.channel}`),
        sha256: text.sha256.toString('hex'),
        paragraphs: text.paragraphs,
      },
      today: today(tx),
      adultAge: adultAgeOf(await loadRequirements(tx), today(tx)),
      asksOwners: requirements.some(({ field }) => field === 'beneficialOwners'),
    },
    words,
  );
  return {
    customerId,
    key,
    asOf: tx.now.toISOString(),
    html: renderFormSheet(sheet, words.language),
    officeHtml: renderOfficeSheet(officeSheet(frame, item, requirements, words), words.language),
    notice: isNew ? notice : null,
    addresses: { pdf: await announced(tx), office: await announced(tx) },
    row: {
      id,
      customerId,
      caseId: null,
      number: frame.number,
      trigger,
      formVersion: FORM_VERSION,
      language: words.language,
      recordVersion: customer.version,
      recordDigest: digest,
      requirements,
      transactionEnvelope:
        transaction === null
          ? null
          : seal(key, Buffer.from(JSON.stringify(transaction)), transactionPlace(id)),
      privacyNoticeId: notice.id,
      issuedAt: tx.now,
      issuedBy: actorId(tx.actor),
    },
  };
}

/** What a form printed now would leave blank, its transaction apart: the labels of its empty lines. */
export async function formBlanks(tx: Tx, customerId: string, language: Language): Promise<string[]> {
  const customer = await getCustomer(tx, customerId);
  const key = await openCustomerKey(tx, customer);
  const record = openRecord(key, customer.id, customer.version, customer.envelope);
  const words = formWords(language);
  const requirements = await requirementsOf(tx, customer, customer.trigger, record);
  const draft: FormContent = {
    frame: {} as FormFrame,
    type: customer.type,
    record,
    transaction: null, // asked for beside the button, not left to the pen
    privacy: { version: '', shownAt: '', channel: '', sha256: '', paragraphs: [] },
    today: today(tx),
    adultAge: adultAgeOf(await loadRequirements(tx), today(tx)),
    asksOwners: requirements.some(({ field }) => field === 'beneficialOwners'),
  };
  return blanksOf(formSheet(draft, words), words);
}

async function announced(tx: Tx): Promise<string> {
  const address = randomUUID();
  await expectFile(tx, address);
  return address;
}

const CLOSED: readonly string[] = ['closed', 'rejected', 'withdrawn', 'expired'];

export function refuseClosed(customer: CustomerRow): void {
  if (CLOSED.includes(customer.status)) throw new ComplianceError('STATE_FORBIDS', 'customer_closed');
}

function transactionOf(
  trigger: Trigger,
  record: Record<string, unknown>,
  given: Record<string, unknown> | undefined,
): Record<string, unknown> | null {
  if (!needsTransaction(trigger)) {
    if (given === undefined) return null;
    throw new ComplianceError('INVALID_INPUT', 'shape', [{ pointer: '/transaction', code: 'unknown_field' }]);
  }
  const kept = valueAt(record, 'transaction');
  const block = { ...(typeof kept === 'object' ? kept : {}), ...given };
  const missing = missingOfTransaction(block);
  if (missing.length === 0) return block;
  throw new ComplianceError(
    'INVALID_INPUT',
    'shape',
    missing.map((name) => ({ pointer: `/transaction/${name}`, code: 'required' })),
  );
}

/** The notice that the form refers to: shown just now, or on record as it reads today. Informing precedes asking (D-9). */
async function noticeFor(
  tx: Tx,
  customer: CustomerRow,
  input: FormInput,
): Promise<{ notice: NewNotice; isNew: boolean }> {
  const version = noticeVersionToday(tx);
  const shown = input.privacyNotice;
  if (shown !== undefined) {
    if (shown.version !== version)
      throw new ComplianceError('INVALID_INPUT', 'shape', [
        { pointer: '/privacyNotice/version', code: 'unknown_code' },
      ]);
    const language = input.language ?? customer.language;
    return { notice: await noticeRow(tx, customer.id, { ...shown, language }), isNew: true };
  }
  const { title } = await readProfile(tx);
  const known = (await listShownNotices(tx, customer.id)).find(
    (row) =>
      row.version === version && row.textSha256.equals(noticeText(version, row.language, title).sha256),
  );
  if (known === undefined) throw new ComplianceError('STATE_FORBIDS', 'privacy_notice_missing');
  return { notice: known, isNew: false };
}

/** Which requirements hold for this type and trigger today, and which of them this record meets. */
async function requirementsOf(
  tx: Tx,
  customer: CustomerRow,
  trigger: Trigger,
  record: unknown,
): Promise<FormRequirement[]> {
  const rules = await loadRequirements(tx);
  const evidence = await evidenceOf(tx, customer, record);
  const facts = factsUnder(tx, await loadPolicy(tx), { type: customer.type, trigger }, record, evidence);
  return askedOf(facts, rules).map(({ rule, met }) => {
    const { id, version, field, severity, legalBasis, confidence } = rule;
    return { id, version, field, severity, legalBasis, confidence, met };
  });
}

async function frameOf(
  tx: Tx,
  customer: CustomerRow,
  item: PackageItem,
  { trigger, digest, words }: { trigger: Trigger; digest: Buffer; words: FormWords },
): Promise<FormFrame> {
  const { title, vkn, licenceNumber } = await readProfile(tx);
  const by = actorId(tx.actor);
  const names = await userNames(tx, by === null ? [] : [by]);
  return {
    dealer: { title, vkn, licenceNumber },
    branch: item.branch,
    number: await nextFormNumber(tx, today(tx).slice(0, 4)),
    formVersion: FORM_VERSION,
    issuedAt: tx.now.toISOString(),
    issuedBy: (by === null ? undefined : names.get(by)) ?? '–',
    customerCode: customer.code,
    triggerCode: TRIGGER_CODES[trigger],
    trigger: words.t(`form.trigger.${trigger}`),
    recordVersion: customer.version,
    recordDigest: digest.toString('hex'),
  };
}
