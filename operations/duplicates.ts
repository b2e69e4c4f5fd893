import { v7 as uuidv7 } from 'uuid';

import { getCustomers, type CustomerRow } from '../db/customers';
import {
  findSharing,
  insertPair,
  lockFingerprints,
  lockPair,
  pairsOf,
  updatePair,
  type PairRow,
  type Sharing,
} from '../db/duplicates';
import { endTaskOf, openTask } from '../db/tasks';
import { actorId, type Tx } from '../db/transaction';
import { isNaturalPerson, type CustomerStatus, type CustomerType } from '../domain/customer';
import {
  DUPLICATE_STRENGTHS,
  judgePair,
  type DuplicateReason,
  type DuplicateStrength,
  type NetworkReason,
  type SharedField,
} from '../domain/duplicates';
import { ComplianceError } from '../domain/errors';
import { displayName } from '../domain/names';
import { addressKey, blindIndexes, identityNumbers } from './blind-indexes';
import { dealerKey, openCustomerKey, openRecord } from './record-envelope';

/** A record about which it is asked whether somebody has it already. */
export interface Subject {
  /** Where the record is a stored customer's: who is not a duplicate of themselves. */
  customerId?: string;
  type: CustomerType;
  record: Record<string, unknown>;
}

/** A stored file that may be the same customer. Names and codes only, no number. */
export interface Candidate {
  customerId: string;
  code: string;
  displayName: string;
  status: CustomerStatus;
  strength: DuplicateStrength;
  reasons: DuplicateReason[];
}

/** An organisation that shares address or phone with the subject: worth knowing, no duplicate (T16). */
export interface NetworkMember {
  customerId: string;
  code: string;
  displayName: string;
  reasons: NetworkReason[];
}

export interface Found {
  candidates: Candidate[];
  network: NetworkMember[];
}

/**
 * Who may be the same customer as each of the subjects (issue B 7; D-10 T03–T06, T16, T22, T23), surest first. One query
 * for the fingerprints of all subjects, so that an import asks for hundreds of rows at once; nothing is written.
 */
export async function findDuplicates(tx: Tx, subjects: readonly Subject[]): Promise<Found[]> {
  const key = await dealerKey(tx);
  const wanted = subjects.flatMap(({ type, record, customerId }, subject) =>
    blindIndexes(key, record)
      // People of one house are no network; who also shares surname and birth date is compared by record below.
      .filter(({ field }) => field !== 'address' || !isNaturalPerson(type))
      .map((index) => ({ ...index, subject, self: customerId ?? null })),
  );
  const sharing = await findSharing(tx, wanted);
  const files = await getCustomers(tx, [...new Set(sharing.map(({ customerId }) => customerId))]);
  const byId = new Map(files.map((file) => [file.id, file]));
  const bySubject = new Map<number, Sharing[]>();
  for (const one of sharing) bySubject.set(one.subject, [...(bySubject.get(one.subject) ?? []), one]);
  const answers: Found[] = [];
  for (const [index, subject] of subjects.entries()) {
    answers.push(await judgeSubject(tx, subject, sharedWith(bySubject.get(index) ?? []), byId));
  }
  return answers;
}

/** What each customer shares with the subject. */
function sharedWith(sharing: readonly Sharing[]): Map<string, Set<SharedField>> {
  const shared = new Map<string, Set<SharedField>>();
  for (const { customerId, field } of sharing)
    shared.set(customerId, (shared.get(customerId) ?? new Set()).add(field));
  return shared;
}

async function judgeSubject(
  tx: Tx,
  subject: Subject,
  sharing: ReadonlyMap<string, Set<SharedField>>,
  files: ReadonlyMap<string, CustomerRow>,
): Promise<Found> {
  const found: Found = { candidates: [], network: [] };
  for (const [customerId, shared] of sharing) {
    const file = files.get(customerId);
    if (file === undefined) continue;
    const { code, displayName: name, status } = file;
    const { strength, reasons, network } = judgePair({
      types: [subject.type, file.type],
      names: [displayName(subject.record), name],
      ...(await comparedRecords(tx, subject, file, shared)),
    });
    if (strength !== null)
      found.candidates.push({ customerId, code, displayName: name, status, strength, reasons });
    else if (network.length > 0)
      found.network.push({ customerId, code, displayName: name, reasons: network });
  }
  const rank = ({ strength }: Candidate) => DUPLICATE_STRENGTHS.indexOf(strength);
  found.candidates.sort((a, b) => rank(a) - rank(b) || (a.code < b.code ? -1 : 1));
  return found;
}

/** Twins differ by name, so numbers and addresses decide: only then is the other record opened. */
async function comparedRecords(
  tx: Tx,
  subject: Subject,
  file: CustomerRow,
  shared: Set<SharedField>,
): Promise<{ shared: Set<SharedField>; numbers: [string, string] | null }> {
  if (!shared.has('surname_birth') || shared.has('name_birth') || shared.has('identity'))
    return { shared, numbers: null };
  const record = openRecord(await openCustomerKey(tx, file), file.id, file.version, file.envelope);
  const place = addressKey(subject.record);
  if (place !== null && place === addressKey(record)) shared.add('address');
  const [own] = identityNumbers(subject.record);
  const [other] = identityNumbers(record);
  return { shared, numbers: own === undefined || other === undefined ? null : [own, other] };
}

/** At most so many pairs of one file: a filler phone must not bury the staff in tasks. */
const PAIRS_MAX = 10;

/**
 * Looks for duplicates of stored customers and keeps what it finds: a new pair opens with a task for the staff, one that
 * became surer opens again, one that no longer holds ends by itself. Call it in the transaction of the change, after the
 * records are written and indexed; an import calls it once for a batch.
 */
export async function recordDuplicates(tx: Tx, customerIds: readonly string[]): Promise<void> {
  const subjects = await storedSubjects(tx, customerIds);
  await lockNumbers(tx, subjects);
  const found = await findDuplicates(tx, subjects);
  const known = new Map(
    (await pairsOf(tx, customerIds)).map((pair) => [pairKey(pair.firstId, pair.secondId), pair]),
  );
  const wanted = new Map<string, { of: string; candidate: Candidate }>();
  for (const [index, { customerId: id }] of subjects.entries()) {
    for (const candidate of found[index]?.candidates.slice(0, PAIRS_MAX) ?? [])
      wanted.set(pairKey(id, candidate.customerId), { of: id, candidate });
  }
  // In the order of the pairs, so that two writers of the same pairs never wait for each other crosswise.
  for (const key of [...wanted.keys()].sort()) {
    const pair = wanted.get(key);
    if (pair !== undefined) await keepPair(tx, known.get(key), pair.of, pair.candidate);
  }
  for (const [key, pair] of known) {
    if (pair.state === 'open' && !wanted.has(key)) await endPair(tx, pair, 'resolved', null);
  }
}

/** Stored files as subjects; a merged file is nobody's duplicate any more. */
async function storedSubjects(
  tx: Tx,
  customerIds: readonly string[],
): Promise<(Subject & { customerId: string })[]> {
  const subjects: (Subject & { customerId: string })[] = [];
  for (const customer of await getCustomers(tx, customerIds)) {
    if (customer.mergedInto !== null) continue;
    const key = await openCustomerKey(tx, customer);
    const record = openRecord(key, customer.id, customer.version, customer.envelope);
    subjects.push({ customerId: customer.id, type: customer.type, record });
  }
  return subjects;
}

/** More files than people enter at once come from an import, which would hold too many locks. */
const LOCKED_FILES_MAX = 50;

async function lockNumbers(tx: Tx, subjects: readonly Subject[]): Promise<void> {
  if (subjects.length > LOCKED_FILES_MAX) return;
  const key = await dealerKey(tx);
  const digests = subjects.flatMap(({ record }) => blindIndexes(key, record));
  await lockFingerprints(
    tx,
    digests.filter(({ field }) => field === 'identity' || field === 'document').map(({ digest }) => digest),
  );
}

function pairKey(a: string, b: string): string {
  return a < b ? `${a}|${b}` : `${b}|${a}`;
}

async function keepPair(tx: Tx, known: PairRow | undefined, of: string, candidate: Candidate): Promise<void> {
  const { strength, reasons, customerId: other } = candidate;
  const found = { strength, reasons, foundBy: actorId(tx.actor) };
  if (known === undefined) {
    const [firstId, secondId] = of < other ? [of, other] : [other, of];
    const id = uuidv7();
    if (await insertPair(tx, { id, firstId, secondId, ...found }))
      await announce(tx, { id, round: 1 }, of, candidate);
    return;
  }
  const rank = (one: DuplicateStrength) => DUPLICATE_STRENGTHS.indexOf(one);
  const isSurer = rank(strength) < rank(known.strength);
  if (known.state === 'resolved' || (known.state === 'dismissed' && isSurer)) {
    const round = known.round + 1;
    const again = {
      state: 'open' as const,
      round,
      foundAt: tx.now,
      endedAt: null,
      endedBy: null,
      endedReason: null,
    };
    await updatePair(tx, known.id, { ...found, ...again });
    await announce(tx, { id: known.id, round }, of, candidate);
  } else if (
    known.state === 'open' &&
    (strength !== known.strength || reasons.join() !== known.reasons.join())
  ) {
    await updatePair(tx, known.id, { strength, reasons });
  }
}

const taskKey = (pairId: string, round: number) => `duplicate:${pairId}:${round}`;

async function announce(
  tx: Tx,
  { id: pairId, round }: Pick<PairRow, 'id' | 'round'>,
  of: string,
  { strength, customerId }: Candidate,
): Promise<void> {
  tx.audit({
    event: 'duplicate.found',
    customerId: of,
    detail: { duplicateId: pairId, otherId: customerId, strength },
  });
  await openTask(tx, {
    customerId: of,
    caseId: null,
    kind: 'duplicate',
    forRole: 'staff',
    detail: { duplicateId: pairId, otherId: customerId, reason: `duplicate_${strength}` },
    dedupe: taskKey(pairId, round),
  });
}

/** Ends a pair and the task that asked about it. */
export async function endPair(
  tx: Tx,
  pair: PairRow,
  state: 'dismissed' | 'merged' | 'resolved',
  reason: string | null,
): Promise<void> {
  const endedBy = state === 'resolved' ? null : actorId(tx.actor);
  await updatePair(tx, pair.id, { state, endedAt: tx.now, endedBy, endedReason: reason });
  await endTaskOf(tx, taskKey(pair.id, pair.round), state === 'resolved' ? 'cancelled' : 'done');
}

/** A person looked at both files and says that they are two customers. Throws NOT_FOUND, or STATE_FORBIDS once it ended. */
export async function dismissDuplicate(tx: Tx, pairId: string, reason: string): Promise<PairRow> {
  const pair = await lockPair(tx, pairId);
  if (pair === null) throw new ComplianceError('NOT_FOUND', 'duplicate_not_found');
  if (pair.state !== 'open') throw new ComplianceError('STATE_FORBIDS', 'duplicate_ended');
  await endPair(tx, pair, 'dismissed', reason);
  for (const customerId of [pair.firstId, pair.secondId])
    tx.audit({ event: 'duplicate.dismissed', customerId, detail: { duplicateId: pair.id, reason } });
  return pair;
}

/** An open question about a file, with its own id. */
export interface OpenDuplicate extends Candidate {
  id: string;
  foundAt: Date;
}

/** The open pairs of one customer, seen from its side. */
export async function openDuplicates(tx: Tx, customerId: string): Promise<OpenDuplicate[]> {
  const pairs = await pairsOf(tx, [customerId], 'open');
  const others = pairs.map((pair) => (pair.firstId === customerId ? pair.secondId : pair.firstId));
  const files = new Map((await getCustomers(tx, others)).map((file) => [file.id, file]));
  return pairs.flatMap(({ id, strength, reasons, foundAt }, index) => {
    const file = files.get(others[index] ?? '');
    if (file === undefined) return [];
    const { code, displayName: name, status } = file;
    return [{ id, customerId: file.id, code, displayName: name, status, strength, reasons, foundAt }];
  });
}

/** Organisations that share address or phone with a stored one (T16). */
export async function networkOf(tx: Tx, customerId: string): Promise<NetworkMember[]> {
  const [subject] = await storedSubjects(tx, [customerId]);
  if (subject === undefined) return [];
  return (await findDuplicates(tx, [subject]))[0]?.network ?? [];
}
