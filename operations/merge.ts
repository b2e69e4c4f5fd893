import { v7 as uuidv7 } from 'uuid';

import { lockCustomer, updateCustomer } from '../db/customers';
import { insertPair, pairsOf } from '../db/duplicates';
import { endDuties, listOpenDuties } from '../db/duties';
import { cancelTasks, insertMerge, type MergeSnapshot } from '../db/merges';
import { listOpenTasks } from '../db/tasks';
import { actorId, type Tx } from '../db/transaction';
import { DUTY_KINDS, isNaturalPerson, type CustomerStatus } from '../domain/customer';
import { ComplianceError } from '../domain/errors';
import { patchBetween, withFieldsOf } from '../domain/merge-patch';
import { addPeriod } from '../domain/periods';
import { mergePatch } from '../domain/record';
import { closeCase } from './case-steps';
import { lockFile, type LockedFile } from './customer-file';
import { changeStatus } from './customer-status';
import { updateRecord } from './customers';
import { endPair, recordDuplicates } from './duplicates';
import { RECORD_SHAPES } from './record-shape';
import { loadPolicy } from './rules';
import { reindexFile } from './search-index';

export interface MergeInput {
  /** The file that ends. */
  absorb: string;
  /** Top-level fields that the survivor takes over from it: numbers need not be read in clear to be chosen. */
  take?: readonly string[];
  /** What else changes in the survivor's record: a JSON Merge Patch, applied after `take`. */
  record?: Record<string, unknown>;
  reason: string;
}

/** Files that may go on living; a file of any standing may be absorbed. */
const LIVING: readonly CustomerStatus[] = ['lead', 'onboarding', 'active', 'suspended', 'passive'];
const TASKS_MAX = 500;

/**
 * Makes two files one, by a person: the survivor gets a new version with the chosen fields (a review where who it is
 * changes), the absorbed file is closed with its case and waits, and what found it finds the survivor. Its documents and
 * history stay its own. Reversible for the policy's `mergeUndoPeriod`. Answers with the merge's id.
 * Throws NOT_FOUND, STATE_FORBIDS, or INVALID_INPUT for fields that the survivor's type does not have.
 */
export async function mergeCustomers(tx: Tx, survivorId: string, input: MergeInput): Promise<string> {
  const { survivor, absorbed } = await lockBoth(tx, survivorId, input.absorb);
  refuseMerge(survivor, absorbed);
  const snapshot = await endWork(tx, absorbed);
  await updateCustomer(tx, absorbed.customer.id, { mergedInto: survivorId });
  await changeStatus(tx, absorbed.customer, 'closed', absorbed.openCase?.id);

  const version = await changeSurvivor(tx, survivor, absorbed, input);
  const id = uuidv7();
  const { mergeUndoPeriod } = await loadPolicy(tx);
  await insertMerge(tx, {
    id,
    survivorId,
    absorbedId: absorbed.customer.id,
    reason: input.reason,
    mergedBy: actorId(tx.actor),
    mergedAt: tx.now,
    undoUntil: addPeriod(tx.now, mergeUndoPeriod, tx.clock.dayMilliseconds),
    versionBefore: survivor.customer.version,
    versionAfter: version,
    snapshot,
  });
  for (const file of [survivorId, absorbed.customer.id]) await reindexFile(tx, file);
  await settlePairs(tx, survivorId, absorbed.customer.id);
  const about = (otherId: string, code: string) => ({ mergeId: id, otherId, code });
  tx.audit({
    event: 'customer.merged',
    customerId: survivorId,
    detail: about(absorbed.customer.id, absorbed.customer.code),
  });
  tx.audit({
    event: 'customer.absorbed',
    customerId: absorbed.customer.id,
    detail: about(survivorId, survivor.customer.code),
  });
  return id;
}

/** Both files under lock: customers first, by id, then their cases (design §6). */
export async function lockBoth(
  tx: Tx,
  survivorId: string,
  absorbedId: string,
): Promise<{ survivor: LockedFile; absorbed: LockedFile }> {
  if (survivorId === absorbedId) throw new ComplianceError('STATE_FORBIDS', 'merge_same_file');
  for (const id of [survivorId, absorbedId].sort()) await lockCustomer(tx, id);
  return { survivor: await lockFile(tx, survivorId), absorbed: await lockFile(tx, absorbedId) };
}

function refuseMerge({ customer: survivor }: LockedFile, { customer: absorbed }: LockedFile): void {
  if (survivor.mergedInto !== null || absorbed.mergedInto !== null)
    throw new ComplianceError('STATE_FORBIDS', 'merge_already');
  if (!LIVING.includes(survivor.status)) throw new ComplianceError('STATE_FORBIDS', 'merge_into_closed');
  const ofOneKind =
    isNaturalPerson(survivor.type) === isNaturalPerson(absorbed.type) &&
    (isNaturalPerson(survivor.type) || survivor.type === absorbed.type);
  // A foreigner who became a citizen has two files of two types (T09); a company and a person are never one.
  if (!ofOneKind) throw new ComplianceError('STATE_FORBIDS', 'merge_types_differ');
}

/** Ends the absorbed file's case, waits and tasks, and says what they were. Mails that are under way are still accounted for. */
async function endWork(tx: Tx, { customer, openCase }: LockedFile): Promise<MergeSnapshot> {
  const duties = (await listOpenDuties(tx, customer.id)).filter(({ kind }) => kind !== 'notice');
  const tasks = (await listOpenTasks(tx, { customerId: customer.id, limit: TASKS_MAX }))
    .filter(({ kind }) => kind !== 'duplicate')
    .map(({ id }) => id);
  const snapshot: MergeSnapshot = {
    status: customer.status,
    openCase:
      openCase === null
        ? null
        : {
            id: openCase.id,
            stage: openCase.stage,
            owner: openCase.owner,
            waitingOn: openCase.waitingOn,
            nextStep: openCase.nextStep,
            nextAt: openCase.nextAt?.toISOString() ?? null,
          },
    duties: duties.map(({ kind, caseId, dueAt }) => ({ kind, caseId, dueAt: dueAt.toISOString() })),
    tasks,
  };
  if (openCase !== null) await closeCase(tx, openCase, 'superseded');
  const kinds = DUTY_KINDS.filter((kind) => kind !== 'notice');
  await endDuties(tx, customer.id, { kinds }, 'cancelled');
  await cancelTasks(tx, tasks);
  return snapshot;
}

/** The survivor's new version, with all that an edit by hand has as consequence. Answers with the version that now stands. */
async function changeSurvivor(
  tx: Tx,
  survivor: LockedFile,
  absorbed: LockedFile,
  { take = [], record = {} }: MergeInput,
): Promise<number> {
  const { customer, record: before } = survivor;
  const fields = Object.keys(RECORD_SHAPES[customer.type].shape);
  const unknown = take.flatMap((field, index) =>
    fields.includes(field) ? [] : [{ pointer: `/take/${index}`, code: 'unknown_field' }],
  );
  if (unknown.length > 0) throw new ComplianceError('INVALID_INPUT', 'shape', unknown);
  // `parseRecordPatch` in updateRecord judges the shape; what is patched here is only brought into one patch.
  const after = mergePatch(withFieldsOf(before, absorbed.record, take), record);
  const patch = patchBetween(before, after as Record<string, unknown>);
  if (Object.keys(patch).length === 0) return customer.version;
  return (await updateRecord(tx, customer.id, { patch, ifVersion: null })).version;
}

/** The question whether the two are one is answered; what else was asked about the absorbed file is asked of the survivor. */
async function settlePairs(tx: Tx, survivorId: string, absorbedId: string): Promise<void> {
  const [firstId, secondId] = survivorId < absorbedId ? [survivorId, absorbedId] : [absorbedId, survivorId];
  const own = { id: uuidv7(), firstId, secondId, strength: 'possible' as const, reasons: [] };
  await insertPair(tx, { ...own, foundBy: actorId(tx.actor) });
  for (const pair of await pairsOf(tx, [absorbedId])) {
    const isTheirs = pair.firstId === firstId && pair.secondId === secondId;
    if (isTheirs) await endPair(tx, pair, 'merged', null);
    else if (pair.state === 'open') await endPair(tx, pair, 'resolved', null);
  }
  await recordDuplicates(tx, [survivorId]);
}
