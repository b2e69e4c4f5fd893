import { createHmac } from 'node:crypto';

import type { DocumentRow } from '../db/documents';
import type { FormRow } from '../db/forms';
import type { PaperSources, SealedVersion } from '../db/package-papers';
import type { Language, Trigger } from '../domain/customer';
import type { FormState, MarketingChannel, NoticeChannel } from '../domain/form';
import { changedFields } from '../domain/record';
import { deriveKey, open } from '../stores/crypto';
import { canonicalBytes } from '../stores/package-signature';
import { transactionPlace } from './form-views';
import { openRecord } from './record-envelope';

/** What a package freezes of a customer's forms, ledgers, merges and changes; instants as ISO strings, people by name. */
export interface FrozenPapers {
  forms: FrozenForm[];
  /** Privacy notices that were shown (KVKK m.10). */
  shownNotices: {
    version: string;
    language: Language;
    textSha256: string;
    channel: NoticeChannel;
    at: string;
    by: string | null;
  }[];
  permissions: {
    channel: MarketingChannel;
    state: 'given' | 'withdrawn';
    source: string;
    at: string;
    by: string | null;
  }[];
  merges: FrozenMerge[];
  /** What each version changed, as keyed digests: equal digests mean equal values of this customer, and no more. */
  changes: { version: number; fields: { field: string; before: string | null; after: string | null }[] }[];
  /** SHA-256 of old identity cards whose special categories somebody attested as covered. */
  masked: string[];
}

export interface FrozenForm {
  id: string;
  number: string;
  trigger: Trigger;
  formVersion: string;
  language: Language;
  recordVersion: number;
  state: FormState;
  issuedAt: string;
  issuedBy: string | null;
  privacyNoticeVersion: string;
  pdfSha256: string;
  /** The block of a form about a transaction, as it was printed. */
  transaction: Record<string, unknown> | null;
  signature: { documentSha256: string; at: string; by: string | null } | null;
  ended: { at: string; reason: string | null; supersededBy: string | null } | null;
}

export interface FrozenMerge {
  otherCode: string;
  /** Whether the other file lives on in this one. */
  survived: boolean;
  reason: string;
  at: string;
  by: string | null;
  undone: { at: string; by: string | null; reason: string | null } | null;
}

/** Ids of everybody who appears in these papers. */
export function peopleInPapers({
  forms,
  shownNotices,
  permissions,
  merges,
}: PaperSources): (string | null)[] {
  return [
    ...forms.flatMap(({ issuedBy, signedBy }) => [issuedBy, signedBy]),
    ...shownNotices.map(({ shownBy }) => shownBy),
    ...permissions.map(({ recordedBy }) => recordedBy),
    ...merges.flatMap(({ mergedBy, undoneBy }) => [mergedBy, undoneBy]),
  ];
}

/** The papers as the package shows them. `nameOf` answers for an id, `key` is the customer's. */
export function freezePapers(
  customerId: string,
  sources: PaperSources,
  documents: readonly DocumentRow[],
  key: Buffer,
  nameOf: (id: string | null) => string | null,
): FrozenPapers {
  const noticeVersions = new Map(sources.shownNotices.map(({ id, version }) => [id, version]));
  const numbers = new Map(sources.forms.map(({ id, number }) => [id, number]));
  return {
    forms: sources.forms.map((row) => ({
      ...freezeForm(row, key, nameOf),
      privacyNoticeVersion: noticeVersions.get(row.privacyNoticeId) ?? '–',
      ended:
        row.endedAt === null
          ? null
          : {
              at: row.endedAt.toISOString(),
              reason: row.endedReason,
              supersededBy: row.supersededBy === null ? null : (numbers.get(row.supersededBy) ?? null),
            },
    })),
    shownNotices: sources.shownNotices.map(
      ({ version, language, textSha256, channel, shownAt, shownBy }) => ({
        version,
        language,
        textSha256: textSha256.toString('hex'),
        channel,
        at: shownAt.toISOString(),
        by: nameOf(shownBy),
      }),
    ),
    permissions: sources.permissions.map(({ channel, state, source, at, recordedBy }) => ({
      channel,
      state,
      source,
      at: at.toISOString(),
      by: nameOf(recordedBy),
    })),
    merges: sources.merges.map((row) => ({
      otherCode: row.otherCode,
      survived: row.survivorId === customerId,
      reason: row.reason,
      at: row.mergedAt.toISOString(),
      by: nameOf(row.mergedBy),
      undone:
        row.undoneAt === null
          ? null
          : { at: row.undoneAt.toISOString(), by: nameOf(row.undoneBy), reason: row.undoReason },
    })),
    changes: changesBetween(customerId, sources.versions, key),
    masked: documents.filter(({ maskedAt }) => maskedAt !== null).map(({ sha256 }) => sha256.toString('hex')),
  };
}

type PartOfForm = Omit<FrozenForm, 'privacyNoticeVersion' | 'ended'>;

function freezeForm(row: FormRow, key: Buffer, nameOf: (id: string | null) => string | null): PartOfForm {
  const { id, number, trigger, formVersion, language, recordVersion, state } = row;
  return {
    id,
    number,
    trigger,
    formVersion,
    language,
    recordVersion,
    state,
    issuedAt: row.issuedAt.toISOString(),
    issuedBy: nameOf(row.issuedBy),
    pdfSha256: row.pdfSha256.toString('hex'),
    transaction:
      row.transactionEnvelope === null
        ? null
        : (JSON.parse(open(key, row.transactionEnvelope, transactionPlace(id)).toString()) as Record<
            string,
            unknown
          >),
    signature:
      row.signatureSha256 === null || row.signedAt === null
        ? null
        : {
            documentSha256: row.signatureSha256.toString('hex'),
            at: row.signedAt.toISOString(),
            by: nameOf(row.signedBy),
          },
  };
}

/**
 * The trail shows digests, not values: what a customer no longer wants on file must not live on in a trail. Keyed by a key
 * derived from the customer's, since anybody can try all phone numbers against a plain digest.
 */
function changesBetween(
  customerId: string,
  versions: readonly SealedVersion[],
  key: Buffer,
): FrozenPapers['changes'] {
  const digestKey = deriveKey(key, 'package-change-trail');
  const digest = (value: unknown) =>
    value === undefined
      ? null
      : createHmac('sha256', digestKey).update(canonicalBytes({ value })).digest('hex').slice(0, 16);
  let before: Record<string, unknown> = {};
  return versions.map(({ version, envelope }) => {
    const after = openRecord(key, customerId, version, envelope);
    const fields = changedFields(before, after).map((field) => ({
      field,
      before: digest(before[field]),
      after: digest(after[field]),
    }));
    before = after;
    return { version, fields };
  });
}
