import { v7 as uuidv7 } from 'uuid';

import { updateCase } from '../db/cases';
import { getDocument } from '../db/documents';
import { actorId, type Tx } from '../db/transaction';
import { getUser } from '../db/users';
import { insertEvidence, listVerifications } from '../db/verifications';
import { ComplianceError, type FieldError } from '../domain/errors';
import { possibleEvidence, type EvidenceResult, type WantedEvidence } from '../domain/evidence';
import type { EvidenceKind } from '../domain/rules/evidence';
import { blindIndex } from '../stores/crypto';
import { hasBlocking, reassess } from './assessment';
import { lockFile, type LockedFile } from './customer-file';
import { endEvidenceTask } from './evidence-tasks';
import { evidencePlace } from './evidence-views';
import { endFollowUp, followUpIfNeeded } from './file-changes';
import { dealerKey, sealText } from './record-envelope';
import { toVerifying, toWaitingCustomer } from './stage-steps';
import { evidenceHash } from './standing-answers';
import { writeLights } from './verification';

/** What a person saw. Evidence of the population register is an officer's (D-3.3 d). */
export interface NewEvidence {
  kind: EvidenceKind;
  /** Path of the field; where the kind has one only it may be left out. */
  field?: string;
  result: EvidenceResult;
  seenAt: Date;
  note: string;
  /** Of an e-Devlet document. */
  barcode?: string;
  /** A current document of this customer that shows it; its hash is copied. */
  documentId?: string;
}

/**
 * Keeps what a person saw in a register or on a page, and what follows: a match turns the light of that identity green,
 * a mismatch becomes a finding. Throws INVALID_INPUT with a pointer for what does not fit the file. Answers with the id.
 */
export async function recordEvidence(tx: Tx, customerId: string, input: NewEvidence): Promise<string> {
  const file = await lockFile(tx, customerId);
  const { customer, key, openCase } = file;
  if (['closed', 'rejected', 'withdrawn', 'expired'].includes(customer.status))
    throw new ComplianceError('STATE_FORBIDS', 'customer_closed');
  const wanted = wantedIn(file, input);
  if (wanted.kind === 'population_register') await requireOfficer(tx);
  if (input.seenAt > tx.now) refuse('/seenAt', 'in_the_future');
  const sha256 = input.documentId === undefined ? null : await hashOf(tx, customerId, input.documentId);
  const id = uuidv7();
  const secret = await dealerKey(tx);
  await insertEvidence(tx, {
    id,
    customerId,
    caseId: openCase?.id ?? null,
    recordVersion: customer.version,
    subject: wanted.field,
    provider: wanted.provider,
    requestHash: blindIndex(secret, 'register', `${wanted.kind}|${wanted.value}|${id}`),
    result: input.result,
    evidence: wanted.kind,
    link: wanted.link,
    seenAt: input.seenAt,
    noteEnvelope: sealText(key, input.note, evidencePlace(id, 'note')),
    barcodeEnvelope:
      input.barcode === undefined ? null : sealText(key, input.barcode, evidencePlace(id, 'barcode')),
    documentId: input.documentId ?? null,
    documentSha256: sha256,
    valueHash: evidenceHash(secret, wanted),
  });
  tx.audit({
    event: 'verification.evidence_recorded',
    customerId,
    ...(openCase === null ? {} : { caseId: openCase.id }),
    detail: { evidence: wanted.kind, field: wanted.field, result: input.result, provider: wanted.provider },
  });
  await settle(tx, file, wanted);
  return id;
}

function wantedIn({ customer, record }: LockedFile, { kind, field }: NewEvidence): WantedEvidence {
  const possible = possibleEvidence(customer.type, customer.trigger, record).filter(
    (one) => one.kind === kind,
  );
  if (possible.length === 0) refuse('/kind', 'evidence_not_applicable');
  const wanted = field === undefined ? possible[0] : possible.find((one) => one.field === field);
  return wanted ?? refuse('/field', 'evidence_not_applicable');
}

async function hashOf(tx: Tx, customerId: string, documentId: string): Promise<Buffer> {
  const document = await getDocument(tx, customerId, documentId).catch((error: unknown) => {
    if (error instanceof ComplianceError && error.code === 'NOT_FOUND')
      return refuse('/documentId', 'unknown_document');
    throw error;
  });
  if (document.state !== 'current') refuse('/documentId', 'unknown_document');
  return document.sha256;
}

async function requireOfficer(tx: Tx): Promise<void> {
  const id = actorId(tx.actor);
  const user = tx.actor.kind === 'user' && id !== null ? await getUser(tx, id) : null;
  if (user?.role !== 'officer' && user?.role !== 'manager' && user?.alsoManager !== true)
    throw new ComplianceError('FORBIDDEN', 'role_forbids');
}

/** Findings and lights anew; a case waits where something was contradicted and goes on where nothing is any more. */
async function settle(tx: Tx, file: LockedFile, wanted: WantedEvidence): Promise<void> {
  const { customer, record, openCase: row } = file;
  const blocking = hasBlocking(await reassess(tx, customer, record, row?.id ?? null));
  if (row === null) {
    if (['active', 'suspended'].includes(customer.status)) await followUpIfNeeded(tx, file, blocking);
    return;
  }
  await endEvidenceTask(tx, row, wanted);
  if (row.verifiedVersion === customer.version)
    await writeLights(tx, customer, record, row, await listVerifications(tx, customer.id));
  if (row.kind === 'follow_up' && !blocking) return endFollowUp(tx, file);
  if (row.kind !== 'onboarding' && row.kind !== 'review') return;
  await updateCase(tx, row.id, { progressAt: tx.now });
  if ((row.stage === 'decision' || row.stage === 'rating') && blocking)
    await toWaitingCustomer(tx, customer, row);
  if (row.stage === 'waiting_customer' && !blocking) await toVerifying(tx, row);
}

function refuse(pointer: string, code: string): never {
  const fields: FieldError[] = [{ pointer, code }];
  throw new ComplianceError('INVALID_INPUT', 'shape', fields);
}
