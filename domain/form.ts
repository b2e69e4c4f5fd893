import type { CustomerType, Trigger } from './customer';
import { isNaturalPerson } from './customer';
import type { Day } from './days';
import { lacksCapacity } from './legal-capacity';
import { foldKey } from './names';
import { isAbsent, valueAt } from './record-path';
import type { Requirement } from './requirements';

/** The customer form ("müşteri tanıma formu", D-2.9): what it is, who signs it, what must be known before it is printed. */

/** Version of the printed form's content; a form goes on naming the one that it was printed with. */
export const FORM_VERSION = '2026-11';

export const FORM_STATES = ['issued', 'signed', 'superseded', 'void'] as const;
export type FormState = (typeof FORM_STATES)[number];

/** How a privacy notice was shown (D-9). */
export const NOTICE_CHANNELS = ['counter_screen', 'print', 'portal', 'mail'] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

/** Ways of advertising that need a permission each (6563 m.6 [read S5]). */
export const MARKETING_CHANNELS = ['email', 'sms', 'call'] as const;
export type MarketingChannel = (typeof MARKETING_CHANNELS)[number];
export const PERMISSION_STATES = ['given', 'withdrawn'] as const;
export const PERMISSION_SOURCES = ['form', 'counter', 'phone', 'mail', 'portal', 'iys'] as const;

/**
 * The code that the form shows for its trigger (D-2.1). A suspicion and a doubt share one neutral code, "tutar
 * gözetmeksizin": a form that named them would tip the customer off (5549 s. Kanun m.4/2).
 */
export const TRIGGER_CODES: Record<Trigger, string> = {
  continuous: 'T1',
  threshold: 'T2',
  linked: 'T3',
  confirmation: 'TG',
  voluntary: 'T6',
};

/** Whether the form must say which transaction it is about. */
export function needsTransaction(trigger: Trigger): boolean {
  return trigger === 'threshold' || trigger === 'linked';
}

/** What a form about a transaction cannot be printed without; metal, fineness and weight can be filled in by hand. */
export const TRANSACTION_FIELDS = ['kind', 'amountKurus', 'currency', 'payment'] as const;

/** Members of the transaction block that are still missing. */
export function missingOfTransaction(transaction: unknown): string[] {
  return TRANSACTION_FIELDS.filter((name) => isAbsent(valueAt(transaction, name)));
}

/** Somebody who signs: `guardian` for a minor or a restricted person, `delegate` for who acts for a person. */
export interface Signer {
  role: 'customer' | 'guardian' | 'delegate' | 'representative';
  /** Null where the record names nobody: the box is filled in by hand. */
  name: string | null;
}

export interface Signers {
  boxes: Signer[];
  /** One signature of those suffices (münferit); otherwise all must sign (müşterek, TY m.7/3 [read S6]). */
  anyOf: boolean;
}

/**
 * Who signs the form on a day. Who is under age or restricted signs nothing: the parent or guardian does (D-2.7). Of
 * representatives who sign jointly each has a box, since "müşterek" needs all of them.
 */
export function signersOf(type: CustomerType, record: unknown, today: Day, adultAge: number): Signers {
  if (!isNaturalPerson(type)) return organisationSigners(record);
  const representative = valueAt(record, 'representative');
  const name = nameOf(valueAt(representative, 'person'));
  if (lacksCapacity(record, today, adultAge)) return { boxes: [{ role: 'guardian', name }], anyOf: false };
  const customer: Signer = { role: 'customer', name: nameOf(record) };
  if (isAbsent(representative)) return { boxes: [customer], anyOf: false };
  return { boxes: [customer, { role: 'delegate', name }], anyOf: true };
}

/**
 * The age from which a person signs, as the requirements in force say it. Without such a rule only a declared lack of
 * capacity counts.
 */
export function adultAgeOf(rules: readonly Requirement[], today: Day): number {
  const ages = rules.flatMap(({ test, validFrom, validTo }) =>
    test.kind === 'adult_or_represented' && validFrom <= today && (validTo === undefined || today < validTo)
      ? [test.adultAge]
      : [],
  );
  return Math.max(0, ...ages);
}

function organisationSigners(record: unknown): Signers {
  const list = valueAt(record, 'representatives');
  const entries: unknown[] = Array.isArray(list) ? list : [];
  if (entries.length === 0) return { boxes: [{ role: 'representative', name: null }], anyOf: false };
  const joint = entries.filter((entry) => signsJointly(valueAt(entry, 'authority.signing')));
  const signing = joint.length > 0 ? joint : entries;
  const boxes = signing.map((entry): Signer => ({
    role: 'representative',
    name: nameOf(valueAt(entry, 'person')),
  }));
  return { boxes, anyOf: joint.length === 0 && boxes.length > 1 };
}

/** The way of signing is kept as it was typed: müşterek, müştereken, birlikte, jointly. */
export function signsJointly(signing: unknown): boolean {
  return typeof signing === 'string' && /musterek|birlikte|joint/.test(foldKey(signing));
}

function nameOf(person: unknown): string | null {
  const parts = ['givenNames', 'surname'].flatMap((part) => {
    const value = valueAt(person, part);
    return typeof value === 'string' && value.trim() !== '' ? [value.trim()] : [];
  });
  return parts.length === 0 ? null : parts.join(' ');
}
