import { getCustomer } from '../db/customers';
import { listCasesOf } from '../db/cases';
import type { Tx } from '../db/transaction';
import { userNames } from '../db/users';
import { listRetries, listVerifications, type VerificationRow } from '../db/verifications';
import {
  possibleEvidence,
  wantedEvidence,
  type EvidenceResult,
  type WantedEvidence,
} from '../domain/evidence';
import {
  CARD_SPELLINGS,
  registerSubjects,
  spelledLikeCard,
  type CardSpelling,
} from '../domain/register-subjects';
import type { EvidenceKind } from '../domain/rules/evidence';
import { dealerKey, openCustomerKey, openRecord, openText } from './record-envelope';
import { evidenceHash, lastSeen, standingAnswers } from './standing-answers';

/** One answer about a customer as people read it. */
export interface EvidenceView {
  id: string;
  kind: EvidenceKind;
  field: string;
  result: EvidenceResult;
  provider: string;
  link: string | null;
  seenAt: Date;
  recordedAt: Date;
  recordedBy: string | null;
  note: string;
  barcode: string | null;
  document: { id: string; sha256: string } | null;
  caseId: string | null;
  /** The record still says what was looked up. */
  holds: boolean;
}

/** A look-up that this file asks for, or allows. */
export interface EvidenceRequest extends Omit<WantedEvidence, 'value'> {
  /** Asked of every file of this type; the others are recorded where the register stayed silent. */
  expected: boolean;
  /** What somebody saw for the value as it stands. */
  seen: EvidenceResult | null;
}

/** A mismatch that may be asked about once more, and how the card may write the name. */
export interface RetryOffer {
  field: string;
  spellings: { spelling: CardSpelling; givenNames: string; surname: string }[];
}

/** Where the sealed parts of a look-up belong. */
export function evidencePlace(id: string, part: 'note' | 'barcode'): string {
  return `verifications|${id}|${part}`;
}

/** What people saw about a customer, newest first, what is still to be looked up, and what may be asked again. */
export async function readEvidence(
  tx: Tx,
  customerId: string,
): Promise<{ evidence: EvidenceView[]; requests: EvidenceRequest[]; retries: RetryOffer[] }> {
  const customer = await getCustomer(tx, customerId);
  const key = await openCustomerKey(tx, customer);
  const record = openRecord(key, customer.id, customer.version, customer.envelope);
  const rows = await listVerifications(tx, customerId);
  const byHand = rows.filter((row) => row.method === 'manual');
  const names = await userNames(tx, [...new Set(byHand.flatMap((row) => row.recordedBy ?? []))]);
  const secret = await dealerKey(tx);
  const { type, trigger } = customer;
  const possible = possibleEvidence(type, trigger, record);
  const current = new Set(possible.map((wanted) => evidenceHash(secret, wanted).toString('hex')));
  const expected = new Set(wantedEvidence(type, trigger, record).map(({ field }) => field));
  return {
    evidence: byHand.reverse().map((row) => toView(row, key, names, current)),
    requests: possible.map((wanted) => {
      const { value: _value, ...request } = wanted;
      const seen = lastSeen(secret, wanted, rows)?.result;
      return {
        ...request,
        expected: expected.has(wanted.field),
        seen: (seen as EvidenceResult | undefined) ?? null,
      };
    }),
    retries: await retryOffers(tx, customer, record, standingAnswers(secret, customer, record, rows)),
  };
}

async function retryOffers(
  tx: Tx,
  customer: { id: string; version: number },
  record: unknown,
  answers: ReturnType<typeof standingAnswers>,
): Promise<RetryOffer[]> {
  const row = (await listCasesOf(tx, customer.id)).find(({ stage }) => stage === 'waiting_customer');
  if (row === undefined || row.verifiedVersion !== customer.version) return [];
  const asked = await listRetries(tx, row.id, customer.version);
  return registerSubjects(record)
    .filter(
      ({ field }) =>
        answers.some((answer) => answer.field === field && answer.result === 'mismatch') &&
        !asked.some(({ subject }) => subject === field),
    )
    .map((subject) => ({
      field: subject.field,
      spellings: CARD_SPELLINGS.flatMap((spelling) => {
        const names = spelledLikeCard(subject, spelling);
        return names === null ? [] : [{ spelling, ...names }];
      }),
    }))
    .filter(({ spellings }) => spellings.length > 0);
}

function toView(
  row: VerificationRow,
  key: Buffer,
  names: ReadonlyMap<string, string>,
  current: ReadonlySet<string>,
): EvidenceView {
  return {
    id: row.id,
    kind: row.evidence as EvidenceKind,
    field: row.subject,
    result: row.result as EvidenceResult,
    provider: row.provider,
    link: row.link,
    seenAt: row.seenAt ?? row.at,
    recordedAt: row.at,
    recordedBy: row.recordedBy === null ? null : (names.get(row.recordedBy) ?? null),
    note: row.noteEnvelope === null ? '' : openText(key, row.noteEnvelope, evidencePlace(row.id, 'note')),
    barcode:
      row.barcodeEnvelope === null
        ? null
        : openText(key, row.barcodeEnvelope, evidencePlace(row.id, 'barcode')),
    document:
      row.documentId === null || row.documentSha256 === null
        ? null
        : { id: row.documentId, sha256: row.documentSha256.toString('hex') },
    caseId: row.caseId,
    holds: current.has(row.valueHash?.toString('hex') ?? ''),
  };
}
