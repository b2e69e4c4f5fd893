import { mergesAt, pairsAt, stateAt, statesAt } from '../db/customer-states';
import type { Tx } from '../db/transaction';
import type { PastInstant } from './as-of';
import type { OpenDuplicate } from './duplicates';
import type { Kinship, MergedFile } from './merge-views';

/** Which other files a file had to do with at an instant, each under its name and status of then. */
export async function readKinshipAt(tx: Tx, customerId: string, at: PastInstant): Promise<Kinship> {
  return {
    duplicates: await duplicatesAt(tx, customerId, at),
    merged: await mergedAt(tx, customerId, at),
    mergedInto: (await stateAt(tx, customerId, at))?.mergedInto ?? null,
  };
}

async function duplicatesAt(tx: Tx, customerId: string, at: PastInstant): Promise<OpenDuplicate[]> {
  const pairs = await pairsAt(tx, customerId, at);
  const others = pairs.map((pair) => (pair.firstId === customerId ? pair.secondId : pair.firstId));
  const files = await statesAt(tx, others, at);
  return pairs.flatMap(({ id, strength, reasons, foundAt }, index) => {
    const file = files.get(others[index] ?? '');
    if (file === undefined) return [];
    const { customerId: other, code, displayName, status } = file;
    return [{ id, customerId: other, code, displayName, status, strength, reasons, foundAt }];
  });
}

async function mergedAt(tx: Tx, customerId: string, at: PastInstant): Promise<MergedFile[]> {
  const merges = await mergesAt(tx, customerId, at);
  const files = await statesAt(
    tx,
    merges.map(({ absorbedId }) => absorbedId),
    at,
  );
  return merges.flatMap(({ id: mergeId, absorbedId, mergedAt: since, undoUntil }) => {
    const file = files.get(absorbedId);
    if (file === undefined) return [];
    const { code, displayName } = file;
    return [{ mergeId, customerId: absorbedId, code, displayName, mergedAt: since, undoUntil }];
  });
}
