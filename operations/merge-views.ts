import { getCustomer, getCustomers, type CustomerRow } from '../db/customers';
import { kinshipOf, liveMergesOf } from '../db/merges';
import type { Tx } from '../db/transaction';
import type { CustomerStatus, CustomerType } from '../domain/customer';
import { maskRecord } from '../domain/record';
import { openDuplicates, type OpenDuplicate } from './duplicates';
import { openCustomerKey, openRecord } from './record-envelope';
import { RECORD_SHAPES } from './record-shape';

/** A file that lives on in another one. */
export interface MergedFile {
  mergeId: string;
  customerId: string;
  code: string;
  displayName: string;
  mergedAt: Date;
  /** Until when the merge can be taken back. */
  undoUntil: Date;
}

/** Which other files a file has to do with. */
export interface Kinship {
  duplicates: OpenDuplicate[];
  merged: MergedFile[];
  mergedInto: string | null;
}

/** Open pairs and merges of one customer: one query for the many files that have none. */
export async function readKinship(tx: Tx, customerId: string): Promise<Kinship> {
  const { mergedInto, hasPairs, hasMerges } = await kinshipOf(tx, customerId);
  return {
    duplicates: hasPairs ? await openDuplicates(tx, customerId) : [],
    merged: hasMerges ? await mergedFiles(tx, customerId) : [],
    mergedInto,
  };
}

/** The file that another one was merged into, to lead people there. */
export async function mergeTarget(
  tx: Tx,
  id: string,
): Promise<{ customerId: string; code: string; displayName: string }> {
  const { code, displayName } = await getCustomer(tx, id);
  return { customerId: id, code, displayName };
}

/** The files that a customer absorbed, oldest first. */
export async function mergedFiles(tx: Tx, survivorId: string): Promise<MergedFile[]> {
  const merges = await liveMergesOf(tx, survivorId);
  if (merges.length === 0) return [];
  const files = await getCustomers(
    tx,
    merges.map(({ absorbedId }) => absorbedId),
  );
  return merges.flatMap(({ id, absorbedId, mergedAt, undoUntil }) => {
    const file = files.find((one) => one.id === absorbedId);
    if (file === undefined) return [];
    const { code, displayName } = file;
    return [{ mergeId: id, customerId: absorbedId, code, displayName, mergedAt, undoUntil }];
  });
}

export interface MergeSide {
  customerId: string;
  code: string;
  displayName: string;
  type: CustomerType;
  status: CustomerStatus;
  createdAt: Date;
}

export interface MergePreview {
  survivor: MergeSide;
  absorbed: MergeSide;
  /** Fields that either file has, identity numbers masked; `same` by their true values. */
  fields: { field: string; survivor: unknown; absorbed: unknown; same: boolean }[];
}

/** Both files side by side, field by field in the order of the survivor's form. Changes nothing. */
export async function previewMerge(tx: Tx, survivorId: string, absorbedId: string): Promise<MergePreview> {
  const [survivor, absorbed] = [await getCustomer(tx, survivorId), await getCustomer(tx, absorbedId)];
  const [own, other] = [await recordOf(tx, survivor), await recordOf(tx, absorbed)];
  const [shown, otherShown] = [maskRecord(own), maskRecord(other)];
  const fields = Object.keys(RECORD_SHAPES[survivor.type].shape)
    .filter((field) => own[field] !== undefined || other[field] !== undefined)
    .map((field) => ({
      field,
      survivor: shown[field] ?? null,
      absorbed: otherShown[field] ?? null,
      same: JSON.stringify(own[field]) === JSON.stringify(other[field]),
    }));
  return { survivor: sideOf(survivor), absorbed: sideOf(absorbed), fields };
}

function sideOf({ id, code, displayName, type, status, createdAt }: CustomerRow): MergeSide {
  return { customerId: id, code, displayName, type, status, createdAt };
}

async function recordOf(tx: Tx, file: CustomerRow): Promise<Record<string, unknown>> {
  return openRecord(await openCustomerKey(tx, file), file.id, file.version, file.envelope);
}
